/**
 * A set of ordinals, one bit each, the lowest ordinal in the highest bit: `clz32` finds the first one. Int32 words in a
 * plain array: for the few words of a block, copying one is several times cheaper than copying a typed array.
 */
export type OrdinalBits = number[];

/** Enough words for ordinals `0..size-1`. */
export function createBits(size: number): OrdinalBits {
  return new Array<number>((size + 31) >>> 5).fill(0);
}

/** Whether the ordinal is in the set. */
export function hasBit(bits: OrdinalBits, ordinal: number): boolean {
  return ((bits[ordinal >>> 5] ?? 0) & (0x80000000 >>> (ordinal & 31))) !== 0;
}

export function setBit(bits: OrdinalBits, ordinal: number): void {
  const word = ordinal >>> 5;
  bits[word] = (bits[word] ?? 0) | (0x80000000 >>> (ordinal & 31));
}

export function clearBit(bits: OrdinalBits, ordinal: number): void {
  const word = ordinal >>> 5;
  bits[word] = (bits[word] ?? 0) & ~(0x80000000 >>> (ordinal & 31));
}

/** The first ordinal at or after `from` and below `size` that is in neither set, or -1. */
export function firstClear(used: OrdinalBits, excluded: OrdinalBits | undefined, from: number, size: number): number {
  let word = from >>> 5;
  let free = ~((used[word] ?? 0) | (excluded?.[word] ?? 0)) & (0xffffffff >>> (from & 31));
  for (;;) {
    if (free !== 0) {
      const ordinal = (word << 5) + Math.clz32(free);
      return ordinal < size ? ordinal : -1;
    }
    word += 1;
    if (word << 5 >= size) return -1;
    free = ~((used[word] ?? 0) | (excluded?.[word] ?? 0));
  }
}

/** How many ordinals below `size` are in neither set. */
export function countClear(used: OrdinalBits, excluded: OrdinalBits | undefined, size: number): number {
  let count = 0;
  for (let word = 0; word << 5 < size; word += 1) {
    const left = size - (word << 5);
    const inside = left >= 32 ? -1 : ~(0xffffffff >>> left);
    count += bitCount(~((used[word] ?? 0) | (excluded?.[word] ?? 0)) & inside);
  }
  return count;
}

function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
