/**
 * Conversions between the values of `@netmason/net` and those of the `ip-num` library.
 *
 * ```ts
 * import { fromIpNum, toIpNum } from "@netmason/net/ip-num";
 * import { parseAddress } from "@netmason/net";
 * import { IPv6 } from "ip-num";
 *
 * String(fromIpNum(new IPv6("2001:db8::1"))); // => "2001:db8::1"
 * toIpNum(parseAddress("10.0.0.1")).value; // => 167772161n
 * ```
 *
 * @module ip-num
 */
import { IPv4, IPv4CidrRange, IPv4Prefix, IPv6, IPv6CidrRange, IPv6Prefix, RangedSet } from "ip-num";
import type { Address } from "./address.js";
import { AddressValue, RangeValue } from "./internal/values.js";
import { bigintToWords, wordsToBigint } from "./internal/words.js";
import { firstAddress, type Prefix, prefixOf } from "./prefix.js";
import type { AddressRange } from "./range.js";

/**
 * Converts an ip-num value; a range in CIDR notation whose base has host bits becomes the prefix that holds it. Reads only
 * `value`, `bitSize`, `getFirst`, `getLast` and `getPrefix`, so values of another installed copy of ip-num work.
 */
export function fromIpNum(value: IPv4 | IPv6): Address;
export function fromIpNum(value: IPv4CidrRange | IPv6CidrRange): Prefix;
export function fromIpNum(value: RangedSet<IPv4> | RangedSet<IPv6>): AddressRange;
export function fromIpNum(
  value: IPv4 | IPv6 | IPv4CidrRange | IPv6CidrRange | RangedSet<IPv4> | RangedSet<IPv6>,
): Address | Prefix | AddressRange {
  if ("value" in value) return addressOf(value);
  if ("getPrefix" in value) return prefixOf(addressOf(value.getFirst()), Number(value.getPrefix().value));
  return new RangeValue(addressOf(value.getFirst()), addressOf(value.getLast()));
}

function addressOf(value: { readonly value: bigint; readonly bitSize: number }): Address {
  const { w0, w1, w2, w3 } = bigintToWords(value.value);
  return new AddressValue(value.bitSize === 32 ? 4 : 6, w0, w1, w2, w3);
}

/** Converts to ip-num: an address to `IPv4` or `IPv6`, a prefix to a CIDR range, a range to a `RangedSet`. */
export function toIpNum(value: Address): IPv4 | IPv6;
export function toIpNum(value: Prefix): IPv4CidrRange | IPv6CidrRange;
export function toIpNum(value: AddressRange): RangedSet<IPv4> | RangedSet<IPv6>;
export function toIpNum(
  value: Address | Prefix | AddressRange,
): IPv4 | IPv6 | IPv4CidrRange | IPv6CidrRange | RangedSet<IPv4> | RangedSet<IPv6> {
  if ("first" in value) return rangedSetOf(value);
  if (!("length" in value)) return value.family === 4 ? ipv4Of(value) : ipv6Of(value);
  const base = firstAddress(value);
  return value.family === 4
    ? new IPv4CidrRange(ipv4Of(base), IPv4Prefix.fromNumber(BigInt(value.length)))
    : new IPv6CidrRange(ipv6Of(base), IPv6Prefix.fromNumber(BigInt(value.length)));
}

function ipv4Of(address: Address): IPv4 {
  return new IPv4(address.w3 >>> 0);
}

function ipv6Of(address: Address): IPv6 {
  return new IPv6(wordsToBigint(address));
}

function rangedSetOf({ first, last }: AddressRange): RangedSet<IPv4> | RangedSet<IPv6> {
  return first.family === 4 ? new RangedSet(ipv4Of(first), ipv4Of(last)) : new RangedSet(ipv6Of(first), ipv6Of(last));
}
