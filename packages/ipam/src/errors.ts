import type { Address, Prefix } from "@netmason/net";
import type { AddressAllocation } from "./allocation.js";
import type { Explanation } from "./explanation.js";

/** The details each code carries. For every refusal `explain` says more: it takes the request that was refused. */
export interface IpamErrorDetails {
  /** The eligible pools could not give everything asked for. */
  readonly pool_exhausted: {
    readonly explanation: Explanation;
    readonly requestedCount: number;
    readonly obtainedCount: number;
  };
  /** No pool may serve the request. */
  readonly no_pool: { readonly explanation: Explanation };
  readonly unknown_pool: { readonly pool: string };
  readonly pool_exists: { readonly pool: string };
  readonly pool_overlap: { readonly pool: string; readonly other: string };
  readonly pool_not_empty: {
    readonly pool: string;
    readonly liveCount: number;
    readonly coolingCount: number;
    readonly prefixCount: number;
  };
  /** `path` is a JSON Pointer into the specification; `column` where text in it does not parse, from 1. */
  readonly invalid_pool: { readonly pool: string; readonly path: string; readonly column?: number };
  readonly invalid_selector: { readonly selector: string; readonly column: number };
  /** `holder` is what holds it: since when, from which node, until when, with which attributes. */
  readonly address_in_use: { readonly address: Address; readonly handle: string; readonly holder: AddressAllocation };
  /**
   * `until` is the earliest time at which a cooling address can be had. `other_node`: a strict pool has the address in a
   * block of another node; `block_limit`: nobody has its block, and the node may own no more; `node_required`: the pool has
   * blocks of nodes, and the request names none; `record_full`: the record of its block has so many attributes that the
   * store takes no larger one.
   */
  readonly address_unavailable: {
    readonly address: Address;
    readonly reason:
      | "no_pool"
      | "disabled"
      | "draining"
      | "use_mismatch"
      | "prefixes_only"
      | "reserved"
      | "cooling"
      | "gateway"
      | "skipped"
      | "other_node"
      | "block_limit"
      | "node_required"
      | "record_full";
    readonly until?: number;
  };
  /** `blocker` is the child prefix or the reservation in the way, or why the pool has no room. */
  readonly prefix_unavailable: { readonly prefix: Prefix; readonly blocker: Prefix | string };
  readonly prefix_in_use: { readonly prefix: Prefix; readonly pool: string };
  /** What the handle holds stays as it is. */
  readonly handle_limit: {
    readonly handle: string;
    readonly limitCount: number;
    readonly held: readonly AddressAllocation[];
  };
  readonly lease_lost: { readonly address: Address; readonly reason: "expired" | "released" | "reallocated" };
  readonly collect_refused: {
    readonly reason: "stale" | "implausible" | "source_failed";
    readonly freedCount: number;
    readonly liveCount: number;
  };
  /** Retryable: other writers won every time. */
  readonly contention: { readonly key: string; readonly attemptCount: number };
  /** Retryable: the store surely did not apply the write. */
  readonly store_unavailable: { readonly key?: string };
  /** Retryable: the write may have been applied, now or later; the same call again resolves it. */
  readonly store_outcome_unknown: { readonly key: string; readonly handle?: string };
  readonly store_closed: { readonly key?: string };
  /** The store was written by a newer version of this package, or does not hold what it should. */
  readonly store_format: { readonly key: string; readonly version: number };
  /** The store has no room: the disk, the map or a quota is full. What was acknowledged before is kept. */
  readonly store_full: { readonly key?: string };
  /** What the store keeps on disk is cut short or is none of its files. Nothing was changed. */
  readonly store_damaged: { readonly path: string; readonly reason: string };
  /** Retryable: only of single-key stores. */
  readonly handle_busy: { readonly handle: string; readonly until: number };
}

/** What can go wrong, for programs; codes are API, messages are not. */
export type IpamErrorCode = keyof IpamErrorDetails;

const RETRYABLE: ReadonlySet<IpamErrorCode> = new Set<IpamErrorCode>([
  "contention",
  "store_unavailable",
  "store_outcome_unknown",
  "handle_busy",
]);

/**
 * Thrown when a request cannot be served. Wrong use of a function (an argument of the wrong type or out of its range) is
 * a `TypeError` or `RangeError` instead; an abort rejects with the signal's reason.
 *
 * @category Errors
 */
export class IpamError<C extends IpamErrorCode = IpamErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** Typed by `code`. */
  readonly details: IpamErrorDetails[C];
  /** Whether the same call may succeed when it is repeated a little later. */
  readonly retryable: boolean;

  /**
   * The package and its stores make these; make one to test how a program treats it.
   *
   * @param text - for people; the message is `[code] text`
   */
  constructor(code: C, text: string, details: IpamErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`[${code}] ${text}`, options);
    this.name = "IpamError";
    this.code = code;
    this.details = details;
    this.retryable = RETRYABLE.has(code);
  }
}

/**
 * Tells an `IpamError`, of one code if given, by name and code: true also for an error thrown by another installed copy
 * of this package.
 *
 * @category Errors
 */
export function isIpamError<C extends IpamErrorCode = IpamErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: IpamError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "IpamError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
