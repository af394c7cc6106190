import type { LocalityJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type {
  ClusterLoadAssignmentJson,
  LbEndpointJson,
  LocalityLbEndpointsJson,
} from "@netmason/envoy-api/envoy/config/endpoint/v3";
import { addressOf } from "./internal/address-text.js";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/** One destination. An `Endpoint` of `@netmason/lb` has this shape. */
export interface EndpointInput {
  /** `host:port`, `[v6]:port` or the path of a Unix socket. */
  readonly address: string;
  /** What Envoy sends as host when it rewrites the host to the endpoint's, and to health checks. */
  readonly hostname?: string;
  /** At least 1. Default 1, which is left out. */
  readonly weight?: number;
  /** 0 is tried first. Default 0. */
  readonly priority?: number;
  readonly locality?: LocalityJson;
  /** Default unknown, which Envoy takes for healthy. `excluded` is sent as unhealthy: Envoy has no word for it. */
  readonly health?: "healthy" | "degraded" | "unhealthy" | "draining" | "excluded";
  /** Replaces the address as key of ring hash and Maglev. */
  readonly hashKey?: string;
  /** The `envoy.lb` metadata, which subsets select by. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Endpoints of one place, with the weight of the place. */
export interface LocalityInput {
  readonly locality?: LocalityJson;
  /** 0 is tried first. Default 0. */
  readonly priority?: number;
  /** Share of the locality among those of its priority; a gRPC client needs it, Envoy reads it in locality-weighted balancing. */
  readonly weight?: number;
  /** A `locality` and a `priority` of an endpoint are not read here. */
  readonly endpoints: readonly EndpointInput[];
  readonly overrides?: { readonly locality?: LocalityLbEndpointsJson };
}

/** What `endpoints` takes: a flat list that is grouped, or the groups. */
export type EndpointsInput = {
  /** Name of the cluster, or its EDS service name where it has one. */
  readonly cluster: string;
  readonly overrides?: { readonly assignment?: ClusterLoadAssignmentJson };
} & OneOf<{ endpoints: readonly EndpointInput[]; localities: readonly LocalityInput[] }>;

/**
 * The endpoints of a cluster. A flat list is grouped by priority and locality, in the order in which they first appear;
 * no endpoints at all is an empty assignment, which takes a cluster's endpoints away (state-of-the-world xDS cannot
 * remove the resource).
 *
 * @throws {@link XdsError} `invalid_address`
 * @example
 * ```ts
 * import { endpoints } from "@netmason/xds";
 *
 * const shop = endpoints({ cluster: "shop", endpoints: [{ address: "10.0.0.7:8080", weight: 2 }] });
 * shop.endpoints?.[0]?.lbEndpoints?.[0]?.loadBalancingWeight; // => 2
 * ```
 * @category Builders
 */
export function endpoints(input: EndpointsInput): ClusterLoadAssignmentJson {
  const groups = input.localities ?? groupByLocality(input.endpoints);
  return pruned<ClusterLoadAssignmentJson>({
    clusterName: input.cluster,
    endpoints: groups.map(localityOf),
    ...input.overrides?.assignment,
  });
}

function groupByLocality(list: readonly EndpointInput[]): readonly LocalityInput[] {
  const groups = new Map<string, LocalityInput & { readonly endpoints: EndpointInput[] }>();
  for (const endpoint of list) {
    const { locality, priority } = endpoint;
    const key = JSON.stringify([priority ?? 0, locality?.region ?? "", locality?.zone ?? "", locality?.subZone ?? ""]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, pruned({ locality, priority, endpoints: [endpoint] }));
    else group.endpoints.push(endpoint);
  }
  return [...groups.values()];
}

function localityOf(input: LocalityInput): LocalityLbEndpointsJson {
  return pruned<LocalityLbEndpointsJson>({
    locality: input.locality,
    lbEndpoints: input.endpoints.map(lbEndpointOf),
    loadBalancingWeight: input.weight,
    priority: input.priority === 0 ? undefined : input.priority,
    ...input.overrides?.locality,
  });
}

const HEALTH = {
  healthy: "HEALTHY",
  degraded: "DEGRADED",
  unhealthy: "UNHEALTHY",
  draining: "DRAINING",
  excluded: "UNHEALTHY",
} as const;

function lbEndpointOf(input: EndpointInput): LbEndpointJson {
  const lb = input.hashKey === undefined ? input.metadata : { ...input.metadata, hash_key: input.hashKey };
  return pruned<LbEndpointJson>({
    endpoint: pruned({ address: addressOf(input.address), hostname: input.hostname }),
    healthStatus: input.health && HEALTH[input.health],
    metadata: lb && ({ filterMetadata: { "envoy.lb": lb } } as LbEndpointJson["metadata"]),
    loadBalancingWeight: input.weight,
  });
}
