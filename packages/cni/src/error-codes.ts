import type { CniError, CniErrorCode } from "./errors.js";

/** What the specification and a caller need to know of a code. */
export interface SpecErrorCode {
  /** The specification's number; `undefined` for what only a runtime says, and for `plugin_specific`, whose details have it. */
  readonly number: number | undefined;
  /** Whether the same call may succeed later without any change. For `plugin_failed`, ask `isRetryable`. */
  readonly retryable: boolean;
}

const code = (number: number | undefined, retryable = false): SpecErrorCode => ({ number, retryable });

/**
 * Each code with its number and whether trying again makes sense. Numbers: CNI specification 1.1.0, section "Error", and
 * 8, 999 of libcni.
 *
 * @category Errors
 */
export const ERROR_CODES: { readonly [C in CniErrorCode]: SpecErrorCode } = {
  incompatible_version: code(1),
  unsupported_field: code(2),
  unknown_container: code(3),
  invalid_environment: code(4),
  io_failure: code(5, true),
  decode_failure: code(6),
  invalid_config: code(7),
  invalid_netns: code(8),
  try_again_later: code(11, true),
  plugin_not_available: code(50, true),
  plugin_limited: code(51),
  plugin_specific: code(undefined),
  internal: code(999),
  plugin_failed: code(undefined),
  plugin_crashed: code(undefined),
  plugin_timeout: code(undefined, true),
  plugin_output: code(undefined),
  plugin_not_found: code(undefined),
  config_not_found: code(undefined, true),
  no_configs: code(undefined, true),
  check_not_supported: code(undefined),
  unsupported_version: code(undefined),
  invalid_result: code(undefined),
  conversion_failed: code(undefined),
  cache_failure: code(undefined),
  gc_failed: code(undefined, true),
  conflict: code(undefined, true),
  port_in_use: code(undefined),
};

const RETRYABLE_NUMBERS: ReadonlySet<number | undefined> = new Set([11, 50]);

/**
 * Whether the same call may succeed later without any change: `ERROR_CODES`, and for what a plugin printed its numbers 11
 * and 50.
 *
 * @category Errors
 */
export function isRetryable(error: CniError): boolean {
  if (error.code !== "plugin_failed") return ERROR_CODES[error.code].retryable;
  return "specCode" in error.details && RETRYABLE_NUMBERS.has(error.details.specCode);
}
