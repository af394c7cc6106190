import type { FieldIssue, FieldIssueRule } from "../issue.js";
import { deepestNesting } from "./refusal.js";
import { isJsonObject } from "./well-known-encoding.js";

export interface Finding {
  readonly rule: FieldIssueRule;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly constraint?: string;
  /** Below the place of the walk. */
  readonly below?: string;
  /** Envoy takes it, whatever the rule. */
  readonly accepted?: boolean;
}

/** Where a walk through a document stands, and what it has found. */
export class IssueList {
  readonly issues: FieldIssue[] = [];
  readonly #path: (string | number)[] = [];
  depth = 0;
  /** False inside of what Envoy does not check by its rules. */
  enforced = true;
  /** True inside of what must not be printed. */
  sensitive = false;

  enter(segment: string | number): void {
    this.#path.push(segment);
  }

  leave(): void {
    this.#path.pop();
  }

  get isTooDeep(): boolean {
    return this.depth >= deepestNesting;
  }

  /** A value that is not what it must be. */
  addWrong(expected: string, value: unknown, more: Partial<Finding> = {}): void {
    this.add({ rule: "wrong_type", message: `must ${expected}${this.butIs(value)}`, ...more });
  }

  /** Shows a value, unless it is one that must not be shown. */
  butIs(value: unknown): string {
    return this.sensitive ? "" : `, not ${shown(value)}`;
  }

  add({ rule, message, hint, constraint, below, accepted }: Finding): void {
    const isRule = rule === "field_rule" || rule === "oneof_missing";
    const enforced = accepted !== true && (this.enforced || !isRule);
    const segments = below === undefined ? this.#path : [...this.#path, below];
    this.issues.push({
      rule,
      severity: enforced ? "error" : "warning",
      path: segments.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      message,
      ...(hint === undefined ? {} : { hint }),
      enforced,
      ...(constraint === undefined ? {} : { constraint }),
    });
  }
}

const mostShown = 60;

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
