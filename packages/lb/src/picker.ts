import type { Endpoint } from "./endpoint.js";
import type { Hash64 } from "./hash64.js";
import type { Outcome, OutcomeDetails } from "./outcome.js";

/** What the caller knows of a request when it asks for an endpoint. */
export interface PickRequest {
  /** Text is hashed with XXH64, seed 0. Absent: the hash is drawn by chance. */
  readonly hashKey?: string | Hash64;
  /** 0 for the first try, 1 for the first retry, …; hash policies move on as Envoy does. Default 0. */
  readonly attempt?: number;
  /**
   * Addresses tried before; a pick of one of them is repeated up to 3 times, then another eligible endpoint of the same
   * priority is taken. Only where all of these are avoided one of them is picked.
   */
  readonly avoid?: ReadonlySet<string>;
  /** The address to take while it is eligible (stateful session) and not one of `avoid`. */
  readonly override?: string;
  /** Matched by the balancer's subset selectors. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * The endpoints of one leaf, in host order: those of one priority and source, of one locality where the policy balances
 * localities. Indices are the view's own, slots are stable across updates. Valid for the life of the picker built on it.
 */
export interface EndpointView {
  /** Never empty; every one has a weight above 0. */
  readonly endpoints: readonly Endpoint[];
  /** By index; finite and above 0. An endpoint without a weight has 1. */
  readonly weights: ArrayLike<number>;
  /** By index: the number an endpoint keeps while it is known, small integers. */
  readonly slots: ArrayLike<number>;
  /** Only under a policy whose locality mode is `folded`, and only when localities have weights. */
  readonly localities?: FoldedLocalities;
  /** Requests in flight of the endpoint at `index`, seen by the whole balancer. */
  activeCount(index: number): number;
  /** When the endpoint at `index` began to warm up, on the scale of `now`; NaN when it does not. */
  slowStartSinceMs(index: number): number;
}

/** Localities whose weights a hash policy folds into those of the endpoints. */
export interface FoldedLocalities {
  /** By endpoint index: the number of its locality. */
  readonly indices: ArrayLike<number>;
  /** By locality number; 0 takes its endpoints out. */
  readonly weights: ArrayLike<number>;
}

/** One question to a picker. The object is reused: read it, never keep it. */
export interface Selection {
  /** The upper half of the pick's one 64-bit word, a signed 32-bit integer. */
  readonly hi: number;
  /** The lower half, a signed 32-bit integer. */
  readonly lo: number;
  /** True if the word is the request's hash and not chance. */
  readonly hashed: boolean;
  /** `PickRequest.attempt`, 0 if absent. */
  readonly attempt: number;
  /** The request as it was given. */
  readonly request: PickRequest;
}

/** Chooses among the endpoints of one view. */
export interface Picker {
  /** The index of an endpoint, or -1 for none. Never throws, never waits, allocates nothing. */
  pick(selection: Selection): number;
  /**
   * Plain JSON data on what `pick` would answer; changes no later pick. A balancer takes a text under `next`, or for a
   * selection with a hash under `endpoint`, for the address of that answer.
   */
  explain?(selection: Selection): Readonly<Record<string, unknown>>;
}

/** What became of one call; the object is reused: read it, never keep it. */
export interface Sample {
  /** Of the endpoint, as in `EndpointView.slots`. */
  readonly slot: number;
  /** `cancelled` included. */
  readonly outcome: Outcome;
  /** From `begin` to the first report, or what the caller measured. */
  readonly latencyMs: number;
  /** The time of the report. */
  readonly nowMs: number;
  /** As the caller gave them. */
  readonly details: OutcomeDetails | undefined;
}
