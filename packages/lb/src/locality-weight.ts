import { requireWhole, requireWithin } from "./internal/bounds.js";

/** How many endpoints of one locality are in which state, and what the locality weighs. */
export interface LocalityCounts {
  /** Not negative; 0 takes no traffic. */
  readonly weight: number;
  /** Endpoints that may be picked: the healthy ones, or the degraded ones where those are balanced. */
  readonly eligible: number;
  /** Endpoints that are part of `total` but shall not count at all. */
  readonly excluded: number;
  readonly total: number;
}

/**
 * What each locality weighs given its health: `weight * min(1, overprovisioning / 100 * eligible / (total - excluded))`.
 * A locality without endpoints weighs 0. Traffic goes by the proportions of the answer.
 *
 * As Envoy's `source/extensions/load_balancing_policies/common/locality_wrr.cc`.
 *
 * @throws RangeError when a number is negative or not finite, a count is not whole, or more are eligible than there are
 * @category Priorities and localities
 * @example
 * ```ts
 * import { effectiveLocalityWeights } from "@netmason/lb";
 *
 * const weights = effectiveLocalityWeights([
 *   { weight: 1, eligible: 1, excluded: 0, total: 2 },
 *   { weight: 2, eligible: 4, excluded: 0, total: 4 },
 * ]);
 * weights; // => [0.7, 2]
 * ```
 */
export function effectiveLocalityWeights(
  localities: readonly LocalityCounts[],
  overprovisioningPercent = 140,
): readonly number[] {
  requireWithin("overprovisioningPercent", overprovisioningPercent, 0, 1_000_000);
  return localities.map(({ weight, eligible, excluded, total }, i) => {
    requireWithin(`localities[${i}].weight`, weight, 0, Number.MAX_VALUE);
    requireWhole(`localities[${i}].total`, total, 0, Number.MAX_SAFE_INTEGER);
    requireWhole(`localities[${i}].eligible`, eligible, 0, total);
    requireWhole(`localities[${i}].excluded`, excluded, 0, total);
    const counted = total - excluded;
    if (counted === 0) return 0;
    return weight * Math.min(1, (overprovisioningPercent / 100) * ((1 * eligible) / counted));
  });
}
