// Filter chains that match the same connections.
import type { FilterChainMatchJson, ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import { type MessageRule, messageRule, type Visit } from "../visit.js";

function listener(message: ListenerJson, visit: Visit): void {
  const { apiListener, filterChainMatcher, address, udpListenerConfig, filterChains = [] } = message;
  if ((apiListener ?? filterChainMatcher) !== undefined) return;
  if (address?.socketAddress?.protocol === "UDP" && udpListenerConfig?.quicOptions === undefined) return;
  const seen = new Map<string, number>();
  for (const [index, { filterChainMatch = {} }] of filterChains.entries()) {
    for (const key of matchKeys(filterChainMatch)) {
      const other = seen.get(key);
      seen.set(key, other ?? index);
      if (other === undefined) continue;
      const what = other === index ? "matches the same twice" : `filterChains/${other} matches the same connections`;
      visit.error("duplicate_filter_chain_match", ["filterChains", index, "filterChainMatch"], what);
      break;
    }
  }
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

function cidrKeys(ranges: FilterChainMatchJson["prefixRanges"] = []): readonly string[] {
  return ranges.map(({ addressPrefix = "", prefixLen = 0 }) => `${maskedText(addressPrefix, prefixLen)}/${prefixLen}`);
}

/** The network of an IPv4 prefix, so that equal networks compare equal; other text as it is. */
function maskedText(address: string, length: number): string {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return address.toLowerCase();
  const kept = octets.map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff);
  return kept.join(".");
}

/** Of listeners. */
export const listenerRules = (): readonly MessageRule[] => [
  messageRule<ListenerJson>("envoy.config.listener.v3.Listener", listener),
];
