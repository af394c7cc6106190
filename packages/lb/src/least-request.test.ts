import { leastRequest, type Picker } from "@netmason/lb";
import { fixedDraws, seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, picksOf, type Rig, select } from "../test/policy-rig.js";

function picks(picker: Picker, count: number): number[] {
  return Array.from({ length: count }, () => picker.pick(select()));
}

/** Every pick stays in flight. */
function place(rig: Rig, picker: Picker, count: number): void {
  for (let i = 0; i < count; i++) {
    const index = picker.pick(select());
    rig.active[index] = (rig.active[index] ?? 0) + 1;
  }
}

describe("leastRequest with unequal weights", () => {
  it("case 31: follows the requests in flight as Envoy", () => {
    const rig = createRig(leastRequest());
    const picker = rig.build(rig.leaf({ weights: [1, 2] }));
    expect(picks(picker, 6)).toEqual([1, 0, 1, 1, 0, 1]);
    rig.active[1] = 1;
    expect(picks(picker, 5)).toEqual([1, 0, 1, 0, 1]);
    rig.active[0] = 1;
    rig.active[1] = 0;
    expect(picks(picker, 10)).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 1, 0]);
  });

  it("is round robin with a bias of 0, and a power with others", () => {
    const rig = createRig(leastRequest({ activeRequestBias: 0 }));
    rig.active.push(9, 0);
    expect(picks(rig.build(rig.leaf({ weights: [1, 2] })), 6)).toEqual([1, 0, 1, 1, 0, 1]);
    const squared = createRig(leastRequest({ activeRequestBias: 2 }));
    squared.active.push(1, 0);
    expect(countsOf(picks(squared.build(squared.leaf({ weights: [4, 1] })), 100), 2)).toEqual([50, 50]);
  });

  it("schedules equal weights too when the bias is given", () => {
    const rig = createRig(leastRequest({ activeRequestBias: 1 }), { random: fixedDraws([]) });
    rig.active.push(1, 0);
    expect(countsOf(picks(rig.build(rig.leaf({ weights: [1, 1] })), 99), 2)).toEqual([33, 66]);
  });

  it("compares (active + 1) / weight where choices are distinct", () => {
    const rig = createRig(leastRequest({ sampling: "distinct" }));
    rig.active.push(3, 0);
    const picker = rig.build(rig.leaf({ weights: [4, 1] }));
    expect(new Set(picks(picker, 50))).toEqual(new Set([0, 1]));
    rig.active[0] = 2;
    expect(new Set(picks(picker, 50))).toEqual(new Set([0]));
    rig.active[0] = 4;
    expect(new Set(picks(picker, 50))).toEqual(new Set([1]));
  });
});

describe("leastRequest with equal weights", () => {
  it.each([
    [[1, 2], 0],
    [[2, 1], 1],
    [[1, 1], 0],
  ])("case 32: with %j in flight and draws 2, 3 picks %i", (active, picked) => {
    const rig = createRig(leastRequest(), { random: fixedDraws([2, 3]) });
    rig.active.push(...active);
    const picker = rig.build(rig.leaf({ weights: [1, 1] }));
    expect(picker.pick(select())).toBe(picked);
    expect(() => picker.pick(select())).toThrow("only 2 were given");
  });

  it("case 32: draws the same endpoint twice where both draws say so", () => {
    const rig = createRig(leastRequest({ choiceCount: 3 }), { random: fixedDraws([0, 2, 4]) });
    rig.active.push(5, 0);
    expect(rig.build(rig.leaf({ weights: [1, 1] })).pick(select())).toBe(0);
  });

  it("case 33: a full scan finds the least and draws among ties alike", () => {
    const rig = createRig(leastRequest({ sampling: "full_scan" }));
    rig.active.push(2, 1, 1, 5, 1);
    const count = 1_000_000;
    const counts = countsOf(picks(rig.build(rig.leaf({ weights: [1, 1, 1, 1, 1] })), count), 5);
    expect([counts[0], counts[3]]).toEqual([0, 0]);
    for (const index of [1, 2, 4]) expect(Math.abs((counts[index] ?? 0) / count - 1 / 3)).toBeLessThan(0.005);
  });

  it("case 34: two choices keep 1000 endpoints within 4 requests of the mean, one does not", () => {
    const spread = (choiceCount: number): number => {
      const rig = createRig(leastRequest({ choiceCount }));
      rig.active.push(...new Array<number>(1000).fill(0));
      place(rig, rig.build(rig.leaf({ weights: new Array<number>(1000).fill(1) })), 1_000_000);
      return Math.max(...rig.active) - 1000;
    };
    expect(spread(2)).toBeLessThanOrEqual(4);
    expect(spread(1)).toBeGreaterThanOrEqual(80);
  });

  it("case 36: distinct choices are distinct, and all of them where there are no more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 12 }), fc.nat(), (count, choices, seed) => {
        const policy = leastRequest({ sampling: "distinct", choiceCount: choices });
        const rig = createRig(policy, { random: seededRandom(seed) });
        // The busier an endpoint, the higher its index: with d distinct choices the last d-1 are never picked.
        rig.active.push(...Array.from({ length: count }, (_, i) => i));
        const seen = picks(rig.build(rig.leaf({ weights: new Array<number>(count).fill(1) })), 200);
        expect(Math.max(...seen)).toBeLessThanOrEqual(Math.max(0, count - choices));
      }),
    );
  });

  it("case 36: distinct choices are drawn alike", () => {
    const rig = createRig(leastRequest({ sampling: "distinct", choiceCount: 2 }));
    rig.active.push(0, 1, 2, 3);
    // Of 6 pairs 3 have 0 as their best, 2 have 1, 1 has 2.
    const counts = countsOf(picks(rig.build(rig.leaf({ weights: [1, 1, 1, 1] })), 60_000), 4);
    for (const [i, share] of [1 / 2, 1 / 3, 1 / 6, 0].entries()) {
      expect(Math.abs((counts[i] ?? 0) / 60_000 - share)).toBeLessThan(0.01);
    }
  });

  it("picks the one endpoint there is", () => {
    for (const sampling of ["with_replacement", "distinct", "full_scan"] as const) {
      expect(picksOf(leastRequest({ sampling }), [3], 3)).toEqual([0, 0, 0]);
    }
  });
});

describe("leastRequest", () => {
  it("refuses options out of range", () => {
    expect(() => leastRequest({ choiceCount: 0 })).toThrow("choiceCount must be from 1");
    expect(() => leastRequest({ choiceCount: 1.5 })).toThrow(RangeError);
    expect(() => leastRequest({ activeRequestBias: -1 })).toThrow("activeRequestBias");
    expect(() => leastRequest({ activeRequestBias: Number.NaN })).toThrow(RangeError);
    expect(() => leastRequest({ sampling: "best" as "distinct" })).toThrow(TypeError);
    expect(() => leastRequest({ slowStart: { windowMs: -1 } })).toThrow(RangeError);
  });
});
