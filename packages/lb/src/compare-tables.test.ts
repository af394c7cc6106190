import {
  buildMaglev,
  buildRing,
  compareTables,
  formatTable,
  type HashTable,
  hashFromBigInt,
  isLbError,
  lookupTable,
  parseTable,
} from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const members = (count: number): { readonly key: string }[] =>
  Array.from({ length: count }, (_, i) => ({ key: `10.0.${i >> 8}.${i & 255}:80` }));

describe("compareTables", () => {
  it("finds nothing between a table and itself", () => {
    for (const table of [buildRing(members(10)), buildMaglev(members(10))]) {
      expect(compareTables(table, table)).toEqual({ movedRatio: 0, necessaryRatio: 0, moves: [] });
    }
  });

  it("tells who lost what to whom", () => {
    const ring = (hi: readonly number[], owners: readonly number[]): HashTable => ({
      kind: "ring",
      keys: ["a", "b"],
      owners: Uint32Array.from(owners),
      hi: Uint32Array.from(hi),
      lo: new Uint32Array(hi.length),
    });
    // a owns what is up to a quarter and from three quarters on; then up to a half.
    const half = 2 ** 31;
    const before = ring([half / 2, half + half / 2], [0, 1]);
    const after = ring([half, 2 ** 32 - 1], [0, 1]);
    const { movedRatio, necessaryRatio, moves } = compareTables(before, after);
    expect(movedRatio).toBeCloseTo(0.5, 9);
    expect(necessaryRatio).toBeCloseTo(0, 9);
    expect(moves.map(({ from, to }) => [from, to])).toEqual([
      ["b", "a"],
      ["a", "b"],
    ]);
  });

  it("is exact: sampling comes to the same", () => {
    const options = { minSize: 64 };
    const pairs: readonly (readonly [HashTable, HashTable])[] = [
      [buildRing(members(10), options), buildRing(members(9), options)],
      [buildMaglev(members(10), { tableSize: 251 }), buildMaglev(members(7), { tableSize: 251 })],
    ];
    for (const [before, after] of pairs) {
      const { movedRatio } = compareTables(before, after);
      const count = 200_000;
      const step = 2n ** 64n / BigInt(count);
      let moved = 0;
      for (let i = 0; i < count; i++) {
        const hash = hashFromBigInt(BigInt(i) * step + BigInt(i % 251));
        if (before.keys[lookupTable(before, hash)] !== after.keys[lookupTable(after, hash)]) moved++;
      }
      expect(Math.abs(moved / count - movedRatio)).toBeLessThan(0.004);
    }
  });

  it("sums to the shares: what moved is what came and went", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (a, b) => {
        const { movedRatio, necessaryRatio, moves } = compareTables(
          buildRing(members(a), { minSize: 40 }),
          buildRing(members(b), { minSize: 40 }),
        );
        expect(movedRatio).toBeGreaterThanOrEqual(necessaryRatio - 1e-12);
        expect(movedRatio).toBeLessThanOrEqual(1);
        expect(moves.map(({ ratio }) => ratio)).toEqual([...moves.map(({ ratio }) => ratio)].sort((x, y) => y - x));
      }),
    );
  });

  it("case 54: moves foreign keys only where it must", () => {
    const extra = (before: HashTable, after: HashTable): number => {
      const { moves } = compareTables(before, after);
      const gone = new Set(before.keys.filter((key) => !after.keys.includes(key)));
      return moves.reduce((sum, { from, ratio }) => (gone.has(from) ? sum : sum + ratio), 0);
    };
    // How much depends on the addresses: from 5.7 to 8.1 % for the sets that were tried. Here it is the mean over all leavers.
    const ten = Array.from({ length: 10 }, (_, i) => ({ key: `10.0.0.${i}:8080` }));
    const extras = ten.map((gone) => extra(buildRing(ten), buildRing(ten.filter((member) => member !== gone))));
    const mean = extras.reduce((sum, each) => sum + each, 0) / extras.length;
    expect(Math.abs(mean - 0.078)).toBeLessThanOrEqual(0.005);
    const constant = { vnodesPerEndpoint: 100 };
    expect(extra(buildRing(members(10), constant), buildRing(members(9), constant))).toBe(0);
    expect(extra(buildMaglev(members(100)), buildMaglev(members(99)))).toBeLessThanOrEqual(0.01);
    expect(formatTable(buildMaglev(members(100)))).toBe(
      formatTable(buildMaglev([...members(99), ...members(100).slice(99)])),
    );
  });

  it("case 55: a ring of 100 with 65537 entries is even to 15 %", () => {
    const ring = buildRing(members(100), { minSize: 65_537 });
    const nobody: HashTable = { ...ring, keys: ["nobody"], owners: new Uint32Array(ring.owners.length) };
    const { moves } = compareTables(ring, nobody);
    expect(Math.max(...moves.map(({ ratio }) => ratio)) * 100).toBeLessThanOrEqual(1.15);
  });

  it("refuses tables that cannot be compared", () => {
    const ring = buildRing(members(3), { minSize: 3 });
    const table = buildMaglev(members(3), { tableSize: 7 });
    expect(() => compareTables(ring, table)).toThrow("before is a ring and after is a maglev");
    expect(() => compareTables(table, buildMaglev(members(3), { tableSize: 11 }))).toThrow("before has 7 slots");
    expect(() => compareTables(table, buildMaglev([]))).toThrow("after: the table is empty");
  });
});

describe("formatTable and parseTable", () => {
  it("lead back to the same table", () => {
    for (const table of [
      buildRing(members(5), { minSize: 30 }),
      buildMaglev(members(5), { tableSize: 31 }),
      buildRing([]),
      buildMaglev([]),
    ]) {
      expect(parseTable(formatTable(table))).toEqual(table);
      expect(formatTable(parseTable(formatTable(table)))).toBe(formatTable(table));
    }
  });

  it.each([
    ["", ""],
    ["7", ""],
    ["{}", "/kind"],
    ['{"kind":"tree"}', "/kind"],
    ['{"kind":"ring"}', "/keys"],
    ['{"kind":"ring","keys":[1]}', "/keys"],
    ['{"kind":"maglev","keys":["a"]}', "/owners"],
    ['{"kind":"maglev","keys":["a"],"owners":[0,1]}', "/owners/1"],
    ['{"kind":"maglev","keys":["a"],"owners":[0,0,0,0]}', "/owners"],
    ['{"kind":"maglev","keys":["a"],"owners":[0]}', "/owners"],
    ['{"kind":"ring","keys":["a"],"owners":[0]}', "/hi"],
    ['{"kind":"ring","keys":["a"],"owners":[0],"hi":[4294967296],"lo":[0]}', "/hi/0"],
    ['{"kind":"ring","keys":["a"],"owners":[0],"hi":[],"lo":[0]}', "/hi"],
    ['{"kind":"ring","keys":["a"],"owners":[0],"hi":[1],"lo":[-1]}', "/lo/0"],
    ['{"kind":"ring","keys":["a"],"owners":[0],"hi":[1],"lo":[]}', "/lo"],
    ['{"kind":"ring","keys":["a"],"owners":[0,0],"hi":[2,1],"lo":[0,0]}', "/hi/1"],
    ['{"kind":"ring","keys":["a"],"owners":[0,0],"hi":[1,1],"lo":[2,1]}', "/hi/1"],
  ])("refuses %s at %j", (text, path) => {
    let thrown: unknown;
    try {
      parseTable(text);
    } catch (error) {
      thrown = error;
    }
    expect(isLbError(thrown, "invalid_table") && thrown.details.path).toBe(path);
  });
});
