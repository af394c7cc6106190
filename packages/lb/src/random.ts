import { createAliasTable } from "./internal/alias-table.js";
import { areEqual, canonicalWeights } from "./internal/canonical-weights.js";
import { remainder64 } from "./internal/remainder64.js";
import type { EndpointView, Picker, Selection } from "./picker.js";
import type { LocalityMode, Policy, PolicyEnvironment } from "./policy.js";

/** How endpoints are drawn. */
export interface RandomOptions {
  /** How localities take part; default `merged`. */
  readonly locality?: Exclude<LocalityMode, "folded">;
  /** Draw in proportion to the weights; default false: all alike, as Envoy. */
  readonly weighted?: boolean;
}

/**
 * A random endpoint: the pick's 64-bit draw modulo their number, the same draw that chose the priority, as Envoy's
 * `RANDOM` (`source/extensions/load_balancing_policies/random/random_lb.cc`). `weighted` draws by the alias method of
 * Vose, with a second draw where weights differ. O(1) a pick.
 *
 * @category Policies
 * @example
 * ```ts
 * import { random } from "@netmason/lb";
 *
 * random({ weighted: true }).name; // => "random"
 * ```
 */
export function random(options: RandomOptions = {}): Policy {
  const { locality = "merged", weighted = false } = options;
  return Object.freeze({
    name: "random",
    word: "draw",
    locality,
    create: (environment: PolicyEnvironment) => ({
      build(view: EndpointView): Picker {
        const weights = canonicalWeights(view.weights);
        if (!weighted || areEqual(weights)) return new RandomPicker(view.endpoints.length);
        return new AliasPicker(weights, environment);
      },
    }),
  } as const);
}

class RandomPicker implements Picker {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  pick(selection: Selection): number {
    return remainder64(selection.hi, selection.lo, this.#count);
  }
}

class AliasPicker implements Picker {
  readonly #environment: PolicyEnvironment;
  readonly #aliases: Int32Array;
  readonly #thresholds: Uint32Array;

  constructor(weights: Float64Array, environment: PolicyEnvironment) {
    const { aliases, thresholds } = createAliasTable(weights);
    this.#environment = environment;
    this.#aliases = aliases;
    this.#thresholds = thresholds;
  }

  pick(selection: Selection): number {
    const column = remainder64(selection.hi, selection.lo, this.#aliases.length);
    // 31 bits, so that the draw is a small integer; the last bit of a threshold is worth 5·10⁻¹⁰ of a column.
    const kept = this.#environment.below(0x80000000) < (this.#thresholds[column] as number);
    return kept ? column : (this.#aliases[column] as number);
  }
}
