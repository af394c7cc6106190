import {
  type BalancerEvent,
  createBalancer,
  createFailureAccrual,
  createOutlierDetector,
  createThresholds,
  type Endpoint,
  type EndpointSet,
  type EndpointView,
  type Outcome,
  type PickRequest,
  type Policy,
  roundRobin,
} from "@netmason/lb";
import { createManualClock, fixedDraws, seededRandom } from "@netmason/lb/testing";
import { describe, expect, it } from "vitest";
import { firstOf, make, plain } from "../test/balancer-rig.js";

function addressOf(balancer: ReturnType<typeof createBalancer>, request?: PickRequest): string {
  const result = balancer.pick(request);
  return result.kind === "complete" ? result.endpoint.address : JSON.stringify(result);
}

describe("pick", () => {
  it("queues until the first endpoints come", () => {
    const balancer = make();
    expect(balancer.pick()).toEqual({ kind: "queue" });
    balancer.update([]);
    expect(balancer.pick()).toEqual({ kind: "fail", reason: "no_endpoints" });
    balancer.update(plain("a"));
    expect(balancer.pick()).toEqual({ kind: "complete", endpoint: { address: "a" }, slot: 0 });
  });

  it("answers the caller's own object, the new one after an update", () => {
    const [first, second] = [
      { address: "a", url: 1 },
      { address: "a", url: 2 },
    ];
    const balancer = createBalancer({ policy: roundRobin(), endpoints: [first] });
    const picked = balancer.pick();
    expect(picked.kind === "complete" && picked.endpoint).toBe(first);
    balancer.update([second]);
    const again = balancer.pick();
    expect(again.kind === "complete" && again.endpoint).toBe(second);
  });

  it.each<[string, EndpointSet | readonly Endpoint[], unknown]>([
    ["all weights 0", [{ address: "a", weight: 0 }], { kind: "fail", reason: "no_eligible_endpoint" }],
    ["an empty level above", [{ address: "a", priority: 3 }], "a"],
    ["weight 0 beside another", [{ address: "a", weight: 0 }, { address: "b" }], "b"],
    ["one that drains", [{ address: "a", health: "draining" }, { address: "b" }], "b"],
    ["one that is excluded", [{ address: "a", health: "excluded" }, { address: "b" }], "b"],
    ["one that is degraded", [{ address: "a", health: "degraded" }, ...plain("b", "c", "d")], "b"],
    ["all degraded", [{ address: "a", health: "degraded" }], "a"],
    ["all unhealthy: panic", [{ address: "a", health: "unhealthy" }], "a"],
  ])("with %s", (_, endpoints, answer) => {
    const result = make({ endpoints }).pick();
    expect(result.kind === "complete" ? result.endpoint.address : result).toEqual(answer);
  });

  it("does not take what drains or is excluded for a loss of health", () => {
    const loadsOf = (health: NonNullable<Endpoint["health"]>): readonly number[] | undefined =>
      make({
        endpoints: [
          ...plain("a", "b"),
          { address: "c", health },
          { address: "d", health },
          { address: "z", priority: 1 },
        ],
      })
        .explain()
        .priority?.loads.map(({ healthyPercent }) => healthyPercent);
    expect([loadsOf("draining"), loadsOf("excluded"), loadsOf("unhealthy")]).toEqual([
      [100, 0],
      [100, 0],
      [70, 30],
    ]);
  });

  it("fails in panic where that is asked for", () => {
    const endpoints: readonly Endpoint[] = [{ address: "a", health: "unhealthy" }];
    const refusal = { kind: "fail", reason: "no_eligible_endpoint" };
    expect(make({ endpoints, priority: { failOnPanic: true } }).pick()).toEqual(refusal);
    expect(make({ endpoints, priority: { panicPercent: 0 } }).pick()).toEqual(refusal);
  });

  it("spills by the word modulo 100, and draws for a policy that splits only when it must", () => {
    const down = plain("a", "b", "c", "d").map(
      (endpoint, i): Endpoint => (i < 2 ? endpoint : { ...endpoint, health: "unhealthy" }),
    );
    const endpoints: readonly Endpoint[] = [...down, { address: "z", priority: 1 }];
    const draws = fixedDraws([7, 69, 70, 199]);
    const balancer = make({ endpoints, random: draws });
    expect([addressOf(balancer), addressOf(balancer), addressOf(balancer)]).toEqual(["a", "z", "z"]);
    expect(addressOf(make({ endpoints: plain("a"), random: fixedDraws([1]) }))).toBe("a");
    const chance = seededRandom(1);
    let calls = 0;
    const counted = (): number => {
      calls++;
      return chance();
    };
    const drawn = make({ endpoints: plain("a"), policy: firstOf([], "draw"), random: counted });
    expect([addressOf(drawn), calls]).toEqual(["a", 4]);
  });

  it("takes priority and endpoint from one hash", () => {
    const endpoints: readonly Endpoint[] = [
      { address: "a" },
      { address: "b", health: "unhealthy" },
      { address: "z", priority: 1 },
    ];
    const balancer = make({ endpoints, policy: firstOf([], "hash"), random: fixedDraws([1]) });
    const of = (lo: number): string => addressOf(balancer, { hashKey: { hi: 0, lo } });
    expect([of(0), of(69), of(70), of(99), of(100)]).toEqual(["a", "a", "z", "z", "a"]);
    // XXH64 of "foo" is 3728699739546630719 and of "bar" 5234164152756840025.
    expect([addressOf(balancer, { hashKey: "foo" }), addressOf(balancer, { hashKey: "bar" })]).toEqual(["a", "a"]);
    expect(balancer.explain({ hashKey: "foo" }).hash).toBe("3728699739546630719");
  });

  it("answers none for a hash that falls on a priority with degraded endpoints only, as Envoy's tables", () => {
    const endpoints: readonly Endpoint[] = [{ address: "a", health: "degraded" }];
    expect(make({ endpoints, policy: firstOf([], "hash") }).pick({ hashKey: "k" })).toEqual({
      kind: "fail",
      reason: "policy_returned_none",
    });
  });

  it("prefers the override while it may be taken", () => {
    const endpoints: readonly Endpoint[] = [
      { address: "a" },
      { address: "drains", health: "draining" },
      { address: "down", health: "unhealthy" },
      { address: "silent", weight: 0 },
    ];
    const balancer = make({ endpoints });
    const of = (override: string): string => addressOf(balancer, { override });
    expect([of("drains"), of("down"), of("silent"), of("gone")]).toEqual(["drains", "a", "a", "a"]);
    balancer.update(plain("a"));
    expect(of("drains")).toBe("a");
  });

  it("picks again up to three times to avoid an endpoint, then takes any other", () => {
    const order = ["a", "b", "c", "d", "e", "f"];
    const balancer = createBalancer({ policy: roundRobin(), endpoints: plain(...order), random: fixedDraws([0]) });
    expect(addressOf(balancer, { avoid: new Set(["a", "b"]) })).toBe("c");
    expect(addressOf(balancer, { avoid: new Set(order) })).toBe("a");
  });

  it("moves a hash on by one attempt for each endpoint it shall avoid", () => {
    const attempts: number[] = [];
    const policy: Policy = {
      name: "counted",
      word: "hash",
      create: () => ({ build: () => ({ pick: ({ attempt }) => 0 * attempts.push(attempt) }) }),
    };
    const balancer = make({ policy, endpoints: plain("a") });
    balancer.pick({ hashKey: "k", attempt: 2, avoid: new Set(["a"]) });
    expect(attempts).toEqual([2, 3, 4, 5]);
  });

  it("drops by chance what the set asks for, with one draw", () => {
    const endpoints = { endpoints: plain("a"), dropPercent: 25 };
    const quarter = 2n ** 62n;
    const balancer = make({ endpoints, random: fixedDraws([0, quarter - 2n ** 20n, quarter, 2n ** 64n - 1n]) });
    const kinds = [balancer.pick().kind, balancer.pick().kind, balancer.pick().kind];
    expect(kinds).toEqual(["drop", "complete", "complete"]);
    expect(make({ endpoints: { ...endpoints, dropPercent: 100 }, random: fixedDraws([0]) }).pick()).toEqual({
      kind: "drop",
      reason: "drop_percent",
    });
  });

  it("drops beyond the thresholds, and gives back with the end of a call", () => {
    const balancer = make({ endpoints: plain("a"), thresholds: createThresholds({ requests: 1 }) });
    const picked = balancer.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    const call = balancer.begin(picked);
    const beyond = balancer.begin(picked);
    expect(balancer.pick()).toEqual({ kind: "drop", reason: "overflow" });
    balancer.end(beyond);
    expect(balancer.pick()).toEqual({ kind: "drop", reason: "overflow" });
    balancer.end(call);
    expect(balancer.pick().kind).toBe("complete");
  });

  it("never throws, whatever the policy does", () => {
    const events: BalancerEvent[] = [];
    const error = new RangeError("broken");
    const policy: Policy = {
      name: "broken",
      word: "split",
      create: () => ({
        build: () => ({
          pick: () => {
            throw error;
          },
        }),
      }),
    };
    const balancer = make({ policy, endpoints: plain("a"), onEvent: (event) => events.push(event) });
    expect(balancer.pick()).toEqual({ kind: "fail", reason: "policy_returned_none" });
    expect(events.at(-1)).toEqual({ kind: "policy_failed", error });
    for (const index of [-1, 1, 0.5, Number.NaN]) {
      const wrong: Policy = { ...policy, create: () => ({ build: () => ({ pick: () => index }) }) };
      expect(make({ policy: wrong, endpoints: plain("a") }).pick().kind).toBe("fail");
    }
  });
});

describe("update", () => {
  it.each<[string, readonly Endpoint[] | EndpointSet, string]>([
    ["an address twice", plain("a", "b", "a"), "[duplicate_endpoint]"],
    ["a negative weight", [{ address: "a", weight: -1 }], "[invalid_endpoint]"],
    ["a weight that is none", [{ address: "a", weight: Number.NaN }], "[invalid_endpoint]"],
    ["weights beyond 2³²−1", [{ address: "a", weight: 2 ** 32 }], "[weight_overflow]"],
    ["a locality weight that is none", { endpoints: [], localityWeights: [{ locality: {}, weight: -1 }] }, "[invalid"],
  ])("refuses %s and changes nothing", (_, endpoints, message) => {
    const balancer = make({ endpoints: plain("x", "y") });
    const [before, metrics] = [balancer.inspect(), balancer.metrics()];
    expect(() => balancer.update(endpoints)).toThrow(message);
    expect([balancer.inspect(), balancer.metrics()]).toEqual([before, metrics]);
    expect(addressOf(balancer)).toBe("x");
  });

  it("is not changed by what the caller does to its list afterwards", () => {
    const endpoints: Endpoint[] = [{ address: "a" }, { address: "b" }];
    const balancer = make({
      endpoints,
      detector: (given) =>
        createOutlierDetector({ ...given, consecutive5xx: { threshold: 1 }, ejection: { maxPercent: 100 } }),
    });
    endpoints.reverse();
    endpoints.pop();
    const picked = balancer.pick();
    if (picked.kind === "complete") balancer.end(balancer.begin(picked), 500);
    expect(balancer.inspect().map(({ endpoint, ejected }) => `${endpoint.address} ${ejected}`)).toEqual([
      "a true",
      "b false",
    ]);
    expect(addressOf(balancer)).toBe("b");
  });

  it("keeps a leaf through metadata of the same content, and no other", () => {
    const seen: EndpointView[] = [];
    const of = (metadata: Endpoint["metadata"]): readonly Endpoint[] => [
      { address: "a", ...(metadata && { metadata }) },
    ];
    const balancer = make({ policy: firstOf(seen), endpoints: of({ a: 1, b: { c: [1] } }) });
    balancer.update(of({ b: { c: [1] }, a: 1 }));
    expect(seen.length).toBe(1);
    for (const metadata of [{ a: 1, b: { c: [2] } }, { a: 1 }, { a: 1, z: 1 }, { a: "1", z: 1 }, undefined]) {
      const before = seen.length;
      balancer.update(of(metadata));
      expect(seen.length).toBe(before + 1);
    }
  });

  it("changes nothing when a policy breaks its contract while building", () => {
    let breaks = false;
    const policy: Policy = {
      name: "breaks",
      word: "split",
      create: () => ({
        build: () => {
          if (breaks) throw new RangeError("cannot build");
          return { pick: () => 0 };
        },
      }),
    };
    const balancer = make({ policy, endpoints: plain("a") });
    breaks = true;
    expect(() => balancer.update(plain("b", "c"))).toThrow("cannot build");
    expect([addressOf(balancer), balancer.inspect().length]).toEqual(["a", 1]);
    breaks = false;
    balancer.update(plain("b"));
    expect(addressOf(balancer)).toBe("b");
  });

  it("keeps a leaf in which nothing changed, and gives the picker before to one that did", () => {
    const seen: EndpointView[] = [];
    const balancer = make({ policy: firstOf(seen), endpoints: plain("a", "b") });
    balancer.update(plain("a", "b").map((endpoint) => ({ ...endpoint, priority: 0, metadata: undefined as never })));
    expect(seen.length).toBe(1);
    balancer.update([{ address: "a", weight: 2 }, { address: "b" }]);
    expect([seen.length, Array.from(seen[1]?.weights ?? [])]).toEqual([2, [2, 1]]);
    balancer.update([{ address: "a", weight: 2 }, { address: "b" }, { address: "c", priority: 1 }]);
    expect(seen.length).toBe(2);
  });

  it("tells policies since when endpoints are healthy", () => {
    const clock = createManualClock(5);
    const seen: EndpointView[] = [];
    const balancer = make({ policy: firstOf(seen), endpoints: plain("a", "b"), now: clock.now });
    clock.advance(10);
    balancer.update([{ address: "a", weight: 3 }, { address: "b", health: "unhealthy" }, { address: "c" }]);
    const since = (): readonly number[] => [0, 1, 2].map((i) => seen.at(-1)?.slowStartSinceMs(i) ?? Number.NaN);
    expect(since()).toEqual([5, 15, Number.NaN]);
    clock.advance(10);
    balancer.update(plain("a", "b", "c"));
    expect(since()).toEqual([5, 25, 15]);
  });

  it("does not bind an endpoint that leaves and comes back to what it was, but for calls still in flight", () => {
    const forgotten: number[] = [];
    const policy: Policy = {
      name: "forgets",
      word: "split",
      create: () => ({ build: () => ({ pick: () => 0 }), forget: (slot) => forgotten.push(slot) }),
    };
    const balancer = make({ policy, endpoints: plain("a", "b") });
    const picked = balancer.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    const call = balancer.begin(picked);
    balancer.update(plain("b"));
    expect(forgotten).toEqual([]);
    const late = balancer.begin(picked);
    expect(balancer.metrics().activeCount).toBe(1);
    balancer.update(plain("a", "b"));
    expect(balancer.inspect().map(({ activeCount }) => activeCount)).toEqual([1, 0]);
    expect([balancer.end(late), balancer.end(late)]).toEqual([true, false]);
    balancer.update(plain("b"));
    balancer.end(call, 200);
    expect(forgotten).toEqual([0]);
    expect(balancer.metrics().activeCount).toBe(0);
  });
});

describe("calls", () => {
  const samples: { outcome: Outcome; latencyMs: number }[] = [];
  const policy: Policy = {
    name: "listens",
    word: "split",
    create: () => ({
      build: () => ({ pick: () => 0 }),
      observe: ({ outcome, latencyMs }) => samples.push({ outcome, latencyMs }),
    }),
  };

  it("tell the policy once, at the first report, and the detector whatever is new", () => {
    samples.length = 0;
    const clock = createManualClock();
    const records: string[] = [];
    const balancer = make({
      ...{ policy, endpoints: plain("a"), now: clock.now },
      detector: (given) => {
        const detector = createOutlierDetector(given);
        return {
          record: (address, event) => records.push(`${address} ${event}`),
          retain: (addresses) => detector.retain(addresses),
          isEjected: (address) => detector.isEjected(address),
          get revision() {
            return detector.revision;
          },
          tick: () => detector.tick(),
          list: () => detector.list(),
        };
      },
    });
    const run = (...outcomes: readonly (Outcome | undefined)[]): void => {
      const picked = balancer.pick();
      if (picked.kind !== "complete") throw new Error(picked.kind);
      const call = balancer.begin(picked);
      for (const outcome of outcomes.slice(0, -1)) {
        clock.advance(10);
        balancer.report(call, outcome ?? "success");
      }
      clock.advance(10);
      balancer.end(call, outcomes.at(-1));
      balancer.report(call, 500);
    };
    run(200, 200);
    run(200, "reset");
    run(503, undefined);
    run(undefined);
    run("cancelled");
    run("timeout");
    expect(records).toEqual(["a 200", "a 200", "a reset", "a 503", "a timeout"]);
    expect(samples.map(({ outcome }) => outcome)).toEqual([200, 200, 503, "cancelled", "cancelled", "timeout"]);
    expect(samples.every(({ latencyMs }) => latencyMs === 10)).toBe(true);
    expect(balancer.metrics()).toMatchObject({ callCount: 6, cancelledCount: 2, openCallCount: 0, activeCount: 0 });
  });

  it("take the latency that a caller measured", () => {
    samples.length = 0;
    const balancer = make({ policy, endpoints: plain("a") });
    const picked = balancer.pick();
    if (picked.kind === "complete") balancer.end(balancer.begin(picked), 200, { latencyMs: 42 });
    expect(samples).toEqual([{ outcome: 200, latencyMs: 42 }]);
  });

  it("refuse outcomes that are none, picks of others and numbers that are no call", () => {
    const balancer = make({ endpoints: plain("a") });
    const other = make({ endpoints: plain("a") });
    const picked = other.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    expect(() => balancer.begin(picked)).toThrow("picked: must be what pick of this balancer answered");
    const call = other.begin(picked);
    expect(() => other.end(call, 600)).toThrow("outcome: a status must be from 100 to 599, not 600");
    expect(() => other.report(call, 99)).toThrow(RangeError);
    expect(() => other.report(call, "ok" as Outcome)).toThrow(TypeError);
    expect(other.end(call, 599)).toBe(true);
    for (const number of [0.5, Number.NaN, -1, 2 ** 40, 1 << 19]) expect(other.end(number as typeof call)).toBe(false);
  });
});

describe("the detector of a balancer", () => {
  const clockAndBalancer = (
    onEvent: (event: BalancerEvent) => void = () => {},
  ): { clock: ReturnType<typeof createManualClock>; balancer: ReturnType<typeof createBalancer> } => {
    const clock = createManualClock();
    const balancer = make({
      ...{ endpoints: plain("a", "b", "c"), now: clock.now, onEvent },
      detector: (given) =>
        createOutlierDetector({ ...given, consecutive5xx: { threshold: 2 }, ejection: { maxPercent: 100 } }),
    });
    return { clock, balancer };
  };

  const fail = (balancer: ReturnType<typeof createBalancer>): void => {
    const picked = balancer.pick();
    if (picked.kind === "complete") balancer.end(balancer.begin(picked), 500);
  };

  it("takes endpoints out and puts them back, and says so", () => {
    const events: BalancerEvent[] = [];
    const { clock, balancer } = clockAndBalancer((event) => events.push(event));
    fail(balancer);
    fail(balancer);
    expect([addressOf(balancer), balancer.inspect()[0]?.ejected]).toEqual(["b", true]);
    fail(balancer);
    fail(balancer);
    expect(balancer.metrics()).toMatchObject({ ejectedCount: 2, panicCount: 1, "detector.ejectedCount": 2 });
    clock.advance(40_000);
    balancer.tick();
    expect(balancer.inspect().map(({ ejected }) => ejected)).toEqual([false, false, false]);
    expect(events.map((event) => JSON.stringify(event))).toEqual([
      '{"kind":"endpoints_updated","endpointCount":3,"addedCount":3,"removedCount":0}',
      '{"kind":"endpoint_ejected","address":"a","rule":"consecutive_5xx","untilMs":30000}',
      '{"kind":"endpoint_ejected","address":"b","rule":"consecutive_5xx","untilMs":30000}',
      '{"kind":"panic_changed","priority":0,"panic":true}',
      '{"kind":"endpoint_returned","address":"a"}',
      '{"kind":"endpoint_returned","address":"b"}',
      '{"kind":"panic_changed","priority":0,"panic":false}',
    ]);
  });

  it("is asked again by a pick that would fail, so that nothing stays out for want of calls", () => {
    const clock = createManualClock();
    const balancer = make({
      ...{ endpoints: plain("a"), now: clock.now, priority: { panicPercent: 0 } },
      detector: (given) => createFailureAccrual({ ...given, consecutiveCount: 1, backoff: { delayMs: () => 1_000 } }),
    });
    fail(balancer);
    expect(balancer.pick().kind).toBe("fail");
    clock.advance(1_000);
    const probe = balancer.pick();
    if (probe.kind !== "complete") throw new Error(probe.kind);
    const call = balancer.begin(probe);
    expect(balancer.pick().kind).toBe("fail");
    balancer.end(call, "cancelled");
    expect(balancer.pick().kind).toBe("complete");
    balancer.end(balancer.begin(probe), 200);
    expect([balancer.pick().kind, balancer.inspect()[0]?.ejected]).toEqual(["complete", false]);
  });

  it("is not troubled by what an observer throws", () => {
    const { balancer } = clockAndBalancer(() => {
      throw new RangeError("observer");
    });
    fail(balancer);
    fail(balancer);
    expect(addressOf(balancer)).toBe("b");
  });
});
