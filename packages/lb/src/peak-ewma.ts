import { MOST_MS, requireWithin } from "./internal/bounds.js";
import { areEqual, canonicalWeights } from "./internal/canonical-weights.js";
import type { Outcome } from "./outcome.js";
import type { EndpointView, Picker, Sample } from "./picker.js";
import type { Policy, PolicyEnvironment, PolicyState } from "./policy.js";

const MOST_RETRY_AFTER_MS = 300_000;

/** How latencies are remembered. */
export interface PeakEwmaOptions {
  /** In this time without a peak an estimate falls to 37 % of the way to what is measured; greater than 0, default 10,000. */
  readonly decayMs?: number;
  /** The estimate of an endpoint of which nothing is known; greater than 0, default 30. */
  readonly defaultLatencyMs?: number;
  /**
   * The least latency a failure counts as, unless the endpoint said how long to wait (at most 300 s); 0: failures count as
   * they were measured. Default 5,000.
   */
  readonly failurePenaltyMs?: number;
}

/**
 * The better of two random endpoints by `latency · (active + 1)`, where the latency is a moving average that jumps to
 * each peak at once and decays slowly: an endpoint that turns slow loses its share with the first slow answer, and gets
 * it back as the estimate decays. With weights the cost is divided by the weight.
 *
 * Failures (429, 5xx, `failure`, `timeout`, `connect_failure`, `reset`) count as slow answers, so that an endpoint that
 * fails fast does not look best. A cancelled call counts only if it took longer than the estimate.
 *
 * Sources: `tower/src/load/peak_ewma.rs` of tower, `linkerd/pool/p2c` and `linkerd/load-biaser` of linkerd2-proxy.
 * Draws: two; one if there is one endpoint. Reads the clock once a pick.
 *
 * @throws RangeError for options out of their range
 * @category Policies
 * @example
 * ```ts
 * import { peakEwma } from "@netmason/lb";
 *
 * peakEwma({ decayMs: 5_000 }).name; // => "peak_ewma"
 * ```
 */
export function peakEwma(options: PeakEwmaOptions = {}): Policy {
  const { decayMs = 10_000, defaultLatencyMs = 30, failurePenaltyMs = 5_000 } = options;
  requireWithin("decayMs", decayMs, Number.MIN_VALUE, MOST_MS);
  requireWithin("defaultLatencyMs", defaultLatencyMs, Number.MIN_VALUE, MOST_MS);
  requireWithin("failurePenaltyMs", failurePenaltyMs, 0, MOST_MS);
  const settings = { decayMs, defaultLatencyMs, failurePenaltyMs };
  return Object.freeze({
    name: "peak_ewma",
    word: "split",
    create: (environment: PolicyEnvironment) => new Latencies(environment, settings),
  } as const);
}

/** The estimates of one balancer, by slot; 0: nothing is known. */
class Latencies implements PolicyState {
  readonly #environment: PolicyEnvironment;
  readonly #settings: Required<PeakEwmaOptions>;
  #estimates: Float64Array = new Float64Array(16);
  #updatedMs: Float64Array = new Float64Array(16);

  constructor(environment: PolicyEnvironment, settings: Required<PeakEwmaOptions>) {
    this.#environment = environment;
    this.#settings = settings;
  }

  build(view: EndpointView): Picker {
    const nowMs = this.#environment.now();
    for (let i = 0; i < view.slots.length; i++) {
      const slot = view.slots[i] as number;
      this.#reach(slot);
      if (this.#estimates[slot] === 0) this.#begin(slot, nowMs);
    }
    return new PeakEwmaPicker(view, this, this.#environment);
  }

  #reach(slot: number): void {
    if (slot < this.#estimates.length) return;
    const size = Math.max(slot + 1, 2 * this.#estimates.length);
    const grow = (from: Float64Array): Float64Array => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    this.#estimates = grow(this.#estimates);
    this.#updatedMs = grow(this.#updatedMs);
  }

  #begin(slot: number, nowMs: number): void {
    this.#estimates[slot] = this.#settings.defaultLatencyMs;
    this.#updatedMs[slot] = nowMs;
  }

  observe({ slot, outcome, latencyMs, nowMs, details }: Sample): void {
    this.#reach(slot);
    if (this.#estimates[slot] === 0) this.#begin(slot, nowMs);
    let latency = latencyMs;
    if (this.#settings.failurePenaltyMs > 0 && isFailure(outcome)) {
      const asked = details?.retryAfterMs;
      const penalty = asked === undefined ? this.#settings.failurePenaltyMs : Math.min(asked, MOST_RETRY_AFTER_MS);
      latency = Math.max(latency, penalty);
    }
    if (latency > (this.#estimates[slot] as number)) {
      this.#estimates[slot] = latency;
      this.#updatedMs[slot] = nowMs;
    } else if (outcome !== "cancelled") {
      this.#decay(slot, nowMs, latency);
    }
  }

  /** Moves the estimate towards `latency` by the time that passed, and leaves it in `costs[at]`. */
  decayInto(costs: Float64Array, at: number, slot: number, nowMs: number): void {
    this.#decay(slot, nowMs, 0);
    costs[at] = this.#estimates[slot] as number;
  }

  #decay(slot: number, nowMs: number, latency: number): void {
    const kept = Math.exp(((this.#updatedMs[slot] as number) - nowMs) / this.#settings.decayMs);
    this.#estimates[slot] = (this.#estimates[slot] as number) * kept + latency * (1 - kept);
    this.#updatedMs[slot] = nowMs;
  }

  /** What the estimate has come to, without moving it. */
  estimateMs(slot: number, nowMs: number): number {
    const passed = (this.#updatedMs[slot] as number) - nowMs;
    return (this.#estimates[slot] as number) * Math.exp(passed / this.#settings.decayMs);
  }

  forget(slot: number): void {
    this.#estimates[slot] = 0;
  }
}

function isFailure(outcome: Outcome): boolean {
  if (typeof outcome === "number") return outcome === 429 || outcome >= 500;
  return outcome !== "success" && outcome !== "cancelled";
}

class PeakEwmaPicker implements Picker {
  readonly #view: EndpointView;
  readonly #latencies: Latencies;
  readonly #environment: PolicyEnvironment;
  readonly #weights: Float64Array | undefined;
  readonly #costs: Float64Array = new Float64Array(2);

  constructor(view: EndpointView, latencies: Latencies, environment: PolicyEnvironment) {
    const weights = canonicalWeights(view.weights);
    this.#view = view;
    this.#latencies = latencies;
    this.#environment = environment;
    this.#weights = areEqual(weights) ? undefined : weights;
  }

  pick(): number {
    const count = this.#view.endpoints.length;
    if (count === 1) return 0;
    const first = this.#environment.below(count);
    let second = this.#environment.below(count - 1);
    if (second >= first) second++;
    const nowMs = this.#environment.now();
    this.#weigh(0, first, nowMs);
    this.#weigh(1, second, nowMs);
    return (this.#costs[1] as number) < (this.#costs[0] as number) ? second : first;
  }

  #weigh(at: number, index: number, nowMs: number): void {
    const costs = this.#costs;
    this.#latencies.decayInto(costs, at, this.#view.slots[index] as number, nowMs);
    costs[at] = (costs[at] as number) * (this.#view.activeCount(index) + 1);
    if (this.#weights !== undefined) costs[at] = (costs[at] as number) / (this.#weights[index] as number);
  }

  explain(): Readonly<Record<string, unknown>> {
    const nowMs = this.#environment.now();
    const estimates = this.#view.endpoints.map(({ address }, i) => ({
      address,
      estimateMs: this.#latencies.estimateMs(this.#view.slots[i] as number, nowMs),
      activeCount: this.#view.activeCount(i),
    }));
    return { estimates };
  }
}
