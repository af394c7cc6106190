/** A seeded stream of unsigned 32-bit integers: the same seed gives the same inputs on every machine. */
export interface SeededRandom {
  /** The next integer in 0..2^32-1. */
  word(): number;
  /** An integer in 0..bound-1, for a bound up to 2^32. */
  below(bound: number): number;
}

/** A Weyl sequence through a multiply-and-shift mixer (the finalizer of MurmurHash3). */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return { word, below: (bound) => Math.floor((word() / 0x1_0000_0000) * bound) };
}
