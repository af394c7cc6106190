import {
  createBalancer,
  type Endpoint,
  leastRequest,
  type PickRequest,
  type Policy,
  rendezvous,
  roundRobin,
} from "@netmason/lb";
import { seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

const plain = (...addresses: readonly string[]): readonly Endpoint[] => addresses.map((address) => ({ address }));

/** Insists on the first endpoint. */
const insisting: Policy = {
  ...{ name: "insisting", word: "split" },
  create: () => ({ build: () => ({ pick: () => 0 }) }),
};

function reach(policy: Policy, endpoints: readonly Endpoint[], request: PickRequest): readonly string[] {
  const balancer = createBalancer({ policy, endpoints, random: seededRandom(1) });
  const results = Array.from({ length: 100 }, () => balancer.pick(request));
  const addresses = results.map((result) => (result.kind === "complete" ? result.endpoint.address : result.kind));
  return [...new Set(addresses)].sort();
}

describe("a pick that is to avoid endpoints", () => {
  it.each<[string, Policy, PickRequest]>([
    ["one that insists on the first", insisting, {}],
    ["least requests, compared all", leastRequest({ sampling: "full_scan" }), {}],
    ["a hash", rendezvous(), { hashKey: "k" }],
  ])("never takes one of them under %s while there is another", (_, policy, request) => {
    expect(reach(policy, plain("a", "b"), { ...request, avoid: new Set(["a"]) })).toEqual(["b"]);
    expect(reach(policy, plain("a", "b"), { ...request, avoid: new Set(["b"]) })).toEqual(["a"]);
    const all = reach(policy, plain("a", "b"), { ...request, avoid: new Set(["a", "b"]) });
    expect(["a", "b"]).toEqual(expect.arrayContaining([...all]));
  });

  it("spreads over the others, none that gets no requests among them", () => {
    const endpoints: readonly Endpoint[] = [
      ...plain("a", "b", "c"),
      { address: "down", health: "unhealthy" },
      { address: "silent", weight: 0 },
    ];
    expect(reach(insisting, endpoints, { avoid: new Set(["a"]) })).toEqual(["b", "c"]);
  });

  it("takes no override that is to be avoided", () => {
    const request = { override: "a", attempt: 1 };
    expect(reach(roundRobin(), plain("a", "b"), request)).toEqual(["a"]);
    expect(reach(roundRobin(), plain("a", "b"), { ...request, avoid: new Set(["a"]) })).toEqual(["b"]);
  });
});

describe("values that have no text", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const withoutText: readonly unknown[] = [{ a: 1n }, circular];
  const subset = { selectors: [{ keys: ["v"] }] };

  it("match no subset and are no hash key", () => {
    const endpoints = [{ address: "a", metadata: { v: { a: 1 } } }];
    const balancer = createBalancer({ policy: rendezvous(), endpoints, subset, random: seededRandom(1) });
    for (const v of withoutText) expect(balancer.pick({ metadata: { v } })).toMatchObject({ reason: "no_subset" });
    const request = { metadata: { v: { a: 1 } }, hashKey: null } as object;
    expect(balancer.pick(request)).toMatchObject({ kind: "complete" });
    expect(balancer.explain(request)).toBeDefined();
  });

  it("are refused in endpoints, which changes nothing", () => {
    const endpoints: readonly Endpoint[] = [{ address: "a", metadata: { v: 1n } }];
    const balancer = createBalancer({ policy: roundRobin(), endpoints, subset });
    expect(balancer.pick({ metadata: { v: 1n } })).toMatchObject({ kind: "complete" });
    for (const v of withoutText) {
      const update = (): void => balancer.update([...plain("b"), { address: "a", metadata: { v } }]);
      expect(update).toThrow(expect.objectContaining({ code: "invalid_endpoint" }));
      expect(update).toThrow("metadata.v of endpoint");
    }
    expect(balancer.inspect().map(({ endpoint }) => endpoint.address)).toEqual(["a"]);
  });
});
