import { peakEwma, type Sample } from "@netmason/lb";
import { createManualClock, fixedDraws } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";
import { createRig, type Rig, select } from "../test/policy-rig.js";

const clockRig = (options: Parameters<typeof peakEwma>[0], draws: readonly number[] = []) => {
  const clock = createManualClock();
  const rig = createRig(peakEwma(options), { now: clock.now, random: fixedDraws(draws) });
  return { clock, rig };
};

function observe(rig: Rig, nowMs: number, latencyMs: number, more: Partial<Sample> = {}): void {
  rig.state.observe?.({ slot: 0, outcome: 200, latencyMs, nowMs, details: undefined, ...more });
}

interface Estimate {
  readonly estimateMs: number;
  readonly activeCount: number;
}

function costOf(rig: Rig, slot = 0): number {
  const picker = rig.build(rig.leaf({ weights: [1, 1] }));
  const estimates = picker.explain?.(select())?.estimates as readonly Estimate[];
  const { estimateMs = Number.NaN, activeCount = 0 } = estimates[slot] ?? {};
  return estimateMs * (activeCount + 1);
}

describe("peakEwma", () => {
  it("case 40: costs what tower's vector says", () => {
    const { clock, rig } = clockRig({ defaultLatencyMs: 20, decayMs: 1_000 });
    expect(costOf(rig)).toBe(20);
    rig.active[0] = 2;
    clock.advance(100);
    clock.advance(100);
    observe(rig, 200, 200);
    rig.active[0] = 1;
    expect(costOf(rig)).toBe(400);
    observe(rig, 200, 200);
    rig.active[0] = 0;
    expect(costOf(rig)).toBe(200);
  });

  it("case 40: decays by e after the decay time, never rising, and jumps to a peak at once", () => {
    const { clock, rig } = clockRig({});
    expect(costOf(rig)).toBe(30);
    let last = 30;
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      const now = costOf(rig);
      expect(now).toBeLessThan(last);
      last = now;
    }
    expect(last).toBeCloseTo(30 / Math.E, 9);
    observe(rig, clock.now(), 500);
    expect(costOf(rig)).toBe(500);
    clock.advance(10_000);
    observe(rig, clock.now(), 100);
    expect(costOf(rig)).toBeCloseTo(500 / Math.E + 100 * (1 - 1 / Math.E), 9);
  });

  it("picks the cheaper of two distinct draws, the first on a tie", () => {
    const { rig } = clockRig({}, [0, 0, 0, 0, 1, 0, 1, 0]);
    const picker = rig.build(rig.leaf({ weights: [1, 1] }));
    expect(picker.pick(select())).toBe(0);
    rig.active[0] = 1;
    expect(picker.pick(select())).toBe(1);
    rig.active[0] = 0;
    expect(picker.pick(select())).toBe(1);
    observe(rig, 0, 31, { slot: 1 });
    expect(picker.pick(select())).toBe(0);
  });

  it("divides by weights", () => {
    const { rig } = clockRig({}, [0, 0, 0, 0]);
    const picker = rig.build(rig.leaf({ weights: [1, 3] }));
    rig.active[1] = 1;
    expect(picker.pick(select())).toBe(1);
    rig.active[1] = 2;
    expect(picker.pick(select())).toBe(0);
  });

  it.each([
    ["a failure of 1 ms as 5 s", 503, undefined, 5_000],
    ["as the endpoint asked", 429, 700, 700],
    ["but not above 300 s", "reset", 1e9, 300_000],
    ["an answer as it was", 404, undefined, 30],
    ["a success as it was", "success", undefined, 30],
    ["a call that was given up not at all", "cancelled", undefined, 30],
  ] as const)("counts %s", (_, outcome, retryAfterMs, costMs) => {
    const { rig } = clockRig({});
    expect(costOf(rig)).toBe(30);
    observe(rig, 0, 1, { outcome, details: retryAfterMs === undefined ? undefined : { retryAfterMs } });
    expect(costOf(rig)).toBe(costMs);
  });

  it("raises the estimate for a call that was given up late", () => {
    const { rig } = clockRig({ failurePenaltyMs: 0 });
    costOf(rig);
    observe(rig, 0, 800, { outcome: "cancelled" });
    expect(costOf(rig)).toBe(800);
    observe(rig, 0, 900, { outcome: 503 });
    expect(costOf(rig)).toBe(900);
  });

  it("lets time decay the estimate past a call that was given up early", () => {
    const { clock, rig } = clockRig({});
    costOf(rig);
    clock.advance(10_000);
    observe(rig, clock.now(), 9, { outcome: "cancelled" });
    expect(costOf(rig)).toBeCloseTo(30 / Math.E, 9);
  });

  it("keeps estimates over updates and forgets those of a slot that is used again", () => {
    const { rig } = clockRig({});
    costOf(rig);
    observe(rig, 0, 400);
    expect(costOf(rig)).toBe(400);
    rig.state.forget?.(0);
    expect(costOf(rig)).toBe(30);
    observe(rig, 0, 70, { slot: 90 });
    expect(costOf(rig)).toBe(30);
  });

  it("draws nothing for one endpoint, and refuses options out of range", () => {
    const { rig } = clockRig({});
    expect(rig.build(rig.leaf({ weights: [1] })).pick(select())).toBe(0);
    expect(() => peakEwma({ decayMs: 0 })).toThrow(RangeError);
    expect(() => peakEwma({ defaultLatencyMs: Number.NaN })).toThrow(RangeError);
    expect(() => peakEwma({ failurePenaltyMs: -1 })).toThrow(RangeError);
  });
});
