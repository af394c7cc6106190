import { slowStartFactor } from "@netmason/lb";
import { describe, expect, it } from "vitest";

describe("slowStartFactor (case 39)", () => {
  const windowMs = 60_000;

  it.each([
    [20_000, undefined, 1 / 3],
    [30_000, undefined, 0.5],
    [0, undefined, 0.1],
    [1, undefined, 0.1],
    [60_000, undefined, 1],
    [90_000, undefined, 1],
    [59_999, undefined, 59_999 / 60_000],
    [15_000, 2, 0.5],
    [30_000, 0.5, 0.25],
    [30_000, 0, 0.5],
    [30_000, Number.NaN, 0.5],
  ])("after %d ms with aggression %s is %d", (elapsedMs, aggression, factor) => {
    const options = aggression === undefined ? { windowMs } : { windowMs, aggression };
    expect(slowStartFactor(elapsedMs, options)).toBeCloseTo(factor, 12);
  });

  it("begins at a thousandth of a second where no minimum is set", () => {
    expect(slowStartFactor(0, { windowMs: 1_000, minWeightPercent: 0 })).toBe(0.001);
  });

  it("refuses a window of 0 and a percentage out of bounds", () => {
    expect(() => slowStartFactor(1, { windowMs: 0 })).toThrow("windowMs must be greater than 0, not 0");
    expect(() => slowStartFactor(1, { windowMs: 1, minWeightPercent: 101 })).toThrow(RangeError);
  });
});
