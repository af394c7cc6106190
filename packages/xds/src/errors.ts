import type { Issue } from "./issue.js";
import type { ResourceRef } from "./type-urls.js";

/** The details each code carries. */
export interface XdsErrorDetails {
  /** What `assertCompile` found; at least one is an error. */
  readonly invalid_resources: { readonly issues: readonly Issue[] };
  /** A name given twice for one type in one snapshot. */
  readonly duplicate_name: { readonly ref: ResourceRef };
  /** An access-log format that Envoy refuses; `column` is the 1-based UTF-16 column of the fault. */
  readonly invalid_format: { readonly format: string; readonly column: number };
  /** Text that is no `host:port`, `[v6]:port` or path of a socket. */
  readonly invalid_address: { readonly address: string };
  /** A file of route tests that cannot be read as one; `path` is a JSON Pointer into it. */
  readonly invalid_route_tests: { readonly path: string };
}

/** What can be wrong with what is given to this package; codes are API, messages are not. */
export type XdsErrorCode = keyof XdsErrorDetails;

/**
 * Thrown when configuration or text from outside is refused. Wrong use of a function is a `TypeError` or `RangeError`
 * instead.
 *
 * @category Errors
 */
export class XdsError<C extends XdsErrorCode = XdsErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** Typed by `code`. */
  readonly details: XdsErrorDetails[C];

  /**
   * Errors of this class are made by the package; make one to test how a program treats it.
   *
   * @param text - for people; the message is `[code] text`
   */
  constructor(code: C, text: string, details: XdsErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`[${code}] ${text}`, options);
    this.name = "XdsError";
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells an `XdsError`, of one code if given, by name and code: true also for an error thrown by another installed copy of
 * this package.
 *
 * @category Errors
 */
export function isXdsError<C extends XdsErrorCode = XdsErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: XdsError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "XdsError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
