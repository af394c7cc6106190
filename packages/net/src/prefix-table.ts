import type { Address } from "./address.js";
import { CompiledTable } from "./internal/compiled-table.js";
import {
  createTrie,
  ensureNode,
  entriesAbove,
  entriesBelow,
  findNode,
  firstNodeWithin,
  longestMatch,
  removeEntry,
  type TrieNode,
} from "./internal/prefix-trie.js";
import type { Prefix } from "./prefix.js";

/** A prefix in a table with what it stands for. */
export interface PrefixEntry<V> {
  readonly prefix: Prefix;
  readonly value: V;
}

/** What a reader of a table needs. */
export interface PrefixLookup<V> {
  /** How many prefixes there are. */
  readonly size: number;
  /** The entry of the longest prefix that holds an address, the stored object itself: nothing is allocated. */
  lookup(address: Address): PrefixEntry<V> | undefined;
}

/**
 * Prefixes of both families with values, at most one value a prefix, for lookup by longest match. Iterates in
 * `comparePrefixes` order. While an iteration runs, changes to the table may or may not show in it.
 */
export interface PrefixTable<V> extends PrefixLookup<V>, Iterable<PrefixEntry<V>> {
  /** The value of exactly this prefix. */
  get(prefix: Prefix): V | undefined;
  /** Sets the value of a prefix; an earlier value is replaced by a new entry, so entries read before keep theirs. */
  insert(prefix: Prefix, value: V): void;
  /** Takes a prefix out; whether it was there. */
  delete(prefix: Prefix): boolean;
  /** Entries inside a prefix, its own included, in `comparePrefixes` order. */
  subnets(prefix: Prefix): IterableIterator<PrefixEntry<V>>;
  /** Entries whose prefixes hold a prefix, its own included, the shortest first. */
  supernets(prefix: Prefix): IterableIterator<PrefixEntry<V>>;
  /**
   * An immutable copy for fast lookups; later changes do not show in it. It takes time linear in the entries, so
   * compile after a batch of changes and give readers the new table in one assignment. IPv4 becomes leaf-pushed tables
   * of 16, 8 and 8 bits (up to 1 KiB a prefix, less where prefixes share a /16), IPv6 sorted intervals with an index
   * over all 128 bits (40 to 200 bytes a prefix in routing tables).
   *
   * @throws RangeError when IPv6 prefixes make more than 2^26 intervals; 33 million prefixes never do
   */
  compile(): PrefixLookup<V>;
}

/**
 * Makes a table. A prefix given twice keeps the later value.
 *
 * A lookup here walks a trie, one node for each longer match and fork on the way; `compile` makes lookups several times
 * faster where the table changes less often than it is read.
 *
 * @throws TypeError when a prefix is not one that this package made
 * @example
 * ```ts
 * import { createPrefixTable, parseAddress, parsePrefix } from "@netmason/net";
 *
 * const rules = createPrefixTable([
 *   [parsePrefix("10.0.0.0/8"), "allow"],
 *   [parsePrefix("10.1.0.0/16"), "deny"],
 * ]);
 * const match = rules.compile().lookup(parseAddress("10.1.2.3"));
 * match?.value; // => "deny"
 * String(match?.prefix); // => "10.1.0.0/16"
 * ```
 * @category Tables
 */
export function createPrefixTable<V>(entries: Iterable<readonly [Prefix, V]> = []): PrefixTable<V> {
  const table = new TrieTable<V>();
  for (const [prefix, value] of entries) table.insert(prefix, value);
  return table;
}

class TrieTable<V> implements PrefixTable<V> {
  readonly #root4: TrieNode<V> = createTrie(4);
  readonly #root6: TrieNode<V> = createTrie(6);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(prefix: Prefix): V | undefined {
    return findNode(this.#rootOf(prefix), prefix)?.entry?.value;
  }

  insert(prefix: Prefix, value: V): void {
    if (prefix?.["~kind"] !== "prefix") throw new TypeError(`prefix: expected a Prefix, got ${prefix}`);
    const node = ensureNode(this.#rootOf(prefix), prefix);
    if (node.entry === undefined) this.#size++;
    node.entry = { prefix, value };
  }

  delete(prefix: Prefix): boolean {
    const found = removeEntry(this.#rootOf(prefix), prefix);
    if (found) this.#size--;
    return found;
  }

  lookup(address: Address): PrefixEntry<V> | undefined {
    return longestMatch(address.family === 4 ? this.#root4 : this.#root6, address);
  }

  subnets(prefix: Prefix): IterableIterator<PrefixEntry<V>> {
    return entriesBelow(firstNodeWithin(this.#rootOf(prefix), prefix));
  }

  supernets(prefix: Prefix): IterableIterator<PrefixEntry<V>> {
    return entriesAbove(this.#rootOf(prefix), prefix);
  }

  *[Symbol.iterator](): Generator<PrefixEntry<V>, undefined> {
    yield* entriesBelow(this.#root4);
    yield* entriesBelow(this.#root6);
  }

  compile(): PrefixLookup<V> {
    return new CompiledTable([...entriesBelow(this.#root4)], [...entriesBelow(this.#root6)]);
  }

  #rootOf(prefix: Prefix): TrieNode<V> {
    return prefix.family === 4 ? this.#root4 : this.#root6;
  }
}
