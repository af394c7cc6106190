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
  /** Whether it has aborted. */
  readonly aborted: boolean;
  /** What a wait rejects with then. */
  readonly reason: unknown;
  /** Tells a listener when it aborts. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Tells it no more. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The default for waits that a caller awaits: rejects with the signal's reason when it aborts. Keeps a process alive. */
export function systemSleep(ms: number, signal?: SleepSignal): Promise<void> {
  return sleepFor(ms, signal, false);
}

/** The default for waits in the background: as `systemSleep`, but does not keep a process alive by itself. */
export function systemIdleSleep(ms: number, signal?: SleepSignal): Promise<void> {
  return sleepFor(ms, signal, true);
}

function sleepFor(ms: number, signal: SleepSignal | undefined, isIdle: boolean): Promise<void> {
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
    if (isIdle) timer.unref?.();
    signal?.addEventListener("abort", onAbort);
  });
}
