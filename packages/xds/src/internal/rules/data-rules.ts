// Runs the rules that are data.
import type { CodeRule, CodeRules } from "@netmason/envoy-api/facts";
import type { IssueRule } from "../../issue.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { evaluatorOf, holds, type Scope } from "./rule-terms.js";

type Look = (message: object, visit: Visit) => void;
/** What is done with a place; `parts` is its path, valid until the next place. */
type Found = (scope: Scope, parts: readonly PathPart[]) => void;

/** Rules of messages; each is prepared when the first message of its type is met. */
export function dataRules(rules: CodeRules): readonly MessageRule[] {
  return Object.entries(rules).map(([typeName, list]) => {
    let looks: readonly Look[] | undefined;
    return messageRule(typeName, (message, visit) => {
      looks ??= list.map(lookOf);
      for (const look of looks) look(message, visit);
    });
  });
}

function lookOf(rule: CodeRule): Look {
  const { each, at = [] } = rule;
  const isBroken = evaluatorOf(rule.when ?? true);
  const says = evaluatorOf(rule.says);
  const hint = evaluatorOf(rule.hint ?? NO_HINT);
  const name = (rule.rule ?? "envoy_refuses") as IssueRule;
  const judge = (scope: Scope, parts: readonly PathPart[]): boolean => {
    if (!holds(isBroken(scope))) return false;
    const args = [name, [...parts, ...at], says(scope) as string, hint(scope) as string | undefined] as const;
    if (rule.warns) scope.visit.warn(...args);
    else scope.visit.error(...args);
    return true;
  };
  if (each === undefined) {
    return (message, visit) => {
      judge({ visit, message, it: message, owner: message, list: undefined, index: undefined, first: undefined }, []);
    };
  }
  const keyOf = evaluatorOf(rule.sameKey ?? false);
  const [first = ""] = each;
  return (message, visit) => {
    if (!(first in message)) return;
    let isTold = false;
    const firsts = new Map<unknown, Scope>();
    const places = new PlaceWalk(each, message, visit, (scope, parts) => {
      if (isTold) return;
      if (rule.sameKey === undefined) isTold = judge(scope, parts) && rule.once === true;
      else {
        const key = keyOf(scope);
        const earlier = firsts.get(key);
        if (earlier === undefined) firsts.set(key, scope);
        else isTold = judge({ ...scope, first: earlier }, parts) && rule.once === true;
      }
    });
    places.walk(0, message, message, undefined, undefined);
  };
}

/** A member of nothing. */
const NO_HINT = ["first", "hint"] as const;

/** Goes to all places of a path. */
class PlaceWalk {
  readonly #path: readonly string[];
  readonly #message: object;
  readonly #visit: Visit;
  readonly #found: Found;
  readonly #parts: PathPart[] = [];

  constructor(path: readonly string[], message: object, visit: Visit, found: Found) {
    this.#path = path;
    this.#message = message;
    this.#visit = visit;
    this.#found = found;
  }

  /** From `it`, before the given step of the path; the others are what conditions know of the way to it. */
  walk(step: number, it: unknown, owner: unknown, list: unknown, index: unknown): void {
    const field = this.#path[step];
    if (field === undefined || (field === "**" && typeof it === "string")) {
      const [visit, message] = [this.#visit, this.#message];
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
