import { AddressValue } from "./internal/values.js";
import {
  addWords,
  bigintToWords,
  compareWords,
  equalWords,
  type MutableWords,
  shiftNumber,
  subtractWords,
  wordsToBigint,
} from "./internal/words.js";

/** 4 or 6, as `net.isIP` answers. */
export type Family = 4 | 6;

/**
 * An IP address: four signed int32 words, most significant first. An IPv4 address is `w3` with the others 0, so one
 * shape and one code path serve both families; 64 bytes an object, never a bigint inside.
 *
 * Only `parseAddress` and the functions here make one. As a `Map` key use its text: `formatAddress(address)`.
 */
export interface Address {
  readonly "~kind": "address";
  readonly family: Family;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  /** `formatAddress` of this. */
  toString(): string;
  /** `formatAddress` of this, so that JSON carries canonical text. */
  toJSON(): string;
}

/**
 * Orders IPv4 before IPv6, then by unsigned value; for `sort`.
 *
 * @category Addresses
 */
export function compareAddresses(a: Address, b: Address): -1 | 0 | 1 {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1;
  return compareWords(a, b);
}

/**
 * Whether family and value are equal: `10.0.0.1` and `::ffff:10.0.0.1` are not (see `unmapAddress`).
 *
 * @category Addresses
 */
export function equalAddresses(a: Address, b: Address): boolean {
  return a.family === b.family && equalWords(a, b);
}

/**
 * The address `offset` steps up, or down when negative. Exact for every offset; a number is faster than a bigint.
 *
 * @throws RangeError when the result leaves the family, or a number is not a safe integer
 * @example
 * ```ts
 * import { addToAddress, parseAddress } from "@netmason/net";
 *
 * String(addToAddress(parseAddress("10.0.0.255"), 1)); // => "10.0.1.0"
 * String(addToAddress(parseAddress("::"), 2n ** 64n)); // => "0:0:0:1::"
 * ```
 * @category Addresses
 */
export function addToAddress(address: Address, offset: number | bigint): Address {
  const size = typeof offset === "bigint" ? wideOffset(offset) : narrowOffset(offset);
  const over = size === undefined ? 1 : offset < 0 ? subtractWords(address, size, sum) : addWords(address, size, sum);
  const outside = over !== 0 || (address.family === 4 && (sum.w0 | sum.w1 | sum.w2) !== 0);
  if (outside) throw new RangeError(`offset: ${address} + ${offset} is not an IPv${address.family} address`);
  return new AddressValue(address.family, sum.w0, sum.w1, sum.w2, sum.w3);
}

// Work space, so that the result is the only object made.
const sum: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
const narrow: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };

function narrowOffset(offset: number): MutableWords {
  if (!Number.isSafeInteger(offset)) throw new RangeError(`offset: expected a safe integer or a bigint, got ${offset}`);
  shiftNumber(Math.abs(offset), 0, narrow);
  return narrow;
}

function wideOffset(offset: bigint): MutableWords | undefined {
  const size = offset < 0n ? -offset : offset;
  return size >> 128n === 0n ? bigintToWords(size) : undefined;
}

/**
 * How many steps lead from one address to another: `to - from`, negative when `to` is lower.
 *
 * @throws TypeError when the families differ
 * @category Addresses
 */
export function distance(from: Address, to: Address): bigint {
  if (from.family !== to.family) throw new TypeError(`distance: ${from} and ${to} are of two families`);
  return wordsToBigint(to) - wordsToBigint(from);
}

/**
 * The IPv4 address inside an IPv4-mapped one (`::ffff:0:0/96`, RFC 4291 §2.5.5.2), as sockets listening on both families
 * report it; any other address is returned as it is.
 *
 * @category Addresses
 */
export function unmapAddress(address: Address): Address {
  const mapped = address.family === 6 && address.w0 === 0 && address.w1 === 0 && address.w2 === 0xffff;
  return mapped ? new AddressValue(4, 0, 0, 0, address.w3) : address;
}
