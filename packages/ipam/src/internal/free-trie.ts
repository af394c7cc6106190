/** 128 bits as signed 32-bit words, most significant first. */
export interface Words {
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

/** What a leaf is; a number above 0 is an inner node's pair of children. */
const FREE = 0;
const LIVE = -1;
const OUTSIDE = -2;

const ROOT = 1;
/** Pair 0 is never used, and pair 1 would be the root's sibling; so children start here. */
const FIRST_PAIR = 2;

/**
 * A binary trie over the bits behind a root prefix; a leaf is wholly free, wholly live or outside the space. Every node
 * knows the depths of the free leaves in and below it as a set of bits, so the smallest free prefix that is large enough,
 * at the lowest address, is found in one walk. Two free siblings never stand side by side: they are their parent.
 *
 * A pair of siblings is two neighbouring indexes, the left one even. A node takes 4 bytes and 4 for each 32 bits of depth.
 */
export class FreeTrie {
  /** Position (0 to 128) of the first bit behind the root prefix. */
  readonly #start: number;
  /** Words of a set of depths: depth d is bit d - 1, counted from the most significant. */
  readonly #width: number;
  #children = new Int32Array(64);
  #depths: Int32Array;
  #nodeCount = FIRST_PAIR;
  /** Pairs that were given back, their sets of depths empty: each one's left child names the next. */
  #freePair = 0;
  /** The nodes from the root down to where the last walk ended, that depth, and the bits that led there. */
  readonly #path = new Int32Array(130);
  readonly #walked: Words = { w0: 0, w1: 0, w2: 0, w3: 0 };
  #pathDepth = 0;

  constructor(start: number, free: boolean) {
    this.#start = start;
    this.#width = Math.max(1, Math.ceil((128 - start) / 32));
    this.#depths = new Int32Array(this.#children.length * this.#width);
    this.#children[ROOT] = free ? FREE : OUTSIDE;
    this.#path[0] = ROOT;
  }

  /** Makes a prefix that is outside the space a free one. */
  insert(words: Words, depth: number): void {
    const reached = this.#walk(words, depth);
    if (this.#children[this.#path[reached] as number] === OUTSIDE) this.#carve(words, reached, depth, OUTSIDE, FREE);
  }

  /** Takes a free prefix of exactly this place and depth; `false` when part of it is not free. */
  takeExact(words: Words, depth: number): boolean {
    const reached = this.#walk(words, depth);
    if (this.#children[this.#path[reached] as number] !== FREE) return false;
    this.#carve(words, reached, depth, FREE, LIVE);
    return true;
  }

  /** Takes the best fit and adds its bits to `found`, which has those of the root; `false` when nothing is large enough. */
  takeBest(depth: number, found: Words): boolean {
    const leafDepth = this.#deepestFree(depth);
    if (leafDepth < 0) return false;
    const word = (leafDepth - 1) >>> 5;
    const bit = 0x80000000 >>> ((leafDepth - 1) & 31);
    const [children, depths, path, width] = [this.#children, this.#depths, this.#path, this.#width];
    let node = ROOT;
    for (let at = 0; at < leafDepth; at++) {
      node = children[node] as number;
      if (((depths[node * width + word] as number) & bit) === 0) {
        node++;
        setBit(found, this.#start + at);
      }
      path[at + 1] = node;
    }
    this.#remember(found, leafDepth);
    this.#carve(found, leafDepth, depth, FREE, LIVE);
    return true;
  }

  /** Frees a live prefix of exactly this place and depth and merges it with what is free beside it. */
  release(words: Words, depth: number): boolean {
    let reached = this.#walk(words, depth);
    if (reached !== depth || this.#children[this.#path[reached] as number] !== LIVE) return false;
    this.#children[this.#path[reached] as number] = FREE;
    while (reached > 0 && this.#children[(this.#path[reached] as number) ^ 1] === FREE) {
      this.#giveBack(this.#path[reached] as number);
      reached--;
      this.#children[this.#path[reached] as number] = FREE;
    }
    this.#pathDepth = reached;
    this.#setDepth(this.#path[reached] as number, reached);
    this.#gather(reached, reached, depth);
    return true;
  }

  /** Calls back with each free leaf, the lowest first; `words` has the bits of the root and is reused. */
  visitFree(words: Words, visit: (depth: number) => void): void {
    this.#visit(ROOT, 0, words, visit);
  }

  #visit(node: number, depth: number, words: Words, visit: (depth: number) => void): void {
    const pair = this.#children[node] as number;
    if (pair === FREE) visit(depth);
    if (pair <= 0) return;
    this.#visit(pair, depth + 1, words, visit);
    setBit(words, this.#start + depth);
    this.#visit(pair + 1, depth + 1, words, visit);
    clearBit(words, this.#start + depth);
  }

  /**
   * Follows the bits of a prefix as far as there are nodes; answers the depth reached. What it shares with the path walked
   * last is not walked again: neighbours in a huge space share most of it.
   */
  #walk(words: Words, depth: number): number {
    const [children, path] = [this.#children, this.#path];
    let at = Math.max(0, Math.min(commonLength(words, this.#walked) - this.#start, this.#pathDepth, depth));
    let node = path[at] as number;
    let position = this.#start + at;
    let rest = position < 128 ? wordAt(words, position) << (position & 31) : 0;
    while (at < depth) {
      const pair = children[node] as number;
      if (pair <= 0) break;
      node = pair + (rest >>> 31);
      path[++at] = node;
      position++;
      rest = (position & 31) === 0 && at < depth ? wordAt(words, position) : rest << 1;
    }
    this.#remember(words, at);
    return at;
  }

  /** The path holds the nodes of these words down to a depth. */
  #remember(words: Words, depth: number): void {
    const walked = this.#walked;
    walked.w0 = words.w0;
    walked.w1 = words.w1;
    walked.w2 = words.w2;
    walked.w3 = words.w3;
    this.#pathDepth = depth;
  }

  /** Splits the leaf at the end of the path down to `depth` along `words`; beside the way leaves stay what it was. */
  #carve(words: Words, from: number, depth: number, was: number, becomes: number): void {
    let node = this.#path[from] as number;
    for (let at = from; at < depth; at++) {
      const pair = this.#takePair();
      this.#children[node] = pair;
      const taken = pair + bitAt(words, this.#start + at);
      const beside = taken ^ 1;
      this.#children[beside] = was;
      if (was === FREE) this.#setDepth(beside, at + 1);
      node = taken;
      this.#path[at + 1] = node;
    }
    this.#pathDepth = depth;
    this.#children[node] = becomes;
    if (becomes === FREE) this.#setDepth(node, depth);
    else this.#clearDepths(node);
    this.#gather(depth, from, depth);
  }

  /**
   * Brings the sets of depths above the node at `depth` of the path up to date, as far up as something changes: those of
   * new nodes are still empty, so they always do. Only depths from `from` to `deepest` have come or gone.
   */
  #gather(depth: number, from: number, deepest: number): void {
    const [depths, path, width] = [this.#depths, this.#path, this.#width];
    const low = Math.max(0, from - 1) >>> 5;
    const high = Math.max(0, deepest - 1) >>> 5;
    for (let at = depth - 1; at >= 0; at--) {
      const node = (path[at] as number) * width;
      const left = ((path[at + 1] as number) & -2) * width;
      let changed = 0;
      for (let i = low; i <= high; i++) {
        const both = (depths[left + i] as number) | (depths[left + width + i] as number);
        changed |= both ^ (depths[node + i] as number);
        depths[node + i] = both;
      }
      if (changed === 0) return;
    }
  }

  /** The depth of the smallest free leaf of at most `depth`, -1 when there is none. */
  #deepestFree(depth: number): number {
    if (this.#children[ROOT] === FREE) return 0;
    if (depth === 0) return -1;
    const set = ROOT * this.#width;
    let word = (depth - 1) >>> 5;
    let rest = (this.#depths[set + word] as number) & (-1 << (31 - ((depth - 1) & 31)));
    while (rest === 0) {
      if (--word < 0) return -1;
      rest = this.#depths[set + word] as number;
    }
    return (word << 5) + Math.clz32(rest & -rest) + 1;
  }

  #setDepth(node: number, depth: number): void {
    this.#clearDepths(node);
    if (depth > 0) this.#depths[node * this.#width + ((depth - 1) >>> 5)] = 0x80000000 >>> ((depth - 1) & 31);
  }

  #clearDepths(node: number): void {
    const set = node * this.#width;
    for (let i = 0; i < this.#width; i++) this.#depths[set + i] = 0;
  }

  #takePair(): number {
    const pair = this.#freePair;
    if (pair !== 0) {
      this.#freePair = this.#children[pair] as number;
      return pair;
    }
    if (this.#nodeCount === this.#children.length) this.#grow();
    this.#nodeCount += 2;
    return this.#nodeCount - 2;
  }

  #giveBack(node: number): void {
    const pair = node & -2;
    this.#clearDepths(pair);
    this.#clearDepths(pair + 1);
    this.#children[pair] = this.#freePair;
    this.#freePair = pair;
  }

  #grow(): void {
    const children = new Int32Array(this.#children.length * 2);
    children.set(this.#children);
    const depths = new Int32Array(children.length * this.#width);
    depths.set(this.#depths);
    this.#children = children;
    this.#depths = depths;
  }
}

/** The word that has the bit at `position`. */
function wordAt(words: Words, position: number): number {
  if (position < 64) return position < 32 ? words.w0 : words.w1;
  return position < 96 ? words.w2 : words.w3;
}

/** How many leading bits two values share. */
function commonLength(a: Words, b: Words): number {
  if (a.w0 !== b.w0) return Math.clz32(a.w0 ^ b.w0);
  if (a.w1 !== b.w1) return 32 + Math.clz32(a.w1 ^ b.w1);
  if (a.w2 !== b.w2) return 64 + Math.clz32(a.w2 ^ b.w2);
  return 96 + Math.clz32(a.w3 ^ b.w3);
}

function bitAt(words: Words, position: number): number {
  return (wordAt(words, position) >>> (31 - (position & 31))) & 1;
}

function setBit(words: Words, position: number): void {
  const bit = (0x80000000 >>> (position & 31)) | 0;
  if (position < 32) words.w0 |= bit;
  else if (position < 64) words.w1 |= bit;
  else if (position < 96) words.w2 |= bit;
  else words.w3 |= bit;
}

function clearBit(words: Words, position: number): void {
  const mask = ~(0x80000000 >>> (position & 31));
  if (position < 32) words.w0 &= mask;
  else if (position < 64) words.w1 &= mask;
  else if (position < 96) words.w2 &= mask;
  else words.w3 &= mask;
}
