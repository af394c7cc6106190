/**
 * Listeners: where Envoy accepts connections.
 *
 * @module listener
 * @category Builders
 */
import type { FilterChainJson, ListenerFilterJson, ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import { type ChainInput, type HttpInput, http as httpChain } from "./filter-chain.js";
import { addressOf } from "./internal/address-text.js";
import { httpConnectionManager } from "./internal/http-connection-manager.js";
import { pruned } from "./internal/pruned.js";

/** What every listener with an address takes. */
export interface ListenInput {
  readonly name: string;
  /** `0.0.0.0:8080`, `[::]:8080` or the path of a Unix socket. */
  readonly address: string;
  readonly traffic?: "inbound" | "outbound";
  /** Restores where a redirected connection was going, for chains by destination and `cluster.originalDst`. */
  readonly originalDst?: boolean;
  /** Reads the PROXY protocol's header of a load balancer in front. */
  readonly proxyProtocol?: boolean;
}

/** What `http` takes: a listener and its one chain. */
export type HttpListenerInput = ListenInput &
  Omit<HttpInput, "overrides"> &
  Pick<ChainInput, "tls"> & {
    readonly overrides?: { readonly listener?: ListenerJson; readonly connectionManager?: HttpConnectionManagerJson };
  };

/**
 * A listener of one HTTP chain.
 *
 * @throws {@link XdsError} `invalid_address`
 * @category Builders
 */
export function http(input: HttpListenerInput): ListenerJson {
  const { overrides, statPrefix = input.name } = input;
  const connectionManager = overrides?.connectionManager;
  const chain = httpChain({
    ...pruned<ChainInput>({ tls: input.tls }),
    ...pruned<HttpInput>({
      routes: input.routes,
      filters: input.filters,
      statPrefix,
      accessLogs: input.accessLogs,
      tracing: input.tracing,
      overrides: connectionManager && { connectionManager },
    }),
  });
  return listenerOf(input, [chain], undefined, overrides?.listener);
}

/** What `of` takes. */
export type ListenerInput = ListenInput & {
  /** From `filterChain`; no two may have the same match. */
  readonly chains: readonly [FilterChainJson, ...FilterChainJson[]];
  /** For connections that no chain matches. */
  readonly defaultChain?: FilterChainJson;
  readonly overrides?: { readonly listener?: ListenerJson };
};

/**
 * A listener of several chains. Where a chain matches by server name, ALPN or transport protocol, the TLS inspector is
 * added: without it such a chain matches nothing.
 *
 * @throws {@link XdsError} `invalid_address`
 * @category Builders
 */
export function of(input: ListenerInput): ListenerJson {
  return listenerOf(input, input.chains, input.defaultChain, input.overrides?.listener);
}

/**
 * What a proxyless gRPC client gets for the target `xds:///name`. It has no address.
 *
 * @category Builders
 */
export function grpc(input: Pick<HttpInput, "routes" | "filters"> & { readonly name: string }): ListenerJson {
  const manager = httpConnectionManager(input, input.name).typedConfig;
  return pruned<ListenerJson>({ name: input.name, apiListener: pruned({ apiListener: manager }) });
}

function listenerOf(
  input: ListenInput,
  chains: readonly FilterChainJson[],
  defaultChain: FilterChainJson | undefined,
  overrides: ListenerJson | undefined,
): ListenerJson {
  const filters = listenerFiltersOf(input, chains);
  return pruned<ListenerJson>({
    name: input.name,
    address: addressOf(input.address),
    filterChains: chains,
    defaultFilterChain: defaultChain,
    listenerFilters: filters.length === 0 ? undefined : filters,
    trafficDirection: input.traffic && (input.traffic === "inbound" ? "INBOUND" : "OUTBOUND"),
    ...overrides,
  });
}

function listenerFiltersOf(input: ListenInput, chains: readonly FilterChainJson[]): readonly ListenerFilterJson[] {
  const filters: ListenerFilterJson[] = [];
  if (input.originalDst === true) {
    const url = "type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst";
    filters.push({ name: "envoy.filters.listener.original_dst", typedConfig: { "@type": url } });
  }
  if (input.proxyProtocol === true) {
    const url = "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";
    filters.push({ name: "envoy.filters.listener.proxy_protocol", typedConfig: { "@type": url } });
  }
  if (chains.some(looksIntoTls)) {
    const url = "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";
    filters.push({ name: "envoy.filters.listener.tls_inspector", typedConfig: { "@type": url } });
  }
  return filters;
}

function looksIntoTls({ filterChainMatch: match }: FilterChainJson): boolean {
  if (match === undefined) return false;
  const { serverNames = [], applicationProtocols = [], transportProtocol = "" } = match;
  return serverNames.length > 0 || applicationProtocols.length > 0 || transportProtocol !== "";
}
