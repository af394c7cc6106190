import { requireWhole } from "./internal/bounds.js";
import { canonicalWeights } from "./internal/canonical-weights.js";
import { compareKeys } from "./internal/compare-keys.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy, PolicyEnvironment } from "./policy.js";

/** Which of its peers this process is. */
export interface ApertureOptions {
  /** 0 to `peerCount` − 1, different in each peer. */
  readonly peerIndex: number;
  /** How many processes balance over the same endpoints; at least 1. */
  readonly peerCount: number;
  /** The least number of endpoints a peer balances over; at least 1, default 12. */
  readonly minSize?: number;
}

// Draws below 2³⁰ are small integers.
const PARTS = 2 ** 30;
// What rounding leaves of an overlap that is none.
const SLIVER = 1e-12;

/**
 * Each peer balances over a part of the endpoints, so that there are fewer connections, and all parts together load every
 * endpoint alike. Endpoints lie on a ring, each with an arc as wide as its weight's share; a peer's arc begins at
 * `peerIndex / peerCount` and is a whole number of `1 / peerCount` wide. In it the less loaded of two endpoints is taken,
 * drawn in proportion to how far their arcs lie inside.
 *
 * Endpoints are ordered by address, so that peers agree however discovery orders them.
 *
 * Sources: `loadbalancer/aperture/DeterministicAperture.scala` and `WeightedP2CPick.scala` of finagle-core.
 * Draws: two, one if the arc has one endpoint.
 *
 * @throws RangeError for options out of their range
 * @category Policies
 * @example
 * ```ts
 * import { deterministicAperture } from "@netmason/lb";
 *
 * deterministicAperture({ peerIndex: 0, peerCount: 10 }).name; // => "deterministic_aperture"
 * ```
 */
export function deterministicAperture(options: ApertureOptions): Policy {
  const { peerIndex, peerCount, minSize = 12 } = options;
  requireWhole("peerCount", peerCount, 1, 2 ** 31 - 1);
  requireWhole("peerIndex", peerIndex, 0, peerCount - 1);
  requireWhole("minSize", minSize, 1, 2 ** 31 - 1);
  return Object.freeze({
    name: "deterministic_aperture",
    word: "split",
    create: (environment: PolicyEnvironment) => ({
      build: (view: EndpointView) =>
        new AperturePicker(view, environment, arcOf(view, { peerIndex, peerCount, minSize })),
    }),
  } as const);
}

/** The endpoints that reach into a peer's arc. */
interface Arc {
  /** Of the whole ring, 0 to 1. */
  readonly width: number;
  /** View indices in the order of the ring. */
  readonly members: Int32Array;
  /** How much of the ring each of them has in the arc. */
  readonly overlaps: Float64Array;
}

function arcOf(view: EndpointView, { peerIndex, peerCount, minSize }: Required<ApertureOptions>): Arc {
  const { endpoints } = view;
  const weights = canonicalWeights(view.weights);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const rounds = Math.ceil((Math.min(minSize, endpoints.length) * peerCount) / endpoints.length);
  const width = Math.min(1, rounds / peerCount);
  const from = peerIndex / peerCount;
  const order = endpoints.map((_, i) => i);
  order.sort((a, b) => compareKeys(endpoints[a]?.address ?? "", endpoints[b]?.address ?? ""));
  let before = 0;
  const inside = order.map((member) => {
    const [start, end] = [before / sum, (before + (weights[member] as number)) / sum];
    before += weights[member] as number;
    // The arc may go on past the end of the ring, where it begins again.
    const overlap = overlapOf(start, end, from, from + width) + overlapOf(start + 1, end + 1, from, from + width);
    return { member, overlap };
  });
  const kept = inside.filter(({ overlap }) => overlap > SLIVER);
  return {
    width,
    members: Int32Array.from(kept, ({ member }) => member),
    overlaps: Float64Array.from(kept, ({ overlap }) => overlap),
  };
}

function overlapOf(start: number, end: number, otherStart: number, otherEnd: number): number {
  return Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart));
}

class AperturePicker implements Picker {
  readonly #view: EndpointView;
  readonly #environment: PolicyEnvironment;
  readonly #arc: Arc;
  /** Where each member's overlap ends, summed in the order of the members. */
  readonly #ends: Float64Array;
  /** What was drawn: in an array, so that it is not boxed. */
  readonly #place: Float64Array = new Float64Array(1);

  constructor(view: EndpointView, environment: PolicyEnvironment, arc: Arc) {
    this.#view = view;
    this.#environment = environment;
    this.#arc = arc;
    let end = 0;
    this.#ends = arc.overlaps.map((overlap) => {
      end += overlap;
      return end;
    });
  }

  pick(): number {
    const { members, overlaps } = this.#arc;
    if (members.length === 1) return members[0] as number;
    const ends = this.#ends;
    const whole = ends[ends.length - 1] as number;
    const place = this.#place;
    place[0] = (this.#environment.below(PARTS) / PARTS) * whole;
    const first = this.#find();
    const overlap = overlaps[first] as number;
    place[0] = (this.#environment.below(PARTS) / PARTS) * (whole - overlap);
    // The second draw falls outside the first one's overlap: what would lie in it or behind it lies that much further.
    if (place[0] >= (ends[first] as number) - overlap) place[0] += overlap;
    let second = this.#find();
    if (second === first) second = first + 1 < members.length ? first + 1 : first - 1;
    return members[this.#isLighter(second, first) ? second : first] as number;
  }

  #find(): number {
    const ends = this.#ends;
    const place = this.#place[0] as number;
    let from = 0;
    let to = ends.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ends[middle] as number) <= place) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Compares requests in flight by overlap; overlaps that differ by rounding alone count as the same. */
  #isLighter(a: number, b: number): boolean {
    const { members, overlaps } = this.#arc;
    const load = this.#view.activeCount(members[a] as number);
    const other = this.#view.activeCount(members[b] as number);
    const width = overlaps[a] as number;
    const otherWidth = overlaps[b] as number;
    if (Math.abs(width - otherWidth) < SLIVER) return load < other;
    return load * otherWidth < other * width;
  }

  explain(): Readonly<Record<string, unknown>> {
    const { width, members, overlaps } = this.#arc;
    const endpoints = Array.from(members, (member, i) => ({
      address: this.#view.endpoints[member]?.address,
      overlapRatio: overlaps[i] as number,
    }));
    return { widthRatio: width, endpoints };
  }
}
