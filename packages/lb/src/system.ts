// Every runtime has them; the build knows no type of a host.
declare const performance: { now(): number };
declare const setTimeout: (run: () => void, ms: number) => { unref?(): void };
declare const clearTimeout: (timer: object) => void;

/** The default of `now`: monotonic, milliseconds. */
export function systemNow(): number {
  return performance.now();
}

/** The default of `random`: 0 ≤ x < 1. */
export function systemRandom(): number {
  return Math.random();
}

/** The part of an `AbortSignal` that waiting needs. */
export interface SleepSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The default of `sleep`: rejects with the signal's reason when it aborts. Does not keep a process alive by itself. */
export function systemSleep(ms: number, signal?: SleepSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    timer.unref?.();
    signal?.addEventListener("abort", onAbort);
  });
}
