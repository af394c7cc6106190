import type { FieldIssue, FieldIssueRule } from "../issue.js";

export interface Finding {
  readonly rule: FieldIssueRule;
  readonly message: string;
  readonly hint?: string;
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
  readonly #depthLimit: number;

  constructor(depthLimit: number) {
    this.#depthLimit = depthLimit;
  }

  enter(segment: string | number): void {
    this.#path.push(segment);
  }

  leave(): void {
    this.#path.pop();
  }

  get isTooDeep(): boolean {
    return this.depth >= this.#depthLimit;
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
