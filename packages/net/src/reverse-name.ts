import type { Address } from "./address.js";

/**
 * The DNS name of an address's pointer record: under `in-addr.arpa` (RFC 1035 §3.5) or `ip6.arpa` (RFC 3596 §2.5),
 * without a final dot.
 *
 * @example
 * ```ts
 * import { parseAddress, reverseName } from "@netmason/net";
 *
 * reverseName(parseAddress("192.0.2.7")); // => "7.2.0.192.in-addr.arpa"
 * ```
 * @category Addresses
 */
export function reverseName(address: Address): string {
  const { family, w0, w1, w2, w3 } = address;
  if (family === 4) return `${w3 & 255}.${(w3 >>> 8) & 255}.${(w3 >>> 16) & 255}.${w3 >>> 24}.in-addr.arpa`;
  return `${nibbles(w3)}${nibbles(w2)}${nibbles(w1)}${nibbles(w0)}ip6.arpa`;
}

/** The eight hexadecimal digits of a word, lowest first, each with a dot. */
function nibbles(word: number): string {
  let text = "";
  for (let shift = 0; shift < 32; shift += 4) text += `${((word >>> shift) & 15).toString(16)}.`;
  return text;
}
