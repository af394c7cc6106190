import { MOST_MS, requireWithin } from "./internal/bounds.js";
import { systemRandom } from "./system.js";

/** Tells how long to wait. Stateless: the same attempt draws anew from the same interval. */
export interface Backoff {
  /** Milliseconds to wait before an attempt; 1 is the first repetition. */
  delayMs(attempt: number): number;
}

/** How delays grow and how chance spreads them. */
export interface BackoffOptions {
  /**
   * - `envoy` (default): anywhere from 0 up to an interval that doubles until it reaches `maxMs`.
   * - `grpc`: `base * multiplier^(attempt - 1)`, at most `maxMs`, times a factor from 0.8 to 1.2.
   * - `linkerd`: `base * 2^(attempt - 1)` and up to half of that more, at most `maxMs`.
   */
  readonly kind?: "envoy" | "grpc" | "linkerd";
  /** The first interval; 25 for `envoy`, 1,000 for the others. */
  readonly baseMs?: number;
  /** The longest interval; 10 times the base for `envoy`, 120,000 for `grpc`, 60,000 for `linkerd`. */
  readonly maxMs?: number;
  /** How much longer each interval of `grpc` is than the one before; 1.6 by default. */
  readonly multiplier?: number;
  /** The shape of `Math.random`, the default. */
  readonly random?: () => number;
}

/**
 * Makes a back-off.
 *
 * Sources: Envoy's `source/common/common/backoff_strategy.cc` (its documentation speaks of growing intervals that the
 * code does not have), gRPC's retry design A6 and connection back-off, Linkerd's `linkerd/exp-backoff/src/lib.rs`.
 *
 * @throws RangeError when the base is not greater than 0, the longest interval is shorter than it or the multiplier is
 * less than 1
 * @category Retries and limits
 * @example
 * ```ts
 * import { createBackoff } from "@netmason/lb";
 *
 * const backoff = createBackoff({ random: () => 0.5 });
 * [1, 2, 3, 4, 5, 6].map((attempt) => backoff.delayMs(attempt)); // => [12, 25, 50, 100, 125, 125]
 * ```
 */
export function createBackoff(options: BackoffOptions = {}): Backoff {
  const { kind = "envoy", random = systemRandom, multiplier = 1.6 } = options;
  const baseMs = options.baseMs ?? (kind === "envoy" ? 25 : 1_000);
  const maxMs = options.maxMs ?? { envoy: baseMs * 10, grpc: 120_000, linkerd: 60_000 }[kind];
  if (!(baseMs > 0)) throw new RangeError(`baseMs must be greater than 0, not ${baseMs}`);
  requireWithin("maxMs", maxMs, baseMs, MOST_MS);
  requireWithin("multiplier", multiplier, 1, 1_000);
  const delay = { envoy: envoyDelay, grpc: grpcDelay, linkerd: linkerdDelay }[kind];
  return {
    delayMs(attempt) {
      if (!(attempt >= 1)) throw new RangeError(`attempt must be at least 1, not ${attempt}`);
      return delay(attempt, { baseMs, maxMs, multiplier, random });
    },
  };
}

type Settings = Required<Omit<BackoffOptions, "kind">>;

function envoyDelay(attempt: number, { baseMs, maxMs, random }: Settings): number {
  let interval = baseMs;
  for (let done = 1; done < attempt && interval < maxMs; done++) interval = interval < maxMs / 2 ? interval * 2 : maxMs;
  return Math.floor(random() * interval);
}

function grpcDelay(attempt: number, { baseMs, maxMs, multiplier, random }: Settings): number {
  return Math.min(baseMs * multiplier ** (attempt - 1), maxMs) * (0.8 + 0.4 * random());
}

function linkerdDelay(attempt: number, { baseMs, maxMs, random }: Settings): number {
  const base = Math.min(baseMs * 2 ** (attempt - 1), maxMs);
  return Math.min(base + base * 0.5 * random(), maxMs);
}
