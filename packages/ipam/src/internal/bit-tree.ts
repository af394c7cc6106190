/**
 * A set of ordinals as bits, with a summary level over every 32 words below: a bit of a level says that its word has a
 * bit. Bits count from the most significant, so `clz32` finds the lowest ordinal; every operation touches at most one
 * word a level, five levels for 16 million ordinals.
 */
export class BitTree {
  readonly #levels: readonly Int32Array[];
  readonly #words: Int32Array;

  /** An empty set of ordinals below `size`, or the set of all of them. */
  constructor(size: number, full: boolean) {
    const levels: Int32Array[] = [];
    for (let bits = size; ; bits = Math.ceil(bits / 32)) {
      const level = new Int32Array(Math.ceil(bits / 32));
      if (full) {
        level.fill(-1);
        if ((bits & 31) !== 0) level[level.length - 1] = -1 << (32 - (bits & 31));
      }
      levels.push(level);
      if (level.length === 1) break;
    }
    this.#levels = levels;
    this.#words = levels[0] as Int32Array;
  }

  has(ordinal: number): boolean {
    return (((this.#words[ordinal >>> 5] as number) << (ordinal & 31)) & 0x80000000) !== 0;
  }

  /** Adds an ordinal; nothing happens when it is in the set. */
  add(ordinal: number): void {
    let bit = ordinal;
    for (let i = 0; i < this.#levels.length; i++) {
      const level = this.#levels[i] as Int32Array;
      const index = bit >>> 5;
      const word = level[index] as number;
      level[index] = word | (0x80000000 >>> (bit & 31));
      if (word !== 0) return;
      bit = index;
    }
  }

  /** Takes an ordinal out; nothing happens when it is not in the set. */
  delete(ordinal: number): void {
    let bit = ordinal;
    for (let i = 0; i < this.#levels.length; i++) {
      const level = this.#levels[i] as Int32Array;
      const index = bit >>> 5;
      const word = (level[index] as number) & ~(0x80000000 >>> (bit & 31));
      level[index] = word;
      if (word !== 0) return;
      bit = index;
    }
  }

  /** The lowest ordinal, -1 when the set is empty. */
  first(): number {
    let at = 0;
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const word = (this.#levels[i] as Int32Array)[at] as number;
      if (word === 0) return -1;
      at = (at << 5) | Math.clz32(word);
    }
    return at;
  }

  /** The lowest ordinal that is not below `from`, -1 when there is none. */
  firstFrom(from: number): number {
    let at = from;
    for (let i = 0; i < this.#levels.length; i++) {
      const level = this.#levels[i] as Int32Array;
      const index = at >>> 5;
      if (index >= level.length) return -1;
      const rest = (level[index] as number) & (-1 >>> (at & 31));
      if (rest !== 0) return this.#descend(i, (index << 5) | Math.clz32(rest));
      at = index + 1;
    }
    return -1;
  }

  #descend(from: number, bit: number): number {
    let at = bit;
    for (let i = from - 1; i >= 0; i--) at = (at << 5) | Math.clz32((this.#levels[i] as Int32Array)[at] as number);
    return at;
  }
}
