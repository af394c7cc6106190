// Which filter chain takes a connection (filter_chain_manager_impl.cc): one criterion after the other, of each the most
// specific value there is, and no way back.
import type { FilterChainJson, FilterChainMatchJson, ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { SimulatedRequest } from "../../outcome.js";
import { isInPrefix } from "./ip-prefix.js";
import { splitAddress } from "./socket-addresses.js";
import type { NotSimulated } from "./text-matchers.js";

/** What is known of a connection. */
interface Connection {
  readonly port: number | undefined;
  readonly destination: readonly number[] | undefined;
  readonly serverName: string;
  readonly transport: string;
  readonly alpn: readonly string[];
  readonly source: readonly number[] | undefined;
  readonly sourcePort: number | undefined;
  readonly isLocal: boolean | undefined;
}

interface Criterion {
  readonly name: string;
  /** What of the connection must be known where a chain says something about it. */
  readonly of?: "destination" | "source";
  /** How specific the chain's best value that holds is: 0 where it says nothing, `undefined` where none holds. */
  readonly rank: (match: FilterChainMatchJson, connection: Connection) => number | undefined;
}

const CRITERIA: readonly Criterion[] = [
  { name: "destination port", rank: ({ destinationPort }, { port }) => equalRank(destinationPort, port) },
  {
    name: "destination address",
    of: "destination",
    rank: ({ prefixRanges }, { destination }) => prefixRank(prefixRanges, destination),
  },
  { name: "server name", rank: ({ serverNames }, { serverName }) => serverNameRank(serverNames, serverName) },
  {
    name: "transport protocol",
    rank: ({ transportProtocol = "" }, { transport }) => equalRank(transportProtocol || undefined, transport),
  },
  { name: "application protocol", rank: ({ applicationProtocols }, { alpn }) => alpnRank(applicationProtocols, alpn) },
  {
    name: "direct source address",
    of: "source",
    rank: ({ directSourcePrefixRanges }, { source }) => prefixRank(directSourcePrefixRanges, source),
  },
  {
    name: "source type",
    of: "source",
    rank: ({ sourceType = "ANY" }, { isLocal }) => sourceTypeRank(sourceType, isLocal),
  },
  {
    name: "source address",
    of: "source",
    rank: ({ sourcePrefixRanges }, { source }) => prefixRank(sourcePrefixRanges, source),
  },
  {
    name: "source port",
    of: "source",
    rank: ({ sourcePorts = [] }, { sourcePort }) =>
      sourcePorts.length === 0 ? 0 : sourcePort !== undefined && sourcePorts.includes(sourcePort) ? 1 : undefined,
  },
];

/** A chain that was looked at. */
export interface ChainLook {
  readonly path: string;
  readonly matched: boolean;
  readonly why: string;
}

export interface FoundChain {
  readonly chain: FilterChainJson;
  /** Its name, or its place: `filterChains/1`. */
  readonly name: string;
  /** JSON Pointer in the listener. */
  readonly path: string;
}

export function findChain(
  listener: ListenerJson,
  request: SimulatedRequest,
  onLook?: (look: ChainLook) => void,
): FoundChain | NotSimulated | undefined {
  const connection = connectionOf(request);
  let candidates = [...(listener.filterChains ?? []).entries()];
  for (const { name, of, rank } of CRITERIA) {
    const ranks = candidates.map(([, { filterChainMatch = {} }]) => rank(filterChainMatch, connection));
    if (of !== undefined && connection[of] === undefined && ranks.some((each) => each !== 0)) {
      return { unknown: `filter chains by ${name}, for a request that says no ${of}` };
    }
    const best = Math.max(-1, ...ranks.map((each) => each ?? -1));
    for (const [at, [index]] of candidates.entries()) {
      if (ranks[at] === best) continue;
      const why = ranks[at] === undefined ? `${name} does not match` : `another chain matches the ${name} better`;
      onLook?.({ path: `/filterChains/${index}`, matched: false, why });
    }
    candidates = candidates.filter((_, at) => ranks[at] === best && best >= 0);
  }
  const [found] = candidates;
  if (found !== undefined) {
    const [index, chain] = found;
    onLook?.({ path: `/filterChains/${index}`, matched: true, why: "every criterion matches" });
    return { chain, name: chain.name ?? `filterChains/${index}`, path: `/filterChains/${index}` };
  }
  const chain = listener.defaultFilterChain;
  if (chain === undefined) return undefined;
  onLook?.({ path: "/defaultFilterChain", matched: true, why: "no other chain matches" });
  return { chain, name: chain.name ?? "defaultFilterChain", path: "/defaultFilterChain" };
}

function connectionOf({ destination = "", source = "", tls }: SimulatedRequest): Connection {
  const to = splitAddress(destination);
  const from = splitAddress(source);
  const loopback =
    from.bytes === undefined ? undefined : isInPrefix(from.bytes, "127.0.0.0", 8) || isInPrefix(from.bytes, "::1", 128);
  const same = from.bytes !== undefined && from.host === to.host;
  return {
    port: to.port,
    destination: isWildcard(to.host) ? undefined : to.bytes,
    serverName: (tls?.serverName ?? "").toLowerCase(),
    transport: tls === undefined ? "raw_buffer" : "tls",
    alpn: tls?.alpn ?? [],
    source: from.bytes,
    sourcePort: from.port,
    isLocal: loopback === undefined ? undefined : loopback || same,
  };
}

/** All addresses, which is where a listener listens and nobody connects to. */
function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function equalRank<T>(wanted: T | undefined, given: T | undefined): number | undefined {
  if (wanted === undefined) return 0;
  return wanted === given ? 1 : undefined;
}

function prefixRank(
  ranges: FilterChainMatchJson["prefixRanges"],
  address: readonly number[] | undefined,
): number | undefined {
  if (ranges === undefined || ranges.length === 0) return 0;
  if (address === undefined) return undefined;
  const lengths = ranges
    .filter(({ addressPrefix = "", prefixLen = 0 }) => isInPrefix(address, addressPrefix, prefixLen))
    .map(({ prefixLen = 0 }) => prefixLen + 1);
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

/** An exact name outranks every wildcard, a longer wildcard a shorter. */
function serverNameRank(names: readonly string[] | undefined, serverName: string): number | undefined {
  if (names === undefined || names.length === 0) return 0;
  let best: number | undefined;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower === serverName) return 10_000;
    if (lower.startsWith("*.") && serverName.endsWith(lower.slice(1))) best = Math.max(best ?? 0, lower.length);
  }
  return best;
}

/** The protocol that the client names first. */
function alpnRank(wanted: readonly string[] | undefined, offered: readonly string[]): number | undefined {
  if (wanted === undefined || wanted.length === 0) return 0;
  const at = offered.findIndex((protocol) => wanted.includes(protocol));
  return at < 0 ? undefined : 1_000 - at;
}

function sourceTypeRank(type: string, isLocal: boolean | undefined): number | undefined {
  if (type === "ANY") return 0;
  return isLocal !== undefined && isLocal === (type === "SAME_IP_OR_LOOPBACK") ? 1 : undefined;
}
