import { requireWhole } from "./internal/bounds.js";

/** How many endpoints, and how many processes like this one, are healthy in one zone. */
export interface ZoneCounts {
  /** Healthy endpoints. */
  readonly endpoints: number;
  /** Healthy processes that balance over these endpoints, this one included. */
  readonly peers: number;
}

/** What zone-aware routing needs to know besides counts of zones. */
export interface ZoneRoutingOptions {
  /** Whether the first zone is that of this process; without it nothing is routed at home. True by default. */
  readonly hasOwnZone?: boolean;
  /** Fewer healthy endpoints than this are balanced without regard to zones; 6 by default. */
  readonly minEndpointCount?: number;
  /** Healthy peers in zones where no endpoint is known, a number a zone; none by default. */
  readonly peersElsewhere?: readonly number[];
}

/**
 * How requests are spread over zones. `none`: without regard to them. `direct`: all to the first zone. `residual`:
 * `localShare` of 10,000 to the first zone, the rest by chance in proportion to what other zones can take;
 * `residuals` adds these up zone by zone.
 */
export type ZoneRouting =
  | { readonly kind: "none"; readonly reason: "few_zones" | "few_endpoints" | "few_peer_zones" | "no_peers_at_home" }
  | { readonly kind: "direct" }
  | { readonly kind: "residual"; readonly localShare: number; readonly residuals: readonly number[] };

/**
 * Decides how to keep requests in their zone without loading any zone more than its endpoints can take. Zones other than
 * the own one come in the order of their names.
 *
 * Percentages are whole ten-thousandths: when the own zone has as large a share of endpoints as of peers, all requests
 * stay. Otherwise `floor(endpoints * 10000 / peers)` do, and the rest goes where endpoints' share exceeds peers'.
 *
 * As `regenerateLocalityRoutingStructures` in Envoy's
 * `source/extensions/load_balancing_policies/common/load_balancer_impl.cc`; the order of zones is that of
 * `source/common/upstream/upstream_impl.cc` (`PriorityStateManager::updateClusterPrioritySet`).
 *
 * @throws RangeError when a count is negative or not whole
 * @category Priorities and localities
 * @example
 * ```ts
 * import { zoneRouting } from "@netmason/lb";
 *
 * const routing = zoneRouting([
 *   { endpoints: 2, peers: 4 },
 *   { endpoints: 4, peers: 4 },
 *   { endpoints: 2, peers: 2 },
 * ]);
 * routing; // => { kind: "residual", localShare: 6250, residuals: [0, 1000, 1500] }
 * ```
 */
export function zoneRouting(zones: readonly ZoneCounts[], options: ZoneRoutingOptions = {}): ZoneRouting {
  const { hasOwnZone = true, minEndpointCount = 6, peersElsewhere = [] } = options;
  requireWhole("minEndpointCount", minEndpointCount, 0, Number.MAX_SAFE_INTEGER);
  for (const peers of peersElsewhere) requireWhole("peersElsewhere", peers, 0, Number.MAX_SAFE_INTEGER);
  for (const [i, { endpoints, peers }] of zones.entries()) {
    requireWhole(`zones[${i}].endpoints`, endpoints, 0, Number.MAX_SAFE_INTEGER);
    requireWhole(`zones[${i}].peers`, peers, 0, Number.MAX_SAFE_INTEGER);
  }
  const endpointTotal = zones.reduce((sum, { endpoints }) => sum + endpoints, 0);
  const peerCounts = [...zones.map(({ peers }) => peers), ...peersElsewhere];
  const peerTotal = peerCounts.reduce((sum, peers) => sum + peers, 0);
  if (zones.length < 2) return { kind: "none", reason: "few_zones" };
  if (peerCounts.filter((peers) => peers > 0).length < 2) return { kind: "none", reason: "few_peer_zones" };
  if (hasOwnZone ? zones[0]?.peers === 0 : peersElsewhere.every((peers) => peers === 0))
    return { kind: "none", reason: "no_peers_at_home" };
  if (endpointTotal < minEndpointCount) return { kind: "none", reason: "few_endpoints" };
  const shares = zones.map(({ endpoints, peers }) => ({
    endpoints: share(endpoints, endpointTotal),
    // What peers a zone without endpoints has does not matter.
    peers: endpoints === 0 ? 0 : share(peers, peerTotal),
  }));
  const own = hasOwnZone ? shares[0] : undefined;
  if (own !== undefined && own.endpoints > 0 && own.endpoints >= own.peers) return { kind: "direct" };
  const localShare = own !== undefined && own.peers > 0 ? Math.floor((own.endpoints * 10_000) / own.peers) : 0;
  let sum = 0;
  const residuals = shares.map(({ endpoints, peers }, zone) => {
    if (!(zone === 0 && hasOwnZone)) sum += Math.max(0, endpoints - peers);
    return sum;
  });
  return { kind: "residual", localShare, residuals };
}

/**
 * The zone of one request. Draws nothing for `direct`, once for a request that stays and twice for one that leaves: below
 * 10,000 first, then below the sum of residuals (or below the number of zones when that is 0), as Envoy's
 * `tryChooseLocalLocalityHosts`.
 *
 * @param below - draws a whole number from 0 to one less than its argument
 * @category Priorities and localities
 */
export function chooseZone(
  routing: Exclude<ZoneRouting, { readonly kind: "none" }>,
  below: (bound: number) => number,
): number {
  if (routing.kind === "direct") return 0;
  const { localShare, residuals } = routing;
  if (below(10_000) < localShare) return 0;
  const total = residuals[residuals.length - 1] ?? 0;
  if (total === 0) return below(residuals.length);
  const drawn = below(total);
  let zone = 0;
  while (drawn >= (residuals[zone] ?? total)) zone++;
  return zone;
}

function share(count: number, total: number): number {
  return total === 0 ? 0 : Math.floor((10_000 * count) / total);
}
