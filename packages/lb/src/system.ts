// Every runtime has it; the build knows no type of a host.
declare const performance: { now(): number };

/** The default of `now`: monotonic, milliseconds. */
export function systemNow(): number {
  return performance.now();
}

/** The default of `random`: 0 ≤ x < 1. */
export function systemRandom(): number {
  return Math.random();
}
