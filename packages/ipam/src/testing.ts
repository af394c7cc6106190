/**
 * What proves a store, and what makes time, chance, faults and orders repeatable in tests of anything built on
 * `@netmason/ipam`. No test framework is imported.
 *
 * @module testing
 */
export { createFaultyStore, type FaultOptions, type FaultyStore, type StoreCall } from "./testing/faulty-store.js";
export { createManualClock, type ManualClock } from "./testing/manual-clock.js";
export {
  runSchedules,
  type ScheduleContext,
  type ScheduleOptions,
  type ScheduleReport,
  type ScheduleWorld,
} from "./testing/run-schedules.js";
export { seededRandom } from "./testing/seeded-random.js";
export { type ContractCase, type StoreContractOptions, storeContract } from "./testing/store-contract.js";
