/**
 * An immutable JSON value with the version of its layout. Who hands one to a store, or gets one from it, never changes
 * it again, nor anything inside: a store may keep the very object. `JSON.stringify` and `JSON.parse` are its codec where
 * it becomes bytes, so a field of `undefined`, a `Date`, a `bigint` or a number that is not finite has no place in it.
 */
export interface StoreRecord {
  /** Version of the layout, 1 upwards; 0 only in what a `range` of keys answers. */
  readonly v: number;
  readonly [field: string]: unknown;
}

/** A record as it stands in the store. */
export interface StoreEntry {
  readonly key: string;
  /**
   * Token of this very write. Compare it for equality only. It never repeats for a key, also not after the key was
   * deleted and put again; two keys written by one transaction may carry the same.
   */
  readonly revision: string;
  readonly value: StoreRecord;
}

/** What must still hold for a transaction to commit; a `revision` of `undefined`: the key is absent. */
export interface StoreCompare {
  readonly key: string;
  readonly revision: string | undefined;
}

/** One write. Deleting an absent key is no error. */
export type StoreOp =
  | { readonly kind: "put"; readonly key: string; readonly value: StoreRecord }
  | { readonly kind: "delete"; readonly key: string };

/**
 * Writes that happen together, if every compare holds. No key twice in `ops`, none twice in `compares`; a key that is
 * written needs no compare (a blind write). Without `ops` it is a check of the compares at one moment.
 */
export interface StoreTxn {
  readonly compares: readonly StoreCompare[];
  readonly ops: readonly StoreOp[];
}

/** `revision` is that of every key put; `current` has the entry of each compare, in their order, from one moment. */
export type StoreTxnResult =
  | { readonly kind: "committed"; readonly revision: string }
  | { readonly kind: "conflict"; readonly current: readonly (StoreEntry | undefined)[] };
