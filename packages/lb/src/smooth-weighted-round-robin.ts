import { canonicalWeights } from "./internal/canonical-weights.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy } from "./policy.js";

/**
 * Weighted round robin that spreads the picks of a heavy endpoint, as nginx does: each round every endpoint gains its
 * weight, the one with most is picked (the first on a tie) and gives up the sum of all. The count of an endpoint is never
 * a whole pick away from its share. O(n) a pick; `roundRobin` is O(log n).
 *
 * What the endpoints have gained survives updates.
 *
 * Source: `src/http/ngx_http_upstream_round_robin.c` of nginx, without its changes of weights after failures.
 *
 * @category Policies
 * @example
 * ```ts
 * import { smoothWeightedRoundRobin } from "@netmason/lb";
 *
 * smoothWeightedRoundRobin().word; // => "split"
 * ```
 */
export function smoothWeightedRoundRobin(): Policy {
  return Object.freeze({
    name: "smooth_weighted_round_robin",
    word: "split",
    create: () => ({
      build: (view: EndpointView, previous?: Picker) => new SmoothPicker(view, previous),
    }),
  } as const);
}

class SmoothPicker implements Picker {
  readonly #view: EndpointView;
  readonly #weights: Float64Array;
  readonly #gained: Float64Array;
  readonly #sum: number;

  constructor(view: EndpointView, previous: Picker | undefined) {
    this.#view = view;
    this.#weights = canonicalWeights(view.weights);
    this.#sum = this.#weights.reduce((all, weight) => all + weight, 0);
    this.#gained = new Float64Array(this.#weights.length);
    if (previous instanceof SmoothPicker) this.#inherit(previous);
  }

  /** Takes over what known endpoints have gained, in parts of the sum. */
  #inherit(previous: SmoothPicker): void {
    const bySlot = new Map<number, number>();
    for (const [i, gained] of previous.#gained.entries()) {
      bySlot.set(previous.#view.slots[i] as number, gained / previous.#sum);
    }
    for (let i = 0; i < this.#gained.length; i++) {
      this.#gained[i] = (bySlot.get(this.#view.slots[i] as number) ?? 0) * this.#sum;
    }
  }

  pick(): number {
    const weights = this.#weights;
    const gained = this.#gained;
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < weights.length; i++) {
      const now = (gained[i] as number) + (weights[i] as number);
      gained[i] = now;
      if (now > most) {
        best = i;
        most = now;
      }
    }
    gained[best] = most - this.#sum;
    return best;
  }

  explain(): Readonly<Record<string, unknown>> {
    const next = this.#gained.map((gained, i) => gained + (this.#weights[i] as number));
    const best = next.indexOf(next.reduce((a, b) => Math.max(a, b)));
    return { next: this.#view.endpoints[best]?.address };
  }
}
