import { type AllocationOrder, createBitmap } from "@netmason/ipam";
import type { BenchCase, Task } from "../bench-case.js";
import { createSeededRandom } from "../seeded-random.js";
import { ours } from "./ours.js";

interface Size {
  readonly label: "64k" | "1m" | "16m";
  readonly size: number;
}

/** Nine of ten numbers are taken, and one of them at random is given back for another one. */
export function bitmapCase({ label, size }: Size): BenchCase {
  const held = Math.floor(size * 0.9);
  return {
    name: `bitmap-pair-${label}`,
    operation: `release of a random number and take of the next one, ${held} of ${size} taken`,
    inputs: () => {
      const random = createSeededRandom(23);
      return { places: Array.from({ length: 16_384 }, () => String(random.below(held))) };
    },
    expected: () => [`${held} different numbers below ${size}`],
    ours: ours(({ places = [] }) => pairs("oldest", size, held, places)),
    peers: (["lowest", "next"] as const).map((order) =>
      ours(({ places = [] }) => pairs(order, size, held, places), {
        name: `ipam-${order}`,
        note: `in the order "${order}"`,
      }),
    ),
  };
}

function pairs(order: AllocationOrder, size: number, held: number, texts: readonly string[]): Task {
  const bitmap = createBitmap({ size, order });
  const places = Uint32Array.from(texts, Number);
  const taken = new Uint32Array(held);
  for (let i = 0; i < held; i++) taken[i] = bitmap.take() ?? size;
  let at = 0;
  const run = (iterations: number): void => {
    for (let i = 0; i < iterations; i++) {
      const place = places[at] as number;
      bitmap.release(taken[place] as number);
      taken[place] = bitmap.take() as number;
      at = at + 1 === places.length ? 0 : at + 1;
    }
  };
  const answers = (): readonly string[] => {
    run(1_000);
    const different = new Set(taken);
    return [`${different.size} different numbers below ${Math.max(...[...different].slice(0, 1)) < size ? size : 0}`];
  };
  return { run, answers };
}
