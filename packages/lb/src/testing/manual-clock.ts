/** A clock that stands still until it is told. */
export interface ManualClock {
  /** Milliseconds; give it where a `now` is asked for. */
  readonly now: () => number;
  /** Moves the time forward; `ms` is 0 or more. */
  advance(ms: number): void;
}

/**
 * A clock for tests, at `startMs` (default 0).
 *
 * @category Testing
 */
export function createManualClock(startMs = 0): ManualClock {
  let time = startMs;
  return {
    now: () => time,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance: ms must be 0 or more, got ${ms}`);
      time += ms;
    },
  };
}
