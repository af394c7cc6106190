import type { Address, Family, Prefix } from "@netmason/net";
import type { Attributes } from "./pool.js";

/** Addresses wanted from any pool that may serve. */
export interface AllocateRequest {
  /** Who will hold them, 1 to 512 characters. */
  readonly handle: string;
  /** The node asking, 1 to 253 characters; pools with affinity need it. */
  readonly node?: string;
  /** Default: every eligible pool. Named pools skip selectors. Pools are tried in the order of their names. */
  readonly pools?: readonly string[];
  /** Default: the families of `pools` if named, else IPv4. */
  readonly families?: readonly Family[];
  /** Addresses of each family; 1 to 65,536, default 1. */
  readonly count?: number;
  /**
   * When the handle holds addresses already, counted per family. `keep` (default): they count, and only what lacks to
   * `count` is added, so the same call again returns the same addresses. `fail`: `handle_limit`. `addUpTo`: `count` more,
   * if the handle then holds no more than this, else `handle_limit`.
   */
  readonly ifHeld?: "keep" | "fail" | { readonly addUpTo: number };
  /**
   * What the handle may hold of each family at most, over all pools. It is kept with the handle: later calls that name no
   * maximum are held to it, until the handle is empty.
   */
  readonly maxPerHandle?: number;
  /** `fail` (default): everything, in every family, or nothing and `pool_exhausted`. `accept`: what there is. */
  readonly shortfall?: "fail" | "accept";
  readonly labels?: { readonly node?: Attributes; readonly namespace?: Attributes };
  /** What the addresses are for; compared with `uses` of the pools. Default `workload`. */
  readonly use?: string;
  /** At most 8,192 characters as JSON. */
  readonly attributes?: Attributes;
  /** Length of the lease in ms; default: no lease. Of what is held, only a lease that has ended gets this length. */
  readonly ttlMs?: number;
}

/** One certain address. */
export interface ExactRequest
  extends Pick<AllocateRequest, "handle" | "node" | "use" | "maxPerHandle" | "attributes" | "ttlMs"> {
  readonly address: Address;
}

/** A child prefix of a pool of prefixes. */
export interface PrefixRequest {
  readonly handle: string;
  readonly pool: string;
  /** A length: the smallest free prefix that fits, the lowest among equals. Or this very prefix. */
  readonly want: number | Prefix;
  readonly attributes?: Attributes;
}

/** What `explain` takes: a request of `allocate`, `allocateExact` or `allocatePrefix`. */
export type ExplainRequest = AllocateRequest | ExactRequest | PrefixRequest;
