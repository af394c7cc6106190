import { buildRing, type HashMember, type HashTable, hashFromBigInt, hashToBigInt, lookupTable } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, select } from "../test/policy-rig.js";
import { murmur2, xxh64 } from "./hash-functions.js";
import { ringHash } from "./hash-policies.js";
import { hashRingKeys } from "./internal/hash-ring-keys.js";
import { sortRing } from "./internal/sort-ring.js";

const MAX = 2n ** 64n - 1n;
const ports = (from: number, to: number): HashMember[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ key: `127.0.0.1:${from + i}` }));

/** Position → key. */
function entriesOf(ring: HashTable): [bigint, string][] {
  return [...ring.owners].map((owner, i) => [
    hashToBigInt({ hi: ring.hi?.[i] ?? 0, lo: ring.lo?.[i] ?? 0 }),
    ring.keys[owner] ?? "",
  ]);
}

const ownerOf = (table: HashTable, hash: bigint, attempt = 0): string =>
  table.keys[lookupTable(table, hashFromBigInt(hash), attempt)] ?? "";

/** How many of `count` hashes that divide the space evenly each member owns. */
function probes(ring: HashTable, count: number): number[] {
  const step = MAX / BigInt(count);
  const owners = Array.from({ length: count }, (_, i) => lookupTable(ring, hashFromBigInt(BigInt(i) * step)));
  return countsOf(owners, ring.keys.length);
}

describe("buildRing", () => {
  const twelve = buildRing(ports(90, 95), { minSize: 12 });
  const positions = [
    [833437586790550860n, 94],
    [928266305478181108n, 92],
    [1033482794131418490n, 90],
    [3551244743356806947n, 95],
    [3851675632748031481n, 93],
    [5583722120771150861n, 91],
    [6311230543546372928n, 91],
    [7700377290971790572n, 93],
    [13144177310400110813n, 95],
    [13444792449719432967n, 92],
    [15516499411664133160n, 94],
    [16117243373044804889n, 90],
  ] as const;

  it("case 4: gives Envoy's ring of 12 and its picks", () => {
    expect(entriesOf(twelve)).toEqual(positions.map(([position, port]) => [position, `127.0.0.1:${port}`]));
    const picks = [0n, MAX, 3551244743356806947n, 3551244743356806948n].map((hash) => ownerOf(twelve, hash));
    expect(picks).toEqual([94, 94, 95, 93].map((port) => `127.0.0.1:${port}`));
  });

  it("case 5: moves on an entry a retry", () => {
    const picks = [0, 1, 2, 13].map((attempt) => ownerOf(twelve, 0n, attempt));
    expect(picks).toEqual([94, 92, 90, 92].map((port) => `127.0.0.1:${port}`));
  });

  it("case 6: rounds up to whole numbers of entries, and follows a change of members", () => {
    expect(entriesOf(buildRing(ports(80, 81), { minSize: 3 }))).toEqual([
      [5454692015285649509n, "127.0.0.1:80"],
      [7859399908942313493n, "127.0.0.1:81"],
      [13838424394637650569n, "127.0.0.1:80"],
      [16064866803292627174n, "127.0.0.1:81"],
    ]);
    expect(ownerOf(buildRing(ports(80, 81), { minSize: 3 }), 0n)).toBe("127.0.0.1:80");
    expect(ownerOf(buildRing(ports(81, 82), { minSize: 3 }), 0n)).toBe("127.0.0.1:81");
  });

  it("case 7: follows weights", () => {
    const weighted = ports(90, 92).map((member, i) => ({ ...member, weight: i + 1 }));
    expect(entriesOf(buildRing(weighted, { minSize: 6, maxSize: 6 }))).toEqual([
      [928266305478181108n, "127.0.0.1:92"],
      [4443673547860492590n, "127.0.0.1:92"],
      [5583722120771150861n, "127.0.0.1:91"],
      [6311230543546372928n, "127.0.0.1:91"],
      [13444792449719432967n, "127.0.0.1:92"],
      [16117243373044804889n, "127.0.0.1:90"],
    ]);
    expect(probes(buildRing(weighted, { minSize: 6144 }), 6000)).toEqual([987, 1932, 3081]);
  });

  it("case 8: gives the first member the odd entry of a fixed size", () => {
    const ring = buildRing(ports(90, 91), { minSize: 1023, maxSize: 1023 });
    expect(countsOf([...ring.owners], 2)).toEqual([512, 511]);
    expect(probes(ring, 1023)).toEqual([526, 497]);
  });

  it("case 10: refuses sizes out of range", () => {
    expect(() => buildRing([], { minSize: 20, maxSize: 10 })).toThrow(
      "minSize (20) must not be greater than maxSize (10)",
    );
    for (const minSize of [0, -1, 1.5, Number.NaN, 8_388_609])
      expect(() => buildRing([], { minSize })).toThrow(RangeError);
    expect(() => buildRing([], { maxSize: 0 })).toThrow(RangeError);
    expect(() => buildRing([], { vnodesPerEndpoint: 0 })).toThrow(RangeError);
    expect(() => buildRing([], { hash: "md5" as "xxh64" })).toThrow(TypeError);
  });

  it("case 11: leaves members without entries where the ring is too small", () => {
    const counts = probes(buildRing(ports(80, 83), { minSize: 2, maxSize: 2 }), 1024);
    expect(counts.filter((count) => count > 0)).toHaveLength(2);
    expect(counts.reduce((a, b) => a + b)).toBe(1024);
  });

  it("case 12: gives Envoy's ring over host names", () => {
    const ring = buildRing(
      [90, 91, 92, 93, 94, 95].map((name) => ({ key: String(name) })),
      { minSize: 12 },
    );
    expect(entriesOf(ring).map(([, key]) => Number(key))).toEqual([95, 95, 93, 94, 93, 92, 90, 92, 91, 90, 91, 94]);
    expect(entriesOf(ring)[0]?.[0]).toBe(1975508444536362413n);
    expect(entriesOf(ring)[11]?.[0]).toBe(15364271037087512980n);
  });

  it("hashes keys with MurmurHash2 where that is asked for", () => {
    const ring = buildRing(ports(90, 90), { minSize: 3, hash: "murmur2" });
    const hashes = [0, 1, 2].map((i) => hashToBigInt(murmur2(`127.0.0.1:90_${i}`)));
    expect(entriesOf(ring).map(([position]) => position)).toEqual(hashes.sort((a, b) => (a < b ? -1 : 1)));
  });

  it("numbers the entries of a key in decimal, however long the key", () => {
    for (const key of ["k", "ä", "x".repeat(70_000), "y".repeat(65_510), "€".repeat(21_840)]) {
      for (const hash of ["xxh64", "murmur2"] as const) {
        const { hi, lo } = hashRingKeys([key], Int32Array.of(0), Int32Array.of(1_003), hash);
        for (const i of [0, 9, 10, 99, 100, 999, 1_000, 1_002]) {
          const want = (hash === "xxh64" ? xxh64 : murmur2)(`${key}_${i}`);
          expect([(hi[i] ?? 0) | 0, (lo[i] ?? 0) | 0]).toEqual([want.hi, want.lo]);
        }
      }
    }
  });

  it("is empty without a member of any weight, and refuses what is no weight", () => {
    expect(buildRing([]).owners).toHaveLength(0);
    expect(buildRing([{ key: "a", weight: 0 }]).owners).toHaveLength(0);
    expect(lookupTable(buildRing([]), { hi: 0, lo: 0 })).toBe(-1);
    expect(countsOf([...buildRing([{ key: "a", weight: 0 }, { key: "b" }]).owners], 2)[0]).toBe(0);
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => buildRing([{ key: "a", weight }])).toThrow(RangeError);
    }
    expect(() => buildRing([{ key: "" }])).toThrow(TypeError);
    expect(() => buildRing([{ key: "a", weight: 2 ** 32 }])).toThrow("weight_overflow");
  });

  it("with constant numbers gives each member its own, whoever else is there", () => {
    const ring = buildRing([{ key: "a" }, { key: "b", weight: 2 }, { key: "c", weight: 1 }], {
      vnodesPerEndpoint: 100,
    });
    expect(countsOf([...ring.owners], 3)).toEqual([100, 200, 100]);
    const capped = buildRing([{ key: "a" }, { key: "b", weight: 3 }], {
      vnodesPerEndpoint: 100,
      minSize: 1,
      maxSize: 40,
    });
    expect(countsOf([...capped.owners], 2)).toEqual([10, 30]);
    expect(countsOf([...buildRing([{ key: "a", weight: 1 / 3 }], { vnodesPerEndpoint: 7 }).owners], 1)).toEqual([7]);
  });

  it("only proportions of weights matter", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 2, max: 97 }), (each, parts) => {
        const all = [1, ...each];
        const whole = buildRing(
          all.map((weight, i) => ({ key: `k${i}`, weight })),
          { minSize: 200 },
        );
        const shares = buildRing(
          all.map((weight, i) => ({ key: `k${i}`, weight: weight / parts })),
          { minSize: 200 },
        );
        expect(shares).toEqual(whole);
      }),
    );
  });
});

describe("sortRing", () => {
  it("sorts as a comparison does, equal positions in their order", () => {
    const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), (pairs) => {
        const entries = {
          hi: Uint32Array.from(pairs, ([hi]) => hi),
          lo: Uint32Array.from(pairs, ([, lo]) => lo),
          owners: Uint32Array.from(pairs, (_, i) => i),
        };
        const want = pairs
          .map(([hi, lo], i) => [hi, lo, i] as const)
          .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
        const { hi, lo, owners } = sortRing(entries);
        expect([...owners].map((owner, i) => [hi[i], lo[i], owner])).toEqual(want);
      }),
    );
  });
});

describe("the picker of ringHash", () => {
  it("answers as lookupTable for any hash and attempt", () => {
    const size = fc.integer({ min: 1, max: 40 });
    const hash = fc.oneof(fc.bigInt({ min: 0n, max: MAX }), fc.constantFrom(0n, 1n, MAX));
    fc.assert(
      fc.property(
        size,
        fc.integer({ min: 1, max: 300 }),
        fc.array(hash),
        fc.nat(500),
        (count, minSize, hashes, attempt) => {
          const members = Array.from({ length: count }, (_, i) => ({ key: `10.0.0.${i}:80` }));
          const ring = buildRing(members, { minSize });
          const rig = createRig(ringHash({ minSize }));
          const picker = rig.build(rig.leaf({ endpoints: members.map(({ key }) => ({ address: key })) }));
          const exact = entriesOf(ring).flatMap(([position]) => [position, position + 1n]);
          for (const each of [
            ...hashes,
            ...exact.slice(0, 20),
            (ring.hi?.length ?? 0) > 0 ? (exact.at(-1) ?? 0n) : 0n,
          ]) {
            const wanted = lookupTable(ring, hashFromBigInt(each), attempt);
            expect(picker.pick(select(each, attempt))).toBe(wanted);
          }
        },
      ),
    );
  });
});
