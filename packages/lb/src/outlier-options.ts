import { MOST_MS, requireWhole, requireWithin } from "./internal/bounds.js";

/** A rule that ejects after so many failures in a row. */
export interface ConsecutiveRule {
  /** Failures in a row; 5 by default. */
  readonly threshold?: number;
  /** How often a finding ejects, in percent of findings. */
  readonly enforcePercent?: number;
}

/** A rule that compares endpoints with each other, once an interval. */
export interface RatioRule {
  /** Endpoints with enough requests that it takes; 5 by default. */
  readonly minEndpointCount?: number;
  /** Requests of an endpoint in the last interval that it takes. */
  readonly requestVolume?: number;
  /** How often a finding ejects, in percent of findings. */
  readonly enforcePercent?: number;
  /** The same for findings about local-origin failures, which exist only where they are split. */
  readonly enforceLocalOriginPercent?: number;
}

/** How long and how many. */
export interface EjectionOptions {
  /** The first ejection of an endpoint; each further one is as much longer. 30,000 by default. */
  readonly baseMs?: number;
  /** The longest ejection; the greater of 300,000 and `baseMs` by default, not less than `baseMs`. */
  readonly maxMs?: number;
  /** Up to so much is added by chance; 0 by default. */
  readonly jitterMs?: number;
  /** Most endpoints out at once, in percent of all; 10 by default, so of fewer than 10 endpoints none goes. */
  readonly maxPercent?: number;
  /** The first endpoint may go whatever `maxPercent` says (gRPC's rule); false by default. */
  readonly alwaysOne?: boolean;
}

/** When an endpoint is put out, and for how long. Defaults are Envoy's. */
export interface OutlierOptions {
  /** Time between comparisons, and between looks at who may come back; 10,000 by default. */
  readonly intervalMs?: number;
  /** How long and how many. */
  readonly ejection?: EjectionOptions;
  /** Statuses 500 to 599 in a row; enforced always by default. */
  readonly consecutive5xx?: ConsecutiveRule;
  /** Statuses 502, 503 and 504 in a row; never enforced by default. */
  readonly consecutiveGateway?: ConsecutiveRule;
  /**
   * Timeouts, failed connections and resets in a row, counted apart from statuses when `split` is true (false by
   * default: they count as 504 and 503). Enforced always by default.
   */
  readonly consecutiveLocalOrigin?: ConsecutiveRule & { readonly split?: boolean };
  /**
   * Fewer successes than the mean less `stdevFactor` (1.9 by default) standard deviations. `requestVolume` is 100 by
   * default; enforced always by default.
   */
  readonly successRate?: RatioRule & { readonly stdevFactor?: number };
  /**
   * So many failures in a hundred, `thresholdPercent` (85 by default) or more. `requestVolume` is 50 by default; never
   * enforced by default.
   */
  readonly failurePercent?: RatioRule & { readonly thresholdPercent?: number };
}

/** `OutlierOptions` with nothing left out. */
export interface OutlierSettings {
  readonly intervalMs: number;
  readonly ejection: Required<EjectionOptions>;
  readonly consecutive5xx: Required<ConsecutiveRule>;
  readonly consecutiveGateway: Required<ConsecutiveRule>;
  readonly consecutiveLocalOrigin: Required<ConsecutiveRule> & { readonly split: boolean };
  readonly successRate: Required<RatioRule> & { readonly stdevFactor: number };
  readonly failurePercent: Required<RatioRule> & { readonly thresholdPercent: number };
}

/** Fills in Envoy's defaults (`source/common/upstream/outlier_detection_impl.h`) and refuses what is out of bounds. */
export function outlierSettings(options: OutlierOptions): OutlierSettings {
  const baseMs = options.ejection?.baseMs ?? 30_000;
  const settings: OutlierSettings = {
    intervalMs: options.intervalMs ?? 10_000,
    ejection: {
      ...{ baseMs, maxMs: Math.max(300_000, baseMs), jitterMs: 0, maxPercent: 10, alwaysOne: false },
      ...options.ejection,
    },
    consecutive5xx: { threshold: 5, enforcePercent: 100, ...options.consecutive5xx },
    consecutiveGateway: { threshold: 5, enforcePercent: 0, ...options.consecutiveGateway },
    consecutiveLocalOrigin: { threshold: 5, enforcePercent: 100, split: false, ...options.consecutiveLocalOrigin },
    successRate: { ...ratioDefaults(100, 100), stdevFactor: 1.9, ...options.successRate },
    failurePercent: { ...ratioDefaults(50, 0), thresholdPercent: 85, ...options.failurePercent },
  };
  checkSettings(settings);
  return settings;
}

function ratioDefaults(requestVolume: number, enforcePercent: number): Required<RatioRule> {
  return { minEndpointCount: 5, requestVolume, enforcePercent, enforceLocalOriginPercent: enforcePercent };
}

function checkSettings(settings: OutlierSettings): void {
  const { intervalMs, ejection, successRate, failurePercent } = settings;
  requireWithin("intervalMs", intervalMs, 1, MOST_MS);
  requireWithin("ejection.baseMs", ejection.baseMs, 0, MOST_MS);
  requireWithin("ejection.maxMs", ejection.maxMs, ejection.baseMs, MOST_MS);
  requireWithin("ejection.jitterMs", ejection.jitterMs, 0, 2 ** 32 - 1);
  requireWithin("ejection.maxPercent", ejection.maxPercent, 0, 100);
  for (const name of ["consecutive5xx", "consecutiveGateway", "consecutiveLocalOrigin"] as const) {
    requireWhole(`${name}.threshold`, settings[name].threshold, 1, 2 ** 32 - 1);
    requireWithin(`${name}.enforcePercent`, settings[name].enforcePercent, 0, 100);
  }
  for (const name of ["successRate", "failurePercent"] as const) {
    requireWhole(`${name}.minEndpointCount`, settings[name].minEndpointCount, 0, 2 ** 32 - 1);
    requireWhole(`${name}.requestVolume`, settings[name].requestVolume, 0, 2 ** 32 - 1);
    requireWithin(`${name}.enforcePercent`, settings[name].enforcePercent, 0, 100);
    requireWithin(`${name}.enforceLocalOriginPercent`, settings[name].enforceLocalOriginPercent, 0, 100);
  }
  requireWithin("successRate.stdevFactor", successRate.stdevFactor, 0, 1_000);
  requireWithin("failurePercent.thresholdPercent", failurePercent.thresholdPercent, 0, 100);
}
