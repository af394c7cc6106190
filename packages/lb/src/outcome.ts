/**
 * What became of a request. A number is an HTTP status (100 to 599). `cancelled` was given up by the caller: it says
 * nothing of the endpoint and counts neither way.
 */
export type Outcome = number | "success" | "failure" | "timeout" | "connect_failure" | "reset" | "cancelled";

/** Load an endpoint reported of itself, as in ORCA. */
export interface LoadReport {
  /** Requests per second. */
  readonly qps: number;
  /** Errors per second; 0 if absent. */
  readonly eps?: number;
  /** 0 to 1 and above; preferred to `cpuUtilization`. */
  readonly applicationUtilization?: number;
  /** 0 to 1 and above. */
  readonly cpuUtilization?: number;
}

/** What else is known when an outcome is reported. */
export interface OutcomeDetails {
  /** Measured by the caller; absent: the time since `begin`. */
  readonly latencyMs?: number;
  /** What the endpoint said of its load. */
  readonly load?: LoadReport;
  /** How long the endpoint asked to be left alone (`Retry-After`). */
  readonly retryAfterMs?: number;
}
