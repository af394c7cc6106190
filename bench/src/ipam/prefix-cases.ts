import { createPrefixAllocator } from "@netmason/ipam";
import { overlaps, type Prefix, parsePrefix } from "@netmason/net";
import type { BenchCase, Task } from "../bench-case.js";
import { createSeededRandom } from "../seeded-random.js";
import { ours } from "./ours.js";

/** Live prefixes of four lengths; one of them at random is given back, and another one of its length taken. */
export function prefixPairCase(count: number): BenchCase {
  return {
    name: "prefix-pair-100k",
    operation: `release of one of ${count} live /25 to /28 of a /8, and best fit for another one`,
    inputs: () => placesOf(count),
    expected: () => [`${count} disjoint`],
    ours: ours(({ places = [] }) => pairs("10.0.0.0/8", 28, count, places)),
    peers: [
      ours(({ places = [] }) => pairs("2001:db8::/32", 64, count, places), {
        name: "ipam-v6",
        note: "/61 to /64 of a /32",
      }),
      ours(({ places = [] }) => pairs("::/0", 128, count, places), {
        name: "ipam-all-v6",
        note: "/125 to /128 of all of IPv6",
      }),
    ],
  };
}

/** A /64 has more addresses than anything could list. */
export const sparseSingleCase: BenchCase = {
  name: "sparse-v6-single",
  operation: "release and take of one address of a /64 with 1000 live ones",
  inputs: () => placesOf(1_000),
  expected: () => ["1000 disjoint"],
  ours: ours(({ places = [] }) => pairs("2001:db8::/64", 128, 1_000, places, 1)),
  peers: [
    ours(({ places = [] }) => pairs("::/0", 128, 1_000, places, 1), {
      name: "ipam-all-v6",
      note: "of all of IPv6",
    }),
  ],
};

function placesOf(count: number): { readonly places: readonly string[] } {
  const random = createSeededRandom(29);
  return { places: Array.from({ length: 16_384 }, () => String(random.below(count))) };
}

function pairs(space: string, longest: number, count: number, texts: readonly string[], lengths = 4): Task {
  const allocator = createPrefixAllocator([parsePrefix(space)]);
  const places = Uint32Array.from(texts, Number);
  const live: Prefix[] = [];
  for (let i = 0; i < count; i++) {
    const prefix = allocator.allocate(longest - (i % lengths));
    if (prefix !== undefined) live.push(prefix);
  }
  let at = 0;
  const run = (iterations: number): void => {
    for (let i = 0; i < iterations; i++) {
      const place = places[at] as number;
      const prefix = live[place] as Prefix;
      allocator.release(prefix);
      live[place] = allocator.allocate(prefix.length) as Prefix;
      at = at + 1 === places.length ? 0 : at + 1;
    }
  };
  const answers = (): readonly string[] => {
    run(1_000);
    const checked = live.slice(0, 500);
    const isDisjoint = checked.every((a, i) => checked.every((b, j) => i === j || !overlaps(a, b)));
    return [`${live.length} ${isDisjoint ? "disjoint" : "overlapping"}`];
  };
  return { run, answers };
}
