import type { Address, Family } from "./address.js";
import {
  type Boundaries,
  boundariesOf,
  combine,
  countUpTo,
  DIFFERENCE,
  INTERSECTION,
  type Kept,
  readBoundary,
  UNION,
} from "./internal/boundaries.js";
import { coverIpv4, coverIpv6 } from "./internal/cover-set.js";
import { familyBits } from "./internal/family.js";
import { AddressValue, RangeValue } from "./internal/values.js";
import {
  addWords,
  bigintToWords,
  type MutableWords,
  subtractWords,
  type Words,
  wordsToBigint,
} from "./internal/words.js";
import { lastAddress, type Prefix } from "./prefix.js";
import type { AddressRange } from "./range.js";

/**
 * An immutable set of addresses of both families, kept as sorted, disjoint, coalesced intervals: its size in memory
 * depends on how many intervals there are, not on how many addresses.
 */
export interface AddressSet {
  /** How many addresses there are, exact; counted at the first reading. */
  readonly size: bigint;
  /** Whether an address is in the set: a binary search that allocates nothing. */
  has(address: Address): boolean;
  /** What is in this set or in the other; one linear merge. */
  union(other: AddressSet): AddressSet;
  /** What is in both sets; one linear merge. */
  intersect(other: AddressSet): AddressSet;
  /** What is in this set but not in the other; one linear merge. */
  subtract(other: AddressSet): AddressSet;
  /** The fewest prefixes that cover the set exactly, IPv4 first, ascending. */
  prefixes(): readonly Prefix[];
  /** The intervals as ranges, IPv4 first, ascending; no two touch. */
  ranges(): readonly AddressRange[];
}

/**
 * Makes a set of addresses, prefixes and ranges, which may overlap and come in any order.
 *
 * Sorting is a radix sort, so building takes time linear in the number of items.
 *
 * @throws TypeError when an item is none of the three
 * @example
 * ```ts
 * import { createAddressSet, parseAddress, parsePrefix, parseRange } from "@netmason/net";
 *
 * const used = createAddressSet([parsePrefix("10.0.0.0/25"), parseRange("10.0.0.200-10.0.0.255")]);
 * const free = createAddressSet([parsePrefix("10.0.0.0/24")]).subtract(used);
 * free.size; // => 72n
 * free.has(parseAddress("10.0.0.199")); // => true
 * free.prefixes().map(String); // => ["10.0.0.128/26", "10.0.0.192/29"]
 * ```
 * @category Sets
 */
export function createAddressSet(items: Iterable<Address | Prefix | AddressRange> = []): AddressSet {
  const v4: Intervals = { width: 1, firsts: [], ends: [] };
  const v6: Intervals = { width: 4, firsts: [], ends: [] };
  for (const item of items) {
    const first = firstOf(item);
    addInterval(first.family === 4 ? v4 : v6, first, lastOf(item));
  }
  return new IntervalSet(boundariesOfIntervals(v4), boundariesOfIntervals(v6));
}

/** Words of first values and of values behind last ones, before they are sorted. */
interface Intervals {
  readonly width: 1 | 4;
  readonly firsts: number[];
  readonly ends: number[];
}

function firstOf(item: Address | Prefix | AddressRange): Address | Prefix {
  switch (item["~kind"]) {
    case "address":
    case "prefix":
      return item;
    case "range":
      return item.first;
    default:
      throw new TypeError(`items: expected addresses, prefixes and ranges, got ${item satisfies never}`);
  }
}

function lastOf(item: Address | Prefix | AddressRange): Words {
  if (item["~kind"] === "address") return item;
  return item["~kind"] === "range" ? item.last : lastAddress(item);
}

const ONE: Words = { w0: 0, w1: 0, w2: 0, w3: 1 };
const end: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };

function addInterval({ width, firsts, ends }: Intervals, first: Words, last: Words): void {
  pushWords(firsts, width, first);
  const over = addWords(last, ONE, end);
  if (over === 0 && (width === 4 || end.w2 === 0)) pushWords(ends, width, end);
}

function pushWords(list: number[], width: 1 | 4, words: Words): void {
  if (width === 4) list.push(words.w0 >>> 0, words.w1 >>> 0, words.w2 >>> 0);
  list.push(words.w3 >>> 0);
}

function boundariesOfIntervals({ width, firsts, ends }: Intervals): Boundaries {
  return boundariesOf(width, new Uint32Array(firsts), new Uint32Array(ends));
}

class IntervalSet implements AddressSet {
  readonly #v4: Boundaries;
  readonly #v6: Boundaries;
  #size: bigint | undefined;

  constructor(v4: Boundaries, v6: Boundaries) {
    this.#v4 = v4;
    this.#v6 = v6;
  }

  get size(): bigint {
    this.#size ??= countAddresses(4, this.#v4) + countAddresses(6, this.#v6);
    return this.#size;
  }

  has(address: Address): boolean {
    return (countUpTo(address.family === 4 ? this.#v4 : this.#v6, address) & 1) === 1;
  }

  union(other: AddressSet): AddressSet {
    return this.#combine(other, UNION);
  }

  intersect(other: AddressSet): AddressSet {
    return this.#combine(other, INTERSECTION);
  }

  subtract(other: AddressSet): AddressSet {
    return this.#combine(other, DIFFERENCE);
  }

  prefixes(): readonly Prefix[] {
    const found: Prefix[] = [];
    coverIpv4(this.#v4, found);
    coverIpv6(this.#v6, found);
    return found;
  }

  ranges(): readonly AddressRange[] {
    return [...rangesOf(4, this.#v4), ...rangesOf(6, this.#v6)];
  }

  #combine(other: AddressSet, kept: Kept): AddressSet {
    // A set made by another installed copy of this package has its own private fields.
    const theirs = other instanceof IntervalSet ? other : (createAddressSet(other.ranges()) as IntervalSet);
    return new IntervalSet(combine(this.#v4, theirs.#v4, kept), combine(this.#v6, theirs.#v6, kept));
  }
}

function countAddresses(family: Family, boundaries: Boundaries): bigint {
  const words: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  let total = boundaries.count & 1 ? 1n << BigInt(familyBits(family)) : 0n;
  for (let i = 0; i < boundaries.count; i++) {
    readBoundary(boundaries, i, words);
    total += i & 1 ? wordsToBigint(words) : -wordsToBigint(words);
  }
  return total;
}

function rangesOf(family: Family, boundaries: Boundaries): AddressRange[] {
  const { count } = boundaries;
  const words: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  const top = bigintToWords((1n << BigInt(familyBits(family))) - 1n);
  const found: AddressRange[] = [];
  for (let i = 0; i < count; i += 2) {
    readBoundary(boundaries, i, words);
    const first = new AddressValue(family, words.w0, words.w1, words.w2, words.w3);
    if (i + 1 < count) {
      readBoundary(boundaries, i + 1, words);
      subtractWords(words, ONE, words);
    }
    const { w0, w1, w2, w3 } = i + 1 < count ? words : top;
    found.push(new RangeValue(first, new AddressValue(family, w0, w1, w2, w3)));
  }
  return found;
}
