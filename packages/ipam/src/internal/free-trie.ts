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
  /** Pairs that were given back: each one's left child names the next. */
  #freePair = 0;
  /** The nodes from the root down to where the last walk ended. */
  readonly #path = new Int32Array(130);

  constructor(start: number, free: boolean) {
    this.#start = start;
    this.#width = Math.max(1, Math.ceil((128 - start) / 32));
    this.#depths = new Int32Array(this.#children.length * this.#width);
    this.#children[ROOT] = free ? FREE : OUTSIDE;
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
    let node = ROOT;
    this.#path[0] = ROOT;
    for (let at = 0; at < leafDepth; at++) {
      node = this.#children[node] as number;
      if (((this.#depths[node * this.#width + word] as number) & bit) === 0) {
        node++;
        setBit(found, this.#start + at);
      }
      this.#path[at + 1] = node;
    }
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
    this.#setDepth(this.#path[reached] as number, reached);
    this.#gather(reached, reached);
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

  /** Follows the bits of a prefix as far as there are nodes; answers the depth reached. */
  #walk(words: Words, depth: number): number {
    let node = ROOT;
    let at = 0;
    this.#path[0] = ROOT;
    while (at < depth) {
      const pair = this.#children[node] as number;
      if (pair <= 0) break;
      node = pair + bitAt(words, this.#start + at);
      this.#path[++at] = node;
    }
    return at;
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
      else this.#clearDepths(beside);
      node = taken;
      this.#path[at + 1] = node;
    }
    this.#children[node] = becomes;
    if (becomes === FREE) this.#setDepth(node, depth);
    else this.#clearDepths(node);
    this.#gather(depth, from);
  }

  /**
   * Brings the sets of depths above the node at `depth` of the path up to date, as far up as something changes; those of
   * new nodes, at `from` and below it, mean nothing yet.
   */
  #gather(depth: number, from: number): void {
    const depths = this.#depths;
    const width = this.#width;
    for (let at = depth - 1; at >= 0; at--) {
      const node = (this.#path[at] as number) * width;
      const left = ((this.#path[at + 1] as number) & -2) * width;
      let changed = 0;
      for (let i = 0; i < width; i++) {
        const both = (depths[left + i] as number) | (depths[left + width + i] as number);
        changed |= both ^ (depths[node + i] as number);
        depths[node + i] = both;
      }
      if (changed === 0 && at < from) return;
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

function bitAt(words: Words, position: number): number {
  const word = position < 64 ? (position < 32 ? words.w0 : words.w1) : position < 96 ? words.w2 : words.w3;
  return (word >>> (31 - (position & 31))) & 1;
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
