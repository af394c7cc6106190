import { IpamError } from "../errors.js";
import { checkKey, checkLimit, checkTxn } from "../internal/store-arguments.js";
import type { CallOptions, Store, StoreBatch, StoreLimits, StoreRange } from "../store.js";
import type { StoreEntry, StoreOp, StoreRecord, StoreTxn, StoreTxnResult } from "../store-txn.js";
import { LmdbBatches } from "./lmdb-batches.js";
import type { LmdbEnvironment } from "./lmdb-environment.js";
import {
  decodeEntry,
  decodeKey,
  decodeState,
  EMPTY_STATE,
  encodeBound,
  encodeKey,
  encodeRecord,
  encodeState,
  LAYOUT_FORMAT,
  revisionOf,
  STATE_KEY,
  textBytes,
} from "./lmdb-layout.js";
import { LmdbWatches } from "./lmdb-watch.js";

/** The lowest byte a key of the store can start with. */
const FIRST_KEY = "!";
const NO_VALUE: StoreRecord = Object.freeze({ v: 0 });

/** A store in a database of LMDB. */
export class LmdbStore implements Store {
  readonly limits: StoreLimits = { txnKeyCount: 1_024, valueBytes: 0x100000, keyBytes: 1_024 };
  readonly now: () => number;
  readonly #environment: LmdbEnvironment;
  readonly #batches: LmdbBatches;
  readonly #watches: LmdbWatches;
  #closing: Promise<void> | undefined;

  constructor(environment: LmdbEnvironment, now: () => number, pollMs: number) {
    this.now = now;
    this.#environment = environment;
    this.#watches = new LmdbWatches(environment, pollMs);
    this.#batches = new LmdbBatches(environment, () => this.#watches.look());
    checkFormat(environment);
  }

  async get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]> {
    this.#check(options);
    for (const key of keys) checkKey(key, this.limits);
    const { db } = this.#environment;
    db.resetReadTxn();
    return keys.map((key) => {
      const bytes = db.getBinaryFast(encodeKey(key));
      return bytes === undefined ? undefined : decodeEntry(key, bytes);
    });
  }

  async range({ from, to, limit, select }: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]> {
    this.#check(options);
    const count = checkLimit(limit);
    return this.#range(from, to, count, select === "keys");
  }

  async txn(txn: StoreTxn, options?: CallOptions): Promise<StoreTxnResult> {
    this.#check(options);
    checkTxn(txn, this.limits);
    for (const { key } of txn.compares) checkKey(key, this.limits);
    const records = txn.ops.map((op) => this.#encode(op));
    return this.#batches.run({ txn, records }, options?.signal);
  }

  async *watch(prefix: string, options?: CallOptions): AsyncGenerator<StoreBatch, void, undefined> {
    if (options?.signal?.aborted) return;
    this.#check(undefined);
    const snapshot = async (): Promise<readonly StoreEntry[]> =>
      this.#range(prefix, `${prefix}\u{10ffff}`, Number.MAX_SAFE_INTEGER, false);
    yield* this.#watches.watch(prefix, options?.signal, snapshot);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#watches.close();
    await this.#batches.idle();
    await this.#environment.close();
  }

  #check(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#closing !== undefined) throw new IpamError("store_closed", "the store is closed", {});
    this.#environment.check();
  }

  #encode(op: StoreOp): Buffer | undefined {
    checkKey(op.key, this.limits);
    if (op.kind === "delete") return undefined;
    const record = encodeRecord(op.value);
    const bytes = textBytes(record);
    if (bytes > this.limits.valueBytes) {
      throw new RangeError(`value of ${op.key}: ${bytes} bytes are more than the limit of ${this.limits.valueBytes}`);
    }
    return record;
  }

  #range(from: string, to: string, limit: number, keysOnly: boolean): StoreEntry[] {
    const { db } = this.#environment;
    const start = from < FIRST_KEY ? FIRST_KEY : from;
    const found: StoreEntry[] = [];
    if (start >= to) return found;
    db.resetReadTxn();
    for (const { key, value } of db.getRange({ start: encodeBound(start), end: encodeBound(to) })) {
      const name = decodeKey(key);
      found.push(keysOnly ? { key: name, revision: revisionOf(value), value: NO_VALUE } : decodeEntry(name, value));
      if (found.length >= limit) break;
    }
    return found;
  }
}

/** Writes the state of a new store; refuses one that a newer version laid out. */
function checkFormat({ db, path }: LmdbEnvironment): void {
  const state = decodeState(db.get(STATE_KEY));
  if (state === undefined) {
    db.transactionSync(() => {
      if (db.get(STATE_KEY) === undefined) db.putSync(STATE_KEY, encodeState(EMPTY_STATE));
    });
  } else if (state.format > LAYOUT_FORMAT) {
    const text = `${path} has layout ${state.format}; this version reads up to ${LAYOUT_FORMAT}`;
    throw new IpamError("store_format", text, { key: "lmdb", version: state.format });
  }
}
