/**
 * Orders operations: one at a time for a container, first come first served; any number across containers; an exclusive
 * one waits for those running and holds those that come after it (CNI specification, "General considerations" and GC).
 */
export interface ContainerQueue {
  run<T>(containerId: string, operation: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  runExclusive<T>(operation: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Waiter {
  /** `undefined` for an exclusive operation. */
  readonly containerId: string | undefined;
  readonly start: () => void;
}

export function createContainerQueue(): ContainerQueue {
  const waiting: Waiter[] = [];
  const running = new Set<string | undefined>();

  const startReady = (): void => {
    for (let i = 0; i < waiting.length; ) {
      const { containerId, start } = waiting[i] as Waiter;
      if (containerId === undefined) {
        // It holds everything behind it, and waits for everything before it.
        if (running.size > 0) return;
      } else if (running.has(undefined) || running.has(containerId)) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      running.add(containerId);
      start();
    }
  };

  const enqueue = async <T>(
    containerId: string | undefined,
    operation: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal?.reason);
        startReady();
      };
      const waiter: Waiter = {
        containerId,
        start: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(waiter);
      startReady();
    });
    try {
      return await operation();
    } finally {
      running.delete(containerId);
      startReady();
    }
  };
  return {
    run: enqueue,
    runExclusive: (operation, signal) => enqueue(undefined, operation, signal),
  };
}
