import type { ParseFailure } from "../errors.js";
import { scanned } from "./scan-address.js";

const QUOTED_LENGTH = 64;

/** Wrong use from untyped code is told apart from text that is wrong. */
export function requireText(text: string): void {
  if (typeof text !== "string") throw new TypeError(`text: expected a string, got ${typeof text}`);
}

/** Turns the failure left in `scanned` into an error's details and the beginning of its message. */
export function describeFailure(text: string): { readonly details: ParseFailure; readonly summary: string } {
  const column = scanned.failedAt + 1;
  const input = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH - 1)}…` : text;
  return {
    details: { input, column, expected: scanned.expected },
    summary: `expected ${scanned.expected} at column ${column}: ${JSON.stringify(input)}`,
  };
}
