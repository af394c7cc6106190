import type { Endpoint, EndpointSet } from "./endpoint.js";
import type { DropReason } from "./pick-result.js";

/** Why a balancer found no endpoint. */
export type FailReason = "no_endpoints" | "no_eligible_endpoint" | "no_subset" | "policy_returned_none";

/** A type of DNS records. */
export type DnsType = "A" | "AAAA" | "SRV";

/** The details each code carries. */
export interface LbErrorDetails {
  /** Two endpoints of one set have the same address. */
  readonly duplicate_endpoint: { readonly address: string };
  /** A field of an endpoint or of the whole set is wrong; `value` is what was found there, `address` "" for the set. */
  readonly invalid_endpoint: {
    readonly address: string;
    readonly field: keyof Endpoint | Exclude<keyof EndpointSet, "endpoints">;
    readonly value: unknown;
  };
  /** The weights of one priority, or of its localities, sum up to more than 2³²−1. */
  readonly weight_overflow: { readonly sum: number };
  /** The text of a hash table is wrong at `path`, a JSON Pointer. */
  readonly invalid_table: { readonly path: string; readonly expected: string };
  /** A `ClusterLoadAssignment` is wrong at `path`, a JSON Pointer in camelCase. */
  readonly invalid_assignment: { readonly path: string; readonly expected: string };
  /** What implements an interface of this package does not keep a rule of its contract (`@netmason/lb/testing`). */
  readonly contract_broken: { readonly rule: string };
  /** An adapter found no endpoint for a request. */
  readonly pick_failed: { readonly reason: FailReason };
  /** A request was dropped, by thresholds or because the endpoint set asks for it. */
  readonly pick_dropped: { readonly reason: DropReason };
  /** No endpoints came while a request waited for the first ones. */
  readonly queue_timeout: { readonly waitedMs: number };
  /** A name does not exist (NXDOMAIN). */
  readonly dns_no_such_name: { readonly name: string };
  /** A name exists, but has no records of the type (NODATA). */
  readonly dns_no_data: { readonly name: string; readonly type: DnsType };
  /** Nobody could tell, such as SERVFAIL or no answer in time; `dnsCode` is that of `node:dns`. */
  readonly dns_failed: { readonly name: string; readonly type: DnsType; readonly dnsCode: string };
  /** The handler of a request and the dispatcher it was given to come from versions of undici that do not fit. */
  readonly undici_mismatch: { readonly lacking: "handler" | "dispatcher" };
}

/** What can be wrong with what this package is given, or go wrong on the way; codes are API, messages are not. */
export type LbErrorCode = keyof LbErrorDetails;

/**
 * Thrown when endpoints from outside are refused, and by adapters when a request cannot be sent. Wrong use of a function
 * (an option out of its range) is a `RangeError` or `TypeError` instead.
 *
 * @category Errors
 */
export class LbError<C extends LbErrorCode = LbErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** Typed by `code`. */
  readonly details: LbErrorDetails[C];

  /**
   * Errors of this class are made by the package; make one to test how a program treats it.
   *
   * @param text - for people; the message is `[code] text`
   */
  constructor(code: C, text: string, details: LbErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`[${code}] ${text}`, options);
    this.name = "LbError";
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells an `LbError`, of one code if given, by name and code: true also for an error thrown by another installed copy of
 * this package.
 *
 * @category Errors
 */
export function isLbError<C extends LbErrorCode = LbErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: LbError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "LbError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
