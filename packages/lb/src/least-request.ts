import { requireWhole } from "./internal/bounds.js";
import { areEqual, canonicalWeights } from "./internal/canonical-weights.js";
import { createDistinctChoices, type DistinctChoices } from "./internal/distinct-choices.js";
import { createEdfPicker } from "./internal/edf-picker.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy, PolicyEnvironment } from "./policy.js";
import type { LeafOptions } from "./round-robin.js";
import { slowStartFactor } from "./slow-start.js";

/** How endpoints are compared by their requests in flight. */
export interface LeastRequestOptions extends LeafOptions {
  /**
   * `with_replacement` (the default) draws as Envoy, possibly the same endpoint twice; `distinct` draws different ones,
   * as Linkerd; `full_scan` compares all and draws among the ties.
   */
  readonly sampling?: "with_replacement" | "distinct" | "full_scan";
  /** How many are drawn and compared; at least 1, default 2; not used by `full_scan`. */
  readonly choiceCount?: number;
  /**
   * The exponent of `weight / (active + 1) ^ bias`, with which weighted endpoints are scheduled; not negative, default 1.
   * Given, it makes Envoy's two samplings schedule equal weights in the same way.
   */
  readonly activeRequestBias?: number;
}

/**
 * Least requests in flight. With equal weights the best of some choices, the first one on a tie; with unequal weights a
 * schedule by earliest deadline with the weight `weight / (active + 1) ^ bias`, read when an endpoint is picked
 * (`LEAST_REQUEST` in `source/extensions/load_balancing_policies/least_request/least_request_lb.{h,cc}`). `distinct`
 * keeps no schedule: it compares `(active + 1) / weight`, without slow start.
 *
 * Draws: one a choice with replacement and distinct; one a tie in a full scan.
 *
 * @throws RangeError for options out of their range, TypeError for an unknown sampling
 * @category Policies
 * @example
 * ```ts
 * import { leastRequest } from "@netmason/lb";
 *
 * leastRequest({ sampling: "distinct", choiceCount: 3 }).name; // => "least_request"
 * ```
 */
export function leastRequest(options: LeastRequestOptions = {}): Policy {
  const { locality = "merged", sampling = "with_replacement", choiceCount = 2, activeRequestBias, slowStart } = options;
  if (slowStart !== undefined) slowStartFactor(0, slowStart);
  requireWhole("choiceCount", choiceCount, 1, 2 ** 31 - 1);
  if (activeRequestBias !== undefined && !(activeRequestBias >= 0 && activeRequestBias < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`activeRequestBias must be finite and not negative, not ${activeRequestBias}`);
  }
  const edf = { bias: activeRequestBias ?? 1, slowStart, always: activeRequestBias !== undefined };
  const unweighted = pickerOf(sampling, choiceCount);
  return Object.freeze({
    name: "least_request",
    word: "split",
    locality,
    create: (environment: PolicyEnvironment) => ({
      build(view: EndpointView): Picker {
        const weighted = sampling === "distinct" ? undefined : createEdfPicker(view, environment, edf);
        return weighted ?? unweighted(view, environment);
      },
    }),
  } as const);
}

function pickerOf(
  sampling: LeastRequestOptions["sampling"],
  choiceCount: number,
): (view: EndpointView, environment: PolicyEnvironment) => Picker {
  switch (sampling) {
    case "with_replacement":
      return (view, environment) => new ReplacingPicker(view, environment, choiceCount);
    case "distinct":
      return (view, environment) => new DistinctPicker(view, environment, choiceCount);
    case "full_scan":
      return (view, environment) => new ScanningPicker(view, environment);
    default:
      throw new TypeError(`sampling must be with_replacement, distinct or full_scan, not ${String(sampling)}`);
  }
}

class ReplacingPicker implements Picker {
  readonly #view: EndpointView;
  readonly #environment: PolicyEnvironment;
  readonly #choiceCount: number;

  constructor(view: EndpointView, environment: PolicyEnvironment, choiceCount: number) {
    this.#view = view;
    this.#environment = environment;
    this.#choiceCount = choiceCount;
  }

  pick(): number {
    const view = this.#view;
    const environment = this.#environment;
    const count = view.endpoints.length;
    let best = environment.below(count);
    let least = view.activeCount(best);
    for (let choice = 1; choice < this.#choiceCount; choice++) {
      const other = environment.below(count);
      const active = view.activeCount(other);
      if (active < least) {
        best = other;
        least = active;
      }
    }
    return best;
  }
}

class DistinctPicker implements Picker {
  readonly #view: EndpointView;
  readonly #choices: DistinctChoices;
  /** By index; undefined: all the same. */
  readonly #weights: Float64Array | undefined;

  constructor(view: EndpointView, environment: PolicyEnvironment, choiceCount: number) {
    const weights = canonicalWeights(view.weights);
    this.#view = view;
    this.#choices = createDistinctChoices(environment, view.endpoints.length, choiceCount);
    this.#weights = areEqual(weights) ? undefined : weights;
  }

  pick(): number {
    const chosen = this.#choices.draw();
    const view = this.#view;
    const weights = this.#weights;
    let best = chosen[0] as number;
    for (let choice = 1; choice < chosen.length; choice++) {
      const other = chosen[choice] as number;
      const active = view.activeCount(other) + 1;
      const least = view.activeCount(best) + 1;
      if (weights === undefined) {
        if (active < least) best = other;
      } else if (active * (weights[best] as number) < least * (weights[other] as number)) {
        best = other;
      }
    }
    return best;
  }
}

class ScanningPicker implements Picker {
  readonly #view: EndpointView;
  readonly #environment: PolicyEnvironment;

  constructor(view: EndpointView, environment: PolicyEnvironment) {
    this.#view = view;
    this.#environment = environment;
  }

  pick(): number {
    const view = this.#view;
    const count = view.endpoints.length;
    let best = 0;
    let least = view.activeCount(0);
    let tied = 1;
    for (let other = 1; other < count; other++) {
      const active = view.activeCount(other);
      if (active < least) {
        best = other;
        least = active;
        tied = 1;
      } else if (active === least) {
        tied++;
        // The candidate is replaced by the k-th of the tied with probability 1/k: each is as likely in the end.
        if (this.#environment.below(tied) === 0) best = other;
      }
    }
    return best;
  }
}
