import type { Detector, DetectorEvent, Ejection } from "./detector.js";
import { createDraws, type Draws } from "./internal/draws.js";
import { OutlierMonitor, type RateBuckets, successRateThreshold } from "./internal/outlier-monitor.js";
import { type OutlierOptions, type OutlierSettings, outlierSettings } from "./outlier-options.js";
import { systemNow } from "./system.js";
import type { TimeAndChance } from "./time-and-chance.js";

type ConsecutiveKind = "consecutive_5xx" | "consecutive_gateway_failure" | "consecutive_local_origin_failure";
type RatioKind =
  | "success_rate"
  | "success_rate_local_origin"
  | "failure_percentage"
  | "failure_percentage_local_origin";
type Kind = ConsecutiveKind | RatioKind;

/**
 * Makes an outlier detector: endpoints that fail too often, in a row or compared with the others, take no traffic for a
 * while. Each further ejection of an endpoint lasts longer; for each interval it behaves afterwards, its next one gets
 * shorter again.
 *
 * A status counts as itself, `success` as 200, `failure` as 500. A failure of local origin counts as 504 (`timeout`) or
 * 503 (`connect_failure`, `reset`), unless these are split from statuses: then they have counters of their own, which
 * any response and `connect_success` reset. Consecutive failures eject at once; comparisons and returns happen once an
 * interval, missed intervals one after the other.
 *
 * As Envoy's `source/common/upstream/outlier_detection_impl.cc`; that a reset counts as a failed connection is in
 * `source/common/router/router.cc`. Metrics have Envoy's names with `ejections_` left out.
 *
 * @throws RangeError when a setting is out of its bounds
 * @category Health
 * @example
 * ```ts
 * import { createOutlierDetector } from "@netmason/lb";
 *
 * const detector = createOutlierDetector({ consecutive5xx: { threshold: 2 }, ejection: { alwaysOne: true } });
 * detector.retain(["10.0.0.1:80", "10.0.0.2:80"]);
 * detector.record("10.0.0.2:80", 500);
 * detector.record("10.0.0.2:80", "timeout");
 * detector.isEjected("10.0.0.2:80"); // => true
 * ```
 */
export function createOutlierDetector(options: OutlierOptions & Partial<TimeAndChance> = {}): Detector {
  const { now = systemNow, random, ...rules } = options;
  return new OutlierDetector(outlierSettings(rules), now, createDraws(random));
}

class OutlierDetector implements Detector {
  readonly #settings: OutlierSettings;
  readonly #now: () => number;
  readonly #draws: Draws;
  readonly #counters: Record<string, number> = {};
  #monitors = new Map<string, OutlierMonitor>();
  #ejectedCount = 0;
  #nextTickMs: number;
  #revision = 0;

  constructor(settings: OutlierSettings, now: () => number, draws: Draws) {
    this.#settings = settings;
    this.#now = now;
    this.#draws = draws;
    this.#nextTickMs = now() + settings.intervalMs;
  }

  get revision(): number {
    return this.#revision;
  }

  record(address: string, event: DetectorEvent): void {
    const nowMs = this.#now();
    if (nowMs >= this.#nextTickMs) this.#catchUp(nowMs);
    const monitor = this.#monitors.get(address);
    if (monitor === undefined) return;
    if (typeof event === "number") this.#recordResponse(monitor, event, nowMs);
    else if (event === "success") this.#recordResponse(monitor, 200, nowMs);
    else if (event === "failure") this.#recordResponse(monitor, 500, nowMs);
    else if (!this.#settings.consecutiveLocalOrigin.split) this.#recordMerged(monitor, event, nowMs);
    else if (event === "connect_success") recordLocalSuccess(monitor);
    else this.#recordLocalFailure(monitor, nowMs);
  }

  retain(addresses: readonly string[]): void {
    const monitors = new Map<string, OutlierMonitor>();
    for (const address of addresses) {
      monitors.set(address, this.#monitors.get(address) ?? new OutlierMonitor(address));
    }
    this.#monitors = monitors;
    this.#ejectedCount = [...monitors.values()].filter(({ isEjected }) => isEjected).length;
    this.#revision++;
  }

  isEjected(address: string): boolean {
    return this.#monitors.get(address)?.isEjected ?? false;
  }

  tick(): number {
    const nowMs = this.#now();
    if (nowMs >= this.#nextTickMs) this.#catchUp(nowMs);
    return this.#nextTickMs;
  }

  list(): readonly Ejection[] {
    const out = [...this.#monitors.values()].filter(({ isEjected }) => isEjected);
    return out.map((monitor) => ({
      address: monitor.address,
      rule: monitor.kind,
      sinceMs: monitor.ejectedAtMs,
      untilMs: this.#returnTime(monitor),
    }));
  }

  metrics(): Readonly<Record<string, number>> {
    return { ...this.#counters, ejectedCount: this.#ejectedCount };
  }

  #recordResponse(monitor: OutlierMonitor, status: number, nowMs: number): void {
    const { consecutive5xx, consecutiveGateway, consecutiveLocalOrigin } = this.#settings;
    if (consecutiveLocalOrigin.split) recordLocalSuccess(monitor);
    const failed = status >= 500 && status <= 599;
    monitor.external.record(!failed);
    if (!failed) {
      monitor.consecutive5xx = 0;
      monitor.consecutiveGateway = 0;
      return;
    }
    if (status >= 502 && status <= 504) {
      if (++monitor.consecutiveGateway === consecutiveGateway.threshold) {
        this.#onConsecutive(monitor, "consecutive_gateway_failure", nowMs);
      }
    } else {
      monitor.consecutiveGateway = 0;
    }
    if (++monitor.consecutive5xx === consecutive5xx.threshold) this.#onConsecutive(monitor, "consecutive_5xx", nowMs);
  }

  #recordMerged(
    monitor: OutlierMonitor,
    event: "timeout" | "connect_failure" | "reset" | "connect_success",
    nowMs: number,
  ): void {
    // A connection alone says nothing of the response on it.
    if (event !== "connect_success") this.#recordResponse(monitor, event === "timeout" ? 504 : 503, nowMs);
  }

  #recordLocalFailure(monitor: OutlierMonitor, nowMs: number): void {
    monitor.local.record(false);
    if (++monitor.consecutiveLocal === this.#settings.consecutiveLocalOrigin.threshold) {
      this.#onConsecutive(monitor, "consecutive_local_origin_failure", nowMs);
    }
  }

  #onConsecutive(monitor: OutlierMonitor, kind: ConsecutiveKind, nowMs: number): void {
    if (monitor.isEjected) return;
    this.#found(monitor, kind, nowMs);
    // The counter that found it begins anew, so that the next run of failures is found even without a success between.
    if (kind === "consecutive_5xx") monitor.consecutive5xx = 0;
    else if (kind === "consecutive_gateway_failure") monitor.consecutiveGateway = 0;
    else monitor.consecutiveLocal = 0;
  }

  /** Ejects, unless too many are out or the coin says no. */
  #found(monitor: OutlierMonitor, kind: Kind, nowMs: number): void {
    this.#count(`${inOneWord(kind)}DetectedCount`);
    const { maxPercent, alwaysOne, baseMs, maxMs, jitterMs } = this.#settings.ejection;
    const fits = (100 * (this.#ejectedCount + 1)) / this.#monitors.size <= maxPercent;
    if (!fits && !(alwaysOne && this.#ejectedCount === 0)) {
      this.#count("overflowCount");
      return;
    }
    if (!this.#enforces(kind)) return;
    this.#count("enforcedCount");
    this.#count(`${inOneWord(kind)}EnforcedCount`);
    this.#ejectedCount++;
    this.#revision++;
    monitor.isEjected = true;
    monitor.kind = kind;
    monitor.ejectedAtMs = nowMs;
    monitor.jitterMs = jitterMs > 0 ? this.#draws.below(Math.floor(jitterMs) + 1) : 0;
    if (monitor.backoff * baseMs < maxMs + baseMs) monitor.backoff++;
  }

  /** Draws only where chance decides. */
  #enforces(kind: Kind): boolean {
    const { consecutive5xx, consecutiveGateway, consecutiveLocalOrigin, successRate, failurePercent } = this.#settings;
    const percent = {
      consecutive_5xx: consecutive5xx.enforcePercent,
      consecutive_gateway_failure: consecutiveGateway.enforcePercent,
      consecutive_local_origin_failure: consecutiveLocalOrigin.enforcePercent,
      success_rate: successRate.enforcePercent,
      success_rate_local_origin: successRate.enforceLocalOriginPercent,
      failure_percentage: failurePercent.enforcePercent,
      failure_percentage_local_origin: failurePercent.enforceLocalOriginPercent,
    }[kind];
    return percent >= 100 || (percent > 0 && this.#draws.below(100) < percent);
  }

  #catchUp(nowMs: number): void {
    const { intervalMs } = this.#settings;
    while (nowMs >= this.#nextTickMs) {
      const isAtRest = [...this.#monitors.values()].every((monitor) => monitor.isAtRest);
      if (isAtRest) {
        const missed = Math.floor((nowMs - this.#nextTickMs) / intervalMs);
        this.#nextTickMs += (missed + 1) * intervalMs;
        return;
      }
      this.#endInterval(this.#nextTickMs);
      this.#nextTickMs += intervalMs;
    }
  }

  #endInterval(atMs: number): void {
    for (const monitor of this.#monitors.values()) {
      if (monitor.isEjected && this.#dueTime(monitor) <= atMs) this.#return(monitor, atMs);
      monitor.external.turn();
      monitor.local.turn();
    }
    this.#compare(({ external }) => external, "success_rate", "failure_percentage", atMs);
    this.#compare(({ local }) => local, "success_rate_local_origin", "failure_percentage_local_origin", atMs);
    for (const monitor of this.#monitors.values()) {
      if (monitor.isEjected || !(atMs - monitor.returnedAtMs >= this.#settings.intervalMs)) continue;
      if (monitor.backoff > 0) monitor.backoff--;
    }
  }

  #compare(
    rateOf: (monitor: OutlierMonitor) => RateBuckets,
    rateKind: RatioKind,
    percentKind: RatioKind,
    atMs: number,
  ): void {
    const { successRate, failurePercent } = this.#settings;
    const rated = [...this.#monitors.values()].filter((each) => !each.isEjected && rateOf(each).volume > 0);
    const busy = rated.filter((each) => rateOf(each).volume >= successRate.requestVolume);
    const counted = rated.filter((each) => rateOf(each).volume >= failurePercent.requestVolume);
    if (busy.length > 0 && busy.length >= successRate.minEndpointCount) {
      const percents = busy.map((each) => rateOf(each).successPercent);
      const { threshold } = successRateThreshold(percents, successRate.stdevFactor);
      for (const each of busy) if (rateOf(each).successPercent < threshold) this.#found(each, rateKind, atMs);
    }
    if (counted.length === 0 || counted.length < failurePercent.minEndpointCount) return;
    for (const each of counted) {
      const failed = 100 - rateOf(each).successPercent >= failurePercent.thresholdPercent;
      if (failed && !each.isEjected) this.#found(each, percentKind, atMs);
    }
  }

  #return(monitor: OutlierMonitor, atMs: number): void {
    this.#ejectedCount--;
    this.#revision++;
    monitor.isEjected = false;
    monitor.returnedAtMs = atMs;
    monitor.resetConsecutive();
  }

  #dueTime({ ejectedAtMs, backoff, jitterMs }: OutlierMonitor): number {
    const { baseMs, maxMs } = this.#settings.ejection;
    return ejectedAtMs + Math.min(baseMs * backoff, maxMs) + jitterMs;
  }

  /** The first end of an interval that finds it due. */
  #returnTime(monitor: OutlierMonitor): number {
    const { intervalMs } = this.#settings;
    const intervals = Math.ceil((this.#dueTime(monitor) - this.#nextTickMs) / intervalMs);
    return this.#nextTickMs + Math.max(0, intervals) * intervalMs;
  }

  #count(name: string): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + 1;
  }
}

function recordLocalSuccess(monitor: OutlierMonitor): void {
  monitor.local.record(true);
  monitor.consecutiveLocal = 0;
}

/** `consecutive_5xx` as `consecutive5xx`. */
function inOneWord(kind: Kind): string {
  return kind.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
