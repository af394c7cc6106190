import type { StoreEntry, StoreTxn, StoreTxnResult } from "./store-txn.js";

/** The last argument of every call that waits. */
export interface CallOptions {
  /** Checked before anything is done; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a store can take; a call beyond it is a `RangeError` and does nothing. */
export interface StoreLimits {
  /** How many compares, and how many ops, one transaction may have: 8 or more, or 1 for a single-key store. */
  readonly txnKeyCount: number;
  /** Bytes of one record as JSON text in UTF-8. */
  readonly valueBytes: number;
  /** Bytes of one key. */
  readonly keyBytes: number;
}

/** Keys from `from` up to, but without, `to`. The bounds are plain text and need not be keys. */
export interface StoreRange {
  readonly from: string;
  readonly to: string;
  /** At most so many, the lowest keys; default: all. */
  readonly limit?: number;
  /** `"keys"` spares the values: each is then `{ v: 0 }`, its revision still true. Default `"entries"`. */
  readonly select?: "entries" | "keys";
}

/** One step of a watch. A deleted key is a change whose `entry` is `undefined`. */
export type StoreBatch =
  | { readonly kind: "snapshot"; readonly entries: readonly StoreEntry[] }
  | {
      readonly kind: "changes";
      readonly changes: readonly { readonly key: string; readonly entry: StoreEntry | undefined }[];
    };

/**
 * Where records live: an ordered map from keys to JSON values with conditional transactions over several keys. Everything
 * an `Ipam` knows is in it, so two processes with the same store hand out from the same pools.
 *
 * A key is 1 to `limits.keyBytes` printable ASCII characters (`!` to `~`), so that every store orders keys alike. Reads
 * are linearizable: what a resolved transaction wrote is seen by every later read, of any process.
 *
 * How calls fail: `store_unavailable` only when a write surely did not happen; `store_outcome_unknown` whenever it may
 * have, or may still; `store_closed` after `close`; wrong use (a key twice, a limit passed, a key that is none) is a
 * `TypeError` or `RangeError` and did nothing. A compare that does not hold is a result, no error.
 *
 * `storeContract` of `@netmason/ipam/testing` is the proof that an implementation keeps all of this.
 */
export interface Store extends AsyncDisposable {
  readonly limits: StoreLimits;

  /**
   * Milliseconds since 1970 on one clock that all users of this store share; it may step back. A store that has none
   * (its users are on machines with clocks of their own) leaves it out, and the engine keeps a distance of
   * `maxClockSkewMs` from everything that expires.
   */
  now?(): number;

  /** The entries of `keys`, in their order, `undefined` for an absent one: one round trip, one moment. */
  get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]>;

  /** The entries of a range, ascending by key: one round trip, one moment. */
  range(range: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]>;

  /**
   * Commits all of `ops` or none. Resolves when the outcome is durable: what it committed survives a crash of the
   * process and of the machine, as far as the store promises that at all. An abort after the write was sent rejects with
   * the reason and leaves the outcome unknown.
   */
  txn(txn: StoreTxn, options?: CallOptions): Promise<StoreTxnResult>;

  /**
   * What is under `prefix` now, then what changes, until `break` or the signal, which ends it without an error. The first
   * batch is a snapshot; another one may come at any time and replaces all before it (a gap, a slow reader). Per key the
   * order is that of the commits; states in between may be left out. A store may poll.
   */
  watch(prefix: string, options?: CallOptions): AsyncIterable<StoreBatch>;

  /** Waits for transactions in flight, ends watches, frees what the store itself opened. A second call does nothing. */
  close(): Promise<void>;
}
