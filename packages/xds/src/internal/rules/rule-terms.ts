// Expressions of rules that are data. Of what is absent a member is absent as well, and so is what a function makes of it.
import type { RuleTerm } from "@netmason/envoy-api/facts";
import type { Visit } from "../visit.js";
import { createFunctions, listOf } from "./rule-functions.js";

/** Values by their names. All are there, so that scopes have one shape. */
export interface Scope extends Readonly<Record<string, unknown>> {
  readonly visit: Visit;
  readonly message: object;
  readonly it: unknown;
  readonly owner: unknown;
  readonly list: unknown;
  readonly index: unknown;
  readonly first: Scope | undefined;
}

export type Evaluate = (scope: Scope) => unknown;
/** Makes a function of operands that are not all evaluated, or not once. */
type Operator = (operands: readonly Evaluate[], terms: readonly RuleTerm[]) => Evaluate;

/** Makes a function of a term, to be called many times. Names begin with `$`. */
export function evaluatorOf(term: RuleTerm): Evaluate {
  if (typeof term !== "object") return () => term;
  const [head, ...terms] = term as readonly [string, ...RuleTerm[]];
  if (head.startsWith("$")) {
    const name = head.slice(1);
    return memberOf((scope) => scope[name], terms);
  }
  const operands = terms.map(evaluatorOf);
  const operator = OPERATORS.get(head);
  if (operator !== undefined) return operator(operands, terms);
  const run = FUNCTIONS.get(head);
  if (run === undefined) throw new RangeError(`rules know no ${head}`);
  const [a = nothing, b = nothing] = operands;
  return (scope) => run(a(scope), b(scope), scope.visit);
}

/** Whether nothing in a term is of a later release. */
export function isKnown(term: RuleTerm | undefined): boolean {
  if (typeof term !== "object") return true;
  const [head, ...terms] = term as readonly [string, ...RuleTerm[]];
  return (head.startsWith("$") || OPERATORS.has(head) || FUNCTIONS.has(head)) && terms.every(isKnown);
}

/** Whether a condition holds of a value: what is absent, false, 0, empty text and an empty list are false. */
export function holds(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

const nothing: Evaluate = () => undefined;

function memberOf(base: Evaluate, path: readonly RuleTerm[]): Evaluate {
  return (scope) => {
    let value = base(scope);
    for (const key of path) {
      if (typeof value !== "object" || value === null) return undefined;
      value = (value as Record<string, unknown>)[key as string];
    }
    return value;
  };
}

/** Goes through a list with a name for each of its items. */
function loop(run: (list: readonly unknown[], evaluate: (item: unknown) => unknown) => unknown): Operator {
  return ([list = nothing, , body = nothing], [, name]) =>
    (scope) =>
      run(listOf(list(scope)), (item) => body({ ...scope, [(name as string).slice(1)]: item }));
}

const createOperators = (): Readonly<Record<string, Operator>> => ({
  ".": ([base = nothing], [, ...path]) => memberOf(base, path),
  "&&":
    ([a = nothing, b = nothing]) =>
    (scope) =>
      holds(a(scope)) && b(scope),
  "||":
    ([a = nothing, b = nothing]) =>
    (scope) => {
      const value = a(scope);
      return holds(value) ? value : b(scope);
    },
  "??":
    ([a = nothing, b = nothing]) =>
    (scope) =>
      a(scope) ?? b(scope),
  "?":
    ([condition = nothing, a = nothing, b = nothing]) =>
    (scope) =>
      (holds(condition(scope)) ? a : b)(scope),
  "!":
    ([a = nothing]) =>
    (scope) =>
      !holds(a(scope)),
  "[]": (items) => (scope) => items.map((item) => item(scope)),
  text: (parts) => (scope) => parts.map((part) => part(scope)).join(""),
  test: ([, , text = nothing], [source, flags]) => {
    const expression = new RegExp(source as string, flags as string);
    return (scope) => {
      const value = text(scope);
      return typeof value === "string" && expression.test(value);
    };
  },
  some: loop((list, evaluate) => list.some((item) => holds(evaluate(item)))),
  every: loop((list, evaluate) => list.every((item) => holds(evaluate(item)))),
  map: loop((list, evaluate) => list.map(evaluate)),
});

const OPERATORS = /* @__PURE__ */ mapOf(createOperators);
const FUNCTIONS = /* @__PURE__ */ mapOf(createFunctions);

/** A map, which has no names but its own. */
function mapOf<T>(create: () => Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(create()));
}
