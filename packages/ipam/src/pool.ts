import type { Address, Prefix } from "@netmason/net";

/** Names and values a user attaches; kept as they are, never read. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * Which free address of a block comes first. `oldest`: never used ones ascending, then the one released longest ago.
 * `lowest`: the lowest. `next`: the first one behind the last taken, cyclic.
 */
export type AllocationOrder = "oldest" | "lowest" | "next";

/** A pool that hands out single addresses, from blocks that are claimed as a whole. */
export interface AddressUnits {
  readonly kind: "addresses";
  /**
   * Prefix length of a block, immutable: 20 to 32 for IPv4 (default 26), 116 to 128 for IPv6 (default 122), never shorter
   * than the pool; a pool smaller than the default is one block.
   */
  readonly blockLength?: number;
  /**
   * `shared` (default): blocks have no node. `preferred`: a node takes from its own blocks, then claims one, and borrows
   * from blocks of other nodes only when none is left. `strict`: never borrows. The last two need a node in the request.
   */
  readonly affinity?: "shared" | "preferred" | "strict";
  /** Blocks a node may own in this pool; default 20. Owned blocks still fill at the limit. */
  readonly maxBlocksPerNode?: number;
  /** Default `oldest`. The order holds inside a block. */
  readonly order?: AllocationOrder;
  /** How long a released address rests before it is handed out again, in ms; default 0. A change acts at once. */
  readonly cooldownMs?: number;
  /** Never handed out. */
  readonly gateway?: Address;
  /** Addresses left out at the start; default 1 (the network address), 0 for a pool of one or two addresses. */
  readonly skipFirst?: number;
  /** Addresses left out at the end; default 1 for IPv4 (the broadcast address), 0 for IPv6 and for one or two addresses. */
  readonly skipLast?: number;
}

/** A pool that hands out whole prefixes. */
export interface PrefixUnits {
  readonly kind: "prefixes";
  /** The shortest prefix handed out (the largest one); default: the length of the pool. */
  readonly minLength?: number;
  /** The longest prefix handed out; default 32 or 128. */
  readonly maxLength?: number;
  /** How long a released prefix rests, in ms; default 0. */
  readonly cooldownMs?: number;
}

/**
 * Which requests may use a pool. An automatic choice needs both selectors to match; a pool named in the request skips
 * selectors and `manual`, never `uses`. Selectors are of Calico's language; a request without labels has empty ones.
 */
export interface PoolEligibility {
  readonly nodeSelector?: string;
  readonly namespaceSelector?: string;
  /** Default: every use. */
  readonly uses?: readonly string[];
  readonly assignment?: "automatic" | "manual";
}

/** What an operator gives to `createPool`. */
export interface PoolSpec {
  /** 1 to 253 characters; unique in its VRF. Pools are tried in the order of their names (UTF-16 code units). */
  readonly name: string;
  readonly prefix: Prefix;
  readonly units: AddressUnits | PrefixUnits;
  readonly eligibility?: PoolEligibility;
  readonly attributes?: Attributes;
  /**
   * Default `enabled`. `disabled`: hands out nothing; `draining`: neither, and gives up each block as soon as it is empty.
   * `updatePool` changes it.
   */
  readonly state?: "enabled" | "disabled" | "draining";
}
