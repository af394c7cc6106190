import { createEdfPicker, type EdfPicker } from "./internal/edf-picker.js";
import { remainder64 } from "./internal/remainder64.js";
import type { EndpointView, Picker, Selection } from "./picker.js";
import type { LocalityMode, Policy, PolicyEnvironment } from "./policy.js";
import { type SlowStart, slowStartFactor } from "./slow-start.js";

/** What the policies with a leaf a locality have in common. */
export interface LeafOptions {
  /** How localities take part; default `merged`. */
  readonly locality?: Exclude<LocalityMode, "folded">;
  /** Endpoints that have just come get less at first; absent: they do not. */
  readonly slowStart?: SlowStart;
}

/**
 * Round robin as Envoy's `ROUND_ROBIN`: in host order from a place that depends on the balancer's seed; by earliest
 * deadline first where weights differ or an endpoint warms up, so that counts follow the weights within a pick or two.
 * O(1) a pick, O(log n) with weights.
 *
 * An update that leaves the endpoints and weights of a leaf as they were changes nothing. Otherwise the turn goes on where
 * it was, modulo the new number of endpoints; a schedule by deadline is not carried over but made anew, as if a number of
 * picks that the balancer's seed gives had been made. So it begins at the same place after each update that changes
 * something, and where updates come faster than the endpoints' turn, the ones in front get more than their weight; Envoy
 * does the same (`EdfLoadBalancerBase::refresh`).
 *
 * Sources: `source/extensions/load_balancing_policies/round_robin/round_robin_lb.h`, `common/load_balancer_impl.cc`
 * beside it, `source/common/upstream/edf_scheduler.h`.
 *
 * @throws RangeError for options of `slowStart` out of their range
 * @category Policies
 * @example
 * ```ts
 * import { roundRobin } from "@netmason/lb";
 *
 * roundRobin().name; // => "round_robin"
 * ```
 */
export function roundRobin(options: LeafOptions = {}): Policy {
  const { locality = "merged", slowStart } = options;
  if (slowStart !== undefined) slowStartFactor(0, slowStart);
  return Object.freeze({
    name: "round_robin",
    word: "split",
    locality,
    create: (environment: PolicyEnvironment) => ({
      build: (view: EndpointView, previous?: Picker) => new RoundRobinPicker(view, previous, environment, slowStart),
    }),
  } as const);
}

// Places in the state: the 64-bit index as Envoy counts it, and the index modulo the number of endpoints.
const HI = 0;
const LO = 1;
const NEXT = 2;

class RoundRobinPicker implements Picker {
  readonly #view: EndpointView;
  readonly #count: number;
  readonly #state: Int32Array = new Int32Array(3);
  readonly #weighted: EdfPicker | undefined;

  constructor(
    view: EndpointView,
    previous: Picker | undefined,
    environment: PolicyEnvironment,
    slowStart: SlowStart | undefined,
  ) {
    const before = previous instanceof RoundRobinPicker ? previous.#state : undefined;
    this.#view = view;
    this.#count = view.endpoints.length;
    this.#state[HI] = before?.[HI] ?? environment.seed.hi;
    this.#state[LO] = before?.[LO] ?? environment.seed.lo;
    this.#state[NEXT] = remainder64(this.#state[HI], this.#state[LO], this.#count);
    this.#weighted = createEdfPicker(view, environment, { bias: 0, slowStart, always: false });
  }

  pick(): number {
    if (this.#weighted !== undefined) return this.#weighted.pick();
    const state = this.#state;
    const picked = state[NEXT] as number;
    const lo = ((state[LO] as number) + 1) | 0;
    state[LO] = lo;
    state[NEXT] = picked + 1 === this.#count ? 0 : picked + 1;
    if (lo === 0) {
      state[HI] = (state[HI] as number) + 1;
      state[NEXT] = remainder64(state[HI] as number, 0, this.#count);
    }
    return picked;
  }

  explain(_selection: Selection): Readonly<Record<string, unknown>> {
    if (this.#weighted !== undefined) return this.#weighted.explain();
    return { mode: "in_turn", next: this.#view.endpoints[this.#state[NEXT] as number]?.address };
  }
}
