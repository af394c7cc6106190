import { CELL, type IntervalTable } from "./interval-table.js";
import { SIGN, type Words } from "./words.js";

const LEAF_BITS = 5;

/** Up to this many interval starts are searched by halving: five comparisons within a few cache lines. */
const LEAF = (1 << LEAF_BITS) - 1;

/** A leaf's slot has bits for no more intervals. */
const MOST = 1 << (31 - LEAF_BITS);

/** From this many on, a node is worth 65,536 slots instead of 256. */
const WIDE = 8192;

/** Fields of a node ahead of its slots. */
const HEADER = 5;

/**
 * Finds the interval of an address with few reads: a tree indexed by 8 or 16 address bits a node, which skips bits that
 * all starts below a node share.
 *
 * A slot holds a number >= 0, the answer, or ~n. If the low `LEAF_BITS` bits of n are a number > 0, it is a leaf of so many
 * starts behind the interval in the bits above; if they are 0, the node at n, which is
 *
 *     offset of the indexing bits, their count, first start below when bits were skipped (else 0),
 *     interval before, last interval below, slots…
 */
export interface IntervalIndex {
  readonly cells: Int32Array;
  readonly root: number;
  readonly tree: Int32Array;
}

export function createIntervalIndex({ cells, count }: IntervalTable): IntervalIndex {
  if (count > MOST) throw new RangeError(`compile: IPv6 prefixes make ${count} intervals, more than ${MOST}`);
  const builder = new Builder(cells);
  const root = builder.addRange(0, count, 0);
  return { cells, root, tree: builder.tree.slice(0, builder.used) };
}

/** Needed while building only. */
class Builder {
  readonly #cells: Int32Array;
  tree: Int32Array = new Int32Array(1024);
  used = 0;

  constructor(cells: Int32Array) {
    this.#cells = cells;
  }

  /**
   * The slot for a range of addresses that share `depth` bits. `before` is the interval at its first address; the starts
   * behind that one up to `end` (exclusive) lie inside the range.
   */
  addRange(before: number, end: number, depth: number): number {
    const count = end - 1 - before;
    if (count === 0) return this.#cells[CELL * before + 4] as number;
    return ~(count > LEAF ? this.#addNode(before, end, depth) : (before << LEAF_BITS) + count);
  }

  #addNode(before: number, end: number, depth: number): number {
    const cells = this.#cells;
    const offset = sharedBits(cells, before + 1, end - 1) & ~7;
    const width = end - before > WIDE && (offset & 31) <= 16 ? 16 : 8;
    const at = this.#reserve(HEADER + (1 << width));
    this.tree[at] = offset;
    this.tree[at + 1] = width;
    this.tree[at + 2] = offset > depth ? before + 1 : 0;
    this.tree[at + 3] = before;
    this.tree[at + 4] = end - 1;
    let next = before + 1;
    for (let key = 0; key < 1 << width; key++) {
      const first = next;
      while (next < end && bitsAt(cells[CELL * next + (offset >>> 5)] as number, offset, width) === key) next++;
      const exact = first < next && isZeroBehind(cells, first, offset + width);
      const slot = this.addRange(exact ? first : first - 1, next, offset + width);
      this.tree[at + HEADER + key] = slot;
    }
    return at;
  }

  #reserve(size: number): number {
    const at = this.used;
    this.used += (size + LEAF) & ~LEAF;
    if (this.used > this.tree.length) {
      const grown = new Int32Array(2 * this.used);
      grown.set(this.tree);
      this.tree = grown;
    }
    return at;
  }
}

/** `width` bits from `offset` on out of a word of starts, whose first bit is flipped. */
function bitsAt(word: number, offset: number, width: number): number {
  return ((word ^ SIGN) >>> (32 - width - (offset & 31))) & ((1 << width) - 1);
}

function sharedBits(cells: Int32Array, i: number, j: number): number {
  for (let word = 0; word < 4; word++) {
    const difference = (cells[CELL * i + word] as number) ^ (cells[CELL * j + word] as number);
    if (difference !== 0) return 32 * word + Math.clz32(difference);
  }
  return 128;
}

function isZeroBehind(cells: Int32Array, i: number, bits: number): boolean {
  for (let word = bits >>> 5; word < 4; word++) {
    const rest = word === bits >>> 5 ? -1 >>> (bits & 31) : -1;
    if ((((cells[CELL * i + word] as number) ^ SIGN) & rest) !== 0) return false;
  }
  return true;
}

/** The answer for an address. */
export function lookupInterval({ cells, root, tree }: IntervalIndex, address: Words): number {
  let slot = root;
  while (slot < 0) {
    const at = ~slot;
    const count = at & LEAF;
    if (count > 0) return search(cells, at >>> LEAF_BITS, count, address);
    const offset = tree[at] as number;
    const shared = tree[at + 2] as number;
    if (shared !== 0) {
      const side = compareBits(cells, shared, address, offset);
      if (side !== 0) return cells[CELL * (tree[at + (side < 0 ? 3 : 4)] as number) + 4] as number;
    }
    const width = tree[at + 1] as number;
    const word = offset < 64 ? (offset < 32 ? address.w0 : address.w1) : offset < 96 ? address.w2 : address.w3;
    slot = tree[at + HEADER + ((word >>> (32 - width - (offset & 31))) & ((1 << width) - 1))] as number;
  }
  return slot;
}

/** The answer of the last of the intervals `before` to `before + count` that starts at or below an address; `before` does. */
function search(cells: Int32Array, before: number, count: number, address: Words): number {
  let low = before;
  let high = before + count;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (startsAbove(cells, CELL * middle, address)) high = middle - 1;
    else low = middle;
  }
  return cells[CELL * low + 4] as number;
}

function startsAbove(cells: Int32Array, at: number, address: Words): boolean {
  const x0 = address.w0 ^ SIGN;
  const s0 = cells[at] as number;
  if (s0 !== x0) return s0 > x0;
  const x1 = address.w1 ^ SIGN;
  const s1 = cells[at + 1] as number;
  if (s1 !== x1) return s1 > x1;
  const x2 = address.w2 ^ SIGN;
  const s2 = cells[at + 2] as number;
  if (s2 !== x2) return s2 > x2;
  return (cells[at + 3] as number) > (address.w3 ^ SIGN);
}

/** Order of an address's first `bits` bits against those of a start. */
function compareBits(cells: Int32Array, index: number, address: Words, bits: number): number {
  for (let word = 0; word << 5 < bits; word++) {
    const unused = Math.max(0, 32 * (word + 1) - bits);
    const value = word < 2 ? (word === 0 ? address.w0 : address.w1) : word === 2 ? address.w2 : address.w3;
    const a = (value ^ SIGN) >> unused;
    const b = (cells[CELL * index + word] as number) >> unused;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
