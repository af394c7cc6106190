import type { Hash64, MutableHash64 } from "./hash64.js";
import { hashMurmur2, hashXxh64 } from "./internal/hash-bytes.js";

const MURMUR2_SEED = 0xc70f6907;

/**
 * XXH64, the hash of Envoy's hash policies and tables (`HashUtil::xxHash64` in `source/common/common/hash.h`). Text is
 * hashed as UTF-8. About 50 ns for a key of 10 characters where WebAssembly is allowed; the same bits without it.
 *
 * @param out - is written and answered, so that nothing is allocated; absent: a new object
 * @param seed - default 0
 * @category Hashing
 * @example
 * ```ts
 * import { hashToBigInt, xxh64 } from "@netmason/lb";
 *
 * hashToBigInt(xxh64("foo")); // => 3728699739546630719n
 * ```
 */
export function xxh64(input: string | Uint8Array, out: MutableHash64 = { hi: 0, lo: 0 }, seed?: Hash64): Hash64 {
  const { hash } = seed === undefined ? hashXxh64(input, 0, 0) : hashXxh64(input, seed.hi, seed.lo);
  out.hi = hash[1] as number;
  out.lo = hash[0] as number;
  return out;
}

/**
 * The 64-bit MurmurHash2 of libstdc++ with its seed 0xc70f6907, which Envoy's ring hash offers (`MurmurHash` in
 * `source/common/common/hash.h`). Text is hashed as UTF-8.
 *
 * @param out - is written and answered, so that no result is allocated; absent: a new object
 * @category Hashing
 * @example
 * ```ts
 * import { hashToBigInt, murmur2 } from "@netmason/lb";
 *
 * hashToBigInt(murmur2("foo")); // => 9631199822919835226n
 * ```
 */
export function murmur2(input: string | Uint8Array, out: MutableHash64 = { hi: 0, lo: 0 }): Hash64 {
  const { hash } = hashMurmur2(input, 0, MURMUR2_SEED);
  out.hi = hash[1] as number;
  out.lo = hash[0] as number;
  return out;
}
