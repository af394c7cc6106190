// A balancer with nothing to ask before the policy goes straight to it; one with thresholds that are never reached takes all
// steps. Both must choose alike.
import {
  type Balancer,
  createBalancer,
  createFailureAccrual,
  createThresholds,
  type Endpoint,
  leastRequest,
  maglev,
  type PickRequest,
  type Policy,
  peakEwma,
  random,
  ringHash,
  roundRobin,
} from "@netmason/lb";
import { createManualClock, seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { expect, it } from "vitest";

type Step =
  | { readonly kind: "pick"; readonly request: PickRequest | undefined; readonly outcome: 200 | 500 | undefined }
  | {
      readonly kind: "update";
      readonly places: readonly number[];
      readonly isWeighted: boolean;
      readonly drops: boolean;
    }
  | { readonly kind: "wait"; readonly ms: number };

const ENDPOINTS: readonly Endpoint[] = Array.from({ length: 12 }, (_, i) => ({
  address: `10.0.0.${i}:80`,
  ...(i > 7 && { priority: 1 }),
  ...(i === 7 && { health: "degraded" }),
}));
const addresses = fc.constantFrom(...ENDPOINTS.map(({ address }) => address));
const request = fc.record(
  {
    hashKey: fc.string({ maxLength: 4 }),
    attempt: fc.nat(3),
    override: addresses,
    avoid: fc.array(addresses, { maxLength: 3 }).map((list) => new Set(list)),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record<Step & { kind: "pick" }>({
      kind: fc.constant("pick"),
      request: fc.option(request, { nil: undefined }),
      outcome: fc.constantFrom(200, 200, 500, undefined),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Step & { kind: "update" }>({
      kind: fc.constant("update"),
      places: fc.oneof(fc.subarray([0, 1, 2, 3, 4, 5, 6]), fc.subarray(ENDPOINTS.map((_, i) => i))),
      isWeighted: fc.boolean(),
      drops: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record<Step & { kind: "wait" }>({ kind: fc.constant("wait"), ms: fc.nat(2_000) }) },
);

function play(balancer: Balancer, each: Step, advance: (ms: number) => void): unknown {
  if (each.kind === "wait") return advance(each.ms);
  if (each.kind === "update") {
    const endpoints = each.places.map((place) => ({
      ...(ENDPOINTS[place] as Endpoint),
      ...(each.isWeighted && { weight: 1 + (place % 3) }),
    }));
    return balancer.update({ endpoints, ...(each.drops && { dropPercent: 30 }) });
  }
  const result = balancer.pick(each.request);
  if (result.kind !== "complete") return result;
  if (each.outcome !== undefined) balancer.end(balancer.begin(result), each.outcome);
  return result.endpoint.address;
}

it.each<[string, Policy]>([
  ["roundRobin", roundRobin()],
  ["random", random()],
  ["leastRequest", leastRequest()],
  ["peakEwma", peakEwma()],
  ["ringHash", ringHash({ minSize: 64 })],
  ["maglev", maglev({ tableSize: 251 })],
])("the shortcut chooses as all steps do, by %s", (_, policy) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), fc.nat(), (steps, seed) => {
      const players = [undefined, createThresholds({ requests: 1_000_000 })].map((thresholds) => {
        const clock = createManualClock();
        const balancer = createBalancer({
          ...{ policy, endpoints: ENDPOINTS.slice(0, 5), now: clock.now, random: seededRandom(seed) },
          detector: (chance) => createFailureAccrual({ ...chance, consecutiveCount: 2 }),
          ...(thresholds && { thresholds }),
        });
        return (each: Step) => play(balancer, each, (ms) => clock.advance(ms));
      });
      for (const each of steps) expect(players[0]?.(each)).toEqual(players[1]?.(each));
    }),
  );
});
