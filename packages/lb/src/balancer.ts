import type { BalancerEvent } from "./balancer-event.js";
import type { Detector } from "./detector.js";
import type { Endpoint, EndpointSet } from "./endpoint.js";
import type { Explanation } from "./explanation.js";
import { BalancerCore } from "./internal/balancer-core.js";
import type { Outcome, OutcomeDetails } from "./outcome.js";
import type { Call, Picked, PickResult } from "./pick-result.js";
import type { PickRequest } from "./picker.js";
import type { Policy } from "./policy.js";
import type { PriorityOptions } from "./priority-load.js";
import type { SubsetOptions } from "./subset.js";
import type { SleepSignal } from "./system.js";
import type { Thresholds } from "./thresholds.js";
import type { TimeAndChance } from "./time-and-chance.js";

/** What a balancer is made of. */
export interface BalancerOptions<E extends Endpoint = Endpoint> extends Partial<TimeAndChance> {
  /** How endpoints are chosen. */
  readonly policy: Policy;
  /** The first set; absent: picks answer `queue` until the first `update`. */
  readonly endpoints?: readonly E[] | EndpointSet<E>;
  /** When to spill over and when to panic; a set's own `overprovisioningPercent` comes first. */
  readonly priority?: PriorityOptions;
  /** Absent: metadata of requests is not looked at. */
  readonly subset?: SubsetOptions;
  /** Makes the detector that takes failing endpoints out; it gets the balancer's clock and chance. */
  readonly detector?: (clock: TimeAndChance) => Detector;
  /** Bounds requests in flight; may be shared with other balancers. */
  readonly thresholds?: Thresholds;
  /** Told what happens, in order and at once. What it throws is dropped. */
  readonly onEvent?: (event: BalancerEvent) => void;
}

/** One endpoint as the balancer sees it. */
export interface EndpointState<E extends Endpoint = Endpoint> {
  /** The caller's own object. */
  readonly endpoint: E;
  /** Calls in flight. */
  readonly activeCount: number;
  /** The detector took it out. */
  readonly ejected: boolean;
}

/**
 * Chooses endpoints and counts what is sent to them. A request is `pick`, `begin`, any `report`s and `end`; `begin`
 * belongs in the same turn as its `pick`, else a burst of requests sees counts that are out of date.
 *
 * It has no timer: what is due is done in `report`, `end` and `tick`, and in a `pick` that would fail.
 */
export interface Balancer<E extends Endpoint = Endpoint> {
  /**
   * Chooses and counts nothing, so a pick may be thrown away. Never throws; allocates nothing unless an update, an
   * ejection or a return came since the last pick.
   */
  pick(request?: PickRequest): PickResult<E>;
  /**
   * One more call in flight. A pick whose endpoint was removed since gives a call that counts nowhere.
   *
   * @throws TypeError when the pick is not one of this balancer's
   */
  begin(picked: Picked<E>): Call;
  /**
   * What is known of a call so far, such as the status when headers came. Latency ends at the first report. Ignored for
   * a call that has ended.
   *
   * @throws RangeError when a status is outside 100 to 599; nothing has been counted then
   */
  report(call: Call, outcome: Outcome, details?: OutcomeDetails): void;
  /**
   * One call less in flight. An outcome counts if it is not what the last report said already; a call without any counts
   * as cancelled. False, and no effect, when the call has ended already.
   *
   * @throws RangeError when a status is outside 100 to 599; the call goes on then
   */
  end(call: Call, outcome?: Outcome, details?: OutcomeDetails): boolean;
  /**
   * Replaces the endpoints. Calls in flight go on, and endpoints of the same address keep their counts, their position
   * and what is known of them. O(n); metadata that is not the same object as before is compared by its content, which costs
   * more than all else.
   *
   * @throws {@link LbError} `duplicate_endpoint`, `invalid_endpoint` or `weight_overflow`; nothing has changed then
   */
  update(endpoints: readonly E[] | EndpointSet<E>): void;
  /**
   * Settles with the next `update`; for whoever got `queue`. Rejects with the signal's reason when it aborts, and nothing
   * of the wait is left then.
   */
  nextUpdate(options?: { readonly signal?: SleepSignal }): Promise<void>;
  /** What `pick` would answer and why, and what would change it. Changes nothing. */
  explain(request?: PickRequest): Explanation;
  /** The endpoints in the order of the set. */
  inspect(): readonly EndpointState<E>[];
  /** Does what is due; when to call again, on the scale of `now`, `Infinity` for never. */
  tick(): number;
  /** Counters and gauges by name. Names that begin with `detector.` are the detector's own. */
  metrics(): Readonly<Record<string, number>>;
}

/**
 * Makes a balancer.
 *
 * A pick goes through these steps, as in Envoy, and draws chance in this order and no other: `dropPercent` of the set
 * (one draw unless it is 0 or 100); thresholds; the override endpoint; the subset; the word of the policy, which is the
 * request's hash or one draw; priority and source, by the word modulo 100; the locality; the picker with its own draws.
 * An endpoint to avoid makes it begin anew from the word, up to three times.
 *
 * An endpoint can be picked while it is healthy (or degraded, for its share) and not ejected, and any can in panic.
 * Ejected endpoints count as unhealthy in loads, draining ones not at all; one of weight 0 is never picked and counts
 * nowhere.
 *
 * @throws {@link LbError} for endpoints that `update` would refuse, RangeError for options out of their bounds
 * @category Balancer
 * @example
 * ```ts
 * import { createBalancer, roundRobin } from "@netmason/lb";
 *
 * const balancer = createBalancer({
 *   policy: roundRobin(),
 *   endpoints: [{ address: "10.0.0.1:80" }, { address: "10.0.0.2:80", health: "unhealthy" }],
 *   priority: { panicPercent: 0 },
 * });
 * const picked = balancer.pick();
 * if (picked.kind === "complete") {
 *   const call = balancer.begin(picked);
 *   picked.endpoint.address; // => "10.0.0.1:80"
 *   balancer.end(call, 200); // => true
 * }
 * ```
 */
export function createBalancer<E extends Endpoint = Endpoint>(options: BalancerOptions<E>): Balancer<E> {
  return new BalancerCore(options);
}
