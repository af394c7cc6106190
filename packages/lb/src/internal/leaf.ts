import type { Endpoint } from "../endpoint.js";
import type { EndpointView, FoldedLocalities, Picker } from "../picker.js";
import type { PolicyState } from "../policy.js";
import { hasSameContent } from "./plain-content.js";
import type { SlotTable } from "./slot-table.js";

/** Endpoints of one priority and source, of one locality where these are balanced, with the picker that chooses. */
export class Leaf implements EndpointView {
  readonly endpoints: readonly Endpoint[];
  readonly weights: Float64Array;
  readonly slots: Int32Array;
  readonly localities?: FoldedLocalities;
  readonly picker: Picker;
  readonly #table: SlotTable<Endpoint>;

  private constructor(
    endpoints: readonly Endpoint[],
    slots: Int32Array,
    localities: FoldedLocalities | undefined,
    table: SlotTable<Endpoint>,
    state: PolicyState,
    previous: Picker | undefined,
  ) {
    this.endpoints = endpoints;
    this.slots = slots;
    this.weights = new Float64Array(endpoints.length);
    for (let i = 0; i < endpoints.length; i++) this.weights[i] = endpoints[i]?.weight ?? 1;
    if (localities !== undefined) this.localities = localities;
    this.#table = table;
    this.picker = state.build(this, previous);
  }

  /** The leaf of these endpoints: the one before, where nothing that its picker can see has changed. */
  static of(
    endpoints: readonly Endpoint[],
    slots: Int32Array,
    localities: FoldedLocalities | undefined,
    before: Leaf | undefined,
    { table, state }: { readonly table: SlotTable<Endpoint>; readonly state: PolicyState },
  ): Leaf {
    if (before?.holds(endpoints, slots, localities)) return before;
    return new Leaf(endpoints, slots, localities, table, state, before?.picker);
  }

  activeCount(index: number): number {
    return this.#table.active[this.slots[index] as number] as number;
  }

  slowStartSinceMs(index: number): number {
    return this.#table.warmSinceMs[this.slots[index] as number] as number;
  }

  holds(endpoints: readonly Endpoint[], slots: Int32Array, localities: FoldedLocalities | undefined): boolean {
    if (endpoints.length !== this.endpoints.length) return false;
    for (let i = 0; i < endpoints.length; i++) {
      if (slots[i] !== this.slots[i]) return false;
      const before = this.endpoints[i] as Endpoint;
      const after = endpoints[i] as Endpoint;
      if (before !== after && !looksEqual(before, after)) return false;
    }
    return sameLocalities(this.localities, localities);
  }
}

/** Whether two objects of one endpoint are the same to a policy. */
function looksEqual(a: Endpoint, b: Endpoint): boolean {
  return (
    (a.weight ?? 1) === (b.weight ?? 1) &&
    a.hashKey === b.hashKey &&
    a.hostname === b.hostname &&
    hasSameContent(a.metadata ?? NO_METADATA, b.metadata ?? NO_METADATA)
  );
}

const NO_METADATA: NonNullable<Endpoint["metadata"]> = {};

function sameLocalities(a: FoldedLocalities | undefined, b: FoldedLocalities | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameNumbers(a.indices, b.indices) && sameNumbers(a.weights, b.weights);
}

export function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
