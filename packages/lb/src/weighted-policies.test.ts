import { random, roundRobin, smoothWeightedRoundRobin, staticStride } from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, picksOf, select } from "../test/policy-rig.js";
import { createAliasTable } from "./internal/alias-table.js";
import { canonicalWeights } from "./internal/canonical-weights.js";

describe("random", () => {
  it("takes the pick's word modulo the number of endpoints", () => {
    const rig = createRig(random());
    const picker = rig.build(rig.leaf({ weights: [5, 1, 1] }));
    expect([0, 1, 2, 3, 2n ** 64n - 1n].map((word) => picker.pick(select(word)))).toEqual([0, 1, 2, 0, 0]);
  });

  it("case 35: draws by weight where that is asked for", () => {
    const weights = [1, 2, 3, 4, 10, 0.5, 0.25, 79.25];
    const source = seededRandom(5);
    const rig = createRig(random({ weighted: true }), { random: seededRandom(6) });
    const picker = rig.build(rig.leaf({ weights }));
    const count = 1_000_000;
    const counts = new Array<number>(weights.length).fill(0);
    for (let i = 0; i < count; i++) {
      const word = { hi: Math.floor(source() * 2 ** 32), lo: Math.floor(source() * 2 ** 32) };
      const index = picker.pick(select(word));
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, seen, i) => {
      const expected = ((weights[i] ?? 0) / 100) * count;
      return sum + (seen - expected) ** 2 / expected;
    }, 0);
    // 24.32 is passed with probability 0.001 at 7 degrees of freedom.
    expect(chiSquare).toBeLessThan(24.32);
  });

  it("fills each column of the alias table, and gives each endpoint its share", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(weights, (each) => {
        const { aliases, thresholds } = createAliasTable(Float64Array.from(each));
        const shares = each.map(() => 0);
        for (const [column, threshold] of thresholds.entries()) {
          shares[column] = (shares[column] ?? 0) + threshold / 2 ** 31;
          const alias = aliases[column] ?? 0;
          shares[alias] = (shares[alias] ?? 0) + 1 - threshold / 2 ** 31;
        }
        const sum = each.reduce((a, b) => a + b);
        for (const [i, share] of shares.entries()) {
          expect(share / each.length).toBeCloseTo((each[i] ?? 0) / sum, 7);
        }
      }),
    );
  });
});

describe("smoothWeightedRoundRobin", () => {
  it("case 38: gives the sequences of nginx", () => {
    expect(picksOf(smoothWeightedRoundRobin(), [5, 1, 1], 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
    expect(picksOf(smoothWeightedRoundRobin(), [4, 3, 2], 9)).toEqual([0, 1, 2, 0, 1, 0, 2, 1, 0]);
  });

  it("case 29: is never a whole pick off", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(weights, (each) => {
        const sum = each.reduce((a, b) => a + b);
        const counts = each.map(() => 0);
        for (const [i, index] of picksOf(smoothWeightedRoundRobin(), each, 2 * sum).entries()) {
          counts[index] = (counts[index] ?? 0) + 1;
          for (const [j, weight] of each.entries()) {
            expect(Math.abs((counts[j] ?? 0) - ((i + 1) * weight) / sum)).toBeLessThan(1);
          }
        }
      }),
    );
  });

  it("goes on where it was after an update, also when an endpoint left", () => {
    const rig = createRig(smoothWeightedRoundRobin());
    const first = rig.build(rig.leaf({ weights: [5, 1, 1] }));
    expect([1, 2, 3].map(() => first.pick(select()))).toEqual([0, 0, 1]);
    const same = rig.build(rig.leaf({ weights: [5, 1, 1] }), first);
    expect([1, 2, 3, 4].map(() => same.pick(select()))).toEqual([0, 2, 0, 0]);
    const fewer = rig.build(rig.leaf({ weights: [5, 1], slots: [0, 2] }), first);
    expect(
      countsOf(
        Array.from({ length: 60 }, () => fewer.pick(select())),
        2,
      ),
    ).toEqual([50, 10]);
  });
});

describe("staticStride", () => {
  it("case 37: gives gRPC's sequence for 1, 2, 3, and the share of 65535 in 131070", () => {
    expect(picksOf(staticStride(), [1, 2, 3], 12)).toEqual([1, 2, 2, 0, 1, 2, 1, 2, 2, 0, 1, 2]);
    expect(countsOf(picksOf(staticStride(), [1, 2, 3], 131_070), 3)).toEqual([21_845, 43_690, 65_535]);
    expect(picksOf(staticStride(), [300, 300, 300], 6)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it("answers as the formula does for any sequence number, also past 2³²", () => {
    const formula = (strides: readonly number[], from: number, count: number): number[] => {
      const picks: number[] = [];
      for (let sequence = from; picks.length < count; sequence = (sequence + 1) % 2 ** 32) {
        const index = sequence % strides.length;
        const generation = Math.floor(sequence / strides.length);
        const stride = strides[index] ?? 0;
        const phase = Number((BigInt(stride) * BigInt(generation) + BigInt(index * 32_767)) % 65_535n);
        if (phase >= 65_535 - stride) picks.push(index);
      }
      return picks;
    };
    // 65535 / 5 · w is whole, so the strides are known.
    const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 9 });
    const seed = fc.oneof(fc.nat(1_000_000), fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(weights, seed, (each, from) => {
        const all = [...each, 5];
        const strides = all.map((weight) => weight * 13_107);
        expect(picksOf(staticStride(), all, 300, { seed: from })).toEqual(formula(strides, from, 300));
      }),
    );
  });

  it("caps weights at ten times the mean and a hundredth of it", () => {
    const weights = [...new Array<number>(99).fill(1), 100_000, 0.000_001];
    const counts = countsOf(picksOf(staticStride(), weights, 200_000), weights.length);
    const heavy = (counts[99] ?? 0) / (counts[0] ?? 1);
    const light = (counts[99] ?? 0) / (counts[100] ?? 1);
    expect(heavy).toBeGreaterThan(900);
    expect(heavy).toBeLessThan(1_100);
    expect(Math.abs(light / heavy - 1)).toBeLessThan(0.05);
  });

  it("goes on where it was after an update", () => {
    const rig = createRig(staticStride(), { seed: 11 });
    const whole = picksOf(staticStride(), [1, 2, 3], 60, { seed: 11 });
    const first = rig.build(rig.leaf({ weights: [1, 2, 3] }));
    const head = Array.from({ length: 25 }, () => first.pick(select()));
    const second = rig.build(rig.leaf({ weights: [1, 2, 3] }), first);
    expect([...head, ...Array.from({ length: 35 }, () => second.pick(select()))]).toEqual(whole);
  });
});

describe("weights", () => {
  it("are brought to whole numbers of the same proportions, if there are small ones", () => {
    const canonical = (...weights: readonly number[]): number[] => [...canonicalWeights(weights)];
    expect(canonical(0.4, 0.6)).toEqual([2, 3]);
    expect(canonical(0.1, 0.2, 0.3)).toEqual([1, 2, 3]);
    expect(canonical(1 / 7, 1 / 7)).toEqual([1, 1]);
    expect(canonical(63 / 64, 64 / 64)).toEqual([63, 64]);
    expect(canonical(4, 6)).toEqual([4, 6]);
    expect(canonical(0.5, Math.PI)).toEqual([0.5, Math.PI]);
    expect(canonical()).toEqual([]);
  });

  it("that are proportional to small whole numbers are these numbers", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 2, max: 97 }), (each, parts) => {
        const whole = [1, ...each];
        const shares = whole.map((weight) => weight / parts);
        expect(picksOf(roundRobin(), shares, 200, { seed: 3 })).toEqual(picksOf(roundRobin(), whole, 200, { seed: 3 }));
        expect(picksOf(staticStride(), shares, 200)).toEqual(picksOf(staticStride(), whole, 200));
      }),
    );
  });
});
