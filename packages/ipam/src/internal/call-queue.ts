/** What waits in a queue of calls. */
interface Queued {
  readonly signal: AbortSignal | undefined;
}

/** Calls in the order they came; those that end are nearly always at the front, where taking out costs nothing. */
export class CallQueue<T extends Queued> {
  readonly #calls: T[] = [];

  get length(): number {
    return this.#calls.length;
  }

  get first(): T | undefined {
    return this.#calls[0];
  }

  push(call: T): void {
    this.#calls.push(call);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#calls[Symbol.iterator]();
  }

  /** Takes a call out; one that is not there is no error. */
  remove(call: T): void {
    if (this.#calls[0] === call) {
      this.#calls.shift();
      return;
    }
    const index = this.#calls.indexOf(call);
    if (index >= 0) this.#calls.splice(index, 1);
  }

  /** All calls. */
  all(): readonly T[] {
    return this.#calls.slice();
  }

  /** Calls whose signal has ended. */
  aborted(): readonly T[] {
    let found: T[] | undefined;
    for (const call of this.#calls) {
      if (call.signal === undefined || !call.signal.aborted) continue;
      found ??= [];
      found.push(call);
    }
    return found ?? NOBODY;
  }
}

const NOBODY: readonly never[] = [];
