import { requireWhole, requireWithin } from "./internal/bounds.js";

/** How many endpoints of one priority are in which state. */
export interface PriorityCounts {
  readonly healthy: number;
  readonly degraded: number;
  /** Endpoints that are part of `total` but shall not count at all. */
  readonly excluded: number;
  readonly total: number;
  /**
   * Sums of weights that take the place of the counts where availability is computed. Panic still goes by counts, and so
   * does the split in total panic.
   */
  readonly weights?: Omit<PriorityCounts, "weights">;
}

/** What one priority gets of 100 percent. */
export interface PriorityLoad {
  /** For its healthy endpoints, or for all of its endpoints in panic. */
  readonly healthyPercent: number;
  /** For its degraded endpoints, or for all of its endpoints in panic. */
  readonly degradedPercent: number;
  /** Too few endpoints are available, so health is not looked at. */
  readonly panic: boolean;
}

/** When to spill over to the next priority, and when to stop looking at health. */
export interface PriorityOptions {
  /**
   * A priority keeps all of its load while this share of its healthy endpoints, in percent, covers it: 140 (the default)
   * means that 72 of 100 healthy endpoints are enough. 100 spills with the first endpoint lost.
   */
  readonly overprovisioningPercent?: number;
  /** A priority with a smaller share of available endpoints than this is in panic; 50 by default, 0 never panics. */
  readonly panicPercent?: number;
  /** Answer with no endpoint in panic instead of with any endpoint; false by default. */
  readonly failOnPanic?: boolean;
}

/**
 * Splits 100 percent over priorities, the first one being preferred, in whole percents that add up to 100 (an empty list
 * gives an empty list).
 *
 * The availability of a priority is `floor(overprovisioning * healthy / (total - excluded))`, at most 100. Healthy
 * endpoints are loaded first, in order of priority, then degraded ones; what rounding leaves goes to the first priority
 * that has any availability. Where all availability together falls short of 100, loads are scaled up, and every priority
 * with less than `panicPercent` of its endpoints available is in panic; when all are, load goes by the number of
 * endpoints.
 *
 * As Envoy's `source/extensions/load_balancing_policies/common/load_balancer_impl.cc` (`recalculatePerPriorityState`,
 * `recalculateLoadInTotalPanic`), whose documentation gives other shares where several priorities are short.
 *
 * @throws RangeError when a count is negative or not whole, more are counted than there are, or a percentage is outside
 * its bounds
 * @category Priorities and localities
 * @example
 * ```ts
 * import { priorityLoads } from "@netmason/lb";
 *
 * const loads = priorityLoads([
 *   { healthy: 2, degraded: 0, excluded: 0, total: 4 },
 *   { healthy: 4, degraded: 0, excluded: 0, total: 4 },
 * ]);
 * loads.map(({ healthyPercent }) => healthyPercent); // => [70, 30]
 * ```
 */
export function priorityLoads(
  levels: readonly PriorityCounts[],
  options: PriorityOptions = {},
): readonly PriorityLoad[] {
  const { overprovisioningPercent = 140, panicPercent = 50 } = options;
  requireWithin("overprovisioningPercent", overprovisioningPercent, 0, 1_000_000);
  requireWithin("panicPercent", panicPercent, 0, 100);
  for (const [priority, level] of levels.entries()) checkCounts(priority, level);
  const healthy = levels.map((level) => availability(level, "healthy", overprovisioningPercent));
  const degraded = levels.map((level) => availability(level, "degraded", overprovisioningPercent));
  const available = Math.min(100, sum(healthy) + sum(degraded));
  const mayPanic = available !== 100 && !(panicPercent === 0 && available === 0);
  const panic = levels.map((level) => mayPanic && availablePercent(level) < panicPercent);
  const inTotalPanic = levels.length > 0 && panic.every((each) => each);
  const percents = inTotalPanic ? byCount(levels) : byAvailability(healthy, degraded, available);
  return levels.map((_, priority) => ({
    healthyPercent: percents.healthy[priority] ?? 0,
    degradedPercent: percents.degraded[priority] ?? 0,
    panic: panic[priority] ?? false,
  }));
}

interface Percents {
  readonly healthy: readonly number[];
  readonly degraded: readonly number[];
}

function checkCounts(priority: number, { healthy, degraded, excluded, total }: PriorityCounts): void {
  for (const [name, count] of Object.entries({ healthy, degraded, excluded, total })) {
    requireWhole(`levels[${priority}].${name}`, count, 0, Number.MAX_SAFE_INTEGER);
  }
  requireWithin(`levels[${priority}].healthy + degraded`, healthy + degraded, 0, total);
  requireWithin(`levels[${priority}].excluded`, excluded, 0, total);
}

function availability(level: PriorityCounts, state: "healthy" | "degraded", overprovisioningPercent: number): number {
  if (level.total <= level.excluded) return 0;
  const counted = level.weights ?? level;
  const total = counted.total - counted.excluded;
  if (!(total > 0)) return 0;
  return Math.min(100, Math.floor((overprovisioningPercent * counted[state]) / total));
}

function availablePercent({ healthy, degraded, excluded, total }: PriorityCounts): number {
  const counted = total - excluded;
  return counted === 0 ? 0 : (100 * healthy) / counted + (100 * degraded) / counted;
}

function byAvailability(healthy: readonly number[], degraded: readonly number[], available: number): Percents {
  const loads = { healthy: healthy.map(() => 0), degraded: degraded.map(() => 0) };
  if (available === 0) {
    // Nothing is available and nothing is in panic; the first priority answers that it has no endpoint.
    if (loads.healthy.length > 0) loads.healthy[0] = 100;
    return loads;
  }
  let left = 100;
  for (const state of ["healthy", "degraded"] as const) {
    const of = state === "healthy" ? healthy : degraded;
    for (const [priority, each] of of.entries()) {
      const load = Math.min(left, Math.floor((each * 100) / available));
      loads[state][priority] = load;
      left -= load;
    }
  }
  const firstHealthy = healthy.findIndex((each) => each > 0);
  const [rounded, first] =
    firstHealthy >= 0
      ? [loads.healthy, firstHealthy]
      : ([loads.degraded, degraded.findIndex((each) => each > 0)] as const);
  rounded[first] = (rounded[first] ?? 0) + left;
  return loads;
}

function byCount(levels: readonly PriorityCounts[]): Percents {
  const total = sum(levels.map((level) => level.total));
  const degraded = levels.map(() => 0);
  const healthy = levels.map((level) => (total === 0 ? 0 : Math.floor((100 * level.total) / total)));
  const first = Math.max(
    0,
    levels.findIndex((level) => level.total > 0),
  );
  healthy[first] = (healthy[first] ?? 0) + 100 - sum(healthy);
  return { healthy, degraded };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0);
}
