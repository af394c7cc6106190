import type { Endpoint } from "./endpoint.js";
import type { FailReason } from "./errors.js";

/** The endpoint a pick chose. The same object is answered again and again: it belongs to the balancer. */
export interface Picked<E extends Endpoint = Endpoint> {
  readonly kind: "complete";
  /** The caller's own object. */
  readonly endpoint: E;
  /** The number policies know it by. */
  readonly slot: number;
}

/**
 * What a pick answers. `queue`: no endpoints were given yet, so ask again after the next update. `fail`: there is none
 * to take. `drop`: the request shall not be sent at all.
 */
export type PickResult<E extends Endpoint = Endpoint> =
  | Picked<E>
  | { readonly kind: "queue" }
  | { readonly kind: "fail"; readonly reason: FailReason }
  | { readonly kind: "drop"; readonly reason: DropReason };

/** `overflow`: as many requests are in flight as thresholds allow. `drop_percent`: the endpoint set asks for it. */
export type DropReason = "overflow" | "drop_percent";

/**
 * One request in flight. It is a number, so that holding it allocates nothing; only `Balancer.begin` makes one.
 */
export type Call = number & { readonly __call: true };
