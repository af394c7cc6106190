// What Envoy checks of how it speaks to a cluster: protocols, their settings, filters towards it and source addresses.
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { BindConfigJson, Http2ProtocolOptionsJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { RouterJson } from "@netmason/envoy-api/envoy/extensions/filters/http/router/v3";
import type { HttpFilterJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { HttpProtocolOptionsJson } from "@netmason/envoy-api/envoy/extensions/upstreams/http/v3";
import { typeUrlOf, unpacked } from "../typed-any.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { literalSocket } from "./socket-address.js";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const OPTIONS_URL = `type.googleapis.com/${OPTIONS}`;
const CODEC = "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";
const QUIC = "type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport";

/** The HTTP options of a cluster, if it has any. */
export function httpOptionsOf(message: ClusterJson): HttpProtocolOptionsJson | undefined {
  return unpacked<HttpProtocolOptionsJson>(message.typedExtensionProtocolOptions?.[OPTIONS], OPTIONS_URL);
}

/** Whether gRPC can be spoken to it. */
export function speaksHttp2(message: ClusterJson): boolean {
  if (message.http2ProtocolOptions !== undefined) return true;
  const options = httpOptionsOf(message);
  if (options === undefined) return false;
  const chosen = options.explicitHttpConfig ?? options.useDownstreamProtocolConfig;
  return options.autoConfig !== undefined || chosen?.http2ProtocolOptions !== undefined;
}

function protocolOptions(message: ClusterJson, visit: Visit): void {
  const all = message.typedExtensionProtocolOptions ?? {};
  for (const key of Object.keys(all)) {
    if (key === OPTIONS || typeUrlOf(all[key]) !== OPTIONS_URL) continue;
    visit.refuse(["typedExtensionProtocolOptions", key], `the key must be ${OPTIONS}`);
  }
  const { autoConfig, explicitHttpConfig } = httpOptionsOf(message) ?? {};
  const parts = ["typedExtensionProtocolOptions", OPTIONS];
  const socket = typeUrlOf(message.transportSocket?.typedConfig);
  const isBare = message.transportSocket === undefined && (message.transportSocketMatches ?? []).length === 0;
  if (explicitHttpConfig?.http3ProtocolOptions !== undefined && (isBare || (socket ?? QUIC) !== QUIC)) {
    visit.refuse([...parts, "explicitHttpConfig", "http3ProtocolOptions"], "HTTP/3 needs a QUIC transportSocket");
  }
  if (autoConfig === undefined) return;
  if (isBare) {
    visit.refuse([...parts, "autoConfig"], "autoConfig asks by ALPN, so the cluster needs a TLS transportSocket");
  } else if (autoConfig.http3ProtocolOptions !== undefined && autoConfig.alternateProtocolsCacheOptions === undefined) {
    visit.refuse([...parts, "autoConfig", "http3ProtocolOptions"], "needs alternateProtocolsCacheOptions beside it");
  }
}

/** Filters towards a cluster end in the codec, of which there is one. */
function upstreamFilters(filters: readonly HttpFilterJson[] = [], field: string, visit: Visit): void {
  for (const [index, { typedConfig, configDiscovery }] of filters.entries()) {
    const isLast = index === filters.length - 1;
    if (typedConfig === undefined && configDiscovery === undefined) {
      visit.refuse([field, index], "has no typedConfig");
      continue;
    }
    if (configDiscovery !== undefined || (typeUrlOf(typedConfig) === CODEC) === isLast) continue;
    const message = isLast ? "the last filter towards a cluster must be the UpstreamCodec" : "must be the last filter";
    visit.error("router_not_last", [field, index], message);
  }
}

/** Settings of HTTP/2 that have fields of their own. */
const SETTINGS: Readonly<Record<number, keyof Http2ProtocolOptionsJson>> = {
  1: "hpackTableSize",
  3: "maxConcurrentStreams",
  4: "initialStreamWindowSize",
};

function http2(message: Http2ProtocolOptionsJson, visit: Visit): void {
  const seen = new Map<number, number>();
  for (const [index, { identifier = 0, value = 0 }] of (message.customSettingsParameters ?? []).entries()) {
    const at: readonly PathPart[] = ["customSettingsParameters", index];
    const field = SETTINGS[identifier];
    if (field !== undefined && message[field] !== undefined) visit.refuse(at, `${field} sets this as well`);
    if (identifier === 8) visit.refuse(at, "only allowConnect sets this");
    if (identifier === 2 && value === 1) visit.refuse(at, "Envoy does not take pushes");
    if (seen.has(identifier) && seen.get(identifier) !== value) visit.refuse(at, "is set to something else before");
    seen.set(identifier, value);
  }
}

/** One source address, and at most one of the other family. */
function sources(message: BindConfigJson, visit: Visit): void {
  const { sourceAddress, extraSourceAddresses = [], additionalSourceAddresses = [] } = message;
  const field = extraSourceAddresses.length > 0 ? "extraSourceAddresses" : "additionalSourceAddresses";
  if (sourceAddress !== undefined) literalSocket(sourceAddress, ["sourceAddress"], undefined, visit);
  const more = [...extraSourceAddresses.map(({ address }) => address), ...additionalSourceAddresses];
  if (more.length === 0) return;
  const isV6 = (text: string | undefined): boolean => text?.includes(":") === true;
  if (sourceAddress === undefined) visit.refuse([field], "needs a sourceAddress");
  else if (extraSourceAddresses.length > 0 && additionalSourceAddresses.length > 0) {
    visit.refuse(["additionalSourceAddresses"], "excluded by extraSourceAddresses");
  } else if (more.length > 1) visit.refuse([field], `at most one, not ${more.length}`);
  else if (isV6(more[0]?.address) === isV6(sourceAddress.address)) {
    visit.refuse([field, 0], "must be of the other IP version than sourceAddress");
  }
}

/** Of the way to the endpoints. */
export const upstreamRules = (): readonly MessageRule[] => [
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", protocolOptions),
  messageRule<Http2ProtocolOptionsJson>("envoy.config.core.v3.Http2ProtocolOptions", http2),
  messageRule<BindConfigJson>("envoy.config.core.v3.BindConfig", sources),
  messageRule<HttpProtocolOptionsJson>(OPTIONS, ({ httpFilters }, visit) =>
    upstreamFilters(httpFilters, "httpFilters", visit),
  ),
  messageRule<RouterJson>("envoy.extensions.filters.http.router.v3.Router", ({ upstreamHttpFilters }, visit) =>
    upstreamFilters(upstreamHttpFilters, "upstreamHttpFilters", visit),
  ),
];
