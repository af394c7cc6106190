import type { Family, Prefix } from "@netmason/net";
import type { Counts } from "./block.js";

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

/** Why a request would be served or refused: every pool of the VRF, in the order they are tried. */
export interface Explanation {
  /** Whether some eligible pool of every family has room for it. */
  readonly satisfiable: boolean;
  readonly pools: readonly PoolExplanation[];
}
