import type { Prefix } from "@netmason/net";
import type { Pool } from "./pool-state.js";

/**
 * Every address of a pool is of one kind: capacity = free + live + cooling + reserved + disabled. Reserved are those
 * that are neither live nor cooling and may not be handed out: reservations, the gateway, the ends. Of a pool that is
 * disabled or drains, nothing is free: what would be counts as disabled. Bigint because of IPv6.
 */
export interface Counts {
  readonly capacity: bigint;
  readonly liveCount: number;
  readonly coolingCount: number;
  readonly reservedCount: bigint;
  readonly disabledCount: bigint;
  readonly freeCount: bigint;
}

/** A chunk of a pool that was claimed. */
export interface Block {
  readonly prefix: Prefix;
  readonly pool: string;
  /** Its owner; absent in shared pools, and for blocks whose node gave them up. */
  readonly node?: string;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
  readonly size: number;
  readonly liveCount: number;
  readonly coolingCount: number;
}

/** How full a pool is: a recount of its blocks. */
export interface PoolUtilization {
  readonly pool: Pool;
  readonly counts: Counts;
  readonly blockCount: number;
  readonly prefixCount: number;
  /** By node: blocks it owns, addresses it holds, and how many of these lie in blocks it does not own. */
  readonly nodes: Readonly<
    Record<string, { readonly blockCount: number; readonly liveCount: number; readonly borrowedCount: number }>
  >;
}
