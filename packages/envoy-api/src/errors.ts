/** Where in a document something is wrong. */
export interface DocumentFault {
  /** Type URL of the whole document. */
  readonly typeUrl: string;
  /** JSON Pointer to the value, in the spelling of the input; `""` is the document. */
  readonly path: string;
}

/** The details each code carries. */
export interface EnvoyApiErrorDetails {
  /** JSON that is not of its type. */
  readonly invalid_json: DocumentFault;
  /** Bytes that are not a message of their type; `offset` counts from the start of the document. */
  readonly invalid_bytes: { readonly typeUrl: string; readonly offset: number };
  /** A type URL this codec has no type for; `path` is where it stands in the document. */
  readonly unknown_type: DocumentFault;
}

/** What can go wrong in this package; codes are API, messages are not. */
export type EnvoyApiErrorCode = keyof EnvoyApiErrorDetails;

/**
 * Thrown when a document is refused. Wrong use of a function is a `RangeError` or `TypeError` instead.
 *
 * @category Errors
 */
export class EnvoyApiError<C extends EnvoyApiErrorCode = EnvoyApiErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** Typed by `code`. */
  readonly details: EnvoyApiErrorDetails[C];

  /**
   * Errors of this class are made by the package; make one to test how a program treats it.
   *
   * @param text - for people; the message is `[code] text`
   */
  constructor(code: C, text: string, details: EnvoyApiErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`[${code}] ${text}`, options);
    this.name = "EnvoyApiError";
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells an `EnvoyApiError`, of one code if given, by name and code: true also for an error thrown by another installed
 * copy of this package.
 *
 * @example
 * ```ts
 * import { isEnvoyApiError } from "@netmason/envoy-api";
 * import { defaultCodec } from "@netmason/envoy-api/codec";
 *
 * try {
 *   defaultCodec().encode("type.googleapis.com/google.protobuf.Duration", "1e3s");
 * } catch (error) {
 *   isEnvoyApiError(error, "invalid_json") && error.details.path; // => ""
 * }
 * ```
 *
 * @category Errors
 */
export function isEnvoyApiError<C extends EnvoyApiErrorCode = EnvoyApiErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: EnvoyApiError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "EnvoyApiError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
