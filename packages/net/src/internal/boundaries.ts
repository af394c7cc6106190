import type { MutableWords, Words } from "./words.js";

/**
 * A set of integers as the sorted points where membership changes: x is in the set if and only if the count of
 * boundaries at or below x is odd. The set `[2, 5] ∪ [9, top]` is `2 6 9`:
 *
 *     0 1 2 3 4 5 6 7 8 9 …
 *     · · █ █ █ █ · · · █ █
 *         2       6     9
 *
 * An interval that reaches the top of its family has no closing boundary, so no value past the top is ever stored.
 * A boundary is `width` unsigned 32-bit words, most significant first: one for IPv4, four for IPv6.
 */
export interface Boundaries {
  readonly width: 1 | 4;
  readonly count: number;
  /** `width * count` words in use. */
  readonly words: Uint32Array;
}

/** Which values a combination keeps: bit 1 those only in `a`, bit 2 those only in `b`, bit 3 those in both. */
export type Kept = number;
export const UNION: Kept = 0b1110;
export const INTERSECTION: Kept = 0b1000;
export const DIFFERENCE: Kept = 0b0010;

/** Order of boundary `i` of `a` against boundary `j` of `b`. */
function compareAt(a: Uint32Array, i: number, b: Uint32Array, j: number, width: number): number {
  let at = i * width;
  let other = j * width;
  for (let k = 0; k < width; k++, at++, other++) {
    const difference = (a[at] as number) - (b[other] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One linear merge. */
export function combine(a: Boundaries, b: Boundaries, kept: Kept): Boundaries {
  const { width } = a;
  const words = new Uint32Array((a.count + b.count) * width);
  let i = 0;
  let j = 0;
  let count = 0;
  while (i < a.count || j < b.count) {
    const order = i === a.count ? 1 : j === b.count ? -1 : compareAt(a.words, i, b.words, j, width);
    const from = order <= 0 ? a.words : b.words;
    const at = (order <= 0 ? i : j) * width;
    if (order <= 0) i++;
    if (order >= 0) j++;
    // i and j are the counts at or below this point, so their parities say who holds it; the result toggles if needed.
    const inside = (kept >>> ((i & 1) | ((j & 1) << 1))) & 1;
    if (inside !== (count & 1)) {
      for (let k = 0; k < width; k++) words[count * width + k] = from[at + k] as number;
      count++;
    }
  }
  return { width, count, words: count * width === words.length ? words : words.slice(0, count * width) };
}

/**
 * The union of intervals given by their first values and by the values behind their last ones, each in any order. Both
 * arrays are used up.
 */
export function boundariesOf(width: 1 | 4, firsts: Uint32Array, ends: Uint32Array): Boundaries {
  const opening = sortWords(firsts, width);
  const closing = sortWords(ends, width);
  const opened = opening.length / width;
  const closed = closing.length / width;
  const words = new Uint32Array(opening.length + closing.length);
  let i = 0;
  let j = 0;
  let count = 0;
  while (i < opened || j < closed) {
    // Opening first at one point, so that adjacent intervals run together.
    const opens = j === closed || (i < opened && compareAt(opening, i, closing, j, width) <= 0);
    const toggles = opens ? i === j : i === j + 1;
    if (toggles) {
      const at = (opens ? i : j) * width;
      const from = opens ? opening : closing;
      for (let k = 0; k < width; k++) words[count * width + k] = from[at + k] as number;
      count++;
    }
    if (opens) i++;
    else j++;
  }
  return { width, count, words: words.slice(0, count * width) };
}

/**
 * Radix sort by octets from the least significant; an octet in which all values agree costs one pass of counting. The
 * result may be the argument or not; the argument's content is used up.
 */
function sortWords(words: Uint32Array, width: number): Uint32Array {
  const count = words.length / width;
  if (isSorted(words, count, width)) return words;
  const starts = new Uint32Array(256);
  let from: Uint32Array = words;
  let to: Uint32Array = new Uint32Array(words.length);
  for (let word = width - 1; word >= 0; word--) {
    for (let shift = 0; shift < 32; shift += 8) {
      starts.fill(0);
      for (let at = word; at < words.length; at += width) {
        const octet = ((from[at] as number) >>> shift) & 255;
        starts[octet] = (starts[octet] as number) + 1;
      }
      if (starts[((from[word] as number) >>> shift) & 255] === count) continue;
      scatter(from, to, width, word, shift, starts);
      [from, to] = [to, from];
    }
  }
  return from;
}

function isSorted(words: Uint32Array, count: number, width: number): boolean {
  for (let i = 1; i < count; i++) if (compareAt(words, i - 1, words, i, width) > 0) return false;
  return true;
}

/** One stable pass; `starts` comes as counts per octet and is used up. */
function scatter(
  from: Uint32Array,
  to: Uint32Array,
  width: number,
  word: number,
  shift: number,
  starts: Uint32Array,
): void {
  let next = 0;
  for (let octet = 0; octet < 256; octet++) {
    const size = starts[octet] as number;
    starts[octet] = next;
    next += size;
  }
  for (let at = 0; at < from.length; at += width) {
    const octet = ((from[at + word] as number) >>> shift) & 255;
    const target = (starts[octet] as number) * width;
    starts[octet] = (starts[octet] as number) + 1;
    for (let k = 0; k < width; k++) to[target + k] = from[at + k] as number;
  }
}

/** How many boundaries are at or below a value: odd when the value is in the set. */
export function countUpTo(boundaries: Boundaries, value: Words): number {
  const { words, width } = boundaries;
  let low = 0;
  let high = boundaries.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAbove(words, middle * width, width, value)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isAbove(words: Uint32Array, at: number, width: number, value: Words): boolean {
  if (width === 1) return (words[at] as number) > value.w3 >>> 0;
  if (words[at] !== value.w0 >>> 0) return (words[at] as number) > value.w0 >>> 0;
  if (words[at + 1] !== value.w1 >>> 0) return (words[at + 1] as number) > value.w1 >>> 0;
  if (words[at + 2] !== value.w2 >>> 0) return (words[at + 2] as number) > value.w2 >>> 0;
  return (words[at + 3] as number) > value.w3 >>> 0;
}

/** Copies boundary `index` to `out`. */
export function readBoundary({ words, width }: Boundaries, index: number, out: MutableWords): void {
  const at = index * width;
  out.w0 = width === 1 ? 0 : (words[at] as number) | 0;
  out.w1 = width === 1 ? 0 : (words[at + 1] as number) | 0;
  out.w2 = width === 1 ? 0 : (words[at + 2] as number) | 0;
  out.w3 = (words[at + width - 1] as number) | 0;
}
