import { IpamError } from "./errors.js";
import { OrderedKeys } from "./internal/ordered-keys.js";
import { SteadyMap } from "./internal/steady-map.js";
import { checkKey, checkLimit, checkTxn } from "./internal/store-arguments.js";
import { WatchQueue } from "./internal/watch-queue.js";
import type { CallOptions, Store, StoreBatch, StoreLimits, StoreRange } from "./store.js";
import type { StoreEntry, StoreRecord, StoreTxn, StoreTxnResult } from "./store-txn.js";

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /** Default 128; 1 makes it a single-key store. */
  readonly txnKeyCount?: number;
  /** Default: no limit, and no record is measured. */
  readonly valueBytes?: number;
  /** Milliseconds since 1970. Default: the store has no clock, so each `Ipam` goes by its own and keeps its distance. */
  readonly now?: () => number;
}

const KEY_BYTES = 1024;
const NO_VALUE: StoreRecord = Object.freeze({ v: 0 });

/**
 * A store in memory: the reference of what a store does. It keeps the very objects it is given, so it costs no copy and
 * no JSON; what it holds is gone with the process, unless `exportPool` moves it to another store.
 *
 * A read or a write of one key costs O(1), also of one that comes and goes. Keys are brought into order only when a range is asked for, so keys that came
 * and went in between never cost a search.
 *
 * @category Stores
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { txnKeyCount = 128, valueBytes = Number.POSITIVE_INFINITY, now } = options;
  if (txnKeyCount !== 1 && !(Number.isSafeInteger(txnKeyCount) && txnKeyCount >= 8)) {
    throw new RangeError(`txnKeyCount: ${txnKeyCount} is neither 1 nor 8 or more`);
  }
  if (!(valueBytes >= 1024)) throw new RangeError(`valueBytes: ${valueBytes} is not 1024 or more`);
  const store = new MemoryStore({ txnKeyCount, valueBytes, keyBytes: KEY_BYTES });
  return now === undefined ? store : Object.assign(store, { now });
}

class MemoryStore implements Store {
  readonly limits: StoreLimits;
  readonly #entries = new SteadyMap<StoreEntry>();
  readonly #order = new OrderedKeys();
  /** Keys of `#entries` that `#order` does not have, and keys of `#order` that are gone. */
  readonly #added = new SteadyMap<StoreRecord>();
  readonly #deleted = new SteadyMap<StoreRecord>();
  readonly #watches = new Set<WatchQueue>();
  #revision = 0;
  #closed = false;

  constructor(limits: StoreLimits) {
    this.limits = limits;
  }

  async get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]> {
    this.#check(options);
    for (const key of keys) if (!this.#entries.has(key)) checkKey(key, this.limits);
    return keys.map((key) => this.#entries.get(key));
  }

  async range({ from, to, limit, select }: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]> {
    this.#check(options);
    const keys = this.#keysBetween(from, to, checkLimit(limit));
    if (select !== "keys") return keys.map((key) => this.#entries.get(key) as StoreEntry);
    return keys.map((key) => ({ key, revision: (this.#entries.get(key) as StoreEntry).revision, value: NO_VALUE }));
  }

  async txn(txn: StoreTxn, options?: CallOptions): Promise<StoreTxnResult> {
    this.#check(options);
    this.#checkArguments(txn);
    const { compares, ops } = txn;
    for (const { key, revision } of compares) {
      if (this.#entries.get(key)?.revision !== revision) {
        return { kind: "conflict", current: compares.map((compare) => this.#entries.get(compare.key)) };
      }
    }
    const revision = String(++this.#revision);
    for (const op of ops) {
      if (op.kind === "put") this.#put({ key: op.key, revision, value: op.value });
      else this.#delete(op.key);
    }
    return { kind: "committed", revision };
  }

  async *watch(prefix: string, options?: CallOptions): AsyncGenerator<StoreBatch, void, undefined> {
    if (options?.signal?.aborted) return;
    this.#check(undefined);
    const queue = new WatchQueue(prefix);
    this.#watches.add(queue);
    const snapshot = (): readonly StoreEntry[] =>
      this.#keysBetween(prefix, `${prefix}\u{10ffff}`, Number.MAX_SAFE_INTEGER).map(
        (key) => this.#entries.get(key) as StoreEntry,
      );
    try {
      yield* queue.batches(snapshot, options?.signal);
    } finally {
      this.#watches.delete(queue);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queue of this.#watches) queue.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#closed) throw new IpamError("store_closed", "the store is closed", {});
  }

  #checkArguments(txn: StoreTxn): void {
    checkTxn(txn, this.limits);
    for (const { key } of txn.compares) if (!this.#entries.has(key)) checkKey(key, this.limits);
    for (const op of txn.ops) {
      if (!this.#entries.has(op.key)) checkKey(op.key, this.limits);
      if (op.kind === "put" && this.limits.valueBytes !== Number.POSITIVE_INFINITY) this.#checkValue(op.key, op.value);
    }
  }

  #checkValue(key: string, value: StoreRecord): void {
    const bytes = utf8Bytes(JSON.stringify(value));
    if (bytes > this.limits.valueBytes) {
      throw new RangeError(`value of ${key}: ${bytes} bytes are more than the limit of ${this.limits.valueBytes}`);
    }
  }

  #put(entry: StoreEntry): void {
    const { key } = entry;
    if (this.#entries.set(key, entry) && !this.#deleted.delete(key)) this.#added.set(key, NO_VALUE);
    for (const queue of this.#watches) queue.note(key, entry);
  }

  #delete(key: string): void {
    if (!this.#entries.delete(key)) return;
    if (!this.#added.delete(key)) this.#deleted.set(key, NO_VALUE);
    for (const queue of this.#watches) queue.note(key, undefined);
  }

  #keysBetween(from: string, to: string, limit: number): readonly string[] {
    if (this.#deleted.size > 0) {
      for (const key of this.#deleted.keys()) this.#order.delete(key);
      this.#deleted.clear();
    }
    if (this.#added.size > 0) {
      this.#order.add([...this.#added.keys()]);
      this.#added.clear();
    }
    return this.#order.between(from, to, limit);
  }
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
