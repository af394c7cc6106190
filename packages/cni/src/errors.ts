import type { Issue } from "./issue.js";

/** The verbs of the specification, as `CNI_COMMAND` spells them. */
export type Verb = "ADD" | "DEL" | "CHECK" | "STATUS" | "GC" | "VERSION";

/** What is known of a plugin call that went wrong. */
export interface PluginFailure {
  /** The plugin's `type`. */
  readonly plugin: string;
  readonly verb: Verb;
  readonly network: string;
  /** The `code` of the error document the plugin printed; `undefined` when it printed none. */
  readonly specCode?: number;
  /** The `msg` of that document. */
  readonly specMsg?: string;
  /** The `details` of that document. */
  readonly specDetails?: string;
  /** `null` when a signal ended the plugin. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** As printed; kept up to the executor's limit. */
  readonly stdout: string;
  readonly stderr: string;
  /** After a failed ADD: what went wrong while the attachment was deleted again, in order. */
  readonly rollback?: readonly unknown[];
}

/**
 * The details each code carries; `text` is what the specification calls `details`, `rollback` as in `PluginFailure`: what
 * went wrong while an ADD was undone that failed with this error.
 */
export interface CniErrorDetails {
  readonly incompatible_version: { readonly text?: string };
  readonly unsupported_field: { readonly text?: string };
  readonly unknown_container: { readonly text?: string };
  readonly invalid_environment: { readonly text?: string };
  readonly io_failure: { readonly text?: string; readonly rollback?: readonly unknown[] };
  readonly decode_failure: { readonly text?: string };
  readonly invalid_config: { readonly text?: string; readonly issues?: readonly Issue[] };
  readonly invalid_netns: { readonly text?: string };
  readonly try_again_later: { readonly text?: string };
  readonly plugin_not_available: { readonly text?: string };
  readonly plugin_limited: { readonly text?: string };
  /** `number` is at least 100. */
  readonly plugin_specific: { readonly number: number; readonly text?: string };
  readonly internal: { readonly text?: string };
  readonly plugin_failed: PluginFailure;
  readonly plugin_crashed: PluginFailure;
  readonly plugin_timeout: PluginFailure;
  readonly plugin_output: PluginFailure;
  readonly plugin_not_found: { readonly text?: string; readonly rollback?: readonly unknown[] };
  readonly config_not_found: { readonly text?: string };
  readonly no_configs: { readonly text?: string };
  readonly check_not_supported: { readonly text?: string };
  readonly unsupported_version: { readonly text?: string };
  readonly invalid_result: { readonly text?: string; readonly rollback?: readonly unknown[] };
  readonly conversion_failed: { readonly text?: string; readonly rollback?: readonly unknown[] };
  readonly cache_failure: { readonly text?: string; readonly rollback?: readonly unknown[] };
  readonly gc_failed: { readonly text?: string };
  readonly conflict: { readonly text?: string };
  readonly port_in_use: { readonly port: number; readonly protocol: string; readonly heldBy?: string };
}

/** What can go wrong in this package; codes are API, messages are not. `ERROR_CODES` has the specification's numbers. */
export type CniErrorCode = keyof CniErrorDetails;

/** What follows code and message; the details may be left out where none is required. */
export type ErrorRest<D> =
  Record<never, never> extends D
    ? [details?: D, options?: { readonly cause?: unknown }]
    : [details: D, options?: { readonly cause?: unknown }];

/**
 * Thrown by this package, and by plugins that want to answer with a code of the specification.
 *
 * @category Errors
 */
export class CniError<C extends CniErrorCode = CniErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: C;
  /** For people; what a plugin prints as `msg`. The message is this behind `[code] `. */
  readonly msg: string;
  /** Typed by `code`. */
  readonly details: CniErrorDetails[C];

  /**
   * Makes an error; plugins throw them to choose the code that is printed.
   *
   * @param msg - for people; a plugin that throws this error prints it as `msg`
   */
  constructor(code: C, msg: string, ...[details, options]: ErrorRest<CniErrorDetails[C]>) {
    super(`[${code}] ${msg}`, options);
    this.name = "CniError";
    this.code = code;
    this.msg = msg;
    this.details = details ?? ({} as CniErrorDetails[C]);
  }
}

/**
 * Tells a `CniError`, of one code if given, by name and code: true also for an error thrown by another installed copy of
 * this package.
 *
 * @category Errors
 */
export function isCniError<C extends CniErrorCode = CniErrorCode>(
  error: unknown,
  code?: C,
): error is { [K in C]: CniError<K> }[C] {
  if (!(error instanceof Error) || error.name !== "CniError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
