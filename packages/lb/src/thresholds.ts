import { requireWhole } from "./internal/bounds.js";

/** What there can be too many of. */
export type ThresholdResource = "connections" | "pending" | "requests" | "retries";

/** Counts what is in use, up to a limit for each resource. May be shared by balancers. */
export interface Thresholds {
  /** Takes one; false, and nothing taken, when there is none left. */
  tryAcquire(resource: ThresholdResource): boolean;
  /** Gives one back. */
  release(resource: ThresholdResource): void;
  /** How many are left. */
  remaining(resource: ThresholdResource): number;
}

/**
 * Makes thresholds: 1,024 connections, pending requests and requests, and 3 retries where nothing else is said
 * (Envoy's `source/common/upstream/resource_manager_impl.h` and `upstream_impl.cc`).
 *
 * @throws RangeError when a limit is negative or not whole; `release` throws one when nothing is in use
 * @category Retries and limits
 * @example
 * ```ts
 * import { createThresholds } from "@netmason/lb";
 *
 * const thresholds = createThresholds({ requests: 1 });
 * [thresholds.tryAcquire("requests"), thresholds.tryAcquire("requests")]; // => [true, false]
 * ```
 */
export function createThresholds(max: Partial<Readonly<Record<ThresholdResource, number>>> = {}): Thresholds {
  const limits = { connections: 1_024, pending: 1_024, requests: 1_024, retries: 3, ...max };
  for (const [resource, limit] of Object.entries(limits)) requireWhole(resource, limit, 0, Number.MAX_SAFE_INTEGER);
  const used = { connections: 0, pending: 0, requests: 0, retries: 0 };
  return {
    tryAcquire(resource) {
      if (used[resource] >= limits[resource]) return false;
      used[resource]++;
      return true;
    },
    release(resource) {
      if (used[resource] === 0) throw new RangeError(`${resource}: more were released than acquired`);
      used[resource]--;
    },
    remaining: (resource) => limits[resource] - used[resource],
  };
}
