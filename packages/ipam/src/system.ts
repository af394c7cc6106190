/** Wall time in milliseconds since 1970, the default of `now`. */
export const systemNow: () => number = Date.now;

/** The default of `random`. */
export const systemRandom: () => number = Math.random;

/** Waits, the default of `sleep`; an abort ends it with the signal's reason. */
export function systemSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
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
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
