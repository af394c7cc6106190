import type { Outcome } from "../outcome.js";

const WORDS: ReadonlySet<unknown> = new Set([
  "success",
  "failure",
  "timeout",
  "connect_failure",
  "reset",
  "cancelled",
] satisfies Outcome[]);

/** Refuses what is no outcome, also from callers without types. */
export function checkOutcome(outcome: Outcome): void {
  if (typeof outcome === "number") {
    if (!(outcome >= 100 && outcome <= 599)) {
      throw new RangeError(`outcome: a status must be from 100 to 599, not ${outcome}`);
    }
  } else if (!WORDS.has(outcome)) {
    throw new TypeError(`outcome: must be a status or one of ${[...WORDS].join(", ")}, not ${String(outcome)}`);
  }
}
