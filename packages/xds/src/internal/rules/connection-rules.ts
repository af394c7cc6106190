// What Envoy checks of HTTP connection managers, filter chains and listeners in code.

import type { CidrRangeJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type {
  FilterChainJson,
  FilterChainMatchJson,
  FilterJson,
  ListenerJson,
} from "@netmason/envoy-api/envoy/config/listener/v3";
import type { RouterJson } from "@netmason/envoy-api/envoy/extensions/filters/http/router/v3";
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { TcpProxy_TunnelingConfigJson } from "@netmason/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3";
import type { XffConfigJson } from "@netmason/envoy-api/envoy/extensions/http/original_ip_detection/xff/v3";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { typeUrlOf, unpacked } from "../typed-any.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { uniqueUpgrades } from "./route-rules.js";
import { quoted } from "./rule-text.js";
import { isIpLiteral, literal } from "./socket-address.js";

const HTTP = "envoy.extensions.filters.network.http_connection_manager.v3";
const MANAGER = `type.googleapis.com/${HTTP}.HttpConnectionManager`;
const ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

/** Of filters in neither list of network filters it is not known whether they end a chain: nothing is said of them. */
const isAmong = (
  list: "terminalHttpFilters" | "terminalNetworkFilters" | "passingNetworkFilters",
  type: string,
): boolean => envoyFacts()[list].includes(type);

function connectionManager(message: HttpConnectionManagerJson, visit: Visit): void {
  const filters = message.httpFilters ?? [];
  const upgraded = (message.upgradeConfigs ?? []).flatMap(({ filters: own = [] }) => own);
  visit.filterNames = filterNamesOf([...filters, ...upgraded]);
  visit.missingRouteCluster = "error";
  httpFilters(filters, ["httpFilters"], visit);
  originalIp(message, visit);
  if (message.stripMatchingHostPort === true && message.stripAnyHostPort === true) {
    visit.refuse(["stripAnyHostPort"], "excluded by stripMatchingHostPort");
  }
  const upgrades = message.upgradeConfigs ?? [];
  uniqueUpgrades(upgrades, visit);
  for (const [index, { filters: own = [] }] of upgrades.entries()) {
    if (own.length > 0) httpFilters(own, ["upgradeConfigs", index, "filters"], visit);
  }
}

/** Who the client is, is found in one way. */
function originalIp(message: HttpConnectionManagerJson, visit: Visit): void {
  if ((message.originalIpDetectionExtensions ?? []).length === 0) return;
  const parts = ["originalIpDetectionExtensions"];
  if (message.useRemoteAddress === true) visit.refuse(parts, "excluded by useRemoteAddress");
  if ((message.xffNumTrustedHops ?? 0) > 0) visit.refuse(parts, "excluded by xffNumTrustedHops");
}

function xff({ xffNumTrustedHops = 0, xffTrustedCidrs }: XffConfigJson, visit: Visit): void {
  if (xffNumTrustedHops > 0 && xffTrustedCidrs !== undefined) {
    visit.refuse(["xffTrustedCidrs"], "excluded by xffNumTrustedHops");
  }
}

function scopeKey(message: object, visit: Visit): void {
  if (!("element" in message || "index" in message)) visit.refuse(["element"], "needs an element or an index");
}

function tunneling({ usePost, postPath = "" }: TcpProxy_TunnelingConfigJson, visit: Visit): void {
  if (postPath !== "" && usePost !== true) visit.refuse(["postPath"], "goes with usePost only");
}

/** Names by which routes can configure the filters of a connection manager, those of its router towards the cluster too. */
function filterNamesOf(filters: readonly HttpFilterJson[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, typedConfig } of filters) {
    if (name !== undefined) names.add(name);
    const { upstreamHttpFilters = [] } = unpacked<RouterJson>(typedConfig, ROUTER) ?? {};
    for (const upstream of upstreamHttpFilters) if (upstream.name !== undefined) names.add(upstream.name);
  }
  return names;
}

function httpFilters(filters: readonly HttpFilterJson[], parts: readonly PathPart[], visit: Visit): void {
  const last = filters.length - 1;
  if (last < 0) {
    visit.warn("router_not_last", parts, "no HTTP filter, so no request is forwarded", "add the router");
    return;
  }
  const names = new Set<string>();
  const types = filters.map(({ typedConfig }) => typeUrlOf(typedConfig));
  const hasEarlyEnd = types.some(
    (type, index) => index < last && type !== undefined && isAmong("terminalHttpFilters", type),
  );
  for (const [index, { name = "", configDiscovery, disabled }] of filters.entries()) {
    const at = [...parts, index];
    const type = types[index];
    if (names.has(name)) {
      visit.warn("duplicate_name", [...at, "name"], `a second filter ${quoted(name)}: routes configure both`);
    }
    names.add(name);
    if (type === undefined && configDiscovery === undefined) {
      visit.refuse(at, `${quoted(name)} has no typedConfig`, "Envoy finds filters by the type of their configuration");
    }
    const terminal = type !== undefined && isAmong("terminalHttpFilters", type);
    if (terminal && index < last) visit.error("router_not_last", at, `${quoted(name)} must be the last HTTP filter`);
    if (terminal && index === last && disabled === true) {
      visit.refuse([...at, "disabled"], `the last filter ${quoted(name)} must not be disabled`);
    }
    if (!terminal && index === last && !hasEarlyEnd && type?.includes("envoy.extensions.filters.http.")) {
      visit.error("router_not_last", at, `${quoted(name)} is the last HTTP filter, which must be the router`);
    }
  }
}

function filterChain({ filters = [] }: FilterChainJson, visit: Visit): void {
  for (const [index, filter] of filters.entries()) networkFilter(filter, index, filters.length - 1, visit);
}

function networkFilter(filter: FilterJson, index: number, last: number, visit: Visit): void {
  const { name = "", typedConfig, configDiscovery } = filter;
  const type = typeUrlOf(typedConfig);
  if (type === undefined) {
    if (configDiscovery === undefined) visit.refuse(["filters", index], `${quoted(name)} has no typedConfig`);
    return;
  }
  if (isAmong("terminalNetworkFilters", type) && index < last) {
    visit.refuse(["filters", index], `${quoted(name)} must be the last filter of the chain`);
  }
  if (isAmong("passingNetworkFilters", type) && index === last) {
    visit.refuse(["filters", index], `${quoted(name)} ends the chain but forwards nothing`);
  }
}

const NOT_IMPLEMENTED = ["addressSuffix", "suffixLen"] as const;

function listener(message: ListenerJson, visit: Visit): void {
  if (message.apiListener !== undefined) {
    const type = typeUrlOf(message.apiListener.apiListener);
    if (type?.endsWith("HttpConnectionManager") !== true) {
      visit.refuse(["apiListener", "apiListener"], "an API listener holds an HttpConnectionManager");
    }
    return;
  }
  if (message.internalListener !== undefined) return;
  const chains = message.filterChains ?? [];
  if (message.address === undefined) visit.refuse(["address"], "a listener needs an address");
  literal(message.address, ["address"], undefined, visit);
  for (const [index, { address }] of (message.additionalAddresses ?? []).entries()) {
    literal(address, ["additionalAddresses", index, "address"], undefined, visit);
  }
  if (message.address?.socketAddress?.protocol === "UDP") {
    if (chains.length > 0 && message.udpListenerConfig?.quicOptions === undefined) {
      visit.refuse(["filterChains"], "chains of a UDP listener need udpListenerConfig.quicOptions");
    }
    return;
  }
  quicOnTcp(chains, visit);
  if (chains.length === 0 && message.defaultFilterChain === undefined) {
    visit.refuse(["filterChains"], "a listener needs a filter chain");
  }
  for (const [index, { name = "", typedConfig, configDiscovery }] of (message.listenerFilters ?? []).entries()) {
    if (typedConfig !== undefined || configDiscovery !== undefined) continue;
    visit.refuse(
      ["listenerFilters", index],
      `${quoted(name)} has no typedConfig`,
      "an empty one will do: it says which filter it is",
    );
  }
  if (message.filterChainMatcher === undefined) chainMatches(chains, visit);
}

function quicOnTcp(chains: readonly FilterChainJson[], visit: Visit): void {
  for (const [chain, { filters = [] }] of chains.entries()) {
    for (const [index, { typedConfig }] of filters.entries()) {
      const { codecType } = unpacked<HttpConnectionManagerJson>(typedConfig, MANAGER) ?? {};
      if (codecType !== "HTTP3") continue;
      visit.refuse(
        ["filterChains", chain, "filters", index, "typedConfig", "codecType"],
        "HTTP/3 needs a UDP listener",
      );
    }
  }
}

function chainMatches(chains: readonly FilterChainJson[], visit: Visit): void {
  const seen = new Map<string, number>();
  for (const [index, { filterChainMatch = {} }] of chains.entries()) {
    const at = ["filterChains", index, "filterChainMatch"];
    serverNames(filterChainMatch, at, visit);
    for (const field of NOT_IMPLEMENTED) {
      if (filterChainMatch[field] !== undefined) visit.refuse([...at, field], "Envoy does not implement this");
    }
    for (const key of matchKeys(filterChainMatch)) {
      const other = seen.get(key);
      if (other === undefined) seen.set(key, index);
      else {
        const message =
          other === index ? "matches the same twice" : `filterChains/${other} matches the same connections`;
        visit.error("duplicate_filter_chain_match", at, message);
        break;
      }
    }
  }
}

function serverNames(
  { serverNames: names = [] }: FilterChainMatchJson,
  parts: readonly PathPart[],
  visit: Visit,
): void {
  for (const [index, name] of names.entries()) {
    const rest = name.startsWith("*.") ? name.slice(2) : name;
    if (rest.includes("*") && name !== "") {
      visit.refuse(
        [...parts, "serverNames", index],
        `${quoted(name)}: a * stands for the first label only, as in *.example.com`,
      );
    }
  }
}

/** Networks of chains, RBAC and internal addresses; those of XFF are read when a request comes. */
function network({ addressPrefix = "" }: CidrRangeJson, visit: Visit): void {
  if (addressPrefix === "" || isIpLiteral(addressPrefix) || visit.at.includes("xffTrustedCidrs")) return;
  visit.refuse(["addressPrefix"], `${quoted(addressPrefix)} is no IP address`);
}

/** Each combination of single conditions, as Envoy's tree of matches holds it: two chains with a common one collide. */
function matchKeys(match: FilterChainMatchJson): readonly string[] {
  const choices: readonly (readonly unknown[])[] = [
    [match.destinationPort ?? 0],
    cidrKeys(match.prefixRanges),
    (match.serverNames ?? []).map((name) => name.toLowerCase()),
    [match.transportProtocol ?? ""],
    match.applicationProtocols ?? [],
    cidrKeys(match.directSourcePrefixRanges),
    [match.sourceType ?? "ANY"],
    cidrKeys(match.sourcePrefixRanges),
    match.sourcePorts ?? [],
  ];
  let keys: string[] = [""];
  for (const choice of choices) {
    const some = choice.length === 0 ? [""] : choice;
    keys = keys.flatMap((key) => some.map((value) => `${key}|${value}`));
    if (keys.length > 10_000) return keys;
  }
  return keys;
}

function cidrKeys(ranges: FilterChainMatchJson["prefixRanges"]): readonly string[] {
  return (ranges ?? []).map(
    ({ addressPrefix = "", prefixLen = 0 }) => `${maskedText(addressPrefix, prefixLen)}/${prefixLen}`,
  );
}

/** The network of an IPv4 prefix, so that equal networks compare equal; other text as it is. */
function maskedText(address: string, length: number): string {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return address.toLowerCase();
  const kept = octets.map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff);
  return kept.join(".");
}

/** Of listeners, chains and connection managers. */
export const connectionRules = (): readonly MessageRule[] => [
  messageRule<HttpConnectionManagerJson>(`${HTTP}.HttpConnectionManager`, connectionManager),
  messageRule<FilterChainJson>("envoy.config.listener.v3.FilterChain", filterChain),
  messageRule<ListenerJson>("envoy.config.listener.v3.Listener", listener),
  messageRule<CidrRangeJson>("envoy.config.core.v3.CidrRange", network),
  messageRule(`${HTTP}.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor`, scopeKey),
  messageRule<XffConfigJson>("envoy.extensions.http.original_ip_detection.xff.v3.XffConfig", xff),
  messageRule<TcpProxy_TunnelingConfigJson>(
    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig",
    tunneling,
  ),
];
