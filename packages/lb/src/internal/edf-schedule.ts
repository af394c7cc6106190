const MOST_PICKS = 429_496_729;
const EPSILON = 1e-13;

/**
 * Earliest deadline first, as Envoy's `EdfScheduler` in `source/common/upstream/edf_scheduler.h`: each entry is due
 * 1 / weight after it was picked, ties go to the one that was added first. O(log n) a pick, nothing is allocated.
 *
 * An entry's weight is read when it is added again: write `weights[top()]` before `advance()` to change it.
 */
export class EdfSchedule {
  /** By entry. */
  readonly weights: Float64Array;
  // A binary heap in three arrays: deadline, order of insertion, entry.
  readonly #deadlines: Float64Array;
  readonly #orders: Float64Array;
  readonly #entries: Int32Array;
  // The deadline of the last pick, and the order of the next insertion: in an array, so that they are not boxed.
  readonly #clock: Float64Array = new Float64Array(2);

  /**
   * As if `picks` picks had been made (Envoy's `createWithPicks`), so that balancers with different seeds do not all
   * begin with the same entry.
   *
   * @param weights - above 0; taken over, not copied
   * @param picks - an unsigned 32-bit integer
   */
  constructor(weights: Float64Array, picks: number) {
    const count = weights.length;
    this.weights = weights;
    this.#deadlines = new Float64Array(count);
    this.#orders = Float64Array.from(weights, (_, i) => i);
    this.#entries = Int32Array.from(weights, (_, i) => i);
    this.#clock[1] = count;
    this.#pickBefore((picks >>> 0) % MOST_PICKS);
  }

  /** Each entry gets the whole part of its share of the picks at once; what is left is picked one by one. */
  #pickBefore(picks: number): void {
    const { weights } = this;
    const sum = weights.reduce((all, weight) => all + (weight + EPSILON), 0);
    let done = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = (weights[i] as number) + EPSILON;
      let share = Math.floor((weight * picks) / sum);
      if (share > 0 && share / weight >= picks / sum) share--;
      this.#deadlines[i] = (share + 1) / weight;
      this.#clock[0] = Math.max(this.#clock[0] as number, share / weight);
      done += share;
    }
    for (let at = (weights.length >> 1) - 1; at >= 0; at--) this.#settle(at);
    for (; done < picks; done++) this.advance();
  }

  /** The entry that is due next. */
  top(): number {
    return this.#entries[0] as number;
  }

  /** Picks the entry that is due next: it is due again 1 / weight later. */
  advance(): void {
    const clock = this.#clock;
    const entry = this.#entries[0] as number;
    const now = this.#deadlines[0] as number;
    const order = clock[1] as number;
    clock[0] = now;
    clock[1] = order + 1;
    this.#deadlines[0] = now + 1 / (this.weights[entry] as number);
    this.#orders[0] = order;
    this.#settle(0);
  }

  /** Moves what is at a place down to where it belongs. A deadline that is an argument would be boxed. */
  #settle(at: number): void {
    const deadlines = this.#deadlines;
    const orders = this.#orders;
    const entries = this.#entries;
    const count = entries.length;
    const deadline = deadlines[at] as number;
    const order = orders[at] as number;
    const entry = entries[at] as number;
    let place = at;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      let least = deadlines[child] as number;
      const right = child + 1;
      if (right < count) {
        const other = deadlines[right] as number;
        if (other < least || (other === least && (orders[right] as number) < (orders[child] as number))) {
          child = right;
          least = other;
        }
      }
      if (deadline < least || (deadline === least && order < (orders[child] as number))) break;
      deadlines[place] = least;
      orders[place] = orders[child] as number;
      entries[place] = entries[child] as number;
      place = child;
    }
    deadlines[place] = deadline;
    orders[place] = order;
    entries[place] = entry;
  }
}
