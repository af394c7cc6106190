import { deterministicAperture } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, select } from "../test/policy-rig.js";

interface Explained {
  readonly widthRatio: number;
  readonly endpoints: readonly { readonly address: string; readonly overlapRatio: number }[];
}

function explainArc(peerIndex: number, peerCount: number, weights: readonly number[], minSize?: number): Explained {
  const rig = createRig(deterministicAperture({ peerIndex, peerCount, ...(minSize && { minSize }) }));
  return rig.build(rig.leaf({ weights })).explain?.(select()) as Explained & Readonly<Record<string, unknown>>;
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);

describe("deterministicAperture", () => {
  it("case 57: has the widths of Finagle", () => {
    expect(explainArc(0, 10, ones(30)).widthRatio).toBe(0.4);
    expect(explainArc(0, 7, ones(30)).widthRatio).toBe(3 / 7);
    expect(explainArc(0, 10, ones(5)).widthRatio).toBe(1);
    expect(explainArc(2, 3, ones(1)).widthRatio).toBe(1);
  });

  it("case 57: all peers together give each endpoint its weight's share", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 15 }),
        (each, peerCount, minSize) => {
          const totals = new Map<string, number>();
          let width = 0;
          for (let peerIndex = 0; peerIndex < peerCount; peerIndex++) {
            const arc = explainArc(peerIndex, peerCount, each, minSize);
            width += arc.widthRatio;
            for (const { address, overlapRatio } of arc.endpoints) {
              totals.set(address, (totals.get(address) ?? 0) + overlapRatio);
            }
          }
          const sum = each.reduce((a, b) => a + b);
          for (const [i, weight] of each.entries()) {
            expect(Math.abs((totals.get(`10.0.0.${i}:80`) ?? 0) - (width * weight) / sum)).toBeLessThan(1e-9);
          }
        },
      ),
    );
  });

  it("picks inside the arc in proportion, and the lighter of two", () => {
    const rig = createRig(deterministicAperture({ peerIndex: 1, peerCount: 4, minSize: 2 }));
    const endpoints = [3, 1, 0, 2].map((i) => ({ address: `10.0.0.${i}:80` }));
    const picker = rig.build(rig.leaf({ endpoints }));
    // From a quarter on, half a ring: the endpoints 1 and 2 in the order of addresses, at the places 1 and 3.
    const picks = (count: number): number[] => Array.from({ length: count }, () => picker.pick(select()));
    const counts = countsOf(picks(20_000), 4);
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    expect(Math.abs((counts[1] ?? 0) / 20_000 - 0.5)).toBeLessThan(0.02);
    rig.active[1] = 1;
    rig.active[3] = 0;
    expect(new Set(picks(100))).toEqual(new Set([3]));
  });

  it("weighs requests in flight by overlap", () => {
    const rig = createRig(deterministicAperture({ peerIndex: 0, peerCount: 1 }));
    const picker = rig.build(rig.leaf({ weights: [1, 3] }));
    const picks = (): Set<number> => new Set(Array.from({ length: 50 }, () => picker.pick(select())));
    rig.active.push(1, 2);
    expect(picks()).toEqual(new Set([1]));
    rig.active[1] = 4;
    expect(picks()).toEqual(new Set([0]));
    rig.active[1] = 3;
    expect(picks()).toEqual(new Set([0, 1]));
  });

  it("draws different endpoints", () => {
    const rig = createRig(deterministicAperture({ peerIndex: 0, peerCount: 1 }));
    const picker = rig.build(rig.leaf({ weights: [5, 1, 1] }));
    rig.active.push(1_000, 0, 0);
    expect(
      countsOf(
        Array.from({ length: 2_000 }, () => picker.pick(select())),
        3,
      )[0],
    ).toBe(0);
  });

  it("draws the second endpoint in proportion to what is left", () => {
    const rig = createRig(deterministicAperture({ peerIndex: 0, peerCount: 1 }));
    const shareOf = (lightest: number, weights = [1, 2, 1]): number => {
      const picker = rig.build(rig.leaf({ weights }));
      rig.active.splice(0, 3, ...weights.map((weight) => 100 * weight));
      rig.active[lightest] = 0;
      const picks = Array.from({ length: 40_000 }, () => picker.pick(select()));
      return (countsOf(picks, 3)[lightest] ?? 0) / picks.length;
    };
    // Drawn first, or second after one of the others.
    expect(Math.abs(shareOf(2) - (1 / 4 + (1 / 4) * (1 / 3) + (1 / 2) * (1 / 2)))).toBeLessThan(0.01);
    expect(Math.abs(shareOf(0) - (1 / 4 + (1 / 4) * (1 / 3) + (1 / 2) * (1 / 2)))).toBeLessThan(0.01);
    expect(Math.abs(shareOf(1) - (1 / 2 + 2 * (1 / 4) * (2 / 3)))).toBeLessThan(0.01);
    expect(Math.abs(shareOf(2, [2, 1, 1]) - (1 / 4 + (1 / 2) * (1 / 2) + (1 / 4) * (1 / 3)))).toBeLessThan(0.01);
  });

  it("refuses options out of range", () => {
    expect(() => deterministicAperture({ peerIndex: 3, peerCount: 3 })).toThrow("peerIndex must be from 0 to 2");
    expect(() => deterministicAperture({ peerIndex: 0, peerCount: 0 })).toThrow(RangeError);
    expect(() => deterministicAperture({ peerIndex: 0, peerCount: 1, minSize: 0 })).toThrow(RangeError);
  });
});
