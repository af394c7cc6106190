import type { Verb } from "../errors.js";
import type { Issue } from "../issue.js";
import type { Attachment } from "./attachment-cache.js";

/** Something was passed over or repaired, and the work went on. */
export interface CniWarning {
  readonly kind: "warning";
  readonly issue: Issue;
}

/** What happens in a runtime, in order. */
export type CniEvent =
  /** A plugin was called and has ended. */
  | {
      readonly kind: "call";
      readonly plugin: string;
      readonly verb: Verb;
      readonly network: string;
      /** `""` for GC, STATUS and VERSION. */
      readonly containerId: string;
      readonly ifname: string;
      readonly durationMs: number;
      /** Why it failed; `undefined` when it succeeded. */
      readonly error: unknown;
    }
  /** An ADD failed and what it had done was deleted again; `errors` is what went wrong meanwhile. */
  | {
      readonly kind: "rollback";
      readonly network: string;
      readonly attachment: Attachment;
      readonly errors: readonly unknown[];
    }
  | CniWarning;

/** Tells an observer; what it throws changes nothing. */
export function createEmit<E>(onEvent: ((event: E) => void) | undefined): (event: E) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // The observer's own affair.
    }
  };
}
