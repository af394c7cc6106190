import { IpamError, isIpamError } from "../errors.js";
import type { StoreEntry, StoreTxn, StoreTxnResult } from "../store-txn.js";
import { systemRandom } from "../system.js";
import type { LmdbEnvironment } from "./lmdb-environment.js";
import {
  decodeEntry,
  decodeLog,
  decodeState,
  EMPTY_STATE,
  encodeKey,
  encodeLog,
  encodeState,
  LOG_BATCHES,
  logKey,
  revisionOf,
  STATE_KEY,
  setRevision,
} from "./lmdb-layout.js";

/** A transaction of the store with its records as bytes. */
export interface EncodedTxn {
  readonly txn: StoreTxn;
  /** Of each op, `undefined` for a delete. */
  readonly records: readonly (Buffer | undefined)[];
}

interface Waiting extends EncodedTxn {
  readonly resolve: (result: StoreTxnResult) => void;
  readonly reject: (reason: unknown) => void;
  result: StoreTxnResult | undefined;
}

const BATCH_TXNS = 512;
const BATCH_BYTES = 0x400000;

/**
 * Runs transactions of the store in transactions of LMDB: one is under way, what comes meanwhile makes the next one. So a
 * sync of the disk is shared by all who wait for one, and a transaction alone waits for nobody.
 */
export class LmdbBatches {
  readonly #environment: LmdbEnvironment;
  readonly #committed: () => void;
  /** Tells the batches of this store from those of any other process. */
  readonly #name = `${process.pid}-${systemRandom().toString(36).slice(2)}`;
  #batchCount = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(environment: LmdbEnvironment, committed: () => void) {
    this.#environment = environment;
    this.#committed = committed;
  }

  /** An abort while the transaction waits takes it out; later it only ends the waiting. */
  run(encoded: EncodedTxn, signal: AbortSignal | undefined): Promise<StoreTxnResult> {
    const outcome = new Promise<StoreTxnResult>((resolve, reject) => {
      this.#waiting.push({ ...encoded, resolve, reject, result: undefined });
      this.#running ??= this.#runAll();
    });
    return signal === undefined ? outcome : this.#untilAborted(outcome, signal, this.#waiting.at(-1));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #untilAborted(
    outcome: Promise<StoreTxnResult>,
    signal: AbortSignal,
    waiting: Waiting | undefined,
  ): Promise<StoreTxnResult> {
    const abort = (): void => {
      const at = waiting === undefined ? -1 : this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      waiting?.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await outcome;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #runAll(): Promise<void> {
    // What is asked for in the same turn shares the first transaction.
    await undefined;
    while (this.#waiting.length > 0) await this.#runBatch(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { records } of this.#waiting) {
      for (const record of records) bytes += record?.length ?? 0;
      if (count > 0 && (count === BATCH_TXNS || bytes > BATCH_BYTES)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    const { db } = this.#environment;
    const mark = `${this.#name}.${++this.#batchCount}`;
    let number = 0;
    try {
      this.#environment.check();
      const written = await db.transaction(() => {
        number = decodeState(db.get(STATE_KEY))?.batch ?? 0;
        return this.#apply(batch, mark);
      });
      for (const { resolve, result } of batch) if (result !== undefined) resolve(result);
      if (written) this.#committed();
    } catch (error) {
      const reason = await this.#failureOf(error, batch[0]?.txn.ops[0]?.key ?? "", logKey(number + 1), mark);
      for (const { reject } of batch) reject(reason);
    }
  }

  /** Runs inside the transaction of LMDB. Every key is written once, after all has been decided. */
  #apply(batch: readonly Waiting[], mark: string): boolean {
    const { db } = this.#environment;
    const overlay = new Overlay(this.#environment);
    const state = decodeState(db.get(STATE_KEY)) ?? EMPTY_STATE;
    let { revision } = state;
    for (const waiting of batch) {
      const { compares, ops } = waiting.txn;
      if (compares.every((compare) => overlay.revision(compare.key) === compare.revision)) {
        if (ops.length > 0) revision++;
        for (const [i, { key }] of ops.entries()) overlay.set(key, waiting.records[i], revision);
        waiting.result = { kind: "committed", revision: String(revision) };
      } else {
        waiting.result = { kind: "conflict", current: compares.map(({ key }) => overlay.entry(key)) };
      }
    }
    if (overlay.changes.size === 0) return false;
    this.#environment.prepare(pagesOf(overlay.changes));
    for (const [key, record] of overlay.changes) {
      if (record === undefined) db.removeSync(encodeKey(key));
      else db.putSync(encodeKey(key), record);
    }
    const number = state.batch + 1;
    db.putSync(logKey(number), encodeLog(mark, overlay.changes.keys()));
    if (number > LOG_BATCHES) db.removeSync(logKey(number - LOG_BATCHES));
    db.putSync(STATE_KEY, encodeState({ ...state, revision, batch: number }));
    return true;
  }

  /** What a failed commit means: whether it was applied after all, and if not, whether there was no room for it. */
  async #failureOf(error: unknown, key: string, log: Buffer, mark: string): Promise<IpamError> {
    const cause = await causeOf(error);
    // A damaged file is not looked at again.
    if (isIpamError(cause, "store_damaged")) return cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    if (this.#mayBeApplied(log, mark)) {
      return new IpamError("store_outcome_unknown", `the commit failed: ${text}`, { key }, { cause });
    }
    const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
    const isFull = NO_ROOM.has(code) || (code === EIO && this.#environment.isFull());
    if (isFull) return new IpamError("store_full", `no room for the write: ${text}`, { key }, { cause });
    return new IpamError("store_unavailable", `the commit failed: ${text}`, { key }, { cause });
  }

  #mayBeApplied(log: Buffer, mark: string): boolean {
    const { db } = this.#environment;
    try {
      db.resetReadTxn();
      const bytes = db.getBinaryFast(log);
      return bytes !== undefined && decodeLog(bytes).mark === mark;
    } catch {
      // A store that cannot be read any more says nothing about what it holds.
      return true;
    }
  }
}

/** Codes of the system and of LMDB for a full disk, an exhausted quota, the longest file allowed and a full map. */
const NO_ROOM: ReadonlySet<unknown> = new Set([28, "ENOSPC", 122, "EDQUOT", 27, "EFBIG", -30792]);
/** What LMDB says when the system wrote only a part of a page. */
const EIO = 5;

/** The database as it will be after the transactions of a batch so far. */
class Overlay {
  readonly changes = new Map<string, Buffer | undefined>();
  readonly #environment: LmdbEnvironment;

  constructor(environment: LmdbEnvironment) {
    this.#environment = environment;
  }

  revision(key: string): string | undefined {
    const bytes = this.#bytes(key);
    return bytes === undefined ? undefined : revisionOf(bytes);
  }

  entry(key: string): StoreEntry | undefined {
    const bytes = this.#bytes(key);
    return bytes === undefined ? undefined : decodeEntry(key, bytes);
  }

  set(key: string, record: Buffer | undefined, revision: number): void {
    if (record !== undefined) setRevision(record, revision);
    this.changes.set(key, record);
  }

  /** Good until the next read. */
  #bytes(key: string): Buffer | undefined {
    if (this.changes.has(key)) return this.changes.get(key);
    return this.#environment.db.getBinaryFast(encodeKey(key));
  }
}

/** No fewer pages than the changes can make dirty: the path to each key, splits of it, and long values. */
function pagesOf(changes: ReadonlyMap<string, Buffer | undefined>): number {
  let bytes = 0;
  for (const record of changes.values()) bytes += record?.length ?? 0;
  return 64 + changes.size * 16 + Math.ceil(bytes / 2_048);
}

/** lmdb rejects with a promise of the reason inside. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  const inner: unknown = Reflect.get(error, "commitError");
  if (!(inner instanceof Promise)) return error;
  return inner.then(
    () => error,
    (reason: unknown) => reason,
  );
}
