/**
 * 128-bit values as four int32 words, most significant first. An IPv4 value is `w3` with the others 0, so that one code
 * path serves both families.
 */
export interface Words {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** What an address and a prefix have in common. */
export interface FamilyWords extends Words {
  readonly family: 4 | 6;
}

export interface MutableWords {
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

/** Signed order of `x ^ SIGN` is unsigned order of `x`. */
export const SIGN: number = 0x80000000 | 0;

/** Unsigned comparison of two values. */
export function compareWords(a: Words, b: Words): -1 | 0 | 1 {
  if (a.w0 !== b.w0) return (a.w0 ^ SIGN) < (b.w0 ^ SIGN) ? -1 : 1;
  if (a.w1 !== b.w1) return (a.w1 ^ SIGN) < (b.w1 ^ SIGN) ? -1 : 1;
  if (a.w2 !== b.w2) return (a.w2 ^ SIGN) < (b.w2 ^ SIGN) ? -1 : 1;
  if (a.w3 !== b.w3) return (a.w3 ^ SIGN) < (b.w3 ^ SIGN) ? -1 : 1;
  return 0;
}

export function equalWords(a: Words, b: Words): boolean {
  return a.w3 === b.w3 && a.w2 === b.w2 && a.w1 === b.w1 && a.w0 === b.w0;
}

/** The part of a network mask of `length` bits (0..128) that falls into word `index`; other lengths are clamped. */
export function maskWord(length: number, index: number): number {
  const bits = length - (index << 5);
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/** Whether the first `length` bits (0..128) of two values are equal. */
export function equalBits(a: Words, b: Words, length: number): boolean {
  if (length > 96) {
    return a.w0 === b.w0 && a.w1 === b.w1 && a.w2 === b.w2 && ((a.w3 ^ b.w3) & (-1 << (128 - length))) === 0;
  }
  if (length > 64) return a.w0 === b.w0 && a.w1 === b.w1 && ((a.w2 ^ b.w2) & (-1 << (96 - length))) === 0;
  if (length > 32) return a.w0 === b.w0 && ((a.w1 ^ b.w1) & (-1 << (64 - length))) === 0;
  return length === 0 || ((a.w0 ^ b.w0) & (-1 << (32 - length))) === 0;
}

/** How many leading bits two values share, 128 when they are equal. */
export function commonLength(a: Words, b: Words): number {
  if (a.w0 !== b.w0) return Math.clz32(a.w0 ^ b.w0);
  if (a.w1 !== b.w1) return 32 + Math.clz32(a.w1 ^ b.w1);
  if (a.w2 !== b.w2) return 64 + Math.clz32(a.w2 ^ b.w2);
  return 96 + Math.clz32(a.w3 ^ b.w3);
}

/** Bit `position` (0 is the most significant of 128). */
export function bitAt(value: Words, position: number): number {
  const word = position < 64 ? (position < 32 ? value.w0 : value.w1) : position < 96 ? value.w2 : value.w3;
  return (word >>> (31 - (position & 31))) & 1;
}

/** a + b modulo 2^128 into `out`, which may be `a` or `b`; returns the carry out of the top. */
export function addWords(a: Words, b: Words, out: MutableWords): 0 | 1 {
  const s3 = (a.w3 >>> 0) + (b.w3 >>> 0);
  const s2 = (a.w2 >>> 0) + (b.w2 >>> 0) + (s3 > 0xffffffff ? 1 : 0);
  const s1 = (a.w1 >>> 0) + (b.w1 >>> 0) + (s2 > 0xffffffff ? 1 : 0);
  const s0 = (a.w0 >>> 0) + (b.w0 >>> 0) + (s1 > 0xffffffff ? 1 : 0);
  out.w0 = s0 | 0;
  out.w1 = s1 | 0;
  out.w2 = s2 | 0;
  out.w3 = s3 | 0;
  return s0 > 0xffffffff ? 1 : 0;
}

/** Adds 2^power (0..128) in place, modulo 2^128; returns the carry out of the top. */
export function addPower(value: MutableWords, power: number): 0 | 1 {
  if (power === 128) return 1;
  let carry = (1 << (power & 31)) >>> 0;
  if (power < 32) {
    const s3 = (value.w3 >>> 0) + carry;
    value.w3 = s3 | 0;
    if (s3 <= 0xffffffff) return 0;
    carry = 1;
  }
  if (power < 64) {
    const s2 = (value.w2 >>> 0) + carry;
    value.w2 = s2 | 0;
    if (s2 <= 0xffffffff) return 0;
    carry = 1;
  }
  if (power < 96) {
    const s1 = (value.w1 >>> 0) + carry;
    value.w1 = s1 | 0;
    if (s1 <= 0xffffffff) return 0;
    carry = 1;
  }
  const s0 = (value.w0 >>> 0) + carry;
  value.w0 = s0 | 0;
  return s0 > 0xffffffff ? 1 : 0;
}

/** a - b modulo 2^128 into `out`, which may be `a` or `b`; returns the borrow out of the top. */
export function subtractWords(a: Words, b: Words, out: MutableWords): 0 | 1 {
  const d3 = (a.w3 >>> 0) - (b.w3 >>> 0);
  const d2 = (a.w2 >>> 0) - (b.w2 >>> 0) - (d3 < 0 ? 1 : 0);
  const d1 = (a.w1 >>> 0) - (b.w1 >>> 0) - (d2 < 0 ? 1 : 0);
  const d0 = (a.w0 >>> 0) - (b.w0 >>> 0) - (d1 < 0 ? 1 : 0);
  out.w0 = d0 | 0;
  out.w1 = d1 | 0;
  out.w2 = d2 | 0;
  out.w3 = d3 | 0;
  return d0 < 0 ? 1 : 0;
}

/** How many trailing bits are zero: 128 for zero. */
export function trailingZeros({ w0, w1, w2, w3 }: Words): number {
  if (w3 !== 0) return 31 - Math.clz32(w3 & -w3);
  if (w2 !== 0) return 63 - Math.clz32(w2 & -w2);
  if (w1 !== 0) return 95 - Math.clz32(w1 & -w1);
  return w0 === 0 ? 128 : 127 - Math.clz32(w0 & -w0);
}

/** How many bits the value needs: 0 for zero. */
export function bitLength({ w0, w1, w2, w3 }: Words): number {
  if (w0 !== 0) return 128 - Math.clz32(w0);
  if (w1 !== 0) return 96 - Math.clz32(w1);
  if (w2 !== 0) return 64 - Math.clz32(w2);
  return 32 - Math.clz32(w3);
}

/** A non-negative safe integer, shifted left by `shift` bits (0..128), modulo 2^128, into `words`. */
export function shiftNumber(value: number, shift: number, words: MutableWords): void {
  words.w0 = 0;
  words.w1 = 0;
  words.w2 = Math.floor(value / 0x100000000) | 0;
  words.w3 = value | 0;
  for (let moved = shift >>> 5; moved > 0; moved--) {
    words.w0 = words.w1;
    words.w1 = words.w2;
    words.w2 = words.w3;
    words.w3 = 0;
  }
  const bits = shift & 31;
  if (bits > 0) {
    words.w0 = (words.w0 << bits) | (words.w1 >>> (32 - bits));
    words.w1 = (words.w1 << bits) | (words.w2 >>> (32 - bits));
    words.w2 = (words.w2 << bits) | (words.w3 >>> (32 - bits));
    words.w3 <<= bits;
  }
}

/** The value as an unsigned integer; for the edges of the API, it allocates. */
export function wordsToBigint(value: Words): bigint {
  const high = (BigInt(value.w0 >>> 0) << 32n) | BigInt(value.w1 >>> 0);
  const low = (BigInt(value.w2 >>> 0) << 32n) | BigInt(value.w3 >>> 0);
  return (high << 64n) | low;
}

/** The low 128 bits of a non-negative integer. */
export function bigintToWords(value: bigint): MutableWords {
  return {
    w0: Number((value >> 96n) & 0xffffffffn) | 0,
    w1: Number((value >> 64n) & 0xffffffffn) | 0,
    w2: Number((value >> 32n) & 0xffffffffn) | 0,
    w3: Number(value & 0xffffffffn) | 0,
  };
}
