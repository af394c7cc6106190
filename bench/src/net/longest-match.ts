import { type Family, widthOf } from "./address-text.js";

/** Longest prefix match by one map a length, tried from the longest: slow, and obviously right. */
export interface LongestMatch {
  insert(value: bigint, length: number, index: number): void;
  /** The index of the longest prefix that holds the address, or -1. */
  lookup(address: bigint): number;
}

export function createLongestMatch(family: Family): LongestMatch {
  // Not the masked value: V8 hashes a bigint by its low 64 bits, which are zero in most IPv6 prefixes.
  const keyOf = (value: bigint, length: number): bigint => value >> BigInt(widthOf(family) - length);
  const byLength: (Map<bigint, number> | undefined)[] = [];
  return {
    insert: (value, length, index) => {
      byLength[length] ??= new Map();
      byLength[length].set(keyOf(value, length), index);
    },
    lookup: (address) => {
      for (let length = widthOf(family); length >= 0; length--) {
        const found = byLength[length]?.get(keyOf(address, length));
        if (found !== undefined) return found;
      }
      return -1;
    },
  };
}
