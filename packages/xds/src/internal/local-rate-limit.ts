import type { LocalRateLimitJson } from "@netmason/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3";
import type { Seconds } from "../one-of.js";
import { pruned } from "./pruned.js";

/** A bucket of tokens; each request takes one. */
export interface LocalRateLimitInput {
  /** Name in the statistics. Default `local_rate_limit`. */
  readonly statPrefix?: string;
  /** Size of the bucket, so how many requests may come at once. */
  readonly maxTokens: number;
  /** Tokens that come back each `fillInterval`. Default `maxTokens`. */
  readonly tokensPerFill?: number;
  /** At least 50 ms. */
  readonly fillInterval: Seconds;
}

const EVERY_REQUEST = { defaultValue: { numerator: 100 } } as const;

export function localRateLimitOf(
  input: LocalRateLimitInput & { readonly overrides?: { readonly config?: LocalRateLimitJson } },
): {
  readonly "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
} & LocalRateLimitJson {
  const { statPrefix = "local_rate_limit", maxTokens, fillInterval, tokensPerFill = maxTokens, overrides } = input;
  if (!(Number.parseFloat(fillInterval) >= 0.05)) {
    throw new RangeError(`fillInterval must be at least 0.05s, not ${fillInterval}`);
  }
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    ...pruned<LocalRateLimitJson>({
      statPrefix,
      tokenBucket: { maxTokens, tokensPerFill, fillInterval },
      filterEnabled: EVERY_REQUEST,
      filterEnforced: EVERY_REQUEST,
      ...overrides?.config,
    }),
  };
}
