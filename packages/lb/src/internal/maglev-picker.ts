import type { HashTable } from "../hash-table.js";
import { maglevSlot } from "../lookup-table.js";
import type { EndpointView, Selection } from "../picker.js";
import type { TablePicker } from "./hash-picker.js";

/** Finds the slot of a hash. */
export class MaglevPicker implements TablePicker {
  readonly #owners: Uint32Array;
  readonly #size: number;
  readonly #view: EndpointView;

  constructor({ owners }: HashTable, view: EndpointView) {
    this.#owners = owners;
    this.#size = owners.length;
    this.#view = view;
  }

  pick(selection: Selection): number {
    if (this.#size === 0) return -1;
    return this.#owners[maglevSlot(selection.hi, selection.lo, selection.attempt, this.#size)] as number;
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    if (this.#size === 0) return { tableSize: 0 };
    const slot = maglevSlot(selection.hi, selection.lo, selection.attempt, this.#size);
    const owner = this.#owners[slot] as number;
    const slotCount = this.#owners.reduce((count, each) => (each === owner ? count + 1 : count), 0);
    return { tableSize: this.#size, slot, endpoint: this.#view.endpoints[owner]?.address, slotCount };
  }
}
