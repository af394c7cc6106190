import type { EndpointView, Picker, Selection } from "../picker.js";
import type { PolicyEnvironment } from "../policy.js";
import { BoundedLoad } from "./bounded-load.js";
import { type Shares, sharesOf } from "./member-weights.js";

/** Looks a hash up in a table that was built once. */
export interface TablePicker extends Picker {
  explain(selection: Selection): Readonly<Record<string, unknown>>;
}

/** What a hash policy brings; `Table` is what it builds of keys and shares. */
export interface HashPickerSettings<Table> {
  readonly useHostname: boolean;
  readonly boundedLoadPercent: number | undefined;
  build(keys: readonly string[], weights: ArrayLike<number>, shares: Shares): Table;
  pickerOf(table: Table, view: EndpointView): TablePicker;
}

/** The picker of a leaf; takes over the table of the one before it if nothing in it would change. */
export function hashKeyPicker<Table>(
  view: EndpointView,
  previous: Picker | undefined,
  environment: PolicyEnvironment,
  settings: HashPickerSettings<Table>,
): Picker {
  const keys = view.endpoints.map(({ hashKey, hostname, address }) => {
    if (hashKey !== undefined && hashKey !== "") return hashKey;
    return settings.useHostname && hostname !== undefined && hostname !== "" ? hostname : address;
  });
  const { weights } = view;
  const shares = sharesOf(weights, view.localities);
  // The picker before is the same policy's, so that its table is of the same type.
  const before = previous instanceof HashPicker ? (previous as HashPicker<Table>) : undefined;
  const source = { keys, weights, shares };
  const table = before?.isOf(source) ? before.table : settings.build(keys, weights, shares);
  const { boundedLoadPercent } = settings;
  const bound =
    boundedLoadPercent === undefined ? undefined : new BoundedLoad(view, environment, shares, boundedLoadPercent);
  return new HashPicker(view, table, source, settings.pickerOf(table, view), bound);
}

/** What a table was built of. */
interface TableSource {
  readonly keys: readonly string[];
  readonly weights: ArrayLike<number>;
  readonly shares: Shares;
}

class HashPicker<Table> implements Picker {
  readonly table: Table;
  readonly #source: TableSource;
  readonly #lookup: TablePicker;
  readonly #bound: BoundedLoad | undefined;
  readonly #view: EndpointView;

  constructor(
    view: EndpointView,
    table: Table,
    source: TableSource,
    lookup: TablePicker,
    bound: BoundedLoad | undefined,
  ) {
    this.#view = view;
    this.table = table;
    this.#source = source;
    this.#lookup = lookup;
    this.#bound = bound;
  }

  /** True if the same table would be built of `other`. */
  isOf(other: TableSource): boolean {
    const { keys, weights, shares } = this.#source;
    return (
      areSame(keys, other.keys) &&
      areSame(weights, other.weights) &&
      areSame(shares.members, other.shares.members) &&
      areSame(shares.values, other.shares.values)
    );
  }

  pick(selection: Selection): number {
    const chosen = this.#lookup.pick(selection);
    return this.#bound === undefined || chosen < 0 ? chosen : this.#bound.divert(chosen, selection.lo);
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    const explained = this.#lookup.explain(selection);
    if (this.#bound === undefined) return explained;
    return { ...explained, endpoint: this.#view.endpoints[this.pick(selection)]?.address };
  }
}

function areSame<T>(a: ArrayLike<T>, b: ArrayLike<T>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
