/** A 64-bit value as two 32-bit words; the sign of a word is ignored. */
export interface Hash64 {
  /** The upper 32 bits. */
  readonly hi: number;
  /** The lower 32 bits. */
  readonly lo: number;
}

/** A `Hash64` that functions write their answer into, so that a caller can reuse one object. */
export interface MutableHash64 {
  /** The upper 32 bits; functions of this package write a signed word. */
  hi: number;
  /** The lower 32 bits; functions of this package write a signed word. */
  lo: number;
}

/**
 * The value as an unsigned bigint.
 *
 * @category Hashing
 * @example
 * ```ts
 * import { hashToBigInt } from "@netmason/lb";
 *
 * hashToBigInt({ hi: 1, lo: -1 }); // => 8589934591n
 * ```
 */
export function hashToBigInt(hash: Hash64): bigint {
  return (BigInt(hash.hi >>> 0) << 32n) | BigInt(hash.lo >>> 0);
}

/**
 * The lower 64 bits of a bigint.
 *
 * @category Hashing
 */
export function hashFromBigInt(value: bigint): Hash64 {
  return { hi: Number(BigInt.asIntN(32, value >> 32n)), lo: Number(BigInt.asIntN(32, value)) };
}
