import { WatchQueue } from "../internal/watch-queue.js";
import type { StoreBatch } from "../store.js";
import type { StoreEntry } from "../store-txn.js";
import { systemSleep } from "../system.js";
import type { LmdbEnvironment } from "./lmdb-environment.js";
import { decodeEntry, decodeLog, decodeState, encodeKey, logKey, STATE_KEY } from "./lmdb-layout.js";

/**
 * Tells the watches of one store what any process committed: after own commits at once, else by looking at the number of
 * the last batch every `pollMs`. It looks only while there are watches.
 */
export class LmdbWatches {
  readonly #environment: LmdbEnvironment;
  readonly #pollMs: number;
  readonly #queues = new Set<WatchQueue>();
  #seen = 0;
  #polling: AbortController | undefined;

  constructor(environment: LmdbEnvironment, pollMs: number) {
    this.#environment = environment;
    this.#pollMs = pollMs;
  }

  async *watch(
    prefix: string,
    signal: AbortSignal | undefined,
    snapshot: () => Promise<readonly StoreEntry[]>,
  ): AsyncGenerator<StoreBatch, void, undefined> {
    if (this.#queues.size === 0) this.#seen = this.#lastBatch();
    else this.look();
    const queue = new WatchQueue(prefix);
    this.#queues.add(queue);
    this.#startPolling();
    try {
      yield* queue.batches(snapshot, signal);
    } finally {
      this.#queues.delete(queue);
      if (this.#queues.size === 0) this.#stopPolling();
    }
  }

  /** Reads what was committed since the last look; what cannot be read ends the watches with the reason. */
  look(): void {
    if (this.#queues.size === 0) return;
    try {
      this.#readLog(this.#lastBatch());
    } catch (error) {
      for (const queue of this.#queues) queue.fail(error);
    }
  }

  #readLog(last: number): void {
    const keys = new Set<string>();
    while (this.#seen < last) {
      const log = this.#environment.db.getBinaryFast(logKey(++this.#seen));
      if (log === undefined) {
        this.#restart(last);
        return;
      }
      for (const key of decodeLog(log).keys) keys.add(key);
    }
    for (const key of keys) this.#note(key);
  }

  close(): void {
    this.#stopPolling();
    for (const queue of this.#queues) queue.close();
  }

  #note(key: string): void {
    const interested = [...this.#queues].filter(({ prefix }) => key.startsWith(prefix));
    if (interested.length === 0) return;
    const bytes = this.#environment.db.getBinaryFast(encodeKey(key));
    const entry = bytes === undefined ? undefined : decodeEntry(key, bytes);
    for (const queue of interested) queue.note(key, entry);
  }

  /** The log no longer reaches back that far. */
  #restart(last: number): void {
    this.#seen = last;
    for (const queue of this.#queues) queue.restart();
  }

  #lastBatch(): number {
    this.#environment.check();
    this.#environment.db.resetReadTxn();
    return decodeState(this.#environment.db.get(STATE_KEY))?.batch ?? 0;
  }

  #startPolling(): void {
    if (this.#polling !== undefined) return;
    this.#polling = new AbortController();
    void this.#poll(this.#polling.signal);
  }

  #stopPolling(): void {
    this.#polling?.abort();
    this.#polling = undefined;
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const stopped = (): boolean => false;
    while (await systemSleep(this.#pollMs, signal).then(() => true, stopped)) this.look();
  }
}
