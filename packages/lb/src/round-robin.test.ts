import { roundRobin } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, createRig, picksOf, select } from "../test/policy-rig.js";
import { EdfSchedule } from "./internal/edf-schedule.js";

/** `createWithPicks` and `pickAndAdd` of Envoy's `edf_scheduler.h`, with a list for a heap. */
function slowSchedule(weights: readonly number[], picks: number): () => number {
  const wanted = picks % 429_496_729;
  const augmented = weights.map((weight) => weight + 1e-13);
  const sum = augmented.reduce((all, weight) => all + weight, 0);
  let time = 0;
  let done = 0;
  const queue = augmented.map((weight, entry) => {
    let floor = Math.floor((weight * wanted) / sum);
    if (floor > 0 && floor / weight >= wanted / sum) floor--;
    time = Math.max(time, floor / weight);
    done += floor;
    return { deadline: (floor + 1) / weight, order: entry, entry };
  });
  let order = weights.length;
  const pick = (): number => {
    queue.sort((a, b) => a.deadline - b.deadline || a.order - b.order);
    const { deadline, entry } = queue.shift() ?? { deadline: time, entry: -1 };
    time = deadline;
    queue.push({ deadline: time + 1 / (weights[entry] ?? 1), order: order++, entry });
    return entry;
  };
  for (; done < wanted; done++) pick();
  return pick;
}

describe("roundRobin with equal weights", () => {
  it("begins at the seed and goes on in host order", () => {
    expect(picksOf(roundRobin(), [1, 1, 1], 5, { seed: 0 })).toEqual([0, 1, 2, 0, 1]);
    expect(picksOf(roundRobin(), [7, 7, 7], 4, { seed: 2n ** 64n - 1n })).toEqual([0, 0, 1, 2]);
    expect(picksOf(roundRobin(), [1, 1, 1], 4, { seed: 2n ** 32n - 1n })).toEqual([0, 1, 2, 0]);
    expect(picksOf(roundRobin(), [1], 2, { seed: 5 })).toEqual([0, 0]);
  });

  it("keeps its place in an update, modulo the new number", () => {
    const rig = createRig(roundRobin(), { seed: 7 });
    const first = rig.build(rig.leaf({ weights: [1, 1, 1] }));
    expect([first.pick(select()), first.pick(select())]).toEqual([1, 2]);
    const second = rig.build(rig.leaf({ weights: [1, 1, 1, 1] }), first);
    expect([second.pick(select()), second.pick(select())]).toEqual([9 % 4, 10 % 4]);
  });

  it("keeps all 64 bits of its place", () => {
    const seed = 2n ** 33n + 2n ** 32n - 1n;
    const rig = createRig(roundRobin(), { seed });
    let picker = rig.build(rig.leaf({ weights: [1, 1, 1, 1, 1] }));
    for (let i = 0n; i < 20n; i++) {
      const count = 3 + Number(i % 5n);
      picker = rig.build(rig.leaf({ weights: new Array<number>(count).fill(1) }), picker);
      expect(picker.pick(select())).toBe(Number((seed + i) % BigInt(count)));
    }
  });
});

describe("roundRobin with weights", () => {
  it("case 26: gives Envoy's sequences for weights 1, 2", () => {
    expect(picksOf(roundRobin(), [1, 2], 6, { seed: 0 })).toEqual([1, 0, 1, 1, 0, 1]);
    expect(picksOf(roundRobin(), [1, 2], 6, { seed: 1 })).toEqual([0, 1, 1, 0, 1, 1]);
  });

  it("case 27: reads a weight when the entry is added again", () => {
    const schedule = new EdfSchedule(Float64Array.of(1, 2), 0);
    const pick = (weights: readonly number[]): number => {
      const picked = schedule.top();
      schedule.weights[picked] = weights[picked] ?? 0;
      schedule.advance();
      return picked;
    };
    expect(Array.from({ length: 6 }, () => pick([1, 2]))).toEqual([1, 0, 1, 1, 0, 1]);
    expect(Array.from({ length: 8 }, () => pick([2, 1]))).toEqual([1, 0, 0, 1, 0, 0, 1, 0]);
  });

  it("case 28: gives the sequences for 2, 1, 3 and 1, 4, and spreads the first picks of a fleet by weight", () => {
    expect(picksOf(roundRobin(), [2, 1, 3], 12)).toEqual([2, 0, 2, 1, 0, 2, 2, 0, 2, 1, 0, 2]);
    expect(picksOf(roundRobin(), [1, 4], 10)).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 0, 1]);
    const firsts = Array.from({ length: 10 }, (_, seed) => picksOf(roundRobin(), [6, 3, 1], 1, { seed })[0] ?? -1);
    expect(countsOf(firsts, 3)).toEqual([6, 3, 1]);
  });

  it("case 29: is exact after as many picks as the weights sum up to, and never 3 picks off", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(weights, (each) => {
        const sum = each.reduce((a, b) => a + b);
        const picks = picksOf(roundRobin(), each, sum);
        expect(countsOf(picks, each.length)).toEqual(each);
        const counts = each.map(() => 0);
        for (const [i, index] of picks.entries()) {
          counts[index] = (counts[index] ?? 0) + 1;
          for (const [j, weight] of each.entries()) {
            expect(Math.abs((counts[j] ?? 0) - ((i + 1) * weight) / sum)).toBeLessThan(3);
          }
        }
      }),
    );
  });

  it("is Envoy's schedule, word for word, after any number of picks", () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 9 });
    const whole = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 9 });
    const picks = fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.oneof(weights, whole), picks, (each, before) => {
        const schedule = new EdfSchedule(Float64Array.from(each), before);
        const slow = slowSchedule(each, before);
        for (let i = 0; i < 40; i++) {
          expect(schedule.top()).toBe(slow());
          schedule.advance();
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("goes on as if a seed's picks had been made, whatever the seed", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.nat(500), (each, seed) => {
        const sum = each.reduce((a, b) => a + b);
        const ahead = countsOf(picksOf(roundRobin(), each, sum, { seed }), each.length);
        expect(ahead).toEqual(each);
      }),
    );
  });
});

describe("roundRobin with slow start", () => {
  const warming = (agoMs: number): number[] => {
    const now = 100_000;
    const rig = createRig(roundRobin({ slowStart: { windowMs: 60_000 } }), { now: () => now });
    const picker = rig.build(rig.leaf({ weights: [1, 1], sinceMs: [now - 600_000, now - agoMs] }));
    return Array.from({ length: 7 }, () => picker.pick(select()));
  };

  it("case 39: gives an endpoint a third of its share after 20 of 60 seconds, half after 30, all after 60", () => {
    expect(warming(20_000).slice(0, 3)).toEqual([0, 0, 1].slice(0, 3));
    expect(warming(30_000)).toEqual([0, 1, 0, 0, 1, 0, 0]);
    expect(warming(60_001)).toEqual([0, 1, 0, 1, 0, 1, 0]);
  });

  it("refuses options out of range", () => {
    expect(() => roundRobin({ slowStart: { windowMs: 0 } })).toThrow(RangeError);
    expect(() => roundRobin({ slowStart: { windowMs: 1, minWeightPercent: 101 } })).toThrow(RangeError);
  });
});
