import type { Family } from "../address.js";
import type { Prefix } from "../prefix.js";
import type { PrefixEntry } from "../prefix-table.js";
import { firstBit } from "./family.js";
import { bitAt, commonLength, equalBits, maskWord, type Words } from "./words.js";

/**
 * A path-compressed binary trie. A node stands for the prefix of its first `bits` bits, counted in the 128 of the words
 * (an IPv4 prefix has 96 to 128). Children lie inside their parent, apart at bit `bits`; so walking node, left, right
 * visits prefixes in the order of `comparePrefixes`. But for the root, a node without an entry has two children.
 */
export interface TrieNode<V> extends Words {
  readonly bits: number;
  left: TrieNode<V> | undefined;
  right: TrieNode<V> | undefined;
  entry: PrefixEntry<V> | undefined;
}

function createNode<V>(words: Words, bits: number): TrieNode<V> {
  return {
    w0: words.w0 & maskWord(bits, 0),
    w1: words.w1 & maskWord(bits, 1),
    w2: words.w2 & maskWord(bits, 2),
    w3: words.w3 & maskWord(bits, 3),
    bits,
    left: undefined,
    right: undefined,
    entry: undefined,
  };
}

/** The root of an empty trie: the prefix of length 0. */
export function createTrie<V>(family: Family): TrieNode<V> {
  return createNode({ w0: 0, w1: 0, w2: 0, w3: 0 }, firstBit(family));
}

function childAt<V>(node: TrieNode<V>, words: Words): TrieNode<V> | undefined {
  return bitAt(words, node.bits) === 0 ? node.left : node.right;
}

function setChild<V>(node: TrieNode<V>, words: Words, child: TrieNode<V> | undefined): void {
  if (bitAt(words, node.bits) === 0) node.left = child;
  else node.right = child;
}

function bitsOf(prefix: Prefix): number {
  return firstBit(prefix.family) + prefix.length;
}

/** The node of exactly this prefix. */
export function findNode<V>(root: TrieNode<V>, prefix: Prefix): TrieNode<V> | undefined {
  const node = firstNodeWithin(root, prefix);
  return node?.bits === bitsOf(prefix) ? node : undefined;
}

/** The topmost node that is the prefix or lies inside it: all others inside are below that one. */
export function firstNodeWithin<V>(root: TrieNode<V>, prefix: Prefix): TrieNode<V> | undefined {
  const bits = bitsOf(prefix);
  let node: TrieNode<V> | undefined = root;
  while (node !== undefined && node.bits < bits) node = childAt(node, prefix);
  return node !== undefined && equalBits(node, prefix, bits) ? node : undefined;
}

/** The node of a prefix, made if missing. */
export function ensureNode<V>(root: TrieNode<V>, prefix: Prefix): TrieNode<V> {
  const bits = bitsOf(prefix);
  let parent = root;
  while (parent.bits < bits) {
    const child = childAt(parent, prefix);
    if (child === undefined) return addNode(parent, prefix, bits);
    const shared = Math.min(commonLength(child, prefix), child.bits, bits);
    parent = shared === child.bits ? child : splitAbove(parent, child, shared);
  }
  return parent;
}

function addNode<V>(parent: TrieNode<V>, words: Words, bits: number): TrieNode<V> {
  const node = createNode<V>(words, bits);
  setChild(parent, words, node);
  return node;
}

/** Puts a node of `bits` bits between a parent and its child. */
function splitAbove<V>(parent: TrieNode<V>, child: TrieNode<V>, bits: number): TrieNode<V> {
  const middle = addNode(parent, child, bits);
  setChild(middle, child, child);
  return middle;
}

/** Takes the entry of exactly this prefix out, and the nodes that only led to it; whether there was one. */
export function removeEntry<V>(root: TrieNode<V>, prefix: Prefix): boolean {
  const bits = bitsOf(prefix);
  let grandparent: TrieNode<V> | undefined;
  let parent: TrieNode<V> | undefined;
  let node: TrieNode<V> | undefined = root;
  while (node !== undefined && node.bits < bits) {
    grandparent = parent;
    parent = node;
    node = childAt(node, prefix);
  }
  if (node?.entry === undefined || node.bits !== bits || !equalBits(node, prefix, bits)) return false;
  node.entry = undefined;
  if (parent === undefined) return true;
  collapse(parent, node);
  if (grandparent !== undefined) collapse(grandparent, parent);
  return true;
}

/** Replaces a node that has neither entry nor two children by its only child, if any. */
function collapse<V>(parent: TrieNode<V>, node: TrieNode<V>): void {
  if (node.entry !== undefined || (node.left !== undefined && node.right !== undefined)) return;
  setChild(parent, node, node.left ?? node.right);
}

/** The entry of the longest prefix that holds an address. */
export function longestMatch<V>(root: TrieNode<V>, address: Words): PrefixEntry<V> | undefined {
  let best = root.entry;
  let node = childAt(root, address);
  while (node !== undefined && equalBits(node, address, node.bits)) {
    best = node.entry ?? best;
    node = childAt(node, address);
  }
  return best;
}

/** The entries at a node and below it, in the order of `comparePrefixes`. */
export function* entriesBelow<V>(node: TrieNode<V> | undefined): Generator<PrefixEntry<V>, undefined> {
  const waiting: TrieNode<V>[] = [];
  let next = node;
  while (next !== undefined) {
    if (next.entry !== undefined) yield next.entry;
    if (next.left === undefined) {
      next = next.right ?? waiting.pop();
    } else {
      if (next.right !== undefined) waiting.push(next.right);
      next = next.left;
    }
  }
}

/** The entries of the prefixes that hold a prefix, itself included, the shortest first. */
export function* entriesAbove<V>(root: TrieNode<V>, prefix: Prefix): Generator<PrefixEntry<V>, undefined> {
  const bits = bitsOf(prefix);
  let node: TrieNode<V> | undefined = root;
  while (node !== undefined && node.bits <= bits && equalBits(node, prefix, node.bits)) {
    if (node.entry !== undefined) yield node.entry;
    node = childAt(node, prefix);
  }
}
