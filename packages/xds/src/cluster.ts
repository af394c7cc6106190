/**
 * Clusters: groups of endpoints that Envoy balances over, by how it finds them.
 *
 * @module cluster
 * @category Builders
 */
import type { ClusterJson, LoadBalancingPolicyJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { HealthCheckJson, TransportSocketJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { DnsCacheConfigJson } from "@netmason/envoy-api/envoy/extensions/common/dynamic_forward_proxy/v3";
import type { HttpProtocolOptionsJson } from "@netmason/envoy-api/envoy/extensions/upstreams/http/v3";
import { configSource, type Source } from "./config-source.js";
import { type EndpointInput, endpoints } from "./endpoints.js";
import { pruned } from "./internal/pruned.js";
import type { Seconds } from "./one-of.js";

const PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** How Envoy speaks to the endpoints. `auto` asks by ALPN, so it needs a TLS socket; by default HTTP/1.1. */
export type UpstreamProtocol =
  | { readonly protocol?: "http1" | "http2" | "downstream"; readonly tls?: TransportSocketJson }
  | { readonly protocol: "auto"; readonly tls: TransportSocketJson };

/** What every cluster takes. */
export type ClusterInput = UpstreamProtocol & {
  readonly name: string;
  /** From `loadBalancing`. Default round robin. */
  readonly loadBalancing?: LoadBalancingPolicyJson;
  readonly healthChecks?: readonly HealthCheckJson[];
  /** Default 5 s. */
  readonly connectTimeout?: Seconds;
  readonly overrides?: { readonly cluster?: ClusterJson; readonly protocolOptions?: HttpProtocolOptionsJson };
};

/**
 * A cluster whose endpoints come by EDS, by default over the aggregated stream.
 *
 * @category Builders
 */
export function eds(input: ClusterInput & { readonly serviceName?: string; readonly source?: Source }): ClusterJson {
  const edsClusterConfig = pruned<NonNullable<ClusterJson["edsClusterConfig"]>>({
    edsConfig: configSource(input.source),
    serviceName: input.serviceName,
  });
  return clusterOf(input, { type: "EDS", edsClusterConfig });
}

/**
 * A cluster of fixed addresses. They must be IP literals: names need `dns`.
 *
 * @category Builders
 */
function staticCluster(input: ClusterInput & { readonly endpoints: readonly EndpointInput[] }): ClusterJson {
  const loadAssignment = endpoints({ cluster: input.name, endpoints: input.endpoints });
  return clusterOf(input, { type: "STATIC", loadAssignment });
}

export { staticCluster as static };

/** Where `dns` looks. */
export interface DnsTarget {
  readonly host: string;
  readonly port: number;
  /**
   * `strict` takes every address of the answer for an endpoint, `logical` connects to the first one of the moment.
   * Default `strict`.
   */
  readonly mode?: "strict" | "logical";
}

/**
 * A cluster whose endpoints are the addresses of a host name. The name is the endpoint's hostname, so a host rewrite to
 * the endpoint and health checks use it.
 *
 * @category Builders
 */
export function dns(input: ClusterInput & DnsTarget): ClusterJson {
  const { host, port, mode = "strict" } = input;
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const loadAssignment = endpoints({ cluster: input.name, endpoints: [{ address, hostname: host }] });
  return clusterOf(input, { type: mode === "strict" ? "STRICT_DNS" : "LOGICAL_DNS", loadAssignment });
}

/**
 * A cluster of clusters, tried in order as their endpoints fail. The members' own policies balance, so `loadBalancing`
 * has no place here.
 *
 * @category Builders
 */
export function aggregate(
  input: Omit<ClusterInput, "loadBalancing"> & { readonly clusters: readonly [string, ...string[]] },
): ClusterJson {
  const typedConfig = {
    "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
    clusters: input.clusters,
  } as const;
  return clusterOf(input as ClusterInput, {
    clusterType: { name: "envoy.clusters.aggregate", typedConfig },
    lbPolicy: "CLUSTER_PROVIDED",
  });
}

/**
 * A cluster that connects to where the client wanted to go before the connection was redirected; the listener restores
 * it with `originalDst`.
 *
 * @category Builders
 */
export function originalDst(input: Omit<ClusterInput, "loadBalancing">): ClusterJson {
  return clusterOf(input as ClusterInput, { type: "ORIGINAL_DST", lbPolicy: "CLUSTER_PROVIDED" });
}

/**
 * A cluster that resolves the host of each request. `httpFilter.dynamicForwardProxy` must be given the same `dnsCache`:
 * Envoy refuses two caches of one name that differ.
 *
 * @category Builders
 */
export function dynamicForwardProxy(
  input: Omit<ClusterInput, "loadBalancing"> & { readonly dnsCache: DnsCacheConfigJson },
): ClusterJson {
  const typedConfig = {
    "@type": "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig",
    dnsCacheConfig: input.dnsCache,
  } as const;
  return clusterOf(input as ClusterInput, {
    clusterType: { name: "envoy.clusters.dynamic_forward_proxy", typedConfig },
    lbPolicy: "CLUSTER_PROVIDED",
  });
}

function clusterOf(input: ClusterInput, discovery: ClusterJson): ClusterJson {
  if (input.protocol === "auto" && input.tls === undefined) {
    throw new TypeError('tls: protocol "auto" asks by ALPN and needs a TLS socket, got undefined');
  }
  const { lbPolicy, ...rest } = discovery;
  return pruned<ClusterJson>({
    name: input.name,
    ...rest,
    connectTimeout: input.connectTimeout,
    lbPolicy,
    loadBalancingPolicy: input.loadBalancing,
    healthChecks: input.healthChecks,
    typedExtensionProtocolOptions: protocolOptionsOf(input),
    transportSocket: input.tls,
    ...input.overrides?.cluster,
  });
}

const PROTOCOLS = {
  http1: { explicitHttpConfig: { httpProtocolOptions: {} } },
  http2: { explicitHttpConfig: { http2ProtocolOptions: {} } },
  auto: { autoConfig: {} },
  downstream: { useDownstreamProtocolConfig: {} },
} as const;

function protocolOptionsOf({ protocol, overrides }: ClusterInput): ClusterJson["typedExtensionProtocolOptions"] {
  if (protocol === undefined && overrides?.protocolOptions === undefined) return undefined;
  const options: HttpProtocolOptionsJson = { ...PROTOCOLS[protocol ?? "http1"], ...overrides?.protocolOptions };
  return { [PROTOCOL_OPTIONS]: { "@type": `type.googleapis.com/${PROTOCOL_OPTIONS}`, ...options } };
}
