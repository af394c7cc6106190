import type { Address, Family } from "./address.js";
import { familyBits, firstBit, requireLength } from "./internal/family.js";
import { AddressValue, maskedPrefix, PrefixValue } from "./internal/values.js";
import { addPower, compareWords, equalBits, equalWords, type MutableWords, maskWord } from "./internal/words.js";

/**
 * A network prefix: the words of its first address and a length in bits. Canonical: the host bits are zero, so equal
 * prefixes have equal fields and equal text.
 */
export interface Prefix {
  readonly "~kind": "prefix";
  readonly family: Family;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  /** 0..32 for IPv4, 0..128 for IPv6. */
  readonly length: number;
  /** `formatPrefix` of this. */
  toString(): string;
  /** `formatPrefix` of this, so that JSON carries canonical text. */
  toJSON(): string;
}

/**
 * The prefix of `length` bits that holds an address; the host bits are masked away. With `firstAddress` of a prefix it is
 * that prefix's supernet: `prefixOf(firstAddress(prefix), 16)`.
 *
 * @throws RangeError unless `length` is an integer from 0 to 32, or 128 for IPv6
 * @category Prefixes
 */
export function prefixOf(address: Address, length: number): Prefix {
  requireLength(length, address.family);
  return maskedPrefix(address.family, address, length);
}

/**
 * The lowest address of a prefix (for IPv4 hosts: the network address).
 *
 * @category Prefixes
 */
export function firstAddress(prefix: Prefix): Address {
  return new AddressValue(prefix.family, prefix.w0, prefix.w1, prefix.w2, prefix.w3);
}

/**
 * The highest address of a prefix (for IPv4 hosts: the broadcast address).
 *
 * @category Prefixes
 */
export function lastAddress(prefix: Prefix): Address {
  const { family, length } = prefix;
  if (family === 4) return new AddressValue(4, 0, 0, 0, prefix.w3 | ~maskWord(length, 0));
  return new AddressValue(
    6,
    prefix.w0 | ~maskWord(length, 0),
    prefix.w1 | ~maskWord(length, 1),
    prefix.w2 | ~maskWord(length, 2),
    prefix.w3 | ~maskWord(length, 3),
  );
}

/**
 * Orders IPv4 before IPv6, then by first address, then the shorter (outer) prefix first; for `sort`.
 *
 * @category Prefixes
 */
export function comparePrefixes(a: Prefix, b: Prefix): -1 | 0 | 1 {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1;
  const order = compareWords(a, b);
  if (order !== 0 || a.length === b.length) return order;
  return a.length < b.length ? -1 : 1;
}

/**
 * Whether family, address and length are equal.
 *
 * @category Prefixes
 */
export function equalPrefixes(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && a.family === b.family && equalWords(a, b);
}

/**
 * Whether an address lies in a prefix; false across families. Allocates nothing.
 *
 * @category Prefixes
 */
export function containsAddress(outer: Prefix, address: Address): boolean {
  if (outer.family !== address.family) return false;
  if (outer.family === 4) return outer.length === 0 || (outer.w3 ^ address.w3) >>> (32 - outer.length) === 0;
  return equalBits(outer, address, outer.length);
}

/**
 * Whether `inner` lies in `outer` with all its addresses; equal prefixes contain each other. False across families.
 *
 * @category Prefixes
 */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return sharesOuter(outer, inner, outer.length);
}

/**
 * Whether two prefixes share an address, which means that one contains the other. False across families.
 *
 * @category Prefixes
 */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return sharesOuter(a, b, Math.min(a.length, b.length));
}

/** Whether both lie in one prefix of `length` bits. */
function sharesOuter(a: Prefix, b: Prefix, length: number): boolean {
  if (a.family !== b.family || b.length < length) return false;
  return equalBits(a, b, length + firstBit(a.family));
}

/**
 * The prefixes of `length` bits inside `prefix`, in address order, made one at a time: `subnets(p, p.length)` is `p` alone.
 *
 * @throws RangeError, at the call, unless `length` is an integer from the prefix's own to 32, or 128 for IPv6
 * @example
 * ```ts
 * import { parsePrefix, subnets } from "@netmason/net";
 *
 * [...subnets(parsePrefix("192.0.2.0/24"), 26)].map(String); // => ["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/26", "192.0.2.192/26"]
 * ```
 * @category Prefixes
 */
export function subnets(prefix: Prefix, length: number): IterableIterator<Prefix> {
  requireLength(length, prefix.family, prefix.length);
  return walkSubnets(prefix, length);
}

function* walkSubnets(prefix: Prefix, length: number): Generator<Prefix, undefined> {
  const { family } = prefix;
  const step = familyBits(family) - length;
  const next: MutableWords = { w0: prefix.w0, w1: prefix.w1, w2: prefix.w2, w3: prefix.w3 };
  const bits = prefix.length + firstBit(family);
  let over = 0;
  do {
    yield new PrefixValue(family, next.w0, next.w1, next.w2, next.w3, length);
    over = addPower(next, step);
  } while (over === 0 && equalBits(prefix, next, bits));
}
