const SIZE = 624;
const MIDDLE = 397;

/** MT19937 of C++'s standard library, seeded with one word. Seeding costs 624 steps, which allocate nothing. */
export class MersenneTwister {
  readonly #words: Int32Array = new Int32Array(SIZE);
  #at = 0;

  seed(word: number): void {
    const words = this.#words;
    let last = word | 0;
    words[0] = last;
    for (let i = 1; i < SIZE; i++) {
      last = (Math.imul(1_812_433_253, last ^ (last >>> 30)) + i) | 0;
      words[i] = last;
    }
    this.#at = 0;
  }

  /** The next 32 bits, signed. */
  next(): number {
    const words = this.#words;
    const at = this.#at;
    const after = at + 1 === SIZE ? 0 : at + 1;
    const far = at + MIDDLE < SIZE ? at + MIDDLE : at + MIDDLE - SIZE;
    const mixed = ((words[at] as number) & 0x80000000) | ((words[after] as number) & 0x7fffffff);
    let word = (words[far] as number) ^ (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : 0x9908b0df);
    words[at] = word;
    this.#at = after;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return word ^ (word >>> 18);
  }
}
