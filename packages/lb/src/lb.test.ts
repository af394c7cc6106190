// The package as programs use it: each story is one of them.
import {
  type Balancer,
  buildMaglev,
  buildRing,
  compareTables,
  createBackoff,
  createBalancer,
  createConcurrencyBudget,
  createOutlierDetector,
  createThresholds,
  type Endpoint,
  endpointsFromAssignment,
  type HashRule,
  type HashSource,
  hashFromBigInt,
  hashRequest,
  leastRequest,
  lookupTable,
  type PickResult,
  type Policy,
  peakEwma,
  ringHash,
  roundRobin,
} from "@netmason/lb";
import { type SimulatedEndpoint, simulate } from "@netmason/lb/simulate";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("a program", () => {
  it("follows discovery and looks at what is ejected", async () => {
    async function* discovery(): AsyncIterable<readonly Endpoint[]> {
      yield [{ address: "10.0.0.1:8080" }, { address: "10.0.0.2:8080" }];
      yield [{ address: "10.0.0.2:8080" }, { address: "10.0.0.3:8080" }];
    }
    const balancer = createBalancer({
      policy: roundRobin(),
      detector: (clock) =>
        createOutlierDetector({ ...clock, consecutive5xx: { threshold: 3 }, ejection: { alwaysOne: true } }),
    });
    const seen: string[] = [];
    for await (const endpoints of discovery()) {
      balancer.update(endpoints);
      for (let request = 0; request < 40; request++) {
        const picked = balancer.pick();
        if (picked.kind !== "complete") continue;
        balancer.end(balancer.begin(picked), picked.endpoint.address.startsWith("10.0.0.2") ? 503 : 200);
      }
      seen.push(
        balancer
          .inspect()
          .filter((state) => state.ejected)
          .map((state) => state.endpoint.address)
          .join(),
      );
    }
    expect(seen).toEqual(["10.0.0.2:8080", "10.0.0.2:8080"]);
  });

  it("keeps a session at its endpoint and can say why", () => {
    const rules: readonly HashRule[] = [
      { kind: "header", name: "x-session", terminal: true },
      { kind: "cookie", name: "sid", ttlMs: 3_600_000 },
    ];
    const balancer = createBalancer({
      policy: ringHash({ minSize: 4096 }),
      endpoints: ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"].map((address) => ({ address })),
    });
    const words = { hi: 0, lo: 0 };
    const route = (headers: Headers, remote: string): string => {
      const source: HashSource = {
        header: (name) => {
          const value = headers.get(name);
          return value === null ? [] : [value];
        },
        sourceAddress: remote,
      };
      const { hash } = hashRequest(rules, source, words);
      const request = hash === undefined ? {} : { hashKey: hash };
      const result = balancer.pick(request);
      if (result.kind !== "complete") throw new Error(JSON.stringify(balancer.explain(request)));
      return result.endpoint.address;
    };
    const of = (session: string): string => route(new Headers({ "x-session": session }), "192.0.2.1:1234");
    expect(of("alice")).toBe(of("alice"));
    expect(new Set(Array.from({ length: 50 }, (_, i) => of(`user ${i}`))).size).toBe(3);
    const { policy } = balancer.explain({ hashKey: "alice" });
    expect(policy).toMatchObject({ name: "ring_hash", ringSize: expect.any(Number), endpoint: expect.any(String) });
  });

  it("measures what a change of members moves", () => {
    const members = Array.from({ length: 100 }, (_, i) => ({ key: `10.0.0.${i}:80`, weight: i < 10 ? 2 : 1 }));
    const [before, after] = [buildMaglev(members), buildMaglev(members.slice(1))];
    const { movedRatio, necessaryRatio } = compareTables(before, after);
    expect(movedRatio - necessaryRatio).toBeLessThan(0.01);
    expect(before.keys[lookupTable(before, hashFromBigInt(10n))]).toMatch(/^10\.0\.0\./);
    const ring = buildRing(members, { minSize: 16_000 });
    expect([ring.hi?.length, ring.lo?.length]).toEqual([ring.owners.length, ring.owners.length]);
  });

  it("balances a ClusterLoadAssignment as Envoy would", () => {
    const balancer = createBalancer({
      policy: leastRequest({ choiceCount: 2, locality: "weighted", slowStart: { windowMs: 60_000, aggression: 1 } }),
      ...{ priority: { panicPercent: 50 }, thresholds: createThresholds({ requests: 1024 }) },
      subset: { selectors: [{ keys: ["version"] }], fallback: "any_endpoint" },
    });
    expect(balancer.pick().kind).toBe("queue");
    const endpoint = (address: string): object => ({
      endpoint: { address: { socketAddress: { address, portValue: 80 } } },
      metadata: { filterMetadata: { "envoy.lb": { version: address === "10.0.0.1" ? "v1" : "v2" } } },
    });
    balancer.update(
      endpointsFromAssignment({
        clusterName: "orders",
        endpoints: [
          {
            locality: { zone: "a" },
            loadBalancingWeight: 1,
            lbEndpoints: [endpoint("10.0.0.1"), endpoint("10.0.0.2")],
          },
        ],
      }),
    );
    const result = balancer.pick({ metadata: { version: "v2" } });
    switch (result.kind) {
      case "complete":
        expect(result.endpoint.address).toBe("10.0.0.2:80");
        expect(balancer.end(balancer.begin(result), 200)).toBe(true);
        break;
      case "queue":
      case "fail":
      case "drop":
        throw new Error(result.kind);
      default:
        result satisfies never;
    }
  });

  it("retries by hand, within a budget", async () => {
    const budget = createConcurrencyBudget({ percent: 20, minConcurrency: 3 });
    const backoff = createBackoff({ random: () => 0 });
    const balancer = createBalancer({
      policy: roundRobin(),
      endpoints: [
        { address: "a:80", works: false },
        { address: "b:80", works: true },
      ],
      // Begins with the first.
      random: () => 0,
    });
    const get = async (): Promise<number> => {
      const avoid = new Set<string>();
      let status = 0;
      budget.requestStarted();
      for (let attempt = 0; attempt < 3; attempt++) {
        if (attempt > 0 && !budget.tryRetry()) break;
        const result = balancer.pick({ attempt, avoid });
        if (result.kind !== "complete") break;
        const call = balancer.begin(result);
        status = result.endpoint.works ? 200 : 503;
        balancer.end(call, status);
        if (attempt > 0) budget.retryEnded(status === 200);
        if (status < 500) break;
        avoid.add(result.endpoint.address);
        expect(backoff.delayMs(attempt + 1)).toBe(0);
      }
      budget.requestEnded(status === 200);
      return status;
    };
    expect(await Promise.all([get(), get(), get(), get()])).toEqual([200, 200, 200, 200]);
    expect(balancer.metrics()).toMatchObject({ activeCount: 0, callCount: 8 });
  });

  it("compares policies before it takes one", () => {
    const endpoints: readonly SimulatedEndpoint[] = Array.from({ length: 10 }, (_, i) => ({
      address: `e${i}`,
      service: { kind: "exponential", meanMs: i === 0 ? 100 : 10 },
      concurrency: 8,
    }));
    const p99s = [roundRobin(), leastRequest(), peakEwma()].map(
      (policy) => simulate({ policy, endpoints, arrivalsPerSecond: 500, durationMs: 20_000, seed: 1 }).latencyMs.p99,
    );
    expect(p99s).toEqual([...p99s].sort((a, b) => b - a));
  });
});

describe("the types", () => {
  it("keep the caller's endpoints and its mistakes apart", () => {
    const balancer = createBalancer({ policy: roundRobin(), endpoints: [{ address: "a", extra: 1 }] });
    expectTypeOf(balancer).toEqualTypeOf<Balancer<{ address: string; extra: number }>>();
    const picked = balancer.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    expectTypeOf(picked.endpoint.extra).toEqualTypeOf<number>();
    // @ts-expect-error an endpoint needs an address
    expect(() => createBalancer({ policy: roundRobin(), endpoints: [{ weight: 1 }] })).toThrow();
    // @ts-expect-error a ticket is not any number
    expect(balancer.end(3, 200)).toBe(false);
    // @ts-expect-error an unknown outcome
    expect(() => balancer.end(balancer.begin(picked), "ok")).toThrow(TypeError);
    // @ts-expect-error not every kind is handled
    const handle = (result: PickResult): string => {
      switch (result.kind) {
        case "complete":
          return "a";
        case "fail":
          return "b";
      }
    };
    // @ts-expect-error a policy must say what its word is
    const policy: Policy = { name: "x", create: () => ({ build: () => ({ pick: () => 0 }) }) };
    expect([handle({ kind: "queue" }), policy.name]).toEqual([undefined, "x"]);
  });
});
