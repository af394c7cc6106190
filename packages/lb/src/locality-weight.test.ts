import { effectiveLocalityWeights } from "@netmason/lb";
import { describe, expect, it } from "vitest";

describe("effectiveLocalityWeights", () => {
  // Envoy's locality_weight.rst: X weighs 1 and has so much of 100 healthy, Y weighs 2 and is all healthy (case 43).
  it.each([
    [100, 33.33],
    [70, 32.89],
    [69, 32.57],
    [50, 25.93],
    [25, 14.89],
    [0, 0],
  ])("gives X with %d %% healthy a share of %d %%", (healthy, percent) => {
    const [x = Number.NaN, y = Number.NaN] = effectiveLocalityWeights([
      { weight: 1, eligible: healthy, excluded: 0, total: 100 },
      { weight: 2, eligible: 100, excluded: 0, total: 100 },
    ]);
    expect(Math.abs((100 * x) / (x + y) - percent)).toBeLessThanOrEqual(0.01);
  });

  it("leaves excluded endpoints out, and a locality without any", () => {
    expect(
      effectiveLocalityWeights([
        { weight: 3, eligible: 1, excluded: 3, total: 4 },
        { weight: 5, eligible: 0, excluded: 4, total: 4 },
      ]),
    ).toEqual([3, 0]);
  });

  it("refuses what cannot be", () => {
    expect(() => effectiveLocalityWeights([{ weight: -1, eligible: 0, excluded: 0, total: 0 }])).toThrow(
      "localities[0].weight must be from 0 to",
    );
    expect(() => effectiveLocalityWeights([{ weight: 1, eligible: 2, excluded: 0, total: 1 }])).toThrow(
      "localities[0].eligible must be from 0 to 1, not 2",
    );
    expect(() => effectiveLocalityWeights([], -1)).toThrow(RangeError);
  });
});
