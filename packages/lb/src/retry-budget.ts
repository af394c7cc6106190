import { requireWhole, requireWithin } from "./internal/bounds.js";
import { WindowCounts } from "./internal/window-counts.js";
import { systemNow } from "./system.js";

/**
 * Bounds how many requests are sent again. One request is `requestStarted` … `requestEnded`; each further attempt of it
 * is `tryRetry` (when it answers true) … `retryEnded`.
 */
export interface RetryBudget {
  /** A request begins, with its first attempt. */
  requestStarted(): void;
  /** The request is over; whether its last attempt succeeded. */
  requestEnded(succeeded: boolean): void;
  /** An attempt failed and another one is wanted: true, and taken from the budget, or false. */
  tryRetry(): boolean;
  /** That further attempt is over; whether it succeeded. */
  retryEnded(succeeded: boolean): void;
}

/** A share of the requests in flight. */
export interface ConcurrencyBudgetOptions {
  /** Attempts beyond the first at once, in percent of requests in flight; 20 by default. */
  readonly percent?: number;
  /** At least so many at once; 3 by default. */
  readonly minConcurrency?: number;
}

/**
 * Makes a budget that bounds retries in flight by the requests in flight: `max(floor(percent / 100 * active),
 * minConcurrency)`, as Envoy's `source/common/upstream/resource_manager_impl.h`.
 *
 * @throws RangeError when the percentage is outside 0 to 100 or the minimum is negative
 * @category Retries and limits
 * @example
 * ```ts
 * import { createConcurrencyBudget } from "@netmason/lb";
 *
 * const budget = createConcurrencyBudget({ minConcurrency: 1 });
 * budget.requestStarted();
 * [budget.tryRetry(), budget.tryRetry()]; // => [true, false]
 * ```
 */
export function createConcurrencyBudget(options: ConcurrencyBudgetOptions = {}): RetryBudget {
  const { percent = 20, minConcurrency = 3 } = options;
  requireWithin("percent", percent, 0, 100);
  requireWhole("minConcurrency", minConcurrency, 0, Number.MAX_SAFE_INTEGER);
  let active = 0;
  let retries = 0;
  return {
    requestStarted() {
      active++;
    },
    requestEnded() {
      active = oneLess("requestEnded", active);
    },
    tryRetry() {
      if (retries >= Math.max(Math.floor((percent / 100) * active), minConcurrency)) return false;
      retries++;
      return true;
    },
    retryEnded() {
      retries = oneLess("retryEnded", retries);
    },
  };
}

/** A share of the requests of the last while. */
export interface DepositBudgetOptions {
  /** How long a request counts, in ten slices; 1,000 to 60,000, 10,000 by default. */
  readonly ttlMs?: number;
  /** Retries in a hundred requests; 0 to 100,000, 20 by default. */
  readonly percent?: number;
  /** Retries a second on top, for callers with few requests; 10 by default. */
  readonly minPerSecond?: number;
  /** Monotonic, milliseconds. */
  readonly now?: () => number;
}

/**
 * Makes a budget into which each request deposits and from which each retry withdraws; deposits and withdrawals are
 * forgotten after `ttlMs`. As Finagle's `finagle-core/…/finagle/service/RetryBudget.scala`, with its whole-number scale:
 * a deposit is 1,000, a withdrawal `floor(100,000 / percent)`.
 *
 * @throws RangeError when an option is out of its bounds
 * @category Retries and limits
 */
export function createDepositBudget(options: DepositBudgetOptions = {}): RetryBudget {
  const { ttlMs = 10_000, percent = 20, minPerSecond = 10, now = systemNow } = options;
  requireWithin("ttlMs", ttlMs, 1_000, 60_000);
  requireWithin("percent", percent, 0, 100_000);
  requireWithin("minPerSecond", minPerSecond, 0, 1_000_000);
  const deposit = percent === 0 ? 0 : 1_000;
  const withdrawal = percent === 0 ? 1 : Math.floor(100_000 / percent);
  const reserve = minPerSecond * Math.floor(ttlMs / 1_000) * withdrawal;
  const balance = new WindowCounts(ttlMs, now());
  return {
    requestStarted() {
      balance.add(deposit, 0, now());
    },
    requestEnded() {},
    tryRetry() {
      const nowMs = now();
      const [left] = balance.sums(nowMs);
      if (left + reserve < withdrawal || (percent === 0 && minPerSecond === 0)) return false;
      balance.add(-withdrawal, 0, nowMs);
      return true;
    },
    retryEnded() {},
  };
}

/** Failures weighed against successes. */
export interface ThrottleBudgetOptions {
  /** The bucket's size, and how full it begins; greater than 0, at most 1,000. Retries need more than half of it. */
  readonly maxTokens: number;
  /** What a success puts in; greater than 0, taken to three decimals. A failure takes 1 out. */
  readonly tokenRatio: number;
}

/** A `RetryBudget` whose bucket can be looked into. */
export interface ThrottleBudget extends RetryBudget {
  /** 0 to `maxTokens`. */
  readonly tokens: number;
  /** Whether there is more than half. */
  readonly allowsRetries: boolean;
}

/**
 * Makes a budget that stops retries while failures outweigh successes: each failed attempt takes 1 token, each success
 * puts `tokenRatio` back, and an attempt is repeated only while more than half of `maxTokens` is left after its failure
 * was taken. As gRPC's `retryThrottling` (proposal A6). A `tryRetry` that is refused has counted the failed attempt, so
 * the `requestEnded(false)` after it counts nothing more; no more of these are awaited than requests are in flight.
 *
 * @throws RangeError when `maxTokens` or `tokenRatio` is out of its bounds
 * @category Retries and limits
 * @example
 * ```ts
 * import { createThrottleBudget } from "@netmason/lb";
 *
 * const budget = createThrottleBudget({ maxTokens: 10, tokenRatio: 0.1 });
 * for (let failed = 0; failed < 5; failed++) budget.requestEnded(false);
 * budget.allowsRetries; // => false
 * budget.requestEnded(true);
 * budget.tokens; // => 5.1
 * ```
 */
export function createThrottleBudget(options: ThrottleBudgetOptions): ThrottleBudget {
  if (!(options.maxTokens > 0 && options.maxTokens <= 1_000)) {
    throw new RangeError(`maxTokens must be greater than 0 and at most 1000, not ${options.maxTokens}`);
  }
  const max = Math.floor(options.maxTokens * 1_000);
  const ratio = Math.floor(options.tokenRatio * 1_000);
  if (!(ratio > 0)) throw new RangeError(`tokenRatio must be at least 0.001, not ${options.tokenRatio}`);
  let tokens = max;
  let active = 0;
  let refused = 0;
  const fail = (): void => {
    tokens = Math.max(0, tokens - 1_000);
  };
  return {
    get tokens() {
      return tokens / 1_000;
    },
    get allowsRetries() {
      return tokens > max / 2;
    },
    requestStarted() {
      active++;
    },
    requestEnded(succeeded) {
      if (succeeded) tokens = Math.min(max, tokens + ratio);
      else if (refused > 0) refused--;
      else fail();
      active = Math.max(0, active - 1);
      // A request that was refused another attempt and yet succeeded leaves its mark no longer than it can be.
      refused = Math.min(refused, active);
    },
    tryRetry() {
      fail();
      const allowed = tokens > max / 2;
      if (!allowed) refused++;
      return allowed;
    },
    retryEnded() {},
  };
}

function oneLess(call: string, count: number): number {
  if (count === 0) throw new RangeError(`${call}: nothing had begun`);
  return count - 1;
}
