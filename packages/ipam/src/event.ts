import type { Prefix } from "@netmason/net";
import type { Allocation } from "./allocation.js";
import type { Block } from "./block.js";
import type { Pool } from "./pool-state.js";

/**
 * What `watch` yields: the state as it is, then `synced`, then changes. Per block the order is that of the commits; states
 * in between may be left out, so an address that was released and allocated again at once is one of each, or with the
 * same sequence none. A renewed lease is `allocated` again with the same sequence. `block_changed` tells of blocks that
 * came, went or changed their node.
 */
export type IpamChange =
  | { readonly kind: "allocated" | "released"; readonly allocation: Allocation }
  | { readonly kind: "block_changed"; readonly prefix: Prefix; readonly block: Block | undefined }
  | { readonly kind: "pool_changed"; readonly name: string; readonly pool: Pool | undefined }
  | { readonly kind: "synced" };

/** What `onEvent` is told: what an operator may want to log, in the order it happened in this instance. */
export type IpamEvent =
  | {
      readonly kind: "block_claimed" | "block_reclaimed" | "block_released";
      readonly prefix: Prefix;
      readonly pool: string;
      readonly node?: string;
    }
  | { readonly kind: "conflict" | "outcome_unknown"; readonly key: string; readonly attempt: number }
  | { readonly kind: "exhausted"; readonly handle: string; readonly pools: readonly string[] }
  | { readonly kind: "undo_failed"; readonly handle: string; readonly error: unknown };

/** Plain numbers since this instance was created. */
export interface IpamMetrics {
  readonly allocatedCount: number;
  readonly releasedCount: number;
  /** Requests refused with `pool_exhausted`. */
  readonly exhaustedCount: number;
  /** Transactions sent to the store. */
  readonly txnCount: number;
  /** Reads sent to the store: each `get` and each `range` counts once. */
  readonly readCount: number;
  /** Transactions that another writer had overtaken. */
  readonly conflictCount: number;
  /** Calls that shared a transaction with an earlier one. */
  readonly batchedCount: number;
  readonly unknownOutcomeCount: number;
}
