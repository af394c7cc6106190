import type { Address } from "./address.js";
import { SPECIAL_PURPOSE_ROWS } from "./internal/special-purpose-registry.js";
import type { Prefix } from "./prefix.js";
import { createPrefixTable, type PrefixLookup } from "./prefix-table.js";
import { parsePrefix } from "./prefix-text.js";

/** A row of the IANA registries of special-purpose addresses. */
export interface SpecialPurpose {
  readonly prefix: Prefix;
  /** As registered: `Private-Use`, `Loopback`, `Documentation (TEST-NET-1)`. */
  readonly name: string;
  /** The defining document, as `RFC 1918`. */
  readonly rfc: string;
  /**
   * Whether datagrams to it are forwarded beyond one administrative domain (RFC 8190 §2.1); false too where the registry
   * says that this does not apply.
   */
  readonly globallyReachable: boolean;
}

let registry: PrefixLookup<SpecialPurpose> | undefined;

/**
 * The most specific row of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) that holds an address,
 * `undefined` for an ordinary one. Multicast has registries of its own and is not in these. The table is built at the
 * first call; later ones allocate nothing.
 *
 * An IPv4-mapped address is classified as such: unmap it first when it stands for an IPv4 peer.
 *
 * @example
 * ```ts
 * import { classifyAddress, parseAddress } from "@netmason/net";
 *
 * classifyAddress(parseAddress("192.168.7.1"))?.name; // => "Private-Use"
 * classifyAddress(parseAddress("2001:db8::1"))?.rfc; // => "RFC 3849"
 * classifyAddress(parseAddress("9.9.9.9")); // => undefined
 * ```
 * @category Addresses
 */
export function classifyAddress(address: Address): SpecialPurpose | undefined {
  registry ??= createRegistry();
  return registry.lookup(address)?.value;
}

function createRegistry(): PrefixLookup<SpecialPurpose> {
  const table = createPrefixTable<SpecialPurpose>();
  for (const [text, name, rfc, globallyReachable] of SPECIAL_PURPOSE_ROWS) {
    const prefix = parsePrefix(text);
    table.insert(prefix, { prefix, name, rfc, globallyReachable });
  }
  return table.compile();
}
