import {
  type Address,
  containsPrefix,
  createAddressSet,
  type Family,
  firstAddress,
  formatAddress,
  lastAddress,
  type Prefix,
  prefixOf,
} from "@netmason/net";
import { FreeTrie } from "./internal/free-trie.js";

/**
 * A space that is cut into prefixes of any length, and put together again. Every call costs O(length of the prefix),
 * however large the space is and however much of it is live; only `free` looks at all of it.
 */
export interface PrefixAllocator {
  /**
   * Takes a prefix of this length: the lowest part of the smallest free prefix that is large enough, the lowest one among
   * equals. `undefined` when none is large enough.
   */
  allocate(length: number): Prefix | undefined;
  /** Takes this very prefix; `false` when part of it is live or outside the space. */
  allocateExact(prefix: Prefix): boolean;
  /** Gives a live prefix back, which merges with what is free beside it; `false` when this very prefix is not live. */
  release(prefix: Prefix): boolean;
  /** What is free, as few prefixes as possible, ascending. */
  free(): readonly Prefix[];
}

/**
 * Makes an allocator for the prefixes of `space`, of one family; neighbours and overlaps count as one. Nothing is written
 * down: who needs its state again after a restart hands in the `live` prefixes.
 *
 * @example
 * ```ts
 * import { createPrefixAllocator } from "@netmason/ipam";
 * import { parsePrefix } from "@netmason/net";
 *
 * const sites = createPrefixAllocator([parsePrefix("10.0.0.0/16")], [parsePrefix("10.0.0.0/24")]);
 * String(sites.allocate(20)); // => "10.0.16.0/20"
 * String(sites.allocate(24)); // => "10.0.1.0/24"
 * sites.release(parsePrefix("10.0.0.0/24")); // => true
 * String(sites.allocate(24)); // => "10.0.0.0/24"
 * ```
 *
 * @throws RangeError when a live prefix is not free in the space, or is there twice
 */
export function createPrefixAllocator(space: Iterable<Prefix>, live: Iterable<Prefix> = []): PrefixAllocator {
  const prefixes = createAddressSet(space).prefixes();
  const [first, last] = [prefixes[0], prefixes.at(-1)];
  if (first === undefined || last === undefined) return new TrieAllocator(undefined, []).take(live);
  if (first.family !== last.family) throw new TypeError("space: prefixes of both families");
  return new TrieAllocator(commonPrefix(first, last), prefixes).take(live);
}

/** The longest prefix that holds both; `first` is not above `last`. */
function commonPrefix(first: Prefix, last: Prefix): Prefix {
  const [low, high] = [firstAddress(first), lastAddress(last)];
  const offset = first.family === 4 ? 96 : 0;
  for (const [word, index] of [
    [low.w0 ^ high.w0, 0],
    [low.w1 ^ high.w1, 32],
    [low.w2 ^ high.w2, 64],
  ] as const) {
    if (word !== 0) return prefixOf(low, index + Math.clz32(word) - offset);
  }
  return prefixOf(low, 96 + Math.clz32(low.w3 ^ high.w3) - offset);
}

/** Words under construction, in the shape `prefixOf` reads. */
class WordsInHand implements Address {
  readonly "~kind" = "address";
  readonly family: Family;
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;

  constructor(family: Family) {
    this.family = family;
  }

  set(prefix: Prefix): void {
    this.w0 = prefix.w0;
    this.w1 = prefix.w1;
    this.w2 = prefix.w2;
    this.w3 = prefix.w3;
  }

  toString(): string {
    return formatAddress(this);
  }

  toJSON(): string {
    return formatAddress(this);
  }
}

class TrieAllocator implements PrefixAllocator {
  readonly #root: Prefix | undefined;
  readonly #bits: number;
  readonly #trie: FreeTrie;
  readonly #found: WordsInHand;

  constructor(root: Prefix | undefined, space: readonly Prefix[]) {
    const family = root?.family ?? 4;
    this.#root = root;
    this.#bits = family === 4 ? 32 : 128;
    this.#trie = new FreeTrie(128 - this.#bits + (root?.length ?? 0), false);
    this.#found = new WordsInHand(family);
    for (const prefix of space) this.#trie.insert(prefix, prefix.length - (root?.length ?? 0));
  }

  take(live: Iterable<Prefix>): this {
    for (const prefix of live) {
      if (!this.allocateExact(prefix)) throw new RangeError(`live: ${prefix} is not free in the space`);
    }
    return this;
  }

  allocate(length: number): Prefix | undefined {
    if (!Number.isInteger(length) || length < 0 || length > this.#bits) {
      throw new RangeError(`length: ${length} is no integer from 0 to ${this.#bits}`);
    }
    const root = this.#root;
    if (root === undefined || length < root.length) return undefined;
    this.#found.set(root);
    if (!this.#trie.takeBest(length - root.length, this.#found)) return undefined;
    return prefixOf(this.#found, length);
  }

  allocateExact(prefix: Prefix): boolean {
    return this.#holds(prefix) && this.#trie.takeExact(prefix, prefix.length - (this.#root?.length ?? 0));
  }

  release(prefix: Prefix): boolean {
    return this.#holds(prefix) && this.#trie.release(prefix, prefix.length - (this.#root?.length ?? 0));
  }

  free(): readonly Prefix[] {
    const root = this.#root;
    if (root === undefined) return [];
    const found: Prefix[] = [];
    this.#found.set(root);
    this.#trie.visitFree(this.#found, (depth) => found.push(prefixOf(this.#found, root.length + depth)));
    return found;
  }

  /** Whether a prefix lies inside the root, so that a walk from there means it. */
  #holds(prefix: Prefix): boolean {
    return this.#root !== undefined && containsPrefix(this.#root, prefix);
  }
}
