import type { Prefix } from "./prefix.js";

/** Where parsing text stopped, and what would have been right there. */
export interface ParseFailure {
  /** The text that was refused, cut to 64 characters. */
  readonly input: string;
  /** 1-based UTF-16 column in the whole text; one past its end when something is missing. */
  readonly column: number;
  /** What was expected at `column`, for people. */
  readonly expected: string;
}

/** The details each code carries. */
export interface NetErrorDetails {
  readonly invalid_address: ParseFailure;
  readonly invalid_prefix: ParseFailure;
  readonly invalid_range: ParseFailure;
  readonly invalid_mac: ParseFailure;
  /** The text is a prefix but for bits set behind its length; `masked` is the prefix without them. */
  readonly host_bits_set: ParseFailure & { readonly masked: Prefix };
}

/** What can be wrong with text given to this package; codes are API, messages are not. */
export type NetErrorCode = keyof NetErrorDetails;

/**
 * Thrown when text from outside is refused. Wrong use of a function (an argument out of its range, two families mixed)
 * is a `RangeError` or `TypeError` instead.
 *
 * @category Errors
 */
export class NetError<C extends NetErrorCode = NetErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** Typed by `code`. */
  readonly details: NetErrorDetails[C];

  /**
   * Errors of this class are made by the package; make one to test how a program treats it.
   *
   * @param text - for people; the message is `[code] text`
   */
  constructor(code: C, text: string, details: NetErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`[${code}] ${text}`, options);
    this.name = "NetError";
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells a `NetError`, of one code if given, by name and code: true also for an error thrown by another installed copy of
 * this package.
 *
 * @category Errors
 */
export function isNetError<C extends NetErrorCode = NetErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: NetError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "NetError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
