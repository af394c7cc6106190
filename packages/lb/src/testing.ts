/**
 * For tests of programs that use `@netmason/lb`: chance and time under control, and what every policy must do.
 *
 * @module testing
 */
export { fixedDraws, seededRandom } from "./testing/chance.js";
export { createManualClock, type ManualClock } from "./testing/manual-clock.js";
