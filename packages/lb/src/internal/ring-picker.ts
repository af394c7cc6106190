import type { HashTable } from "../hash-table.js";
import { hashToBigInt } from "../hash64.js";
import type { EndpointView, Selection } from "../picker.js";
import type { TablePicker } from "./hash-picker.js";
import { indexRing } from "./sort-ring.js";

/** Finds the first entry of a ring at or after a hash, by its upper bits. */
export class RingPicker implements TablePicker {
  readonly #view: EndpointView;
  readonly #owners: Uint32Array;
  readonly #hi: Uint32Array;
  readonly #lo: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #shift: number;

  constructor({ owners, hi = new Uint32Array(0), lo = new Uint32Array(0) }: HashTable, view: EndpointView) {
    const { starts, shift } = indexRing(hi);
    this.#view = view;
    this.#owners = owners;
    this.#hi = hi;
    this.#lo = lo;
    this.#starts = starts;
    this.#shift = shift;
  }

  pick(selection: Selection): number {
    const size = this.#owners.length;
    if (size === 0) return -1;
    const entry = this.#entryOf(selection.hi >>> 0, selection.lo >>> 0) + selection.attempt;
    return this.#owners[entry < size ? entry : entry % size] as number;
  }

  #entryOf(high: number, low: number): number {
    const hi = this.#hi;
    const size = hi.length;
    let entry = this.#starts[high >>> this.#shift] as number;
    while (entry < size) {
      const at = hi[entry] as number;
      if (at > high || (at === high && (this.#lo[entry] as number) >= low)) return entry;
      entry++;
    }
    return 0;
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    const size = this.#owners.length;
    if (size === 0) return { ringSize: 0 };
    const index = (this.#entryOf(selection.hi >>> 0, selection.lo >>> 0) + selection.attempt) % size;
    const owner = this.#owners[index] as number;
    let next = (index + 1) % size;
    while (next !== index && this.#owners[next] === owner) next = (next + 1) % size;
    return {
      ringSize: size,
      index,
      position: hashToBigInt({ hi: this.#hi[index] as number, lo: this.#lo[index] as number }).toString(),
      endpoint: this.#view.endpoints[owner]?.address,
      nextEndpoint: this.#view.endpoints[this.#owners[next] as number]?.address,
    };
  }
}
