// How what Envoy checks in code is written down here. Conditions are JavaScript expressions of a few operators and
// functions (see rule-terms.ts); in them a member of what is absent is absent as well, and absent, false, 0, "" and an
// empty list count as false. They are made into terms when the package is generated, which fails on a field, an enum
// value or a function that is not there.

import type { IssueRule } from "../../../packages/xds/src/issue.js";

/** A rule of messages of one type. */
export interface RuleSource {
  /**
   * What it looks at, `it`: a path of fields, with `*` for each item of a list or value of a map, and `**` at its end for
   * each text at any depth. Default: the message itself. In conditions `message` is the message, `index` the index or key
   * of the last `*`, `list` the list or map it goes through, and `owner` the message that has it.
   */
  readonly each?: string;
  /** The rule is broken where this holds. Default: always. */
  readonly when?: string;
  /**
   * Looked at are only those whose key was met before, in any of the lists that `each` goes through; `first` has the names
   * of the one that had it, as in `first.it`.
   */
  readonly sameKey?: string;
  /** Only the first broken one is reported. */
  readonly once?: true;
  /** Path of the field to report, from `it`. Default: `it` itself. */
  readonly at?: string;
  /** The message; expressions stand in braces. */
  readonly says: string;
  readonly hint?: string;
  /** Name of the issue's rule. Default `envoy_refuses`. */
  readonly rule?: IssueRule;
  /** Envoy takes it, though it does nothing or something else. */
  readonly warns?: true;
}

/** A name that stands for another resource. */
export interface ReferenceSource extends Pick<RuleSource, "each" | "when" | "at"> {
  /** An expression. */
  readonly name: string;
  /** Full name of the message that the name is of. */
  readonly to: string;
  /** An expression: what it is when nothing has the name, `error` or `warning`, or `none` where the target may come from elsewhere. Default `error`. */
  readonly missing?: string;
  /** What the target must have besides: HTTP/2, or the filters that its routes configure. */
  readonly demand?: "http2" | "filters";
}

export type ReferenceSources = Readonly<Record<string, readonly ReferenceSource[]>>;

/** Rules by the full names of their messages. */
export type RuleSources = Readonly<Record<string, readonly RuleSource[]>>;

/** The rules where a condition holds. */
export function given(condition: string, rules: readonly RuleSource[]): readonly RuleSource[] {
  return rules.map((rule) => ({
    ...rule,
    when: rule.when === undefined ? condition : `(${condition}) && (${rule.when})`,
  }));
}

/** The rules in each of some places. */
export function inEach(places: readonly string[], rules: readonly RuleSource[]): readonly RuleSource[] {
  return places.flatMap((place) =>
    rules.map(({ each, ...rule }) => ({ ...rule, each: each === undefined ? place : `${place}.${each}` })),
  );
}
