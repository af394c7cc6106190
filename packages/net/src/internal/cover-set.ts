import type { Prefix } from "../prefix.js";
import { type Boundaries, readBoundary } from "./boundaries.js";
import { PrefixValue } from "./values.js";
import { addPower, bitLength, compareWords, type MutableWords, subtractWords, trailingZeros } from "./words.js";

const IPV4_END = 0x100000000;

/**
 * Appends the fewest prefixes that cover an IPv4 set, ascending. Greedy is minimal: the largest aligned block at the low
 * end of an interval has to begin there in every cover.
 */
export function coverIpv4({ words, count }: Boundaries, found: Prefix[]): void {
  for (let i = 0; i < count; i += 2) {
    const end = i + 1 < count ? (words[i + 1] as number) : IPV4_END;
    let next = words[i] as number;
    while (next < end) {
      const aligned = next === 0 ? 32 : 31 - Math.clz32(next & -next);
      const rest = end - next;
      const fitting = rest === IPV4_END ? 32 : 31 - Math.clz32(rest);
      const size = Math.min(aligned, fitting);
      found.push(new PrefixValue(4, 0, 0, 0, next | 0, 32 - size));
      next += size === 32 ? IPV4_END : (1 << size) >>> 0;
    }
  }
}

/** The same for an IPv6 set. */
export function coverIpv6(boundaries: Boundaries, found: Prefix[]): void {
  const next: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  // A missing end is 2^128, which is 0 in four words.
  const end: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  const rest: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  for (let i = 0; i < boundaries.count; i += 2) {
    readBoundary(boundaries, i, next);
    if (i + 1 < boundaries.count) readBoundary(boundaries, i + 1, end);
    else end.w0 = end.w1 = end.w2 = end.w3 = 0;
    do {
      subtractWords(end, next, rest);
      const fitting = bitLength(rest);
      const size = Math.min(trailingZeros(next), fitting === 0 ? 128 : fitting - 1);
      found.push(new PrefixValue(6, next.w0, next.w1, next.w2, next.w3, 128 - size));
      addPower(next, size);
    } while (compareWords(next, end) !== 0);
  }
}
