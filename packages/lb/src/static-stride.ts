import { canonicalWeights } from "./internal/canonical-weights.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy, PolicyEnvironment } from "./policy.js";

const WHOLE = 65_535;
const OFFSET = 32_767;
const MOST_RATIO = 10;
const LEAST_RATIO = 0.01;

/**
 * Weighted round robin by static stride, as gRPC's `StaticStrideScheduler` in
 * `src/core/load_balancing/weighted_round_robin/static_stride_scheduler.cc`: endpoints are visited in turn, and one of
 * weight `w` (scaled so that the largest is 65535) is skipped in `65535 − w` of 65535 rounds, evenly spread. Weights above
 * ten times the mean or below a hundredth of it count as that. O(1) a pick on average, at most 10 visits.
 *
 * The sequence number starts at the lower word of the balancer's seed and survives updates.
 *
 * @category Policies
 * @example
 * ```ts
 * import { staticStride } from "@netmason/lb";
 *
 * staticStride().name; // => "static_stride"
 * ```
 */
export function staticStride(): Policy {
  return Object.freeze({
    name: "static_stride",
    word: "split",
    create: (environment: PolicyEnvironment) => ({
      build: (view: EndpointView, previous?: Picker) => new StridePicker(view, previous, environment),
    }),
  } as const);
}

// Places in the state: the sequence number and the index to visit.
const SEQUENCE = 0;
const INDEX = 1;

class StridePicker implements Picker {
  readonly #view: EndpointView;
  readonly #strides: Int32Array;
  /** By index: `(stride · generation + index · 32767) mod 65535` of the next visit, kept up to date without a division. */
  readonly #phases: Int32Array;
  readonly #state: Uint32Array = new Uint32Array(2);

  constructor(view: EndpointView, previous: Picker | undefined, { seed }: PolicyEnvironment) {
    this.#view = view;
    this.#strides = stridesOf(canonicalWeights(view.weights));
    this.#phases = new Int32Array(this.#strides.length);
    this.#begin(previous instanceof StridePicker ? (previous.#state[SEQUENCE] as number) : seed.lo >>> 0);
  }

  #begin(sequence: number): void {
    const count = this.#strides.length;
    const index = sequence % count;
    const generation = Math.floor(sequence / count);
    for (let i = 0; i < count; i++) {
      // An endpoint before the index was already visited in this generation.
      const round = generation + (i < index ? 1 : 0);
      this.#phases[i] = ((this.#strides[i] as number) * (round % WHOLE) + i * OFFSET) % WHOLE;
    }
    this.#state[SEQUENCE] = sequence;
    this.#state[INDEX] = index;
  }

  pick(): number {
    const strides = this.#strides;
    const phases = this.#phases;
    const state = this.#state;
    for (;;) {
      const index = state[INDEX] as number;
      const phase = (phases[index] as number) + (strides[index] as number);
      phases[index] = phase >= WHOLE ? phase - WHOLE : phase;
      state[INDEX] = index + 1 === strides.length ? 0 : index + 1;
      state[SEQUENCE] = (state[SEQUENCE] as number) + 1;
      // The sequence number is a 32-bit one and begins again.
      if (state[SEQUENCE] === 0) this.#begin(0);
      if (phase >= WHOLE) return index;
    }
  }

  explain(): Readonly<Record<string, unknown>> {
    return { visiting: this.#view.endpoints[this.#state[INDEX] as number]?.address };
  }
}

/** Weights as gRPC scales them: single precision, between a hundredth and ten times the mean, the largest 65535. */
function stridesOf(weights: Float64Array): Int32Array {
  const single = Float32Array.from(weights);
  const mean = single.reduce((all, weight) => all + weight, 0) / single.length;
  const largest = single.reduce((a, b) => Math.max(a, b));
  const most = largest / mean > MOST_RATIO ? Math.fround(MOST_RATIO * mean) : largest;
  const scale = WHOLE / most;
  const least = Math.max(1, Math.round(Math.round(scale * mean) * LEAST_RATIO));
  return Int32Array.from(single, (weight) => Math.max(Math.round(Math.min(weight, most) * scale), least));
}
