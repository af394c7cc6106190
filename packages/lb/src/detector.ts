import type { Outcome } from "./outcome.js";

/**
 * What a detector hears of an endpoint. Calls that were given up say nothing; `connect_success` is a connection that was
 * made, told apart from the response on it.
 */
export type DetectorEvent = Exclude<Outcome, "cancelled"> | "connect_success";

/** An endpoint that is out, and until when. */
export interface Ejection {
  /** Of the endpoint. */
  readonly address: string;
  /** Which rule put it out, such as `consecutive_5xx`. */
  readonly rule: string;
  /** On the scale of `now`. */
  readonly sinceMs: number;
  /** When it comes back, or may be probed, if `tick` is called then. */
  readonly untilMs: number;
}

/**
 * Watches what becomes of calls and says which endpoints take no traffic. It has no timer: what is due is done in
 * `record` and `tick`, at the time it was due, before anything new counts.
 */
export interface Detector {
  /** Counts an event. One of an address that `retain` did not name is ignored. */
  record(address: string, event: DetectorEvent): void;
  /** These endpoints exist and no others: state of others is dropped, that of the rest is kept. */
  retain(addresses: readonly string[]): void;
  /** Whether the endpoint takes no traffic now; false for an unknown address. */
  isEjected(address: string): boolean;
  /** Changes whenever an answer of `isEjected` may have changed. */
  readonly revision: number;
  /** Does what is due; when to call again, on the scale of `now`, `Infinity` for never. */
  tick(): number;
  /** Endpoints that are out, in the order of `retain`. */
  list(): readonly Ejection[];
  /**
   * A call to the endpoint begins. A detector that lets only so many calls through on probation answers a number greater
   * than 0 for such a call, and `abandon` gets it if the call ends without a `record`.
   */
  begin?(address: string): number;
  /** The probe ended and nothing is known of it. */
  abandon?(address: string, probe: number): void;
  /** Counters under names of this detector's own that end in `Count`, for an operator. */
  metrics?(): Readonly<Record<string, number>>;
}
