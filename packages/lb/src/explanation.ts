import type { Locality } from "./endpoint.js";
import type { PickResult } from "./pick-result.js";
import type { PriorityLoad } from "./priority-load.js";

/** Why a pick answers what it does: plain JSON data, stable in order. */
export interface Explanation {
  /** What `pick` would answer; `chance` where several answers are possible. */
  readonly result: PickResult | { readonly kind: "chance" };
  /** The hash of the request's key, as decimal text. */
  readonly hash?: string;
  /** Which priority the request falls on, and how requests are split over them. */
  readonly priority?: {
    /** -1 where chance decides. */
    readonly chosen: number;
    readonly source: "healthy" | "degraded" | "all";
    readonly loads: readonly PriorityLoad[];
    /** The split once the chosen priority has one healthy endpoint less; absent where that changes nothing. */
    readonly withOneLess?: readonly PriorityLoad[];
  };
  /** Which locality comes next, and the share of each. */
  readonly locality?: {
    /** Absent where chance decides. */
    readonly chosen?: Locality;
    readonly shares: readonly { readonly locality: Locality; readonly percent: number }[];
  };
  /** What the policy says of itself. */
  readonly policy: { readonly name: string; readonly [detail: string]: unknown };
  /** Endpoints that are out, and when they come back. */
  readonly ejections: readonly { readonly address: string; readonly untilMs: number }[];
}
