/** A clock that stands until it is moved. */
export interface ManualClock {
  /** Milliseconds; what `now` options take. */
  now(): number;
  /** Resolves when the clock has been moved past `ms` from here; an abort rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves the clock and wakes, earliest first, who slept that long. A negative number steps back and wakes nobody. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** How many turns of the microtask queue a woken sleeper gets before the next one wakes. */
const TURNS = 32;

/**
 * Makes a clock for tests of what waits or expires.
 *
 * @param startMs - where it stands first; default 1,000,000,000,000 (September 2001)
 */
export function createManualClock(startMs = 1_000_000_000_000): ManualClock {
  let time = startMs;
  const sleepers = new Set<Sleeper>();
  const now = (): number => time;
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = (): void => {
        sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const sleeper = { due: time + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
    });
  const advance = async (ms: number): Promise<void> => {
    const until = time + ms;
    for (;;) {
      let next: Sleeper | undefined;
      for (const sleeper of sleepers) if (sleeper.due <= until && sleeper.due < (next?.due ?? Infinity)) next = sleeper;
      if (next === undefined) break;
      sleepers.delete(next);
      time = Math.max(time, next.due);
      next.wake();
      for (let turn = 0; turn < TURNS; turn++) await undefined;
    }
    time = until;
  };
  return { now, sleep, advance };
}
