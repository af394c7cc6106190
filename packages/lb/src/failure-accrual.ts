import { type Backoff, createBackoff } from "./backoff.js";
import type { Detector, DetectorEvent, Ejection } from "./detector.js";
import { MOST_MS, requireWhole, requireWithin } from "./internal/bounds.js";
import { WindowCounts } from "./internal/window-counts.js";
import { systemNow, systemRandom } from "./system.js";
import type { TimeAndChance } from "./time-and-chance.js";

/** When a breaker opens, by the share of successes in the last while. */
export interface AccrualSuccessRate {
  /** Fewer successes than this share open it; greater than 0, at most 1. */
  readonly thresholdRatio: number;
  /** Responses in the window that it takes. */
  readonly minCount: number;
  /** How long a response counts, in ten slices; at least 10. */
  readonly windowMs: number;
}

/** When an endpoint is shut, and when it is tried again. */
export interface FailureAccrualOptions extends Partial<TimeAndChance> {
  /** Failures in a row that shut it; 7 by default, 0 for never. */
  readonly consecutiveCount?: number;
  /** Absent: the share of successes shuts nothing. */
  readonly successRate?: AccrualSuccessRate;
  /** How long it is shut before each probe; 1 second doubling to 60, with up to half more, by default. */
  readonly backoff?: Backoff;
}

/**
 * Makes a breaker for each endpoint: too many failures shut it, after a back-off one call is let through, and the next
 * response opens it again or shuts it for longer. Responses while it is shut do not count. A probe that ends without an
 * outcome gives its place to another one, so a breaker never stays on probation for want of an answer.
 *
 * A failure is a status from 500, `failure`, `timeout`, `connect_failure` or `reset`. Status 429 is a failure to
 * `successRate` only, and with it no probe succeeds by 429.
 *
 * As Linkerd's `linkerd/app/outbound/src/http/breaker/{consecutive_failures,unified,success_rate}.rs`.
 *
 * @throws RangeError when a setting is out of its bounds
 * @category Health
 * @example
 * ```ts
 * import { createFailureAccrual } from "@netmason/lb";
 *
 * let time = 0;
 * const breaker = createFailureAccrual({
 *   consecutiveCount: 2,
 *   backoff: { delayMs: () => 1_000 },
 *   now: () => time,
 * });
 * breaker.retain(["10.0.0.1:80"]);
 * breaker.record("10.0.0.1:80", 503);
 * breaker.record("10.0.0.1:80", 503);
 * breaker.isEjected("10.0.0.1:80"); // => true
 * time = 1_000;
 * breaker.tick(); // => Infinity
 * breaker.isEjected("10.0.0.1:80"); // => false
 * ```
 */
export function createFailureAccrual(options: FailureAccrualOptions = {}): Detector {
  const { consecutiveCount = 7, successRate, now = systemNow, random = systemRandom } = options;
  requireWhole("consecutiveCount", consecutiveCount, 0, 2 ** 32 - 1);
  if (successRate !== undefined) {
    const { thresholdRatio, minCount, windowMs } = successRate;
    if (!(thresholdRatio > 0 && thresholdRatio <= 1)) {
      throw new RangeError(`successRate.thresholdRatio must be greater than 0 and at most 1, not ${thresholdRatio}`);
    }
    requireWhole("successRate.minCount", minCount, 0, 2 ** 32 - 1);
    requireWithin("successRate.windowMs", windowMs, 10, MOST_MS);
  }
  const backoff = options.backoff ?? createBackoff({ kind: "linkerd", random });
  return new FailureAccrual(consecutiveCount, successRate, backoff, now);
}

interface Breaker {
  readonly address: string;
  state: "open" | "shut" | "probation";
  kind: string;
  failures: number;
  window: WindowCounts | undefined;
  /** How often it was shut since it was last open. */
  shutCount: number;
  sinceMs: number;
  untilMs: number;
  /** The number of the probe on its way; 0 for none. */
  probe: number;
}

class FailureAccrual implements Detector {
  readonly #consecutiveCount: number;
  readonly #successRate: AccrualSuccessRate | undefined;
  readonly #backoff: Backoff;
  readonly #now: () => number;
  #breakers = new Map<string, Breaker>();
  #nextMs = Number.POSITIVE_INFINITY;
  #revision = 0;
  #lastProbe = 0;
  #shutCount = 0;
  #probeCount = 0;

  constructor(
    consecutiveCount: number,
    successRate: AccrualSuccessRate | undefined,
    backoff: Backoff,
    now: () => number,
  ) {
    this.#consecutiveCount = consecutiveCount;
    this.#successRate = successRate;
    this.#backoff = backoff;
    this.#now = now;
  }

  get revision(): number {
    return this.#revision;
  }

  record(address: string, event: DetectorEvent): void {
    if (event === "connect_success") return;
    const nowMs = this.#now();
    if (nowMs >= this.#nextMs) this.#open(nowMs);
    const breaker = this.#breakers.get(address);
    if (breaker === undefined || breaker.state === "shut") return;
    if (breaker.state === "probation") this.#judgeProbe(breaker, event, nowMs);
    else this.#count(breaker, event, nowMs);
  }

  retain(addresses: readonly string[]): void {
    const breakers = new Map<string, Breaker>();
    for (const address of addresses) {
      breakers.set(address, this.#breakers.get(address) ?? openBreaker(address));
    }
    this.#breakers = breakers;
    this.#findNext();
    this.#revision++;
  }

  isEjected(address: string): boolean {
    const breaker = this.#breakers.get(address);
    if (breaker === undefined) return false;
    return breaker.state === "shut" || breaker.probe !== 0;
  }

  tick(): number {
    const nowMs = this.#now();
    if (nowMs >= this.#nextMs) this.#open(nowMs);
    return this.#nextMs;
  }

  list(): readonly Ejection[] {
    const out = [...this.#breakers.values()].filter(({ address }) => this.isEjected(address));
    return out.map(({ address, kind: rule, sinceMs, untilMs }) => ({ address, rule, sinceMs, untilMs }));
  }

  begin(address: string): number {
    const breaker = this.#breakers.get(address);
    if (breaker?.state !== "probation" || breaker.probe !== 0) return 0;
    this.#lastProbe = (this.#lastProbe % 0x3fffffff) + 1;
    breaker.probe = this.#lastProbe;
    this.#probeCount++;
    this.#revision++;
    return breaker.probe;
  }

  abandon(address: string, probe: number): void {
    const breaker = this.#breakers.get(address);
    if (breaker === undefined || breaker.probe !== probe || probe === 0) return;
    breaker.probe = 0;
    this.#revision++;
  }

  metrics(): Readonly<Record<string, number>> {
    const ejectedCount = [...this.#breakers.values()].filter(({ state }) => state !== "open").length;
    return { shutCount: this.#shutCount, probeCount: this.#probeCount, ejectedCount };
  }

  #count(breaker: Breaker, event: DetectorEvent, nowMs: number): void {
    const failed = isFailure(event);
    breaker.failures = failed ? breaker.failures + 1 : 0;
    if (this.#successRate !== undefined) {
      breaker.window ??= new WindowCounts(this.#successRate.windowMs, nowMs);
      breaker.window.add(failed || event === 429 ? 0 : 1, 1, nowMs);
    }
    if (this.#consecutiveCount > 0 && breaker.failures >= this.#consecutiveCount) {
      this.#shut(breaker, "consecutive_failures", nowMs);
    } else if (this.#fallsShort(breaker, nowMs)) {
      this.#shut(breaker, "success_rate", nowMs);
    }
  }

  #fallsShort({ window }: Breaker, nowMs: number): boolean {
    if (this.#successRate === undefined || window === undefined) return false;
    const [successes, total] = window.sums(nowMs);
    const { minCount, thresholdRatio } = this.#successRate;
    return total > 0 && total >= minCount && successes / total < thresholdRatio;
  }

  #judgeProbe(breaker: Breaker, event: DetectorEvent, nowMs: number): void {
    const failed = isFailure(event) || (this.#successRate !== undefined && event === 429);
    if (failed) {
      this.#shut(breaker, breaker.kind, nowMs);
    } else {
      Object.assign(breaker, openBreaker(breaker.address));
      this.#revision++;
    }
  }

  #shut(breaker: Breaker, kind: string, nowMs: number): void {
    breaker.state = "shut";
    breaker.kind = kind;
    breaker.probe = 0;
    breaker.shutCount++;
    breaker.sinceMs = nowMs;
    breaker.untilMs = nowMs + this.#backoff.delayMs(breaker.shutCount);
    this.#shutCount++;
    this.#nextMs = Math.min(this.#nextMs, breaker.untilMs);
    this.#revision++;
  }

  /** Puts on probation what has been shut long enough. */
  #open(nowMs: number): void {
    for (const breaker of this.#breakers.values()) {
      if (breaker.state !== "shut" || breaker.untilMs > nowMs) continue;
      breaker.state = "probation";
      this.#revision++;
    }
    this.#findNext();
  }

  #findNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { state, untilMs } of this.#breakers.values()) if (state === "shut") next = Math.min(next, untilMs);
    this.#nextMs = next;
  }
}

function openBreaker(address: string): Breaker {
  const never = { sinceMs: Number.NaN, untilMs: Number.NaN };
  return { address, state: "open", kind: "", failures: 0, window: undefined, shutCount: 0, probe: 0, ...never };
}

function isFailure(event: DetectorEvent): boolean {
  return typeof event === "number" ? event >= 500 : event !== "success" && event !== "connect_success";
}
