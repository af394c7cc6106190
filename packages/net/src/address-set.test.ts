import {
  type Address,
  type AddressRange,
  type AddressSet,
  addToAddress,
  containsAddress,
  createAddressSet,
  createRange,
  type Family,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixOf,
} from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families, prefixesOf, rangesOf } from "../test/arbitraries.js";
import { bitsOf, numberOf } from "../test/reference.js";

type Item = Address | Prefix | AddressRange;

/** A world of 64 neighbouring addresses, in which a set is a set of numbers from 0 to 63. */
interface World {
  readonly base: Address;
  readonly blocks: ReadonlyMap<string, Block>;
  readonly items: fc.Arbitrary<readonly Item[]>;
}

const SIZE = 64;
/** Prefixes in a world have at most 32 addresses, so that they stay inside wherever it begins. */
const SHORTEST = 5;

const worlds = [
  "0.0.0.0",
  "10.0.0.32",
  "255.255.255.192",
  "::",
  "::ffff:ffe0",
  "1::ffff:ffff:ffff:ffe0",
  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0",
].map((text): World => {
  const base = parseAddress(text);
  const at = (point: number): Address => addToAddress(base, point);
  const point = fc.nat(SIZE - 1);
  const range = fc.tuple(point, point).map(([a, b]) => createRange(at(Math.min(a, b)), at(Math.max(a, b))));
  const prefix = fc.tuple(point, fc.nat(SHORTEST)).map(([a, bits]) => prefixOf(at(a), bitsOf(base.family) - bits));
  return {
    base,
    blocks: alignedBlocksIn(base),
    items: fc.array(fc.oneof(range, prefix, point.map(at)), { maxLength: 12 }),
  };
});

function has(item: Item, address: Address): boolean {
  if (item["~kind"] === "prefix") return containsAddress(item, address);
  const [first, last] = item["~kind"] === "range" ? [item.first, item.last] : [item, item];
  return numberOf(first) <= numberOf(address) && numberOf(address) <= numberOf(last);
}

/** Which points of the world the items hold. */
function pointsOf({ base }: World, items: readonly Item[]): boolean[] {
  return Array.from({ length: SIZE }, (_, i) => addToAddress(base, i)).map((address) =>
    items.some((item) => has(item, address)),
  );
}

interface Block {
  readonly text: string;
  /** The points of the world it would hold. */
  readonly points: readonly number[];
  readonly encloser: string;
}

/** Every aligned block of 1 to 64 addresses that lies in the world, and what it lies in. */
function alignedBlocksIn(base: Address): ReadonlyMap<string, Block> {
  const found = new Map<string, Block>();
  const bits = bitsOf(base.family);
  for (let size = 1; size <= SIZE; size *= 2) {
    for (let first = 0; first + size <= SIZE; first++) {
      const start = addToAddress(base, first);
      if (numberOf(start) % BigInt(size) !== 0n) continue;
      const length = bits - Math.log2(size);
      const points = Array.from({ length: size }, (_, i) => first + i);
      const text = `${start}/${length}`;
      found.set(text, { text, points, encloser: String(prefixOf(start, length - 1)) });
    }
  }
  return found;
}

/** The fewest prefixes: each wholly held block whose enclosing block is not wholly held. */
function blocksOf({ blocks }: World, points: readonly boolean[]): string[] {
  const full = (block: Block | undefined): boolean => block?.points.every((point) => points[point]) ?? false;
  const kept = [...blocks.values()].filter((block) => full(block) && !full(blocks.get(block.encloser)));
  return kept.sort((a, b) => (a.points[0] as number) - (b.points[0] as number)).map(({ text }) => text);
}

function runsOf({ base }: World, points: readonly boolean[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < SIZE; i++) {
    if (!points[i] || points[i - 1]) continue;
    let last = i;
    while (points[last + 1]) last++;
    found.push(`${addToAddress(base, i)}-${addToAddress(base, last)}`);
  }
  return found;
}

function expectPoints(world: World, set: AddressSet, points: readonly boolean[]): void {
  expect(points.map((_, i) => set.has(addToAddress(world.base, i)))).toEqual(points);
  expect(set.size).toBe(BigInt(points.filter(Boolean).length));
  expect(set.ranges().map(String)).toEqual(runsOf(world, points));
  expect(set.prefixes().map(String)).toEqual(blocksOf(world, points));
}

describe("a set in a small world", () => {
  it.each(worlds.map((world) => [String(world.base), world] as const))(
    "of 64 addresses from %s is a set of points",
    (_, world) => {
      fc.assert(
        fc.property(world.items, world.items, (itemsA, itemsB) => {
          const [a, b] = [createAddressSet(itemsA), createAddressSet(itemsB)];
          const [inA, inB] = [pointsOf(world, itemsA), pointsOf(world, itemsB)];
          expectPoints(world, a, inA);
          expectPoints(
            world,
            a.union(b),
            inA.map((held, i) => held || (inB[i] as boolean)),
          );
          expectPoints(
            world,
            a.intersect(b),
            inA.map((held, i) => held && (inB[i] as boolean)),
          );
          expectPoints(
            world,
            a.subtract(b),
            inA.map((held, i) => held && !inB[i]),
          );
        }),
      );
    },
  );
});

describe("sets of any size", () => {
  const itemsOf = (family: Family): fc.Arbitrary<readonly Item[]> =>
    fc.array(fc.oneof(prefixesOf(family), rangesOf(family)), { maxLength: 8 });
  const mixed = fc.tuple(itemsOf(4), itemsOf(6)).map(([v4, v6]) => [...v4, ...v6]);

  it("obey the algebra of sets", () => {
    fc.assert(
      fc.property(mixed, mixed, (itemsA, itemsB) => {
        const [a, b] = [createAddressSet(itemsA), createAddressSet(itemsB)];
        const textOf = (set: AddressSet): string => set.prefixes().join();
        expect(textOf(a.subtract(b).union(a.intersect(b)))).toBe(textOf(a));
        expect(textOf(a.union(b))).toBe(textOf(createAddressSet([...itemsB, ...itemsA])));
        expect(a.union(b).size).toBe(a.size + b.size - a.intersect(b).size);
        expect(textOf(createAddressSet(a.prefixes()))).toBe(textOf(a));
        expect(textOf(createAddressSet(a.ranges()))).toBe(textOf(a));
        const everything = createAddressSet([parsePrefix("0.0.0.0/0"), parsePrefix("::/0")]);
        expect(textOf(everything.subtract(everything.subtract(a)))).toBe(textOf(a));
      }),
    );
  });

  it("count whole families", () => {
    const all4 = createAddressSet([parsePrefix("0.0.0.0/0")]);
    const all = all4.union(createAddressSet([parsePrefix("::/0")]));
    expect([all4.size, all.size]).toEqual([2n ** 32n, 2n ** 32n + 2n ** 128n]);
    expect(all.prefixes().map(String)).toEqual(["0.0.0.0/0", "::/0"]);
    expect(all.ranges().map(String)).toEqual(["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]);
    expect(createAddressSet().size).toBe(0n);
  });

  it("come out sorted from a long unsorted list", () => {
    fc.assert(
      fc.property(families, fc.array(fc.nat(0xffff), { minLength: 300, maxLength: 600 }), (family, points) => {
        const base = parseAddress(family === 4 ? "10.255.0.0" : "2001:db8::ffff:0");
        const set = createAddressSet(points.map((point) => addToAddress(base, 2 * point)));
        const expected = [...new Set(points)].sort((a, b) => a - b).map((point) => addToAddress(base, 2 * point));
        expect(set.ranges().map(({ first }) => first)).toEqual(expected);
        expect(set.size).toBe(BigInt(expected.length));
      }),
      { numRuns: 20 },
    );
  });

  // What a second installed copy of the package would hand over: the interface, but not our class.
  it("take sets made by another copy", () => {
    const set = createAddressSet([parsePrefix("10.0.0.0/8")]);
    const inner = createAddressSet([parsePrefix("10.0.0.0/9")]);
    const foreign = { ...inner, ranges: () => inner.ranges() } as AddressSet;
    expect(set.subtract(foreign).prefixes().map(String)).toEqual(["10.128.0.0/9"]);
  });

  it("refuse what is no address, prefix or range", () => {
    const items = ["10.0.0.0/8"] as unknown as Prefix[];
    expect(() => createAddressSet(items)).toThrow(
      new TypeError("items: expected addresses, prefixes and ranges, got 10.0.0.0/8"),
    );
  });
});
