import { requireWithin } from "./internal/bounds.js";
import { systemNow } from "./system.js";

/** Bounds how often something happens. */
export interface RateLimit {
  /** Takes so many (1 by default), or none and answers false. */
  tryTake(count?: number): boolean;
  /** Milliseconds until one can be taken; 0 when it can be now. */
  nextMs(): number;
}

/** How fast and how many at once. */
export interface TokenBucketOptions {
  /** Tokens that come in a second; greater than 0. As in Envoy not less than one a year. */
  readonly ratePerSecond: number;
  /** The most that can be taken at once, and what there is at first; at least 1. */
  readonly burst: number;
  /** Monotonic, milliseconds. */
  readonly now?: () => number;
}

const LEAST_PER_SECOND = 1 / (365 * 24 * 60 * 60);

/**
 * Makes a token bucket that begins full and is filled when it is looked at: in any time of t seconds at most
 * `burst + ratePerSecond * t` are taken. As Envoy's `source/common/common/token_bucket_impl.cc`, but that `nextMs` is
 * exact where Envoy answers the time of one whole token.
 *
 * @throws RangeError when the rate is not greater than 0 or the burst is less than 1
 * @category Retries and limits
 * @example
 * ```ts
 * import { createTokenBucket } from "@netmason/lb";
 *
 * const bucket = createTokenBucket({ ratePerSecond: 10, burst: 2, now: () => 0 });
 * [bucket.tryTake(2), bucket.tryTake(), bucket.nextMs()]; // => [true, false, 100]
 * ```
 */
export function createTokenBucket(options: TokenBucketOptions): RateLimit {
  const { ratePerSecond, burst, now = systemNow } = options;
  if (!(ratePerSecond > 0)) throw new RangeError(`ratePerSecond must be greater than 0, not ${ratePerSecond}`);
  requireWithin("burst", burst, 1, Number.MAX_SAFE_INTEGER);
  return new TokenBucket(Math.max(ratePerSecond, LEAST_PER_SECOND) / 1_000, burst, now);
}

class TokenBucket implements RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** Doubles in an array do not become heap numbers when they change. */
  readonly #state: Float64Array;

  constructor(perMs: number, burst: number, now: () => number) {
    this.#perMs = perMs;
    this.#burst = burst;
    this.#now = now;
    this.#state = Float64Array.of(burst, now());
  }

  tryTake(count = 1): boolean {
    if (!(count >= 0)) throw new RangeError(`count must not be negative, not ${count}`);
    const tokens = this.#fill();
    if (tokens < count) return false;
    this.#state[0] = tokens - count;
    return true;
  }

  nextMs(): number {
    const tokens = this.#fill();
    return tokens >= 1 ? 0 : (1 - tokens) / this.#perMs;
  }

  #fill(): number {
    const state = this.#state;
    const nowMs = this.#now();
    const tokens = Math.min(this.#burst, (state[0] as number) + (nowMs - (state[1] as number)) * this.#perMs);
    state[0] = tokens;
    state[1] = nowMs;
    return tokens;
  }
}
