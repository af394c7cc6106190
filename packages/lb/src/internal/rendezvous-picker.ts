import type { EndpointView, Selection } from "../picker.js";
import { areEqual } from "./canonical-weights.js";
import type { TablePicker } from "./hash-picker.js";

/** The keys of endpoints as hashes, in the order of the keys. */
export interface RendezvousTable {
  /** Upper and lower word in turn. */
  readonly hashes: Int32Array;
  /** View indices. */
  readonly members: Int32Array;
  readonly shares: Float64Array;
}

/** Mixes a hash with that of a key, 32 bits unsigned: both halves, then the finalizer of MurmurHash3. */
function score(hi: number, lo: number, keyHi: number, keyLo: number): number {
  let mixed = lo ^ keyLo;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed ^= hi ^ keyHi ^ (mixed >>> 15);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Takes the highest score, or the next highest for a retry; of equal ones the first key. */
export class RendezvousPicker implements TablePicker {
  readonly #view: EndpointView;
  readonly #hashes: Int32Array;
  readonly #members: Int32Array;
  /** Undefined: all the same. */
  readonly #shares: Float64Array | undefined;
  /** The best score so far and the one it must stay below: in an array, so that they are not boxed. */
  readonly #scores: Float64Array = new Float64Array(2);

  constructor({ hashes, members, shares }: RendezvousTable, view: EndpointView) {
    this.#view = view;
    this.#hashes = hashes;
    this.#members = members;
    this.#shares = areEqual(shares) ? undefined : shares;
  }

  pick(selection: Selection): number {
    const count = this.#members.length;
    if (count === 0) return -1;
    const { hi, lo } = selection;
    let best = this.#best(hi, lo, -1);
    for (let tries = selection.attempt % count; tries > 0; tries--) best = this.#best(hi, lo, best);
    return this.#members[best] as number;
  }

  /** The place with the highest score below that of the place `after`; -1: the highest of all. */
  #best(hi: number, lo: number, after: number): number {
    const hashes = this.#hashes;
    const scores = this.#scores;
    if (after >= 0) scores[1] = scores[0] as number;
    scores[0] = Number.NEGATIVE_INFINITY;
    let best = -1;
    for (let i = 0; i < this.#members.length; i++) {
      const drawn = score(hi, lo, hashes[2 * i] as number, hashes[2 * i + 1] as number);
      const value =
        this.#shares === undefined ? drawn : Math.log((drawn + 0.5) / 2 ** 32) / (this.#shares[i] as number);
      if (value <= (scores[0] as number)) continue;
      if (after >= 0 && !(value < (scores[1] as number) || (value === scores[1] && i > after))) continue;
      scores[0] = value;
      best = i;
    }
    return best;
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    const endpoint = this.#view.endpoints[this.pick(selection)]?.address;
    const next = this.#view.endpoints[this.pick({ ...selection, attempt: selection.attempt + 1 })]?.address;
    return { endpoint, nextEndpoint: next };
  }
}
