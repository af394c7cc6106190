/**
 * Plays requests on policies in virtual time.
 *
 * @module simulate
 */
import { type Balancer, createBalancer } from "./balancer.js";
import type { Detector } from "./detector.js";
import type { Endpoint } from "./endpoint.js";
import { requireWithin } from "./internal/bounds.js";
import { EventQueue } from "./internal/event-queue.js";
import type { Call } from "./pick-result.js";
import type { Policy } from "./policy.js";
import { seededRandom } from "./testing/chance.js";
import type { TimeAndChance } from "./time-and-chance.js";

/** How long an endpoint works on a request. */
export type ServiceTime =
  | { readonly kind: "fixed"; readonly meanMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number }
  | { readonly kind: "lognormal"; readonly medianMs: number; readonly sigma: number };

/** A part of the time, on the scale of the scenario. */
export interface Period {
  /** Default 0. */
  readonly fromMs?: number;
  /** Default: the end. */
  readonly toMs?: number;
}

/** An endpoint with the way it behaves. */
export interface SimulatedEndpoint extends Endpoint {
  readonly service: ServiceTime;
  /** Requests it works on at once, others wait in order of arrival; absent: any number. */
  readonly concurrency?: number;
  /** So many of its requests end with status 503, after their service time. */
  readonly failure?: Period & { readonly ratio: number };
  /** So much longer its requests take. */
  readonly slowdown?: Period & { readonly factor: number };
}

/** What is played. */
export interface Scenario {
  readonly policy: Policy;
  readonly endpoints: readonly SimulatedEndpoint[];
  /** Requests arrive by chance (a Poisson process), whatever becomes of those before. */
  readonly arrivalsPerSecond: number;
  readonly durationMs: number;
  /** An integer. Arrivals and service times are the same for all policies of the same seed. */
  readonly seed: number;
  /** Requests have one of so many hash keys; absent: none has one. */
  readonly hashKeyCount?: number;
  /** Absent: no endpoint is taken out. */
  readonly detector?: (clock: TimeAndChance) => Detector;
}

/** What came of it; requests count that arrived before the end, and each is waited for. */
export interface SimulationReport {
  readonly requestCount: number;
  /** Ended with 503, or found no endpoint. */
  readonly failedCount: number;
  /** From arrival to end, of requests that found an endpoint; 0 where none did. */
  readonly latencyMs: {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** By address: the part of all requests, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
  readonly ejectionCount: number;
}

/**
 * Plays a scenario on a balancer with the policy, in virtual time: the same scenario gives the same report, to the last
 * digit. It keeps every request until the end.
 *
 * @throws RangeError when a number of the scenario is out of its bounds; LbError for endpoints that a balancer refuses
 * @category Simulation
 * @example
 * ```ts
 * import { leastRequest, roundRobin } from "@netmason/lb";
 * import { type SimulatedEndpoint, simulate } from "@netmason/lb/simulate";
 *
 * const endpoints: SimulatedEndpoint[] = Array.from({ length: 4 }, (_, i) => ({
 *   address: `e${i}`,
 *   service: { kind: "fixed", meanMs: i === 0 ? 50 : 5 },
 *   concurrency: 4,
 * }));
 * const p99Of = (policy = roundRobin()) =>
 *   simulate({ policy, endpoints, arrivalsPerSecond: 400, durationMs: 10_000, seed: 1 }).latencyMs.p99;
 * p99Of(leastRequest()) < p99Of(roundRobin()); // => true
 * ```
 */
export function simulate(scenario: Scenario): SimulationReport {
  requireWithin("arrivalsPerSecond", scenario.arrivalsPerSecond, 1e-6, 1e7);
  requireWithin("durationMs", scenario.durationMs, 0, 1e9);
  requireWithin("hashKeyCount", scenario.hashKeyCount ?? 1, 1, 2 ** 32);
  for (const { address, service, concurrency = 1 } of scenario.endpoints) {
    requireWithin(`endpoint ${address}: concurrency`, concurrency, 1, Number.POSITIVE_INFINITY);
    const typical = service.kind === "lognormal" ? service.medianMs : service.meanMs;
    requireWithin(`endpoint ${address}: service time`, typical, 0, 1e9);
  }
  return new Simulation(scenario).run();
}

/** An endpoint at work. */
interface Station {
  readonly endpoint: SimulatedEndpoint;
  busy: number;
  readonly waiting: number[];
  requestCount: number;
}

interface Job {
  readonly station: Station;
  readonly call: Call;
  readonly arrivedMs: number;
  /** Chance of its service time and of its failure, drawn when it arrived. */
  readonly luck: readonly [first: number, second: number, failure: number];
  status: number;
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #stations = new Map<string, Station>();
  readonly #jobs: Job[] = [];
  readonly #ends = new EventQueue();
  readonly #latencies: number[] = [];
  readonly #arrivals: () => number;
  readonly #work: () => number;
  readonly #keys: () => number;
  readonly #balancer: Balancer<SimulatedEndpoint>;
  #nowMs = 0;
  #failedCount = 0;
  #requestCount = 0;
  #ejectionCount = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const { seed, policy, endpoints, detector } = scenario;
    this.#arrivals = seededRandom(seed);
    this.#work = seededRandom(seed + 0x5bd1e995);
    this.#keys = seededRandom(seed + 0x1b873593);
    for (const endpoint of endpoints) {
      this.#stations.set(endpoint.address, { endpoint, busy: 0, waiting: [], requestCount: 0 });
    }
    this.#balancer = createBalancer({
      ...{ policy, endpoints, now: () => this.#nowMs, random: seededRandom(seed + 0x2545f491) },
      ...(detector === undefined ? {} : { detector }),
      onEvent: ({ kind }) => {
        if (kind === "endpoint_ejected") this.#ejectionCount++;
      },
    });
  }

  run(): SimulationReport {
    const { durationMs, arrivalsPerSecond } = this.#scenario;
    const gap = (): number => (-Math.log(1 - this.#arrivals()) * 1_000) / arrivalsPerSecond;
    let nextArrival = gap();
    while (nextArrival < durationMs || this.#ends.nextTime < Number.POSITIVE_INFINITY) {
      const isArrival = nextArrival < durationMs && nextArrival <= this.#ends.nextTime;
      this.#nowMs = isArrival ? nextArrival : this.#ends.nextTime;
      if (isArrival) {
        this.#arrive();
        nextArrival += gap();
      } else {
        this.#finish(this.#jobs[this.#ends.take()] as Job);
      }
    }
    return this.#report();
  }

  #arrive(): void {
    this.#requestCount++;
    const luck = [this.#work(), this.#work(), this.#work()] as const;
    const keyCount = this.#scenario.hashKeyCount;
    const request = keyCount === undefined ? {} : { hashKey: `key ${Math.floor(this.#keys() * keyCount)}` };
    this.#balancer.tick();
    const picked = this.#balancer.pick(request);
    if (picked.kind !== "complete") {
      this.#failedCount++;
      return;
    }
    const station = this.#stations.get(picked.endpoint.address) as Station;
    station.requestCount++;
    const call = this.#balancer.begin(picked);
    const number = this.#jobs.push({ station, call, arrivedMs: this.#nowMs, luck, status: 200 }) - 1;
    if (station.busy < (station.endpoint.concurrency ?? Number.POSITIVE_INFINITY)) this.#begin(number);
    else station.waiting.push(number);
  }

  #begin(number: number): void {
    const job = this.#jobs[number] as Job;
    const { service, failure, slowdown } = job.station.endpoint;
    job.station.busy++;
    const factor = isWithin(slowdown, this.#nowMs) ? (slowdown?.factor ?? 1) : 1;
    if (isWithin(failure, this.#nowMs) && job.luck[2] < (failure?.ratio ?? 0)) job.status = 503;
    this.#ends.add(this.#nowMs + factor * timeOf(service, job.luck), number);
  }

  #finish({ station, call, arrivedMs, status }: Job): void {
    station.busy--;
    this.#latencies.push(this.#nowMs - arrivedMs);
    if (status !== 200) this.#failedCount++;
    this.#balancer.end(call, status);
    const next = station.waiting.shift();
    if (next !== undefined) this.#begin(next);
  }

  #report(): SimulationReport {
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (ratio: number): number => sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))] ?? 0;
    const sum = sorted.reduce((all, each) => all + each, 0);
    const count = this.#requestCount;
    return {
      requestCount: count,
      failedCount: this.#failedCount,
      latencyMs: {
        mean: sorted.length === 0 ? 0 : sum / sorted.length,
        ...{ p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
      },
      shares: Object.fromEntries(
        [...this.#stations].map(([address, { requestCount }]) => [address, count === 0 ? 0 : requestCount / count]),
      ),
      ejectionCount: this.#ejectionCount,
    };
  }
}

function isWithin(period: Period | undefined, nowMs: number): boolean {
  return period !== undefined && nowMs >= (period.fromMs ?? 0) && nowMs < (period.toMs ?? Number.POSITIVE_INFINITY);
}

function timeOf(service: ServiceTime, [first, second]: Job["luck"]): number {
  switch (service.kind) {
    case "fixed":
      return service.meanMs;
    case "exponential":
      return -Math.log(1 - first) * service.meanMs;
    case "lognormal": {
      // Box and Muller's way from two uniform draws to a normal one.
      const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
      return service.medianMs * Math.exp(service.sigma * normal);
    }
    default:
      return service satisfies never;
  }
}
