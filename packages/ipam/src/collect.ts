import type { Allocation } from "./allocation.js";
import type { Block } from "./block.js";
import type { CallOptions } from "./store.js";

/** What one look saw and the next look compares with: plain JSON. `id` names a handle or a block. */
export type Suspects = readonly { readonly id: string; readonly sequence: string; readonly seenAt: number }[];

/** Everything that runs, as one source knows it. The sets are complete: what is not in them does not run. */
export interface Liveness {
  /** When the source looked, in ms since 1970; younger allocations are no suspects. */
  readonly asOf: number;
  readonly handles: ReadonlySet<string>;
  /** Nodes that exist; absent: unknown, so no block is taken from a node for being gone. */
  readonly nodes?: ReadonlySet<string>;
}

/** Options of `collect`. */
export interface CollectRequest {
  /** Asked at the start, and again right before anything is freed. Absent: only leases, blocks and index repair. */
  readonly liveness?: (options: CallOptions) => Promise<Liveness>;
  /** What the last call returned. */
  readonly suspects?: Suspects;
  /** How long a suspect must have been one before it is freed, in ms; default 900,000. */
  readonly graceMs?: number;
  /** More of the live addresses at once, from 10 handles upwards, is `collect_refused`; default 0.5. */
  readonly maxFreedRatio?: number;
  /** Liveness older than this is `collect_refused`, in ms; default 300,000. */
  readonly maxAgeMs?: number;
}

/** What `collect` did. */
export interface CollectReport {
  readonly released: readonly Allocation[];
  /** Blocks given back. */
  readonly blocks: readonly Block[];
  /** Records repaired: index rows, handles, affinities. */
  readonly repairedCount: number;
  /** Hand these to the next call: those that are still there. */
  readonly suspects: Suspects;
}
