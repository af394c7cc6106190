import type { RetryPolicyJson } from "@netmason/envoy-api/envoy/config/route/v3";
import { pruned } from "./internal/pruned.js";
import type { Seconds } from "./one-of.js";

/** The words of `retryOn`, for HTTP and gRPC. Envoy ignores a word it does not know, so a typo would retry nothing. */
export const retryWords = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "envoy-ratelimited",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
] as const;

/** When to try again. */
export type RetryOn = (typeof retryWords)[number];

/** What `retry` takes. */
export interface RetryInput {
  readonly on: readonly [RetryOn, ...RetryOn[]];
  /** Tries after the first. Default 1. */
  readonly count?: number;
  readonly perTryTimeout?: Seconds;
  /** Pause between tries: `base` grows exponentially, with jitter, up to `max` (default ten times `base`). Default 25 ms. */
  readonly backoff?: { readonly base: Seconds; readonly max?: Seconds };
  /** For the word `retriable-status-codes`. */
  readonly statusCodes?: readonly number[];
  readonly overrides?: { readonly policy?: RetryPolicyJson };
}

/**
 * When and how often a request is tried again, for a route or a virtual host.
 *
 * @throws RangeError when `backoff.max` is less than `backoff.base`, which Envoy refuses
 * @example
 * ```ts
 * import { retry } from "@netmason/xds";
 *
 * retry({ on: ["5xx", "reset"], count: 2 }); // => { retryOn: "5xx,reset", numRetries: 2 }
 * ```
 * @category Builders
 */
export function retry(input: RetryInput): RetryPolicyJson {
  const { backoff } = input;
  if (backoff?.max !== undefined && Number.parseFloat(backoff.max) < Number.parseFloat(backoff.base)) {
    throw new RangeError(`backoff.max must be at least ${backoff.base}, not ${backoff.max}`);
  }
  return pruned<RetryPolicyJson>({
    retryOn: input.on.join(","),
    numRetries: input.count,
    perTryTimeout: input.perTryTimeout,
    retriableStatusCodes: input.statusCodes,
    retryBackOff: backoff && pruned({ baseInterval: backoff.base, maxInterval: backoff.max }),
    ...input.overrides?.policy,
  });
}
