import type { Address } from "./address.js";
import { formatWords } from "./internal/format-words.js";

/**
 * The canonical text (RFC 5952): lower case, no leading zeros, the longest run of zero groups as `::`; IPv4-mapped
 * addresses (`::ffff:0:0/96`) in mixed notation. Equal addresses have equal text, so it serves as a `Map` key.
 *
 * Needs only the fields, so it works on what `structuredClone` made of an address.
 *
 * @example
 * ```ts
 * import { formatAddress, parseAddress } from "@netmason/net";
 *
 * formatAddress(parseAddress("FE80:0:0:0:1:0:0:1")); // => "fe80::1:0:0:1"
 * formatAddress(parseAddress("::ffff:c000:201")); // => "::ffff:192.0.2.1"
 * ```
 * @category Addresses
 */
export function formatAddress(address: Address): string {
  return formatWords(address);
}
