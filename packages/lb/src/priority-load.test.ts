import { type PriorityCounts, type PriorityLoad, priorityLoads } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** `healthy/total`, with `+degraded` and `-excluded` where there are any, such as `1+2-3/10`. */
function level(text: string): PriorityCounts {
  const [, healthy, degraded = 0, excluded = 0, total] = /^(\d+)(?:\+(\d+))?(?:-(\d+))?\/(\d+)$/.exec(text) ?? [];
  return { healthy: Number(healthy), degraded: Number(degraded), excluded: Number(excluded), total: Number(total) };
}

const levels = (text: string): readonly PriorityCounts[] => text.split(" ").map(level);
const healthyOf = (loads: readonly PriorityLoad[]): string => loads.map((load) => load.healthyPercent).join("/");
const panicOf = (loads: readonly PriorityLoad[]): string =>
  loads.map(({ panic }, priority) => (panic ? priority : "")).join("");

describe("priorityLoads (case 41)", () => {
  // Envoy's test/extensions/load_balancing_policies/common/load_balancer_impl_base_test.cc, by its code.
  it.each([
    ["2/4 2/4", "70/30", ""],
    ["1/4 2/2", "35/65", ""],
    ["1/4 1/4", "50/50", "01"],
    ["1/5 1/5 1/5", "34/33/33", "012"],
    ["0/5 0/5 2/5", "34/33/33", "012"],
    ["0/5 0/3 0/2", "50/30/20", "012"],
    ["0/5 0/6 0/3", "37/42/21", "012"],
    ["0/0 3/3", "0/100", ""],
    ["0/0 0/0", "100/0", "01"],
    ["72/100 100/100", "100/0", ""],
    ["71/100 100/100", "99/1", ""],
    ["50/100 100/100", "70/30", ""],
    ["25/100 100/100", "35/65", ""],
    ["0/100 100/100", "0/100", ""],
    // Two rows of Envoy's documentation that its code answers otherwise: 50/50 and 25/75 are written there.
    ["50/100 60/100", "70/30", ""],
    ["25/100 100/100", "35/65", ""],
    ["25/100 25/100 20/100", "34/33/33", "012"],
  ])("splits %s into %s, panic in %s", (text, loads, panic) => {
    const found = priorityLoads(levels(text));
    expect([healthyOf(found), panicOf(found)]).toEqual([loads, panic]);
  });

  it("gives what rounding leaves to the first priority (Envoy's documentation says 36/36/28)", () => {
    expect(healthyOf(priorityLoads(levels("25/100 25/100 20/100"), { panicPercent: 0 }))).toBe("37/35/28");
  });

  it("loads degraded endpoints after healthy ones, and gives what rounding leaves to the first", () => {
    // The shares that a comment in load_balancer_impl.cc computes: availabilities 10/20/10 and 20/10/0.
    const counts = [level("10+20/140"), level("20+10/140"), level("10/140")];
    const found = priorityLoads(counts, { panicPercent: 0 });
    expect(found.map((load) => load.healthyPercent)).toEqual([16, 28, 14]);
    expect(found.map((load) => load.degradedPercent)).toEqual([28, 14, 0]);
  });

  it.each([
    ["71+0/100", "100", "0"],
    ["71+29/100", "99", "1"],
    ["25+65/100", "35", "65"],
    ["5+0/100", "100", "0"],
    ["5+95/100", "7", "93"],
    ["0+5/5", "0", "100"],
  ])("splits one priority of %s into %s healthy and %s degraded", (text, healthy, degraded) => {
    const [load] = priorityLoads([level(text)], { panicPercent: 0 });
    expect([load?.healthyPercent, load?.degradedPercent].join()).toBe(`${healthy},${degraded}`);
  });

  it("gives what rounding leaves to the first degraded priority where none is healthy", () => {
    const loads = priorityLoads(levels("0+1/140 0+2/140"), { panicPercent: 0 });
    expect(loads.map((load) => load.degradedPercent)).toEqual([34, 66]);
    expect(healthyOf(loads)).toBe("0/0");
  });

  it("leaves excluded endpoints out of the total (case 42)", () => {
    const loads = priorityLoads(levels("1-3/4 4/4"));
    expect([healthyOf(loads), panicOf(loads)]).toEqual(["100/0", ""]);
  });

  it("panics gently: a failing priority first, all together at last (case 42)", () => {
    expect(panicOf(priorityLoads(levels("50/100 50/100")))).toBe("");
    expect(panicOf(priorityLoads(levels("0/100 70/100")))).toBe("0");
    expect(healthyOf(priorityLoads(levels("0/100 70/100")))).toBe("0/100");
    expect(panicOf(priorityLoads(levels("0/100 60/100")))).toBe("0");
    expect(panicOf(priorityLoads(levels("0/100 0/100")))).toBe("01");
    expect(panicOf(priorityLoads(levels("0/100 72/100")))).toBe("");
  });

  it("never panics with a threshold of 0, and answers the first priority when nothing is available", () => {
    const loads = priorityLoads(levels("0/4 0/4"), { panicPercent: 0 });
    expect([healthyOf(loads), panicOf(loads)]).toEqual(["100/0", ""]);
  });

  it("computes availability by weight where weights are given, and panic by counts", () => {
    const weights = { healthy: 30, degraded: 0, excluded: 0, total: 100 };
    const loads = priorityLoads([{ ...level("3/4"), weights }, level("4/4")]);
    expect([healthyOf(loads), panicOf(loads)]).toEqual(["42/58", ""]);
  });

  it("always adds up to 100, without a load for what has no endpoint of its kind", () => {
    const counts = fc
      .tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20))
      .map(([healthy, degraded, excluded, down]) => ({
        ...{ healthy, degraded, excluded },
        total: healthy + degraded + excluded + down,
      }));
    const options = fc.record({
      overprovisioningPercent: fc.integer({ min: 100, max: 200 }),
      panicPercent: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 5 }), options, (list, chosen) => {
        const loads = priorityLoads(list, chosen);
        expect(loads.reduce((sum, load) => sum + load.healthyPercent + load.degradedPercent, 0)).toBe(100);
        const anything = list.some(
          ({ healthy, degraded, excluded, total }) => healthy + degraded > 0 && total > excluded,
        );
        for (const [priority, { healthyPercent, degradedPercent, panic }] of loads.entries()) {
          if (panic || !anything) continue;
          const { healthy = 0, degraded = 0 } = list[priority] ?? {};
          const nothingCounts = loads.every((load) => load.healthyPercent % 100 === 0 && load.degradedPercent === 0);
          if (healthyPercent > 0 && !nothingCounts) expect(healthy).toBeGreaterThan(0);
          if (degradedPercent > 0) expect(degraded).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("refuses counts and percentages out of bounds", () => {
    expect(() => priorityLoads([{ healthy: 2, degraded: 0, excluded: 0, total: 1 }])).toThrow(
      "levels[0].healthy + degraded must be from 0 to 1, not 2",
    );
    expect(() => priorityLoads([{ healthy: -1, degraded: 0, excluded: 0, total: 1 }])).toThrow(RangeError);
    expect(() => priorityLoads([{ healthy: 0.5, degraded: 0, excluded: 0, total: 1 }])).toThrow(
      "levels[0].healthy must be a whole number, not 0.5",
    );
    expect(() => priorityLoads([], { panicPercent: 101 })).toThrow("panicPercent must be from 0 to 100, not 101");
    expect(() => priorityLoads([], { overprovisioningPercent: Number.NaN })).toThrow(RangeError);
    expect(priorityLoads([])).toEqual([]);
  });
});
