// Runs the rules that are data.
import type { CodeRule, CodeRules, EnvoyFacts, ReferenceRule, RulePlace, RuleTerm } from "@netmason/envoy-api/facts";
import type { IssueRule } from "../../issue.js";
import type { TypeUrl } from "../../type-urls.js";
import { addTo } from "../lists-by-key.js";
import { type Demand, type MessageRule, messageRule, type PathPart, type Reference, type Visit } from "../visit.js";
import { evaluatorOf, holds, isKnown, type Scope } from "./rule-terms.js";

type Look = (whole: Scope) => void;
/** What is done with a place; `parts` is its path, valid until the next place. */
type Found = (scope: Scope, parts: readonly PathPart[]) => void;

/**
 * Rules of messages. One that uses what only a later release of this package knows is left out: Envoy's API may be newer.
 */
export function dataRules(rules: CodeRules): readonly MessageRule[] {
  return messageRulesOf(rules, ruleLook);
}

/** References to other resources; they come after the rules that say which filters there are. */
export function dataReferences({ references }: Pick<EnvoyFacts, "references">): readonly MessageRule[] {
  return messageRulesOf(references, referenceLook);
}

/** The terms that a rule of either kind can have. */
const TERMS = ["when", "sameKey", "says", "hint", "name", "missing"] as const;
type Rule = RulePlace & { readonly [K in (typeof TERMS)[number]]?: RuleTerm };

/** Each is prepared when the first message of its type is met, and run where there is something to look at. */
function messageRulesOf<R extends Rule>(
  rules: Readonly<Record<string, readonly R[]>>,
  lookOf: (rule: R) => Look,
): readonly MessageRule[] {
  return Object.entries(rules).map(([typeName, list]) => {
    let looks: Map<string, Look[]> | undefined;
    return messageRule(typeName, (message, visit) => {
      looks ??= looksByField(list, lookOf);
      look(looks.get(""), message, visit);
      for (const field in message) look(looks.get(field), message, visit);
    });
  });
}

function look(looks: readonly Look[] | undefined, message: object, visit: Visit): void {
  if (looks === undefined) return;
  const whole = { visit, message, it: message, owner: undefined, list: undefined, index: undefined, first: undefined };
  for (const each of looks) each(whole);
}

/** By the first field on the way to what they look at; those that look at the message itself have none. */
function looksByField<R extends Rule>(rules: readonly R[], lookOf: (rule: R) => Look): Map<string, Look[]> {
  const looks = new Map<string, Look[]>();
  for (const rule of rules) {
    if (TERMS.every((key) => isKnown(rule[key]))) addTo(looks, rule.each?.[0] ?? "", lookOf(rule));
  }
  return looks;
}

function referenceLook({ each, when, at = [], name, to, missing, demand }: ReferenceRule): Look {
  const holdsAt = evaluatorOf(when ?? true);
  const [nameAt, missingAt] = [evaluatorOf(name), evaluatorOf(missing)];
  const typeUrl: TypeUrl = `type.googleapis.com/${to}`;
  return (whole) =>
    forEach(each, whole, (scope, parts) => {
      const text = nameAt(scope);
      if (typeof text !== "string" || !holds(holdsAt(scope))) return;
      scope.visit.refer({
        typeUrl,
        name: text,
        parts: [...parts, ...at],
        missing: missingAt(scope) as Reference["missing"],
        ...(demand !== undefined && { demand: demandOf(demand, scope.visit) }),
      });
    });
}

function demandOf(kind: "http2" | "filters", { filterNames = new Set() }: Visit): Demand {
  return kind === "http2" ? { kind } : { kind, names: filterNames };
}

function ruleLook({ each, when, at = [], sameKey, once, warns, ...rule }: CodeRule): Look {
  const holdsAt = evaluatorOf(when ?? true);
  const says = evaluatorOf(rule.says);
  const hint = rule.hint === undefined ? undefined : evaluatorOf(rule.hint);
  const name = (rule.rule ?? "envoy_refuses") as IssueRule;
  const judge = (scope: Scope, parts: readonly PathPart[]): boolean => {
    if (!holds(holdsAt(scope))) return false;
    const args = [name, [...parts, ...at], says(scope) as string, hint?.(scope) as string | undefined] as const;
    if (warns) scope.visit.warn(...args);
    else scope.visit.error(...args);
    return true;
  };
  if (sameKey === undefined && !once) return (whole) => forEach(each, whole, judge);
  const keyOf = sameKey === undefined ? undefined : evaluatorOf(sameKey);
  return (whole) => {
    const firsts = new Map<unknown, Scope>();
    let isTold = false;
    forEach(each, whole, (scope, parts) => {
      if (isTold && once) return;
      const key = keyOf?.(scope);
      const first = firsts.get(key);
      if (keyOf !== undefined && first === undefined) firsts.set(key, scope);
      else isTold = judge(first === undefined ? scope : { ...scope, first }, parts) || isTold;
    });
  };
}

function forEach(path: readonly string[] | undefined, whole: Scope, found: Found): void {
  if (path === undefined) found(whole, []);
  else new PlaceWalk(path, whole, found).walk(0, whole.message, undefined, undefined, undefined);
}

/** Goes to all places of a path. */
class PlaceWalk {
  readonly #path: readonly string[];
  readonly #whole: Scope;
  readonly #found: Found;
  readonly #parts: PathPart[] = [];

  constructor(path: readonly string[], whole: Scope, found: Found) {
    this.#path = path;
    this.#whole = whole;
    this.#found = found;
  }

  /** From `it`, before the given step of the path; the others are what conditions know of the way to it. */
  walk(step: number, it: unknown, owner: unknown, list: unknown, index: unknown): void {
    const field = this.#path[step];
    if (field === undefined || (field === "**" && typeof it === "string")) {
      const { visit, message } = this.#whole;
      this.#found({ visit, message, it, owner, list, index, first: undefined }, this.#parts);
    } else if (typeof it !== "object" || it === null) return;
    else if (field === "*" || field === "**") {
      const next = field === "*" ? step + 1 : step;
      if (Array.isArray(it)) for (let i = 0; i < it.length; i++) this.#enter(i, next, it[i], owner, it, i);
      else for (const [key, value] of Object.entries(it)) this.#enter(key, next, value, owner, it, key);
    } else {
      const value = (it as Record<string, unknown>)[field];
      if (value === undefined) return;
      this.#enter(field, step + 1, value, this.#path[step + 1] === "*" ? it : owner, list, index);
    }
  }

  #enter(part: PathPart, step: number, it: unknown, owner: unknown, list: unknown, index: unknown): void {
    this.#parts.push(part);
    this.walk(step, it, owner, list, index);
    this.#parts.pop();
  }
}
