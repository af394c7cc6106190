import { chooseZone, type ZoneCounts, zoneRouting } from "@netmason/lb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const zones = (...counts: readonly (readonly [endpoints: number, peers: number])[]): readonly ZoneCounts[] =>
  counts.map(([endpoints, peers]) => ({ endpoints, peers }));
/** Answers one value after the other, modulo the bound, as an injected generator of 64-bit words. */
const draws = (...values: readonly number[]): { below: (bound: number) => number; bounds: number[] } => {
  const bounds: number[] = [];
  return { bounds, below: (bound) => (values[bounds.push(bound) - 1] ?? Number.NaN) % bound };
};

describe("zoneRouting", () => {
  it("routes a zone with fewer endpoints than peers in part (case 44)", () => {
    // Envoy's ZoneAwareDifferentZoneSize, this process in B: one endpoint in each of A, B and C, peers in A and B.
    const routing = zoneRouting(zones([1, 1], [1, 1], [1, 0]), { minEndpointCount: 3 });
    expect(routing).toEqual({ kind: "residual", localShare: 6_666, residuals: [0, 0, 3_333] });
    if (routing.kind !== "residual") throw new Error(routing.kind);
    const first = draws(0);
    const second = draws(6_665);
    expect([chooseZone(routing, first.below), chooseZone(routing, second.below)]).toEqual([0, 0]);
    const third = draws(6_666, 2);
    const fourth = draws(9_999, 3);
    expect([chooseZone(routing, third.below), chooseZone(routing, fourth.below)]).toEqual([2, 2]);
    expect([first.bounds, third.bounds]).toEqual([[10_000], [10_000, 3_333]]);
  });

  it("adds up what zones can take as the comment in Envoy's code", () => {
    // Peers 40, 40, 20 percent, endpoints 25, 50, 25: residual 0, 10, 15.
    const routing = zoneRouting(zones([5, 8], [10, 8], [5, 4]));
    expect(routing).toEqual({ kind: "residual", localShare: 6_250, residuals: [0, 1_000, 1_500] });
  });

  it("draws each zone for as many numbers as it has left", () => {
    const routing = zoneRouting(zones([5, 8], [10, 8], [5, 4]));
    if (routing.kind !== "residual") throw new Error(routing.kind);
    const zoneOf = (drawn: number): number => chooseZone(routing, draws(9_999, drawn).below);
    expect([0, 999, 1_000, 1_499].map(zoneOf)).toEqual([1, 1, 2, 2]);
  });

  it("keeps everything at home where there is enough", () => {
    expect(zoneRouting(zones([5, 1], [1, 1]))).toEqual({ kind: "direct" });
    expect(zoneRouting(zones([3, 3], [3, 3]))).toEqual({ kind: "direct" });
  });

  it.each([
    ["few_zones", zones([9, 2]), {}],
    ["few_endpoints", zones([2, 1], [3, 1]), {}],
    ["few_peer_zones", zones([5, 2], [5, 0]), {}],
    ["no_peers_at_home", zones([5, 0], [5, 2], [5, 2]), {}],
    ["no_peers_at_home", zones([5, 1], [5, 2]), { hasOwnZone: false }],
  ] as const)("does nothing: %s", (reason, counts, options) => {
    expect(zoneRouting(counts, options)).toEqual({ kind: "none", reason });
  });

  it("counts peers in zones without endpoints", () => {
    const routing = zoneRouting(zones([4, 2], [4, 0]), { peersElsewhere: [2] });
    expect(routing).toEqual({ kind: "direct" });
    const away = zoneRouting(zones([4, 1], [4, 1]), { hasOwnZone: false, peersElsewhere: [2] });
    expect(away).toEqual({ kind: "residual", localShare: 0, residuals: [2_500, 5_000] });
  });

  it("draws any zone when rounding leaves nothing", () => {
    const drawn = draws(9_999, 5);
    expect(chooseZone({ kind: "residual", localShare: 0, residuals: [0, 0, 0] }, drawn.below)).toBe(2);
    expect(drawn.bounds).toEqual([10_000, 3]);
  });

  it("never chooses a zone without endpoints, nor loads one beyond its share by more than rounding", () => {
    const counts = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(counts, fc.nat(9_999), fc.nat(), (list, first, second) => {
        const routing = zoneRouting(zones(...list), { minEndpointCount: 1 });
        if (routing.kind === "none") return;
        const residual = routing.kind === "residual" ? (routing.residuals.at(-1) ?? 0) : 1;
        const zone = chooseZone(routing, draws(first, second).below);
        if (residual > 0) expect(list[zone]?.[0]).toBeGreaterThan(0);
      }),
    );
  });

  it("refuses counts that are not whole", () => {
    expect(() => zoneRouting(zones([0.5, 1]))).toThrow("zones[0].endpoints must be a whole number, not 0.5");
    expect(() => zoneRouting([], { minEndpointCount: -1 })).toThrow(RangeError);
  });
});
