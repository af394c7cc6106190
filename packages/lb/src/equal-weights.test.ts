// An absent weight is 1 and only proportions matter, so that weights of 1/N are the same as none.
import {
  type Balancer,
  type Call,
  createBalancer,
  deterministicAperture,
  jump,
  leastRequest,
  maglev,
  type Policy,
  peakEwma,
  random,
  rendezvous,
  ringHash,
  roundRobin,
  smoothWeightedRoundRobin,
  staticStride,
} from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

const PICK_COUNT = 100_000;
// Drawn once: most of the time would go into chance. Their number is prime, so that the rounds of a policy fall apart.
const source = seededRandom(8);
const CHANCES = Float64Array.from({ length: 65_521 }, source);

const policies: readonly (readonly [name: string, policy: Policy, callEvery: number])[] = [
  ["roundRobin", roundRobin(), 16],
  ["staticStride", staticStride(), 16],
  ["smoothWeightedRoundRobin", smoothWeightedRoundRobin(), 16],
  ["random", random(), 16],
  ["random by weight", random({ weighted: true }), 16],
  ["leastRequest", leastRequest(), 16],
  ["leastRequest, distinct", leastRequest({ sampling: "distinct" }), 16],
  ["leastRequest, full scan", leastRequest({ sampling: "full_scan" }), 1],
  ["leastRequest with a bias", leastRequest({ activeRequestBias: 2 }), 16],
  ["peakEwma", peakEwma(), 16],
  ["ringHash", ringHash(), 16],
  ["maglev", maglev(), 16],
  ["bounded maglev", maglev({ boundedLoadPercent: 150 }), 16],
  ["rendezvous", rendezvous(), 16],
  ["jump", jump(), 16],
  ["deterministicAperture", deterministicAperture({ peerIndex: 1, peerCount: 3 }), 16],
];

function chanceFrom(start: number): () => number {
  let place = start;
  return () => {
    place = place + 1 === CHANCES.length ? 0 : place + 1;
    return CHANCES[place] as number;
  };
}

function balancerOf(policy: Policy, count: number, weight: number | undefined): Balancer {
  return createBalancer({
    policy,
    endpoints: Array.from({ length: count }, (_, i) => ({
      address: `10.0.0.${i}:80`,
      ...(weight !== undefined && { weight }),
    })),
    ...{ random: chanceFrom(count), now: () => 0 },
  });
}

/**
 * How many of the picks are the same for all three, which are asked in turn. One pick of `callEvery` becomes a call, and
 * as many are in flight as four endpoints of five have, so that least requests are fewer than none at all.
 */
function countSame(
  [first, second, third]: readonly [Balancer, Balancer, Balancer],
  { count, callEvery, chance }: { readonly count: number; readonly callEvery: number; readonly chance: () => number },
): number {
  const hashKey = { hi: 0, lo: 0 };
  const request = { hashKey };
  const held: { readonly balancer: Balancer; readonly call: Call }[] = [];
  const places = 3 * Math.ceil(0.8 * count);
  let oldest = 0;
  const hold = (balancer: Balancer, call: Call): void => {
    const before = held[oldest];
    if (before !== undefined) before.balancer.end(before.call, 200);
    held[oldest] = { balancer, call };
    oldest = (oldest + 1) % places;
  };
  let same = 0;
  for (let i = 0; i < PICK_COUNT; i++) {
    hashKey.hi = (chance() * 2 ** 32) | 0;
    hashKey.lo = (chance() * 2 ** 32) | 0;
    const [a, b, c] = [first.pick(request), second.pick(request), third.pick(request)];
    if (a.kind !== "complete" || b.kind !== "complete" || c.kind !== "complete") continue;
    const { address } = a.endpoint;
    if (address === b.endpoint.address && address === c.endpoint.address) same++;
    if (i % callEvery !== 0) continue;
    hold(first, first.begin(a));
    hold(second, second.begin(b));
    hold(third, third.begin(c));
  }
  return same;
}

describe("equal weights", () => {
  it.each(policies)(
    "case 30: none, all 1 and all 1/N give the same 10⁵ picks by %s, for N of 2 to 50",
    (_, policy, callEvery) => {
      for (let count = 2; count <= 50; count++) {
        const balancers = [
          balancerOf(policy, count, undefined),
          balancerOf(policy, count, 1),
          balancerOf(policy, count, 1 / count),
        ] as const;
        expect(countSame(balancers, { count, callEvery, chance: chanceFrom(0) })).toBe(PICK_COUNT);
      }
    },
  );

  it("case 30: of 1/N are strict round robin over 10⁵ picks", () => {
    for (let count = 2; count <= 50; count++) {
      const balancer = balancerOf(roundRobin(), count, 1 / count);
      let expected = -1;
      let inTurn = 0;
      for (let i = 0; i < PICK_COUNT; i++) {
        const picked = balancer.pick();
        if (picked.kind !== "complete") continue;
        const place = Number(/\.(\d+):/.exec(picked.endpoint.address)?.[1]);
        if (expected === -1 || place === expected) inTurn++;
        expected = (place + 1) % count;
      }
      expect(inTurn).toBe(PICK_COUNT);
    }
  });
});
