import {
  type BalancerOptions,
  createBalancer,
  createThresholds,
  type Endpoint,
  jump,
  maglev,
  type PickRequest,
  rendezvous,
  ringHash,
  roundRobin,
  smoothWeightedRoundRobin,
} from "@netmason/lb";
import { fixedDraws } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";
import { firstOf, make, plain } from "../test/balancer-rig.js";

describe("explain of a balancer", () => {
  it("says what pick would answer, without making one", () => {
    const balancer = createBalancer({ policy: roundRobin(), endpoints: plain("a", "b", "c"), random: fixedDraws([0]) });
    for (const address of ["a", "b", "c", "a"]) {
      const before = [balancer.explain(), balancer.explain()];
      expect(before[0]).toEqual(before[1]);
      expect(before[0]?.result).toEqual(balancer.pick());
      expect(before[0]?.policy).toMatchObject({ name: "round_robin", next: address });
    }
    expect(JSON.parse(JSON.stringify(balancer.explain())).result.endpoint).toEqual({ address: "b" });
  });

  it.each([
    ringHash(),
    ringHash({ boundedLoadPercent: 110 }),
    maglev({ tableSize: 251 }),
    rendezvous(),
    jump(),
    smoothWeightedRoundRobin(),
  ])("says what $name would answer for a key", (policy) => {
    const balancer = make({ policy, endpoints: plain("a", "b", "c", "d", "e") });
    const seen = new Set<string>();
    for (let key = 0; key < 50; key++) {
      const request = { hashKey: `key ${key}`, attempt: key % 3 };
      const { result } = balancer.explain(request);
      const picked = balancer.pick(request);
      expect(result).toEqual(picked);
      if (picked.kind !== "complete") continue;
      seen.add(picked.endpoint.address);
      // Held, so that bounded loads have something to divert.
      if (key % 2 === 0) balancer.begin(picked);
    }
    expect(seen.size).toBe(5);
  });

  it("says which priority each hash falls on", () => {
    const endpoints: readonly Endpoint[] = [
      { address: "a" },
      { address: "b", health: "unhealthy" },
      { address: "z", priority: 1 },
    ];
    const balancer = make({ endpoints, policy: maglev({ tableSize: 251 }) });
    const priorities = Array.from({ length: 100 }, (_, lo) => {
      const request = { hashKey: { hi: 0, lo } };
      const { result, priority } = balancer.explain(request);
      expect(result).toEqual(balancer.pick(request));
      return priority?.chosen ?? -1;
    });
    expect(priorities.filter((priority) => priority === 0).length).toBe(70);
    const degraded = make({ endpoints: [{ address: "a", health: "degraded" }], policy: firstOf([], "hash") });
    expect(degraded.explain({ hashKey: "k" }).result).toEqual(degraded.pick({ hashKey: "k" }));
    const down = make({ endpoints: [{ address: "a", health: "unhealthy" }], priority: { panicPercent: 0 } });
    expect(down.explain().result).toEqual(down.pick());
  });

  it("says how requests are split and what one endpoint less would change", () => {
    const endpoints: readonly Endpoint[] = [
      ...plain("a", "b", "c"),
      ...plain("d").map((endpoint): Endpoint => ({ ...endpoint, health: "unhealthy" })),
      { address: "z", priority: 1 },
    ];
    const { priority, result } = make({ endpoints, random: fixedDraws([0]) }).explain();
    expect(result).toMatchObject({ kind: "complete", endpoint: { address: "a" } });
    expect(priority).toMatchObject({ chosen: 0, source: "healthy" });
    expect(priority?.loads.map(({ healthyPercent }) => healthyPercent)).toEqual([100, 0]);
    expect(priority?.withOneLess?.map(({ healthyPercent }) => healthyPercent)).toEqual([70, 30]);
    const split = make({ endpoints: endpoints.slice(1), random: fixedDraws([0]) });
    expect(split.explain()).toMatchObject({ result: { kind: "chance" }, priority: { chosen: -1 } });
  });

  it.each<[string, Partial<BalancerOptions>, PickRequest, unknown]>([
    ["nothing yet", {}, {}, { kind: "queue" }],
    ["no endpoints", { endpoints: [] }, {}, { kind: "fail", reason: "no_endpoints" }],
    [
      "all dropped",
      { endpoints: { endpoints: plain("a"), dropPercent: 100 } },
      {},
      { kind: "drop", reason: "drop_percent" },
    ],
    ["some dropped", { endpoints: { endpoints: plain("a"), dropPercent: 1 } }, {}, { kind: "chance" }],
    [
      "too many",
      { endpoints: plain("a"), thresholds: createThresholds({ requests: 0 }) },
      {},
      { kind: "drop", reason: "overflow" },
    ],
    [
      "no subset",
      { endpoints: plain("a"), subset: { selectors: [{ keys: ["v"] }] } },
      { metadata: { v: 1 } },
      { kind: "fail", reason: "no_subset" },
    ],
    [
      "an override",
      { endpoints: plain("a", "b") },
      { override: "b" },
      { kind: "complete", endpoint: { address: "b" }, slot: 1 },
    ],
  ])("with %s", (_, options, request, result) => {
    expect(make(options).explain(request).result).toEqual(result);
  });
});
