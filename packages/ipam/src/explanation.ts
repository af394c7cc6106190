import type { Family, Prefix } from "@netmason/net";
import type { Counts } from "./block.js";
import type { IpamErrorDetails } from "./errors.js";

/** Why a pool can or cannot serve a request. */
export type PoolVerdict =
  | "usable"
  | "exhausted"
  | "disabled"
  | "draining"
  | "selector_mismatch"
  | "use_mismatch"
  | "manual_only"
  | "node_required"
  | "block_limit"
  | "prefixes_only";

/** Space that somebody could get back. */
export interface Reclaimable {
  /** A block without live addresses, leases that ran out but are not collected, or addresses that rest. */
  readonly kind: "empty_block" | "expired" | "cooling";
  readonly prefix: Prefix;
  readonly node?: string;
  readonly count: number;
}

/** One pool, seen by one request. */
export interface PoolExplanation {
  readonly name: string;
  readonly family: Family;
  readonly verdict: PoolVerdict;
  readonly counts: Counts;
  /** When the first resting address can be handed out again, in ms since 1970. */
  readonly nextFreeAt?: number;
  /** Of a pool of prefixes: the length of its largest free one. */
  readonly largestFree?: number;
  /** The handles that hold most, at most 10, most first. */
  readonly topHolders: readonly { readonly handle: string; readonly count: number }[];
  /** At most 20, the largest first. */
  readonly reclaimable: readonly Reclaimable[];
}

/** Codes with which a request that says nothing wrong can be refused. */
export type RefusalCode =
  | "pool_exhausted"
  | "no_pool"
  | "handle_limit"
  | "address_in_use"
  | "address_unavailable"
  | "prefix_unavailable";

/** What a call would be refused with: the code, message and details of its `IpamError`. */
export type Refusal = {
  readonly [C in RefusalCode]: {
    readonly code: C;
    readonly message: string;
    readonly details: Omit<IpamErrorDetails[C], "explanation">;
  };
}[RefusalCode];

/** Why a request would be served or refused: every pool it is about, in the order they are tried. */
export interface Explanation {
  /** Whether all that is asked for could be had now, what the handle holds already included. */
  readonly satisfiable: boolean;
  /** Of an address that no pool holds: none. */
  readonly pools: readonly PoolExplanation[];
  /** What the call would throw; absent when it would not, and in the explanation that an error carries itself. */
  readonly refusal?: Refusal;
}
