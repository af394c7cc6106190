import { systemRandom } from "../system.js";
import { remainder64 } from "./remainder64.js";

/** Chance as 64-bit words. One draw is two calls of `random`, upper word first. */
export interface Draws {
  /** Puts the next draw into `words`: upper, lower. */
  draw(words: Int32Array): void;
  /** The next draw modulo `bound` (1 to 2³²). */
  below(bound: number): number;
}

/** Over the caller's `random`; without one over a generator of its own, which allocates nothing. */
export function createDraws(random?: () => number): Draws {
  return random === undefined ? ownDraws(systemRandom) : injectedDraws(random);
}

function injectedDraws(random: () => number): Draws {
  const word = (): number => Math.floor(random() * 2 ** 32) | 0;
  return {
    draw(words) {
      words[0] = word();
      words[1] = word();
    },
    below(bound) {
      const hi = word();
      return remainder64(hi, word(), bound);
    },
  };
}

// Up to here a bound's share of one word is a small integer.
const MOST_SMALL = 0x40000000;

/**
 * xoshiro128**, its state in 32-bit words, so that a draw makes no heap number. `below` takes one word where the bound is
 * small: nobody can tell it from two, and the bias is less than the bound in 2³².
 */
function ownDraws(seedFrom: () => number): Draws {
  const state = Int32Array.from({ length: 4 }, () => Math.floor(seedFrom() * 2 ** 32));
  if (state.every((word) => word === 0)) state[0] = 1;
  const next = (): number => {
    const b = state[1] as number;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const c = (state[2] as number) ^ (state[0] as number);
    const d = (state[3] as number) ^ b;
    state[1] = b ^ c;
    state[0] = (state[0] as number) ^ d;
    state[2] = c ^ (b << 9);
    state[3] = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    draw(words) {
      words[0] = next();
      words[1] = next();
    },
    below(bound) {
      const word = next();
      if (bound <= MOST_SMALL) return ((word >>> 0) * bound * 2 ** -32) | 0;
      return remainder64(word, next(), bound);
    },
  };
}
