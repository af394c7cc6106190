/**
 * Exclusive use of keys inside one instance, so that its own transactions do not overtake each other. All keys of a call
 * are taken in one step, never one after the other, so nobody waits while holding.
 */
export class KeyLocks {
  readonly #waiters = new Map<string, (() => void)[] | undefined>();

  /** Takes all keys if all are free. */
  tryAcquire(keys: readonly string[]): boolean {
    for (const key of keys) if (this.#waiters.has(key)) return false;
    for (const key of keys) this.#waiters.set(key, undefined);
    return true;
  }

  /** Takes all keys once they are free. */
  async acquire(keys: readonly string[]): Promise<void> {
    while (!this.tryAcquire(keys)) {
      const busy = keys.find((key) => this.#waiters.has(key)) as string;
      await new Promise<void>((resolve) => {
        const waiting = this.#waiters.get(busy);
        if (waiting === undefined) this.#waiters.set(busy, [resolve]);
        else waiting.push(resolve);
      });
    }
  }

  /** Frees keys; `true`: somebody waited, and the caller should let the microtask queue run before it takes them again. */
  release(keys: readonly string[]): boolean {
    let waited = false;
    for (const key of keys) {
      const waiting = this.#waiters.get(key);
      this.#waiters.delete(key);
      if (waiting === undefined) continue;
      waited = true;
      for (const wake of waiting) wake();
    }
    return waited;
  }
}
