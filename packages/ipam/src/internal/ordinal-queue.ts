/**
 * Ordinals in the order they came, each at most once. Taking one out of the middle leaves its place behind, to be passed
 * over later, so every operation costs O(1) amortised.
 */
export class OrdinalQueue {
  /** A ring whose length is a power of two. */
  #ring = new Uint32Array(64);
  #head = 0;
  #length = 0;
  /** How many of the earliest places of an ordinal are left behind. */
  readonly #left = new Map<number, number>();

  push(ordinal: number): void {
    if (this.#length === this.#ring.length) this.#makeRoom();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = ordinal;
    this.#length++;
  }

  /** The ordinal that came first; there must be one. */
  shift(): number {
    for (;;) {
      const ordinal = this.#ring[this.#head] as number;
      this.#head = (this.#head + 1) & (this.#ring.length - 1);
      this.#length--;
      if (this.#left.size === 0 || !this.#isLeft(ordinal)) return ordinal;
    }
  }

  /** Takes out an ordinal that is in the queue. */
  delete(ordinal: number): void {
    this.#left.set(ordinal, (this.#left.get(ordinal) ?? 0) + 1);
  }

  /** Whether this place was left behind; it is then forgotten. */
  #isLeft(ordinal: number): boolean {
    const count = this.#left.get(ordinal);
    if (count === undefined) return false;
    if (count === 1) this.#left.delete(ordinal);
    else this.#left.set(ordinal, count - 1);
    return true;
  }

  #makeRoom(): void {
    const old = this.#ring;
    const kept = new Uint32Array(old.length);
    let length = 0;
    for (let i = 0; i < this.#length; i++) {
      const ordinal = old[(this.#head + i) & (old.length - 1)] as number;
      if (this.#left.size === 0 || !this.#isLeft(ordinal)) kept[length++] = ordinal;
    }
    this.#head = 0;
    this.#length = length;
    this.#ring = kept;
    if (length <= old.length >>> 1) return;
    this.#ring = new Uint32Array(old.length * 2);
    this.#ring.set(kept);
  }
}
