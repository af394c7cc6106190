import type { EndpointView, Picker } from "../picker.js";
import type { PolicyEnvironment } from "../policy.js";
import { type SlowStart, slowStartFactor } from "../slow-start.js";
import { areEqual, canonicalWeights } from "./canonical-weights.js";
import { EdfSchedule } from "./edf-schedule.js";

/** How a schedule weighs an endpoint: `weight / (active + 1) ^ bias`, times the factor of slow start. */
export interface EdfOptions {
  /** 0: the active requests do not count. */
  readonly bias: number;
  readonly slowStart: SlowStart | undefined;
  /** Keep a schedule also when all weights are equal and no endpoint warms up. */
  readonly always: boolean;
}

/**
 * The schedule of a leaf, or undefined where Envoy keeps none: for one endpoint, or for equal weights while none warms
 * up (`EdfLoadBalancerBase::refresh` in `source/extensions/load_balancing_policies/common/load_balancer_impl.cc`).
 */
export function createEdfPicker(
  view: EndpointView,
  environment: PolicyEnvironment,
  options: EdfOptions,
): EdfPicker | undefined {
  const weights = canonicalWeights(view.weights);
  if (weights.length < 2) return undefined;
  const idle = areEqual(weights) && !isAnyWarming(view, environment, options.slowStart);
  return idle && !options.always ? undefined : new EdfPicker(view, weights, environment, options);
}

function isAnyWarming(view: EndpointView, { now }: PolicyEnvironment, slowStart: SlowStart | undefined): boolean {
  if (slowStart === undefined) return false;
  const nowMs = now();
  return view.endpoints.some((_, i) => nowMs - view.slowStartSinceMs(i) <= slowStart.windowMs);
}

/** Picks by earliest deadline; an endpoint's weight is computed anew when it is picked. */
export class EdfPicker implements Picker {
  readonly #view: EndpointView;
  readonly #weights: Float64Array;
  readonly #schedule: EdfSchedule;
  readonly #now: () => number;
  readonly #bias: number;
  readonly #slowStart: SlowStart | undefined;

  constructor(view: EndpointView, weights: Float64Array, environment: PolicyEnvironment, options: EdfOptions) {
    this.#view = view;
    this.#weights = weights;
    this.#now = environment.now;
    this.#bias = options.bias;
    this.#slowStart = options.slowStart;
    const weighed = new Float64Array(weights.length);
    for (let i = 0; i < weighed.length; i++) this.#weigh(weighed, i);
    this.#schedule = new EdfSchedule(weighed, environment.seed.lo);
  }

  pick(): number {
    const schedule = this.#schedule;
    const picked = schedule.top();
    if (this.#bias !== 0 || this.#slowStart !== undefined) this.#weigh(schedule.weights, picked);
    schedule.advance();
    return picked;
  }

  explain(): Readonly<Record<string, unknown>> {
    const next = this.#schedule.top();
    const weighed = new Float64Array(this.#weights.length);
    this.#weigh(weighed, next);
    return { mode: "earliest_deadline", next: this.#view.endpoints[next]?.address, weight: weighed[next] };
  }

  /** Puts the weight an endpoint has now into its place: a number that is answered could be boxed. */
  #weigh(into: Float64Array, index: number): void {
    let weight = this.#weights[index] as number;
    if (this.#bias === 1) weight /= this.#view.activeCount(index) + 1;
    else if (this.#bias !== 0) weight /= (this.#view.activeCount(index) + 1) ** this.#bias;
    const since = this.#slowStart === undefined ? Number.NaN : this.#view.slowStartSinceMs(index);
    if (this.#slowStart !== undefined && !Number.isNaN(since)) {
      weight *= slowStartFactor(this.#now() - since, this.#slowStart);
    }
    into[index] = weight;
  }
}
