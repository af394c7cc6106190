import { createOutlierDetector, leastRequest, maglev, peakEwma, random, ringHash, roundRobin } from "@netmason/lb";
import { type Scenario, type ServiceTime, type SimulatedEndpoint, simulate } from "@netmason/lb/simulate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./internal/event-queue.js";

const endpointsOf = (count: number, of: (i: number) => Partial<SimulatedEndpoint> = () => ({})): SimulatedEndpoint[] =>
  Array.from({ length: count }, (_, i) => ({ address: `e${i}`, service: { kind: "fixed", meanMs: 10 }, ...of(i) }));

const scenario = (rest: Partial<Scenario> = {}): Scenario => ({
  policy: roundRobin(),
  endpoints: endpointsOf(4),
  arrivalsPerSecond: 500,
  durationMs: 20_000,
  seed: 1,
  ...rest,
});

describe("simulate", () => {
  it("gives the same report for the same scenario, to the last digit", () => {
    const policies = [random, roundRobin, leastRequest, peakEwma];
    for (const policy of policies) {
      const twice = [simulate(scenario({ policy: policy() })), simulate(scenario({ policy: policy() }))];
      expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]));
    }
    expect(simulate(scenario({ seed: 2 })).requestCount).not.toBe(simulate(scenario()).requestCount);
  });

  it("takes the service time alone where nobody waits", () => {
    const { latencyMs, failedCount, shares, requestCount } = simulate(scenario());
    for (const latency of Object.values(latencyMs)) expect(latency).toBeCloseTo(10, 6);
    expect(failedCount).toBe(0);
    // 500 a second for 20 s: within 4 standard deviations of 10,000.
    expect(Math.abs(requestCount - 10_000)).toBeLessThan(400);
    for (const share of Object.values(shares)) expect(Math.abs(share - 0.25)).toBeLessThan(0.001);
  });

  it("waits as queueing theory says: M/M/1 at 80 %", () => {
    const endpoints = endpointsOf(1, () => ({ service: { kind: "exponential", meanMs: 8 }, concurrency: 1 }));
    const { latencyMs } = simulate(scenario({ endpoints, arrivalsPerSecond: 100, durationMs: 2_000_000 }));
    // Mean 1 / (1 / 8 - 1 / 10) = 40 ms, and exponential: the median is ln 2 of it.
    expect(Math.abs(latencyMs.mean / 40 - 1)).toBeLessThan(0.05);
    expect(Math.abs(latencyMs.p50 / (40 * Math.LN2) - 1)).toBeLessThan(0.05);
    expect(Math.abs(latencyMs.p99 / (40 * Math.log(100)) - 1)).toBeLessThan(0.08);
  });

  it.each<[ServiceTime, number, number]>([
    [{ kind: "exponential", meanMs: 10 }, 10 * Math.LN2, 10 * Math.log(10)],
    [{ kind: "lognormal", medianMs: 10, sigma: 1 }, 10, 10 * Math.exp(1.2816)],
  ])("draws service times that are %j", (service, p50, p90) => {
    const { latencyMs } = simulate(scenario({ endpoints: endpointsOf(2, () => ({ service })), durationMs: 200_000 }));
    expect(Math.abs(latencyMs.p50 / p50 - 1)).toBeLessThan(0.03);
    expect(Math.abs(latencyMs.p90 / p90 - 1)).toBeLessThan(0.03);
  });

  it("shows a policy that measures to be half as late as one in turn, with one of four 50 ms slower", () => {
    const slow = endpointsOf(4, (i) => ({
      service: { kind: "exponential", meanMs: i === 0 ? 55 : 5 },
      concurrency: 8,
    }));
    const of = (policy: Scenario["policy"]): number =>
      simulate(scenario({ policy, endpoints: slow, arrivalsPerSecond: 200 })).latencyMs.p99;
    expect(of(peakEwma()) / of(roundRobin())).toBeLessThan(0.5);
    expect(of(leastRequest()) / of(roundRobin())).toBeLessThan(1);
  });

  it("fails and slows endpoints for a time, and ejects them", () => {
    const failing = endpointsOf(4, (i) => (i === 0 ? { failure: { ratio: 1, fromMs: 5_000, toMs: 10_000 } } : {}));
    const bare = simulate(scenario({ endpoints: failing }));
    expect(Math.abs(bare.failedCount / (500 * 5 * 0.25) - 1)).toBeLessThan(0.1);
    const detector: Scenario["detector"] = (clock) =>
      createOutlierDetector({ ...clock, ejection: { alwaysOne: true } });
    const guarded = simulate(scenario({ endpoints: failing, detector }));
    expect(guarded.ejectionCount).toBe(1);
    // Five in a row eject it, and what else was under way then may fail as well.
    expect(guarded.failedCount).toBeLessThan(20);
    expect(guarded.shares.e0).toBeLessThan(0.25);
    const slowed = endpointsOf(1, () => ({ slowdown: { factor: 3, fromMs: 10_000 } }));
    const { latencyMs } = simulate(scenario({ endpoints: slowed }));
    expect([latencyMs.p50 < 30, latencyMs.max]).toEqual([true, expect.closeTo(30, 6)]);
  });

  it("keeps a key at its endpoint", () => {
    const one = scenario({ policy: ringHash(), hashKeyCount: 1 });
    expect(Object.values(simulate(one).shares).sort()).toEqual([0, 0, 0, 1]);
    const many = simulate(scenario({ policy: maglev({ tableSize: 4_099 }), hashKeyCount: 10_000 }));
    for (const share of Object.values(many.shares)) expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
  });

  it("counts requests without an endpoint as failed, and plays nothing in no time", () => {
    expect(simulate(scenario({ endpoints: [], durationMs: 1_000 }))).toMatchObject({
      latencyMs: { mean: 0, p50: 0, p90: 0, p99: 0, max: 0 },
      shares: {},
    });
    const { requestCount, failedCount } = simulate(scenario({ endpoints: [], durationMs: 1_000 }));
    expect(failedCount).toBe(requestCount);
    expect(simulate(scenario({ durationMs: 0 }))).toMatchObject({ requestCount: 0, shares: { e0: 0 } });
  });

  it("refuses numbers out of bounds", () => {
    expect(() => simulate(scenario({ arrivalsPerSecond: 0 }))).toThrow("arrivalsPerSecond must be from");
    expect(() => simulate(scenario({ endpoints: endpointsOf(1, () => ({ concurrency: 0 })) }))).toThrow(
      "endpoint e0: concurrency must be from 1",
    );
    const service: ServiceTime = { kind: "fixed", meanMs: Number.NaN };
    expect(() => simulate(scenario({ endpoints: endpointsOf(1, () => ({ service })) }))).toThrow("service time");
  });
});

describe("the event queue", () => {
  it("gives what a sorted list gives", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (list) => {
        const queue = new EventQueue();
        const model: { time: number; value: number }[] = [];
        for (const [value, [time, takes]] of list.entries()) {
          queue.add(time, value);
          model.push({ time, value });
          model.sort((a, b) => a.time - b.time || a.value - b.value);
          expect(queue.nextTime).toBe(model[0]?.time);
          if (takes) expect(queue.take()).toBe(model.shift()?.value);
        }
        while (model.length > 0) expect(queue.take()).toBe(model.shift()?.value);
        expect(queue.nextTime).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});
