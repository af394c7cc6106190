import {
  type Balancer,
  type Call,
  createBalancer,
  createFailureAccrual,
  createOutlierDetector,
  createThresholds,
  type Detector,
  type Endpoint,
  leastRequest,
  type Outcome,
  type Policy,
  peakEwma,
  random,
  roundRobin,
  type TimeAndChance,
} from "@netmason/lb";
import { createManualClock, seededRandom } from "@netmason/lb/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type Step =
  | { readonly kind: "update"; readonly endpoints: readonly Endpoint[] }
  | { readonly kind: "pick"; readonly key: string }
  | { readonly kind: "begin"; readonly which: number }
  | { readonly kind: "endTwice"; readonly which: number }
  | { readonly kind: "report"; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: "end"; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: "wait"; readonly ms: number };

const outcomes = fc.constantFrom<Outcome>(200, 404, 500, 503, "timeout", "reset", "cancelled", "success", "failure");
const endpoint = fc.record({
  address: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  weight: fc.constantFrom(0, 1, 1, 1, 2, 0.5),
  priority: fc.constantFrom(0, 0, 0, 1),
  health: fc.constantFrom<NonNullable<Endpoint["health"]>>("healthy", "healthy", "degraded", "unhealthy", "draining"),
  locality: fc.constantFrom({}, { zone: "x" }, { zone: "y" }),
});
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("update" as const),
        endpoints: fc.uniqueArray(endpoint, { maxLength: 6, selector: ({ address }) => address }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("pick" as const), key: fc.constantFrom("k", "l", "m") }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("begin" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("endTwice" as const), which: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("report" as const), which: fc.nat(), outcome: outcomes }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), which: fc.nat(), outcome: outcomes }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(20_000) }) },
  ),
  { maxLength: 80 },
);

const policies: readonly (() => Policy)[] = [
  () => roundRobin({ locality: "weighted" }),
  () => roundRobin({ locality: { zoneAware: { minEndpointCount: 1 } }, slowStart: { windowMs: 1_000 } }),
  () => leastRequest(),
  () => peakEwma(),
  () => random(),
];
const detectors: readonly ((clock: TimeAndChance) => Detector)[] = [
  (clock) =>
    createOutlierDetector({
      ...clock,
      consecutive5xx: { threshold: 1 },
      ejection: { maxPercent: 100 },
      intervalMs: 500,
    }),
  (clock) => createFailureAccrual({ ...clock, consecutiveCount: 1, backoff: { delayMs: () => 700 } }),
];

/** Plays steps on a balancer beside the obvious account of them. */
class Play {
  readonly #clock = createManualClock();
  readonly #balancer: Balancer;
  readonly #open = new Map<Call, string>();
  readonly #ended: Call[] = [];
  #current: readonly Endpoint[] | undefined;
  #picks: { readonly picked: Parameters<Balancer["begin"]>[0] }[] = [];

  constructor(policy: Policy, detector: (clock: TimeAndChance) => Detector, seed: number) {
    this.#balancer = createBalancer({
      ...{ policy, detector, now: this.#clock.now, random: seededRandom(seed) },
      thresholds: createThresholds({ requests: 1_000 }),
    });
  }

  take(step: Step): void {
    if (step.kind === "update") this.#update(step.endpoints);
    else if (step.kind === "pick") this.#pick(step.key);
    else if (step.kind === "wait") this.#clock.advance(step.ms);
    else if (step.kind === "begin") this.#begin(step.which);
    else if (step.kind === "endTwice") this.#endTwice(step.which);
    else this.#tell(step.kind, step.which, step.outcome);
    this.#check();
  }

  #update(endpoints: readonly Endpoint[]): void {
    this.#balancer.update(endpoints);
    this.#current = endpoints;
  }

  #pick(hashKey: string): void {
    const result = this.#balancer.pick({ hashKey });
    if (this.#current === undefined) expect(result.kind).toBe("queue");
    if (result.kind !== "complete") return;
    const known = this.#current?.find(({ address }) => address === result.endpoint.address);
    expect(result.endpoint).toBe(known);
    expect(known?.weight).toBeGreaterThan(0);
    this.#picks.push({ picked: result });
  }

  #begin(which: number): void {
    const pick = this.#picks[which % (this.#picks.length || 1)];
    if (pick === undefined) return;
    const isThere = this.#current?.some(({ address }) => address === pick.picked.endpoint.address) ?? false;
    const call = this.#balancer.begin(pick.picked);
    expect(this.#open.has(call)).toBe(false);
    this.#open.set(call, isThere ? pick.picked.endpoint.address : "nowhere");
  }

  #endTwice(which: number): void {
    const call = this.#ended[which % (this.#ended.length || 1)];
    if (call !== undefined && !this.#open.has(call)) expect(this.#balancer.end(call, 200)).toBe(false);
  }

  #tell(kind: "report" | "end", which: number, outcome: Outcome): void {
    const call = [...this.#open.keys()][which % (this.#open.size || 1)];
    if (call === undefined) return;
    if (kind === "report") {
      this.#balancer.report(call, outcome);
    } else {
      expect(this.#balancer.end(call, outcome)).toBe(true);
      this.#open.delete(call);
      this.#ended.push(call);
    }
  }

  #check(): void {
    const counts = new Map<string, number>();
    for (const address of this.#open.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
    for (const {
      endpoint: { address },
      activeCount,
    } of this.#balancer.inspect()) {
      expect(activeCount).toBe(counts.get(address) ?? 0);
    }
    const counted = this.#open.size - (counts.get("nowhere") ?? 0);
    expect(this.#balancer.metrics()).toMatchObject({ activeCount: counted, openCallCount: this.#open.size });
  }

  /** Ends all, waits, and expects a balancer at rest that answers every healthy endpoint again. */
  rest(): void {
    for (const call of this.#open.keys()) expect(this.#balancer.end(call)).toBe(true);
    for (const call of this.#open.keys()) expect(this.#balancer.end(call)).toBe(false);
    this.#open.clear();
    this.#check();
    this.#update([{ address: "a" }, { address: "b" }, { address: "c", locality: { zone: "y" } }]);
    this.#clock.advance(10_000_000);
    this.#balancer.tick();
    expect(this.#balancer.inspect().filter(({ ejected }) => ejected)).toEqual([]);
    const seen = new Set<string>();
    for (let i = 0; i < 200 && seen.size < 3; i++) {
      const result = this.#balancer.pick();
      if (result.kind !== "complete") throw new Error(result.kind);
      seen.add(result.endpoint.address);
      const call = this.#balancer.begin(result);
      this.#balancer.end(call, 200);
    }
    expect([...seen].sort()).toEqual(["a", "b", "c"]);
  }
}

describe("a balancer through any interleaving of updates, picks, reports and ends", () => {
  for (const [d, detector] of detectors.entries()) {
    it.each(policies.map((policy) => [policy().name, policy] as const))(
      `never picks what was removed, keeps its counts and comes to rest: %s, detector ${d}`,
      (_, policy) => {
        fc.assert(
          fc.property(steps, fc.nat(), (list, seed) => {
            const play = new Play(policy(), detector, seed);
            for (const step of list) play.take(step);
            play.rest();
          }),
        );
      },
    );
  }
});

describe("tickets", () => {
  it("tell a stale one from the one that has its place now, for 2,047 uses of the place", () => {
    const balancer = createBalancer({ policy: roundRobin(), endpoints: [{ address: "a" }] });
    const picked = balancer.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    const first = balancer.begin(picked);
    balancer.end(first);
    for (let use = 0; use < 2_047 * 64; use++) {
      const call = balancer.begin(picked);
      if (balancer.end(first)) throw new Error(`taken for another at ${use}`);
      if (!balancer.end(call)) throw new Error(`lost at ${use}`);
    }
    expect(balancer.metrics().openCallCount).toBe(0);
  });

  it("hold beyond 2²⁰ calls at once", () => {
    const balancer = createBalancer({ policy: roundRobin(), endpoints: [{ address: "a" }] });
    const picked = balancer.pick();
    if (picked.kind !== "complete") throw new Error(picked.kind);
    const calls = Array.from({ length: 2 ** 20 + 10 }, () => balancer.begin(picked));
    expect(new Set(calls).size).toBe(calls.length);
    expect(balancer.inspect()[0]?.activeCount).toBe(calls.length);
    expect(calls.every((call) => balancer.end(call))).toBe(true);
    expect(calls.some((call) => balancer.end(call))).toBe(false);
    expect(balancer.metrics().activeCount).toBe(0);
  });
});
