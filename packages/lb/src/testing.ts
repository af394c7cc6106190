/**
 * For tests of programs that use `@netmason/lb`: chance and time under control, and what every policy must do.
 *
 * @module testing
 */
export { fixedDraws, seededRandom } from "./testing/chance.js";
export type { ContractCase } from "./testing/contract-case.js";
export { detectorContract } from "./testing/detector-contract.js";
export { createManualClock, type ManualClock } from "./testing/manual-clock.js";
export { policyContract } from "./testing/policy-contract.js";
export { retryBudgetContract } from "./testing/retry-budget-contract.js";
