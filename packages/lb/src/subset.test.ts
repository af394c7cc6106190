import { createBalancer, type Endpoint, type PickRequest, roundRobin, type SubsetOptions } from "@netmason/lb";
import { fixedDraws } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";

const metadata: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  h1: { v: "1.0", stage: "prod" },
  h2: { v: "1.0", stage: "prod" },
  h3: { v: "1.1", stage: "canary" },
  h4: { v: "1.2-pre", stage: "dev" },
};
const endpoints: readonly Endpoint[] = Object.entries(metadata).map(([address, each]) => ({ address, metadata: each }));

/** Every endpoint a request reaches, in order of their names. */
function reached(options: SubsetOptions, request: PickRequest, of = endpoints): string {
  const balancer = createBalancer({ policy: roundRobin(), endpoints: of, subset: options, random: fixedDraws([0]) });
  const results = Array.from({ length: 12 }, () => balancer.pick(request));
  const addresses = results.map((result) => (result.kind === "complete" ? result.endpoint.address : result.kind));
  return [...new Set(addresses)].sort().join();
}

describe("subsets", () => {
  const docs: SubsetOptions = {
    selectors: [{ keys: ["v", "stage"] }, { keys: ["stage"], fallback: "none" }],
    fallback: "default_subset",
    defaultSubset: { v: "1.0", stage: "prod" },
  };

  // The table of Envoy's load_balancing/subsets.rst.
  it.each<[Readonly<Record<string, unknown>> | undefined, string]>([
    [{ stage: "canary" }, "h3"],
    [{ v: "1.2-pre", stage: "dev" }, "h4"],
    [{ v: "1.0" }, "h1,h2"],
    [{ other: "x" }, "h1,h2"],
    [undefined, "h1,h2"],
    [{ stage: "test" }, "fail"],
  ])("of Envoy's example: %j reaches %s (case 56)", (wanted, addresses) => {
    expect(reached(docs, wanted === undefined ? {} : { metadata: wanted })).toBe(addresses);
  });

  it("fall back as they say", () => {
    const selectors = [{ keys: ["stage"] }];
    const request = { metadata: { stage: "none" } };
    expect(reached({ selectors }, request)).toBe("fail");
    expect(reached({ selectors, fallback: "any_endpoint" }, request)).toBe("h1,h2,h3,h4");
    expect(reached({ selectors, fallback: "default_subset" }, request)).toBe("h1,h2,h3,h4");
    expect(reached({ selectors, fallback: "default_subset", defaultSubset: { v: 9 } }, request)).toBe("fail");
    const own: SubsetOptions = { selectors: [{ keys: ["stage"], fallback: "any_endpoint" }], fallback: "none" };
    expect([reached(own, request), reached(own, { metadata: { v: 1 } })]).toEqual(["h1,h2,h3,h4", "fail"]);
  });

  it("fall back to fewer keys, as often as selectors say", () => {
    const options: SubsetOptions = {
      selectors: [
        { keys: ["v", "stage", "zone"], fallback: "keys_subset", fallbackKeys: ["stage", "v"] },
        { keys: ["v", "stage"], fallback: "keys_subset", fallbackKeys: ["stage"] },
        { keys: ["stage"], fallback: "default_subset" },
      ],
      defaultSubset: { v: "1.1" },
    };
    expect(reached(options, { metadata: { v: "1.0", stage: "prod", zone: "z" } })).toBe("h1,h2");
    expect(reached(options, { metadata: { v: "9", stage: "dev", zone: "z" } })).toBe("h4");
    expect(reached(options, { metadata: { v: "9", stage: "dev" } })).toBe("h4");
    expect(reached(options, { metadata: { v: "9", stage: "none" } })).toBe("h3");
  });

  it("fall back as all do where no selector has the fewer keys", () => {
    const selectors = [{ keys: ["v", "stage"], fallback: "keys_subset" as const, fallbackKeys: ["v"] }];
    expect(reached({ selectors, fallback: "any_endpoint" }, { metadata: { v: "1.0", stage: "x" } })).toBe(
      "h1,h2,h3,h4",
    );
    expect(reached({ selectors }, { metadata: { v: "1.0", stage: "x" } })).toBe("fail");
  });

  it.each<[string, SubsetOptions]>([
    ["selectors[0].keys", { selectors: [{ keys: [] }] }],
    ["fallback", { selectors: [], fallback: "some" as "none" }],
    ["selectors[0].fallback", { selectors: [{ keys: ["a"], fallback: "some" as "none" }] }],
    ["selectors[0].fallbackKeys", { selectors: [{ keys: ["a", "b"], fallback: "keys_subset" }] }],
    ["selectors[0].fallbackKeys", { selectors: [{ keys: ["a", "b"], fallbackKeys: ["a"] }] }],
    ["selectors[0].fallbackKeys", { selectors: [{ keys: ["a"], fallback: "keys_subset", fallbackKeys: ["a"] }] }],
    ["selectors[0].fallbackKeys", { selectors: [{ keys: ["a", "b"], fallback: "keys_subset", fallbackKeys: ["c"] }] }],
    ["selectors[0].fallbackKeys", { selectors: [{ keys: ["a", "b"], fallback: "keys_subset", fallbackKeys: [] }] }],
  ])("refuse options that mean nothing: %s", (field, subset) => {
    expect(() => createBalancer({ policy: roundRobin(), subset })).toThrow(TypeError);
    expect(() => createBalancer({ policy: roundRobin(), subset })).toThrow(`subset.${field} must be`);
  });

  it("have one endpoint where they shall, the first that matches", () => {
    const options: SubsetOptions = { selectors: [{ keys: ["v"], singleEndpoint: true }] };
    expect(reached(options, { metadata: { v: "1.0" } })).toBe("h1");
  });

  it("tell texts from numbers, and look into objects", () => {
    const odd: readonly Endpoint[] = [
      { address: "text", metadata: { k: "1" } },
      { address: "number", metadata: { k: 1 } },
      { address: "object", metadata: { k: { a: 1, b: [2] } } },
      { address: "without" },
    ];
    const of = (k: unknown): string => reached({ selectors: [{ keys: ["k"] }] }, { metadata: { k } }, odd);
    expect([of("1"), of(1), of({ b: [2], a: 1 }), of({ a: 1 })]).toEqual(["text", "number", "object", "fail"]);
  });

  it("have priorities of their own", () => {
    const mixed: readonly Endpoint[] = [
      { address: "a", metadata: { v: 1 }, health: "unhealthy" },
      { address: "b", metadata: { v: 2 } },
      { address: "z", metadata: { v: 1 }, priority: 1 },
    ];
    const options: SubsetOptions = { selectors: [{ keys: ["v"] }] };
    expect([reached(options, { metadata: { v: 1 } }, mixed), reached(options, { metadata: { v: 2 } }, mixed)]).toEqual([
      "z",
      "b",
    ]);
  });

  it("keep their position through an update of others", () => {
    const options: SubsetOptions = { selectors: [{ keys: ["v"] }] };
    const policy = roundRobin();
    const balancer = createBalancer({ policy, endpoints, subset: options, random: fixedDraws([0]) });
    const pick = (): string => {
      const result = balancer.pick({ metadata: { v: "1.0" } });
      return result.kind === "complete" ? result.endpoint.address : result.kind;
    };
    expect(pick()).toBe("h1");
    balancer.update([{ address: "h0", metadata: { v: "0" } }, ...endpoints]);
    expect(pick()).toBe("h2");
  });
});
