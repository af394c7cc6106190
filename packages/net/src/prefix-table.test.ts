import {
  type Address,
  addToAddress,
  comparePrefixes,
  containsAddress,
  containsPrefix,
  createPrefixTable,
  type Family,
  firstAddress,
  lastAddress,
  type Prefix,
  type PrefixLookup,
  type PrefixTable,
  parseAddress,
  parsePrefix,
  prefixOf,
} from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf, families, prefixesOf } from "../test/arbitraries.js";
import { addressOfValue, bitsOf, numberOf } from "../test/reference.js";

/** What a table should hold: a list that is searched from end to end. */
class Model {
  readonly entries = new Map<string, { readonly prefix: Prefix; readonly value: number }>();

  sorted(): { readonly prefix: Prefix; readonly value: number }[] {
    return [...this.entries.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  }

  lookup(address: Address): { readonly prefix: Prefix; readonly value: number } | undefined {
    const holding = [...this.entries.values()].filter(({ prefix }) => containsAddress(prefix, address));
    return holding.sort((a, b) => b.prefix.length - a.prefix.length)[0];
  }
}

type Step = { readonly prefix: Prefix; readonly value: number } | { readonly removed: number };

function stepsOf(prefix: fc.Arbitrary<Prefix>): fc.Arbitrary<readonly Step[]> {
  const insert = fc.record({ prefix, value: fc.nat(3) });
  const remove = fc.record({ removed: fc.nat() });
  return fc.array(fc.oneof({ weight: 3, arbitrary: insert }, { weight: 1, arbitrary: remove }), { maxLength: 60 });
}

/** Few prefixes close together, so that they nest, repeat and share parents. */
function crowdedOf(family: Family): fc.Arbitrary<Prefix> {
  const bits = bitsOf(family);
  const at = fc
    .constantFrom(0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 31, 32, bits - 33, bits - 1)
    .map((bit) => Math.max(0, bit));
  const base = parseAddress(family === 4 ? "0.0.0.0" : "::");
  return fc.tuple(at, at, fc.integer({ min: 0, max: bits })).map(([a, b, length]) => {
    const value = (1n << BigInt(bits - 1 - Math.min(a, bits - 1))) | (1n << BigInt(bits - 1 - Math.min(b, bits - 1)));
    return prefixOf(addToAddress(base, value), length);
  });
}

function apply(steps: readonly Step[]): { readonly table: PrefixTable<number>; readonly model: Model } {
  const [table, model] = [createPrefixTable<number>(), new Model()];
  for (const step of steps) {
    if ("prefix" in step) {
      table.insert(step.prefix, step.value);
      model.entries.set(String(step.prefix), step);
    } else {
      const keys = [...model.entries.keys()];
      const key = keys[step.removed % keys.length] ?? "10.0.0.0/8";
      expect(table.delete(parsePrefix(key))).toBe(model.entries.delete(key));
    }
    expect(table.size).toBe(model.entries.size);
  }
  return { table, model };
}

/** The edges of every prefix, and what lies just outside. */
function edgesOf(model: Model, family: Family): Address[] {
  const ends = [...model.entries.values()].flatMap(({ prefix }) => [firstAddress(prefix), lastAddress(prefix)]);
  const within = ends.filter((address) => address.family === family);
  const beside = within.flatMap((address) =>
    [-1, 1].map((offset) => {
      try {
        return addToAddress(address, offset);
      } catch {
        return address;
      }
    }),
  );
  return [...within, ...beside];
}

function expectLookups(lookups: readonly PrefixLookup<number>[], model: Model, addresses: readonly Address[]): void {
  for (const address of addresses) {
    const expected = model.lookup(address);
    for (const lookup of lookups) expect(lookup.lookup(address), String(address)).toEqual(expected);
  }
}

const inputs = families.chain((family) =>
  fc.tuple(
    fc.constant(family),
    stepsOf(fc.oneof(crowdedOf(family), prefixesOf(family))),
    fc.array(addressesOf(family), { maxLength: 20 }),
    fc.oneof(crowdedOf(family), prefixesOf(family)),
  ),
);

describe("a prefix table", () => {
  it("answers as a searched list does after any changes, compiled or not", () => {
    fc.assert(
      fc.property(inputs, ([family, steps, addresses]) => {
        const { table, model } = apply(steps);
        const compiled = table.compile();
        expect(compiled.size).toBe(model.entries.size);
        expectLookups([table, compiled], model, [...addresses, ...edgesOf(model, family)]);
        for (const { prefix, value } of model.entries.values()) expect(table.get(prefix)).toBe(value);
      }),
    );
  });

  it("walks its entries, those inside a prefix and those around it, in order", () => {
    fc.assert(
      fc.property(inputs, ([, steps, , prefix]) => {
        const { table, model } = apply(steps);
        const sorted = model.sorted();
        expect([...table]).toEqual(sorted);
        for (const around of [prefix, ...sorted.slice(0, 5).map((entry) => entry.prefix)]) {
          expect([...table.subnets(around)]).toEqual(sorted.filter((entry) => containsPrefix(around, entry.prefix)));
          expect([...table.supernets(around)]).toEqual(sorted.filter((entry) => containsPrefix(entry.prefix, around)));
        }
      }),
    );
  });

  it.each([
    ["4, scattered", 4, 0, 0],
    ["4, dense", 4, 20, 8],
    ["6, scattered", 6, 0, 0],
    ["6, dense", 6, 104, 8],
    ["6, around one /32", 6, 32, 8],
    ["6, inside one /44", 6, 44, 44],
    ["6, inside one /100", 6, 100, 100],
  ] as const)("answers as a searched list does with 12,000 prefixes of family %s", (_, family, shared, least) => {
    const bits = bitsOf(family);
    const base = parseAddress(family === 4 ? "10.32.0.0" : "2001:db8:5a5a:5a5a:5a5a:5a5a:5a00:0");
    const random = fc.sample(
      fc.tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(bits - shared)) - 1n }), fc.integer({ min: 0, max: bits })),
      { numRuns: 12_200, seed: 5 },
    );
    const model = new Model();
    const start = prefixOf(base, shared);
    const at = (offset: bigint): Address => addToAddress(firstAddress(start), offset);
    for (const [offset, length] of random.slice(200)) {
      const prefix = prefixOf(at(offset), Math.max(length, least));
      model.entries.set(String(prefix), { prefix, value: length });
    }
    const outer = prefixOf(base, Math.min(24, shared));
    model.entries.set(String(outer), { prefix: outer, value: -1 });
    const table = createPrefixTable([...model.entries.values()].map(({ prefix, value }) => [prefix, value] as const));
    const beside = edgesOf(model, family).filter((_address, i) => i % 331 === 0);
    const ends = [prefixOf(base, 0), start].flatMap((prefix) => [firstAddress(prefix), lastAddress(prefix)]);
    const outside = Array.from({ length: shared }, (_each, i) =>
      addressOfValue(family, numberOf(base) ^ (1n << BigInt(bits - 1 - i))),
    );
    const inside = random.slice(0, 200).map(([offset]) => at(offset));
    expectLookups([table, table.compile()], model, [...inside, ...beside, ...ends, ...outside]);
  });

  it("keeps families apart", () => {
    const table = createPrefixTable([[parsePrefix("::/0"), "six"]]);
    expect(table.lookup(parseAddress("0.0.0.0"))).toBeUndefined();
    expect(table.compile().lookup(parseAddress("0.0.0.0"))).toBeUndefined();
    table.insert(parsePrefix("0.0.0.0/0"), "four");
    expect([...table].map(({ value }) => value)).toEqual(["four", "six"]);
    expect([table.get(parsePrefix("0.0.0.0/0")), table.get(parsePrefix("::/0"))]).toEqual(["four", "six"]);
  });

  it("hands out the stored entry, and replaces it when the value changes", () => {
    const table = createPrefixTable([[parsePrefix("10.0.0.0/8"), "old"]]);
    const address = parseAddress("10.1.2.3");
    const compiled = table.compile();
    const before = table.lookup(address);
    expect(compiled.lookup(address)).toBe(before);
    table.insert(parsePrefix("10.0.0.0/8"), "new");
    expect([before?.value, table.lookup(address)?.value, compiled.lookup(address)?.value]).toEqual([
      "old",
      "new",
      "old",
    ]);
    table.delete(parsePrefix("10.0.0.0/8"));
    expect([table.size, table.lookup(address), compiled.lookup(address)]).toEqual([0, undefined, before]);
  });

  it("keeps the later value of a prefix given twice, and stores undefined as a value", () => {
    const ten = parsePrefix("10.0.0.0/8");
    const table = createPrefixTable<number | undefined>([
      [ten, 1],
      [ten, undefined],
    ]);
    expect([table.size, table.delete(ten), table.delete(ten), table.size]).toEqual([1, true, false, 0]);
  });

  it("refuses what is no prefix and stays as it was", () => {
    const table = createPrefixTable<number>();
    const text = "10.0.0.0/8" as unknown as Prefix;
    expect(() => table.insert(text, 1)).toThrow(new TypeError("prefix: expected a Prefix, got 10.0.0.0/8"));
    expect([...table]).toEqual([]);
  });
});
