import type { HashTable } from "../hash-table.js";
import type { EndpointView, Picker, Selection } from "../picker.js";
import type { PolicyEnvironment } from "../policy.js";
import { BoundedLoad } from "./bounded-load.js";
import { type Shares, sharesOf } from "./member-weights.js";

/** Looks a hash up in a table that was built once. */
export interface TablePicker extends Picker {
  explain(selection: Selection): Readonly<Record<string, unknown>>;
}

/** What a hash policy brings. */
export interface HashPickerSettings {
  readonly useHostname: boolean;
  readonly boundedLoadPercent: number | undefined;
  build(keys: readonly string[], weights: ArrayLike<number>, shares: Shares): HashTable;
  pickerOf(table: HashTable, view: EndpointView): TablePicker;
}

/** The picker of a leaf; takes over the table of the one before it if nothing in it would change. */
export function hashKeyPicker(
  view: EndpointView,
  previous: Picker | undefined,
  environment: PolicyEnvironment,
  settings: HashPickerSettings,
): Picker {
  const keys = view.endpoints.map(({ hashKey, hostname, address }) => {
    if (hashKey !== undefined && hashKey !== "") return hashKey;
    return settings.useHostname && hostname !== undefined && hostname !== "" ? hostname : address;
  });
  const shares = sharesOf(view.weights, view.localities);
  const known = previous instanceof HashPicker && previous.isOf(keys, view.weights, shares);
  const table = known ? previous.table : settings.build(keys, view.weights, shares);
  const { boundedLoadPercent } = settings;
  const bound =
    boundedLoadPercent === undefined ? undefined : new BoundedLoad(view, environment, shares, boundedLoadPercent);
  return new HashPicker(table, settings.pickerOf(table, view), bound, { weights: view.weights, shares });
}

class HashPicker implements Picker {
  readonly table: HashTable;
  readonly #lookup: TablePicker;
  readonly #bound: BoundedLoad | undefined;
  readonly #built: { readonly weights: ArrayLike<number>; readonly shares: Shares };

  constructor(
    table: HashTable,
    lookup: TablePicker,
    bound: BoundedLoad | undefined,
    built: { readonly weights: ArrayLike<number>; readonly shares: Shares },
  ) {
    this.table = table;
    this.#lookup = lookup;
    this.#bound = bound;
    this.#built = built;
  }

  /** True if the table would be built of the same keys, weights and shares. */
  isOf(keys: readonly string[], weights: ArrayLike<number>, { members, values }: Shares): boolean {
    const { shares } = this.#built;
    return (
      areSame(keys, this.table.keys) &&
      areSame(weights, this.#built.weights) &&
      areSame(members, shares.members) &&
      areSame(values, shares.values)
    );
  }

  pick(selection: Selection): number {
    const chosen = this.#lookup.pick(selection);
    return this.#bound === undefined || chosen < 0 ? chosen : this.#bound.divert(chosen, selection.lo);
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    return this.#lookup.explain(selection);
  }
}

function areSame<T>(a: ArrayLike<T>, b: ArrayLike<T>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
