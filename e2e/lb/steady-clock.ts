/** More than this passes between two looks only where the process does not run. */
const MOST_MS = 3;

/** A clock for measurements in a process that others keep from running. */
export interface SteadyClock {
  /** Milliseconds that passed while the process ran or waited, without those in which it was held up. */
  readonly now: () => number;
  stop(): void;
}

/**
 * Looks at the time each millisecond. Where the next look comes late, the process was not given a processor (or collected
 * garbage): no server and no policy has a part in that, so the clock stands still meanwhile.
 */
export function startSteadyClock(): SteadyClock {
  let seenMs = performance.now();
  let steadyMs = 0;
  const look = (): void => {
    const nowMs = performance.now();
    steadyMs += Math.min(nowMs - seenMs, MOST_MS);
    seenMs = nowMs;
  };
  const timer = setInterval(look, 1);
  return {
    now() {
      look();
      return steadyMs;
    },
    stop: () => clearInterval(timer),
  };
}
