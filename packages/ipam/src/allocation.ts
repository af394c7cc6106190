import type { Address, Prefix } from "@netmason/net";
import type { Attributes } from "./pool.js";

/** What every held thing has. */
export interface Held {
  /** Who holds it: a name the caller chose, 1 to 512 characters. */
  readonly handle: string;
  readonly pool: string;
  /** Token of this very allocation, never used again: a release that names it cannot hit a later holder. */
  readonly sequence: string;
  /** Milliseconds since 1970, by the clock of the instance that allocated. */
  readonly allocatedAt: number;
  readonly attributes: Attributes;
}

/** An address somebody holds. */
export interface AddressAllocation extends Held {
  readonly kind: "address";
  readonly address: Address;
  readonly block: Prefix;
  /** The node that asked, which with borrowing is not always the owner of the block. */
  readonly node?: string;
  /** When the lease ends, in ms since 1970, by the clock of who last moved it; absent: never. */
  readonly expiresAt?: number;
}

/** A child prefix somebody holds. */
export interface PrefixAllocation extends Held {
  readonly kind: "prefix";
  readonly prefix: Prefix;
}

/** Something held; also a target of `release`. */
export type Allocation = AddressAllocation | PrefixAllocation;

/**
 * Names what to release. Without handle and sequence the release is unguarded: whoever holds it loses it. Every
 * `Allocation` is a target, guarded by both.
 */
export type ReleaseTarget = { readonly handle?: string; readonly sequence?: string } & (
  | { readonly address: Address }
  | { readonly prefix: Prefix }
);

/** What a release did. */
export interface ReleaseReport {
  readonly released: readonly Allocation[];
  /** Nobody held these. */
  readonly notHeld: readonly ReleaseTarget[];
  /** Held by someone else or allocated again since: left alone. */
  readonly stale: readonly ReleaseTarget[];
}
