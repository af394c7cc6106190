import { hashFromBigInt, jump, jumpHash, rendezvous } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, select } from "../test/policy-rig.js";

const hashes = (count: number, seed = 9): { hi: number; lo: number }[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({ hi: (random() * 2 ** 32) | 0, lo: (random() * 2 ** 32) | 0 }));
};

/** Modulo 2³², by Newton's iteration; `value` is odd. */
function inverse32(value: bigint): bigint {
  let inverse = value;
  for (let i = 0; i < 5; i++) inverse = BigInt.asUintN(32, inverse * (2n - value * inverse));
  return inverse;
}

describe("jumpHash", () => {
  it("case 53: gives the known buckets", () => {
    const golden = [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83];
    expect(golden.map((_, key) => jumpHash({ hi: 0, lo: key }, 100))).toEqual(golden);
    const pairs = [
      [10863919174838991n, 11, 6],
      [2016238256797177309n, 11, 3],
      [1673758223894951030n, 11, 5],
      [2n, 100_001, 80_343],
      [2201n, 100_001, 22_152],
      [2202n, 100_001, 15_018],
    ] as const;
    for (const [key, count, bucket] of pairs) expect(jumpHash(hashFromBigInt(key), count)).toBe(bucket);
  });

  it("is the paper's loop over bigints", () => {
    // With this lower word the generator's first step carries into the upper one.
    const carrying = BigInt.asUintN(32, -inverse32(0x87b0b0fdn));
    expect(BigInt.asUintN(32, carrying * 0x87b0b0fdn + 1n)).toBe(0n);
    const key64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const keys = fc.oneof(
      key64,
      key64.map((each) => ((each >> 32n) << 32n) | carrying),
    );
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 100_000 }), (key, count) => {
        let state = key;
        let [bucket, next] = [-1, 0];
        while (next < count) {
          bucket = next;
          state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
          next = Math.floor((bucket + 1) * (2 ** 31 / Number((state >> 33n) + 1n)));
        }
        expect(jumpHash(hashFromBigInt(key), count)).toBe(bucket);
      }),
    );
  });

  it("case 53: moves keys only to the bucket that came", () => {
    const keys = hashes(200_000);
    const moved = keys.filter((key) => jumpHash(key, 20) !== jumpHash(key, 21));
    expect(moved.every((key) => jumpHash(key, 21) === 20)).toBe(true);
    expect(Math.abs((moved.length / keys.length) * 21 - 1)).toBeLessThan(0.05);
  });

  it("refuses a number of buckets out of range", () => {
    for (const count of [0, -1, 1.5, 2 ** 31, Number.NaN])
      expect(() => jumpHash({ hi: 0, lo: 0 }, count)).toThrow(RangeError);
  });

  it("is what jump picks by, a retry by another hash", () => {
    const rig = createRig(jump());
    const picker = rig.build(rig.leaf({ weights: new Array<number>(100).fill(1) }));
    expect([0, 1, 2, 3].map((word) => picker.pick(select(word)))).toEqual([0, 55, 62, 8]);
    expect(picker.pick(select(5, 2))).toBe(jumpHash(hashFromBigInt(5n ^ (2n ** 64n - 2n)), 100));
    expect(picker.explain?.(select(1))).toEqual({ bucket: 55, bucketCount: 100, endpoint: "10.0.0.55:80" });
  });
});

describe("rendezvous", () => {
  const addresses = (count: number): { address: string }[] =>
    Array.from({ length: count }, (_, i) => ({ address: `10.0.0.${i}:80` }));

  it("case 54: moves no key but those of an endpoint that left, and to one that came", () => {
    const rig = createRig(rendezvous());
    const all = addresses(20);
    const whole = rig.build(rig.leaf({ endpoints: all }));
    const without = all.filter((_, i) => i !== 7);
    const fewer = rig.build(rig.leaf({ endpoints: [...without].reverse() }));
    for (const hash of hashes(20_000)) {
      const before = all[whole.pick(select(hash))]?.address;
      const after = [...without].reverse()[fewer.pick(select(hash))]?.address;
      if (before !== "10.0.0.7:80") expect(after).toBe(before);
    }
  });

  it("spreads keys evenly, and by weight", () => {
    const chiSquare = (weights: readonly number[]): number => {
      const rig = createRig(rendezvous());
      const picker = rig.build(rig.leaf({ weights }));
      const picks = hashes(200_000).map((hash) => picker.pick(select(hash)));
      const sum = weights.reduce((a, b) => a + b);
      return countsOf(picks, weights.length).reduce((all, seen, i) => {
        const expected = ((weights[i] ?? 0) / sum) * picks.length;
        return all + (seen - expected) ** 2 / expected;
      }, 0);
    };
    // Passed with probability 0.001 at 19 and at 4 degrees of freedom.
    expect(chiSquare(new Array<number>(20).fill(1))).toBeLessThan(43.8);
    expect(chiSquare([1, 2, 3, 4, 10])).toBeLessThan(18.5);
  });

  it("also for keys in sequence, whose hashes differ in few bits", () => {
    const rig = createRig(rendezvous());
    const picker = rig.build(rig.leaf({ weights: new Array<number>(20).fill(1) }));
    for (const shift of [0, 16, 32, 48]) {
      const picks = Array.from({ length: 100_000 }, (_, i) => picker.pick(select(BigInt(i) << BigInt(shift))));
      for (const count of countsOf(picks, 20)) expect(Math.abs(count / 5_000 - 1)).toBeLessThan(0.1);
    }
  });

  it("takes the next highest for each retry, all in turn, the same whatever the order of the endpoints", () => {
    const all = addresses(6);
    const rig = createRig(rendezvous());
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.shuffledSubarray(all, { minLength: 6 }),
        (hash, shuffled) => {
          const ranking = (list: readonly { address: string }[]): (string | undefined)[] => {
            const picker = rig.build(rig.leaf({ endpoints: list }));
            return [0, 1, 2, 3, 4, 5, 6].map((attempt) => list[picker.pick(select(hash, attempt))]?.address);
          };
          const ranks = ranking(all);
          expect(new Set(ranks).size).toBe(6);
          expect(ranks[6]).toBe(ranks[0]);
          expect(ranking(shuffled)).toEqual(ranks);
        },
      ),
    );
  });

  it("ranks endpoints with one key in their order", () => {
    const rig = createRig(rendezvous());
    const same = ["a", "b", "c"].map((address) => ({ address, hashKey: "k" }));
    const picker = rig.build(rig.leaf({ endpoints: same }));
    for (const hash of hashes(20)) {
      expect([0, 1, 2, 3].map((attempt) => picker.pick(select(hash, attempt)))).toEqual([0, 1, 2, 0]);
    }
  });

  it("folds localities, leaves out those of weight 0, and explains who is next", () => {
    const rig = createRig(rendezvous({ locality: "folded" }));
    const leaf = (weights: readonly number[]) =>
      rig.build(rig.leaf({ weights: [1, 1, 1], localities: { indices: [0, 1, 1], weights } }));
    expect(leaf([0, 0]).pick(select(3))).toBe(-1);
    expect(new Set(hashes(500).map((hash) => leaf([0, 1]).pick(select(hash))))).toEqual(new Set([1, 2]));
    const picks = countsOf(
      hashes(40_000).map((hash) => leaf([1, 1]).pick(select(hash))),
      3,
    );
    expect(Math.abs((picks[0] ?? 0) / 40_000 - 0.5)).toBeLessThan(0.01);
    const { endpoint, nextEndpoint } = leaf([1, 1]).explain?.(select(3)) ?? {};
    expect(endpoint).not.toBe(nextEndpoint);
  });

  it("case 30: 1/N is 1", () => {
    const rig = createRig(rendezvous());
    for (const count of [2, 3, 7, 50]) {
      const ones = rig.build(rig.leaf({ weights: new Array<number>(count).fill(1) }));
      const parts = rig.build(rig.leaf({ weights: new Array<number>(count).fill(1 / count) }));
      for (const hash of hashes(300)) expect(parts.pick(select(hash))).toBe(ones.pick(select(hash)));
    }
  });
});
