import type { Address } from "../address.js";
import type { Prefix } from "../prefix.js";
import type { PrefixEntry, PrefixLookup } from "../prefix-table.js";
import { createIntervalIndex, type IntervalIndex, lookupInterval } from "./interval-index.js";
import { createIntervalTable } from "./interval-table.js";
import { createStrideTable, lookupStride, type StrideTable } from "./stride-table.js";

/** An immutable table of both families; its structures answer with positions in the lists of entries, from 1. */
export class CompiledTable<V> implements PrefixLookup<V> {
  readonly size: number;
  readonly #entries4: readonly (PrefixEntry<V> | undefined)[];
  readonly #entries6: readonly (PrefixEntry<V> | undefined)[];
  readonly #table4: StrideTable;
  readonly #table6: IntervalIndex;

  /** Both lists come in `comparePrefixes` order. */
  constructor(entries4: readonly PrefixEntry<V>[], entries6: readonly PrefixEntry<V>[]) {
    this.size = entries4.length + entries6.length;
    this.#entries4 = [undefined, ...entries4];
    this.#entries6 = [undefined, ...entries6];
    this.#table4 = createStrideTable(entries4.map(prefixOfEntry));
    this.#table6 = createIntervalIndex(createIntervalTable(entries6.map(prefixOfEntry)));
  }

  lookup(address: Address): PrefixEntry<V> | undefined {
    return address.family === 4
      ? this.#entries4[lookupStride(this.#table4, address.w3)]
      : this.#entries6[lookupInterval(this.#table6, address)];
  }
}

function prefixOfEntry(entry: PrefixEntry<unknown>): Prefix {
  return entry.prefix;
}
