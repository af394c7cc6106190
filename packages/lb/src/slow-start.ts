import { requireWithin } from "./internal/bounds.js";

/** How an endpoint that has just come gets its full share. */
export interface SlowStart {
  /** How long an endpoint warms up after it was added or became healthy; greater than 0. */
  readonly windowMs: number;
  /**
   * The exponent's inverse: 1 (the default) grows in a straight line, more grows faster at first, less slower. As in
   * Envoy, a value that is not greater than 0 counts as 1.
   */
  readonly aggression?: number;
  /** The least share of its weight an endpoint gets, in percent; 10 by default. */
  readonly minWeightPercent?: number;
}

/**
 * The part of its weight that an endpoint gets so long after it came, from `minWeightPercent / 100` to 1.
 *
 * `max(minWeight, (max(1 ms, elapsed) / window) ^ (1 / aggression))` inside the window and 1 after it, as Envoy's
 * `applySlowStartFactor` in `source/extensions/load_balancing_policies/common/load_balancer_impl.cc` (its documentation
 * speaks of one second where the code has a millisecond).
 *
 * @throws RangeError when the window is not greater than 0 or the percentage is outside 0 to 100
 * @category Priorities and localities
 * @example
 * ```ts
 * import { slowStartFactor } from "@netmason/lb";
 *
 * slowStartFactor(15_000, { windowMs: 60_000 }); // => 0.25
 * slowStartFactor(60_000, { windowMs: 60_000 }); // => 1
 * ```
 */
export function slowStartFactor(elapsedMs: number, options: SlowStart): number {
  const { windowMs, aggression = 1, minWeightPercent = 10 } = options;
  if (!(windowMs > 0)) throw new RangeError(`windowMs must be greater than 0, not ${windowMs}`);
  requireWithin("minWeightPercent", minWeightPercent, 0, 100);
  if (elapsedMs >= windowMs) return 1;
  const passed = Math.max(1, Math.floor(elapsedMs)) / windowMs;
  const grown = aggression === 1 || !(aggression > 0) || passed === 1 ? passed : passed ** (1 / aggression);
  return Math.max(grown, minWeightPercent / 100);
}
