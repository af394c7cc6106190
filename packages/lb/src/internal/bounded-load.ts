import type { EndpointView } from "../picker.js";
import type { PolicyEnvironment } from "../policy.js";
import type { Shares } from "./member-weights.js";
import { MersenneTwister } from "./mersenne-twister.js";

/**
 * Keeps requests in flight within a percentage of each endpoint's share of all: an endpoint above it is passed over for
 * the first one below it in an order shuffled by the hash, else for the least overloaded one. O(1) while nothing is
 * overloaded, else O(n).
 *
 * Source: `BoundedLoadHashingLoadBalancer` in
 * `source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc`.
 */
export class BoundedLoad {
  readonly #view: EndpointView;
  readonly #environment: PolicyEnvironment;
  readonly #percent: number;
  readonly #members: Int32Array;
  /** By view index. */
  readonly #shares: Float64Array;
  readonly #order: Int32Array;
  readonly #chance: MersenneTwister = new MersenneTwister();

  constructor(view: EndpointView, environment: PolicyEnvironment, { members, values }: Shares, percent: number) {
    this.#view = view;
    this.#environment = environment;
    this.#percent = percent;
    this.#members = members;
    this.#shares = new Float64Array(view.endpoints.length);
    for (const [i, member] of members.entries()) this.#shares[member] = values[i] as number;
    this.#order = new Int32Array(members.length);
  }

  /** The chosen endpoint, or the one that takes its place. */
  divert(chosen: number, hashLo: number): number {
    const total = Math.floor(((this.#environment.totalActiveCount() + 1) * this.#percent + 99) / 100);
    const limit = this.#slotsOf(chosen, total);
    if (this.#view.activeCount(chosen) <= limit) return chosen;
    return this.#probe(chosen, hashLo, total);
  }

  /** How many requests an endpoint may have of so many slots; at least 1, since both are above 0. */
  #slotsOf(index: number, total: number): number {
    return Math.ceil(total * (this.#shares[index] as number));
  }

  #probe(chosen: number, hashLo: number, total: number): number {
    const order = this.#order;
    const count = order.length;
    for (let i = 0; i < count; i++) order[i] = i;
    this.#chance.seed(hashLo);
    let best = chosen;
    let least = this.#view.activeCount(chosen) / this.#slotsOf(chosen, total);
    for (let i = 0; i < count; i++) {
      const other = i + this.#below(count - i);
      const place = order[other] as number;
      order[other] = order[i] as number;
      order[i] = place;
      const index = this.#members[place] as number;
      const overload = this.#view.activeCount(index) / this.#slotsOf(index, total);
      if (overload <= 1) return index;
      if (overload < least) {
        best = index;
        least = overload;
      }
    }
    return best;
  }

  /** Even among 0 to `bound` − 1: the upper digits of a word in base 2³² / bound, drawn again where there is one too many. */
  #below(bound: number): number {
    const width = Math.floor(2 ** 32 / bound);
    for (;;) {
      const drawn = Math.floor((this.#chance.next() >>> 0) / width);
      if (drawn < bound) return drawn;
    }
  }
}
