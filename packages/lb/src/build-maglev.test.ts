import {
  buildMaglev,
  type HashMember,
  type HashTable,
  hashFromBigInt,
  hashToBigInt,
  lookupTable,
  maglev,
  xxh64,
} from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, select } from "../test/policy-rig.js";
import { compareKeys } from "./internal/compare-keys.js";
import { remainder64, remainder65537 } from "./internal/remainder64.js";

const MAX = 2n ** 64n - 1n;
const ports = (...list: readonly number[]): HashMember[] => list.map((port) => ({ key: `127.0.0.1:${port}` }));
const names = (...list: readonly number[]): HashMember[] => list.map((name) => ({ key: String(name) }));
const ownersOf = ({ owners }: HashTable): number[] => [...owners];

/** The table as Envoy's code words it, over bigints. */
function slowMaglev(members: readonly { readonly key: string; readonly share: number }[], size: number): string[] {
  const entries = members
    .map(({ key, share }) => ({
      key,
      share,
      offset: hashToBigInt(xxh64(key)) % BigInt(size),
      skip: (hashToBigInt(xxh64(key, undefined, { hi: 0, lo: 1 })) % BigInt(size - 1)) + 1n,
      next: 0n,
      target: 0,
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const most = Math.max(...members.map(({ share }) => share));
  const table = new Array<string>(size);
  let filled = 0;
  for (let iteration = 1; filled < size; iteration++) {
    for (const entry of entries) {
      if (filled >= size) break;
      if (iteration * entry.share < entry.target) continue;
      entry.target += most;
      const permutation = (): number => Number((entry.offset + entry.skip * entry.next) % BigInt(size));
      while (table[permutation()] !== undefined) entry.next++;
      table[permutation()] = entry.key;
      entry.next++;
      filled++;
    }
  }
  return table;
}

describe("buildMaglev", () => {
  it("cases 13 and 14: gives Envoy's tables of 7 slots", () => {
    expect(ownersOf(buildMaglev(ports(90, 91, 92, 93, 94, 95), { tableSize: 7 }))).toEqual([2, 4, 0, 1, 5, 0, 3]);
    expect(ownersOf(buildMaglev(names(90, 91, 92, 93, 94, 95), { tableSize: 7 }))).toEqual([2, 5, 0, 3, 4, 1, 0]);
  });

  it("case 15: does not depend on the order of the members", () => {
    const members = Array.from({ length: 12 }, (_, i) => ({ key: `10.0.0.${i}:80`, weight: 1 + (i % 3) }));
    const byKey = ({ keys, owners }: HashTable): (string | undefined)[] => [...owners].map((owner) => keys[owner]);
    const want = byKey(buildMaglev(members, { tableSize: 251 }));
    const shuffled = fc.shuffledSubarray(members, { minLength: members.length });
    fc.assert(
      fc.property(shuffled, (each) => {
        expect(byKey(buildMaglev(each, { tableSize: 251 }))).toEqual(want);
      }),
      { numRuns: 20 },
    );
  });

  it("case 16: follows weights as Envoy", () => {
    const of = (...weights: readonly number[]): number[] => {
      const members = ports(90, 91).map((member, i) => ({ ...member, weight: weights[i] ?? 1 }));
      return ownersOf(buildMaglev(members, { tableSize: 17 }));
    };
    expect(of(1, 2)).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
    expect(of(1, 1)).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]);
    expect(of(1 / 3, 2 / 3)).toEqual(of(1, 2));
  });

  it("case 17: a retry looks at another slot", () => {
    const table = buildMaglev(ports(90, 91, 92, 93, 94, 95), { tableSize: 7 });
    const picks = [0, 1, 2].map((attempt) => table.keys[lookupTable(table, hashFromBigInt(10n), attempt)]);
    expect(picks).toEqual(["127.0.0.1:91", "127.0.0.1:90", "127.0.0.1:95"]);
  });

  it("case 18: refuses sizes that are not prime or out of range", () => {
    for (const tableSize of [8, 9, 65_536, 25]) {
      expect(() => buildMaglev([], { tableSize })).toThrow(`tableSize must be a prime, not ${tableSize}`);
      expect(() => maglev({ tableSize })).toThrow(RangeError);
    }
    for (const tableSize of [0, 1, -7, 2.5, 5_000_077])
      expect(() => buildMaglev([], { tableSize })).toThrow(RangeError);
  });

  it("case 19: shares 65537 slots 1 to 2", () => {
    const members = ports(90, 91).map((member, i) => ({ ...member, weight: i + 1 }));
    expect(countsOf(ownersOf(buildMaglev(members)), 2)).toEqual([21_846, 43_691]);
  });

  it("case 20: gives one member everything, and nobody anything without a weight", () => {
    expect(new Set(buildMaglev(ports(90)).owners)).toEqual(new Set([0]));
    expect(buildMaglev([{ key: "a", weight: 0 }]).owners).toHaveLength(0);
    expect(lookupTable(buildMaglev([]), hashFromBigInt(1n))).toBe(-1);
  });

  it("case 55: no two members of the same weight differ by more than a slot", () => {
    for (const count of [1, 3, 10, 100, 1_000]) {
      const members = Array.from({ length: count }, (_, i) => ({ key: `10.${i >> 8}.0.${i & 255}:80` }));
      const counts = countsOf(ownersOf(buildMaglev(members)), count);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it("answers as Envoy's loop over bigints, for any keys and weights", () => {
    const key = fc.oneof(
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 4 }),
    );
    const members = fc.uniqueArray(fc.record({ key, weight: fc.integer({ min: 1, max: 20 }) }), {
      selector: (member) => Buffer.from(member.key).toString("hex"),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(members, fc.constantFrom(2, 3, 7, 13, 101, 251), (each, tableSize) => {
        const sum = each.reduce((all, { weight }) => all + weight, 0);
        const table = buildMaglev(each, { tableSize });
        const want = slowMaglev(
          each.map(({ key: text, weight }) => ({ key: text, share: weight / sum })),
          tableSize,
        );
        expect(ownersOf(table).map((owner) => table.keys[owner])).toEqual(want);
      }),
    );
  });
});

describe("the picker of maglev", () => {
  it("answers as lookupTable for any hash and attempt", () => {
    const members = Array.from({ length: 9 }, (_, i) => ({ key: `10.0.0.${i}:80` }));
    for (const tableSize of [7, 251, 65_537, 655_373]) {
      const table = buildMaglev(members, { tableSize });
      const rig = createRig(maglev({ tableSize }));
      const picker = rig.build(rig.leaf({ endpoints: members.map(({ key }) => ({ address: key })) }));
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: MAX }), fc.nat(9), (hash, attempt) => {
          const mixed = attempt === 0 ? hash : hash ^ BigInt.asUintN(64, -BigInt(attempt));
          const wanted = table.owners[Number(mixed % BigInt(tableSize))];
          expect(lookupTable(table, hashFromBigInt(hash), attempt)).toBe(wanted);
          expect(picker.pick(select(hash, attempt))).toBe(wanted);
        }),
      );
    }
  });
});

describe("compareKeys", () => {
  it("orders as UTF-8 bytes do", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareKeys("\u{10000}", "\uffff")).toBeGreaterThan(0);
    expect(compareKeys("127.0.0.1:80", "127.0.0.1:8080")).toBeLessThan(0);
  });
});

describe("remainder64", () => {
  it("is the remainder of bigints", () => {
    const divisor = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.constantFrom(2 ** 26, 2 ** 26 + 1, 2 ** 26 - 5, 2 ** 32, 65_537, 2 ** 31),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX }), divisor, (value, by) => {
        const { hi, lo } = hashFromBigInt(value);
        expect(remainder64(hi, lo, by)).toBe(Number(value % BigInt(by)));
        expect(remainder65537(hi, lo)).toBe(Number(value % 65_537n));
      }),
      { numRuns: 20_000 },
    );
  });
});
