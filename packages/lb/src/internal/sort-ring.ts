import type { RingEntries } from "./hash-ring-keys.js";

const MOST_BITS = 22;

/** How many upper bits of a position choose one of about as many buckets as there are entries. */
function bucketBits(size: number): number {
  return Math.min(Math.max(1, Math.ceil(Math.log2(size))), MOST_BITS);
}

/**
 * Sorts entries by position. Hashes are spread evenly, so that a bucket of the upper bits holds about one entry, and
 * sorting inside buckets is next to nothing: O(n). Equal positions keep their order.
 */
export function sortRing({ hi, lo, owners }: RingEntries): RingEntries {
  const size = owners.length;
  const sorted = { hi: new Uint32Array(size), lo: new Uint32Array(size), owners: new Uint32Array(size) };
  if (size === 0) return sorted;
  const shift = 32 - bucketBits(size);
  const ends = bucketEnds(hi, shift);
  for (let i = size - 1; i >= 0; i--) {
    const bucket = (hi[i] as number) >>> shift;
    const at = (ends[bucket] as number) - 1;
    ends[bucket] = at;
    sorted.hi[at] = hi[i] as number;
    sorted.lo[at] = lo[i] as number;
    sorted.owners[at] = owners[i] as number;
  }
  insertAll(sorted);
  return sorted;
}

/** Insertion sort over the whole: no entry is further from its place than its bucket is wide. */
function insertAll({ hi, lo, owners }: RingEntries): void {
  for (let i = 1; i < owners.length; i++) {
    const high = hi[i] as number;
    const low = lo[i] as number;
    const owner = owners[i] as number;
    let at = i;
    for (; at > 0; at--) {
      const before = hi[at - 1] as number;
      if (before < high || (before === high && (lo[at - 1] as number) <= low)) break;
      hi[at] = before;
      lo[at] = lo[at - 1] as number;
      owners[at] = owners[at - 1] as number;
    }
    hi[at] = high;
    lo[at] = low;
    owners[at] = owner;
  }
}

/** For each bucket the number of entries in it and before it. */
function bucketEnds(hi: Uint32Array, shift: number): Uint32Array {
  const ends = new Uint32Array(2 ** (32 - shift));
  for (let i = 0; i < hi.length; i++) {
    const bucket = (hi[i] as number) >>> shift;
    ends[bucket] = (ends[bucket] as number) + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) {
    ends[bucket] = (ends[bucket] as number) + (ends[bucket - 1] as number);
  }
  return ends;
}

/** Finds entries of a ring by the upper bits of a hash. */
export interface RingIndex {
  readonly shift: number;
  /** By bucket: the first entry in it or behind it. */
  readonly starts: Uint32Array;
}

/** The index of a sorted ring. */
export function indexRing(hi: Uint32Array): RingIndex {
  const shift = 32 - bucketBits(hi.length);
  const ends = bucketEnds(hi, shift);
  ends.copyWithin(1, 0);
  ends[0] = 0;
  return { shift, starts: ends };
}
