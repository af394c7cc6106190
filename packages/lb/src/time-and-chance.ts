/** What everything that waits or draws is given. */
export interface TimeAndChance {
  /** Monotonic, milliseconds; `performance.now` where it is left out. */
  readonly now: () => number;
  /** The shape of `Math.random`. */
  readonly random: () => number;
}
