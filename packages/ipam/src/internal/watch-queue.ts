import type { StoreBatch } from "../store.js";
import type { StoreEntry } from "../store-txn.js";

/** Changes kept for a slow reader before they give way to a new snapshot. */
const QUEUE_KEYS = 16_384;

/** What one watch has not been told yet: the last state of each changed key, so a slow reader costs no more than keys. */
export class WatchQueue {
  readonly prefix: string;
  #changes = new Map<string, StoreEntry | undefined>();
  #overflown = true;
  #closed = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Notes a change; of no interest when the key is not under the prefix. */
  note(key: string, entry: StoreEntry | undefined): void {
    if (!key.startsWith(this.prefix)) return;
    if (!this.#overflown) {
      this.#changes.delete(key);
      this.#changes.set(key, entry);
      if (this.#changes.size > QUEUE_KEYS) this.restart();
    }
    this.#wake?.();
  }

  /** Forgets the changes: the next batch is a snapshot. */
  restart(): void {
    this.#overflown = true;
    this.#changes = new Map();
    this.#wake?.();
  }

  /** Ends the iteration. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Ends the iteration with an error. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.close();
  }

  /** Batches until `close` or the signal; `snapshot` must answer the state as of its own call. */
  async *batches(
    snapshot: () => Promise<readonly StoreEntry[]> | readonly StoreEntry[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StoreBatch, void, undefined> {
    const wake = (): void => this.#wake?.();
    signal?.addEventListener("abort", wake);
    try {
      while (!this.#closed && !signal?.aborted) {
        if (this.#overflown) {
          // Cleared first: what is committed while the snapshot is read comes again as a change.
          this.#overflown = false;
          yield { kind: "snapshot", entries: await snapshot() };
        } else if (this.#changes.size > 0) {
          const changes = [...this.#changes].map(([key, entry]) => ({ key, entry }));
          this.#changes = new Map();
          yield { kind: "changes", changes };
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
      if (this.#failure !== undefined) throw this.#failure.reason;
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }
}
