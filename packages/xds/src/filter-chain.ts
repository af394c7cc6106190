/**
 * Filter chains: what a listener does with a connection.
 *
 * @module filterChain
 * @category Builders
 */
import type { AccessLogJson } from "@netmason/envoy-api/envoy/config/accesslog/v3";
import type { TransportSocketJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { FilterChainJson, FilterChainMatchJson, FilterJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { TcpProxyJson } from "@netmason/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3";
import type { Source } from "./config-source.js";
import { httpConnectionManager } from "./internal/http-connection-manager.js";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/** The routes of a listener: written into it, or by name from RDS. */
export type Routes = RouteConfigurationJson | { readonly rds: string; readonly source?: Source };

/** What speaks HTTP. */
export interface HttpInput {
  readonly routes: Routes;
  /** In the order in which a request passes them; the router is added at the end and must not be given. */
  readonly filters?: readonly HttpFilterJson[];
  /** Name in the statistics. Default the name of the listener or chain. */
  readonly statPrefix?: string;
  readonly accessLogs?: readonly AccessLogJson[];
  /** From `tracing`. */
  readonly tracing?: NonNullable<HttpConnectionManagerJson["tracing"]>;
  readonly overrides?: { readonly connectionManager?: HttpConnectionManagerJson };
}

/** What every chain takes. */
export interface ChainInput {
  readonly name?: string;
  /** Which connections the chain is for; without it all that no other chain takes. */
  readonly match?: FilterChainMatchJson;
  /** From `tls.downstream`. */
  readonly tls?: TransportSocketJson;
}

/** Where `tcp` forwards to: one cluster, or several by weight. */
export type TcpTarget = OneOf<{
  readonly cluster: string;
  readonly clusters: readonly [WeightedTcpCluster, ...WeightedTcpCluster[]];
}>;

/** One share of a TCP target. */
export interface WeightedTcpCluster {
  readonly name: string;
  /** At least 1. */
  readonly weight: number;
}

/**
 * A chain of HTTP.
 *
 * @category Builders
 */
export function http(input: ChainInput & HttpInput): FilterChainJson {
  return of({ ...input, filters: [httpConnectionManager(input, input.name ?? "http")] });
}

/** What `tcp` takes. */
export type TcpInput = ChainInput &
  TcpTarget & {
    /** Name in the statistics. Default the name of the chain. */
    readonly statPrefix?: string;
    readonly accessLogs?: readonly AccessLogJson[];
    /** Filters before the proxy, from `networkFilter`. */
    readonly filters?: readonly FilterJson[];
    readonly overrides?: { readonly tcpProxy?: TcpProxyJson };
  };

/**
 * A chain that forwards bytes.
 *
 * @category Builders
 */
export function tcp(input: TcpInput): FilterChainJson {
  const [first = tcpProxy(input), ...rest] = [...(input.filters ?? []), tcpProxy(input)];
  return of({ ...input, filters: [first, ...rest] });
}

function tcpProxy(input: TcpInput): FilterJson {
  const proxy = pruned<TcpProxyJson>({
    statPrefix: input.statPrefix ?? input.name ?? "tcp",
    cluster: input.cluster,
    weightedClusters: input.clusters && { clusters: input.clusters },
    accessLog: input.accessLogs,
    ...input.overrides?.tcpProxy,
  });
  return {
    name: "envoy.filters.network.tcp_proxy",
    typedConfig: { "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", ...proxy },
  };
}

/**
 * A chain of any network filters; the last must be one that ends a chain.
 *
 * @category Builders
 */
export function of(input: ChainInput & { readonly filters: readonly [FilterJson, ...FilterJson[]] }): FilterChainJson {
  return pruned<FilterChainJson>({
    filterChainMatch: input.match,
    filters: input.filters,
    transportSocket: input.tls,
    name: input.name,
  });
}
