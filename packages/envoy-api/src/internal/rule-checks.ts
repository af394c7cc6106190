import type { FieldRules } from "../schema.js";
import { decodeBase64 } from "./base64.js";
import { readDouble } from "./json-numbers.js";
import { readDuration } from "./time-text.js";

/** A rule that a value must keep. */
export interface RuleCheck {
  /** Its path in protoc-gen-validate: `repeated.items.string.min_len`. */
  readonly constraint: string;
  /** What the value must do, to stand after "must": `not be empty`. */
  readonly demand: string;
  /** `value` is in JSON form and of the right type; an enum is its number. */
  readonly keeps: (value: unknown) => boolean;
}

type Bound = FieldRules[string];
type Demand = Pick<RuleCheck, "demand" | "keeps">;

interface RuleContext {
  /** Header names and values keep the narrow form of the rule. */
  readonly strict: boolean;
  /** Of the enum that is checked. */
  readonly numbers: ReadonlySet<number>;
}

/**
 * Rules for one place: `""` the field itself, else `repeated.items.`, `map.keys.` or `map.values.`. Those that ask for
 * presence are not among them.
 */
export function compileRules(rules: FieldRules, place: string, numbers: ReadonlySet<number>): readonly RuleCheck[] {
  const own = Object.entries(rules).filter(([rule]) => placeOf(rule) === place);
  const ignoresEmpty = own.some(([rule]) => rule.endsWith(".ignore_empty"));
  const context: RuleContext = { strict: rules[`${place}string.strict`] !== false, numbers };
  const checks: RuleCheck[] = [];
  for (const [constraint, bound] of own) {
    const made = compileRule(constraint.slice(place.length), bound, context);
    if (made === undefined) continue;
    const { demand, keeps } = made;
    checks.push({ constraint, demand, keeps: ignoresEmpty ? (value) => isZero(value) || keeps(value) : keeps });
  }
  return checks;
}

function placeOf(rule: string): string {
  return /^(repeated\.items\.|map\.keys\.|map\.values\.)/.exec(rule)?.[1] ?? "";
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === "0";
}

type CompileRule = (bound: Bound, type: string, context: RuleContext) => Demand | undefined;

const passive: CompileRule = () => undefined;

/** By the last part of a rule's path, or by its type as well where it is only for one. */
const ruleKinds: Readonly<Record<string, CompileRule>> = {
  const: compareWith("", (order) => order === 0),
  // NaN keeps every bound, as it does in C++.
  gt: compareWith("> ", (order) => !(order <= 0)),
  gte: compareWith("≥ ", (order) => !(order < 0)),
  lt: compareWith("< ", (order) => !(order >= 0)),
  lte: compareWith("≤ ", (order) => !(order > 0)),
  in: (bound) => isAmong(bound as readonly (number | string)[], true),
  not_in: (bound) => isAmong(bound as readonly (number | string)[], false),
  defined_only: (_, __, { numbers }) =>
    demanding("be one of the named values", (value) => numbers.has(value as number)),
  unique: () => demanding("have no item twice", (value) => new Set(value as unknown[]).size === lengthOf(value)),
  "string.prefix": (text) => demanding(`begin with ${text}`, (value) => (value as string).startsWith(String(text))),
  "string.suffix": (text) => demanding(`end with ${text}`, (value) => (value as string).endsWith(String(text))),
  "string.pattern": (text) => matching(new RegExp(String(text), "u"), `match ${text}`),
  "string.well_known_regex": (name, _, { strict }) => compileHeader(String(name), strict),
  "string.min_len": (bound) => atLeast(bound, "characters", characterCount),
  "string.max_len": (bound) => atMost(bound, "characters", characterCount),
  "bytes.min_len": (bound) => atLeast(bound, "bytes", base64Count),
  "bytes.max_len": (bound) => atMost(bound, "bytes", base64Count),
  "string.max_bytes": (bound) => atMost(bound, "bytes", byteCount),
  "repeated.min_items": (bound) => atLeast(bound, "items", lengthOf),
  "repeated.max_items": (bound) => atMost(bound, "items", lengthOf),
  "map.min_pairs": (bound) => atLeast(bound, "entries", (value) => Object.keys(value as object).length),
  required: passive,
  skip: passive,
  strict: passive,
  ignore_empty: passive,
};

function compileRule(rule: string, bound: Bound, context: RuleContext): Demand | undefined {
  const [type = "", kind = ""] = rule.split(".");
  const compile = ruleKinds[kind] ?? ruleKinds[rule];
  if (compile === undefined) throw new RangeError(`rule must be known, not ${rule}`);
  return compile(bound, type, context);
}

function demanding(demand: string, keeps: Demand["keeps"]): Demand {
  return { demand, keeps };
}

function compareWith(sign: string, holds: (order: number) => boolean): CompileRule {
  return (bound, type) => demanding(`be ${sign}${bound}`, (value) => holds(orderOf(type, value, bound)));
}

function orderOf(type: string, value: unknown, bound: Bound): number {
  switch (type) {
    case "bool":
      return value === bound ? 0 : 1;
    case "duration": {
      const { seconds, nanos } = readDuration(value);
      const other = readDuration(bound);
      return seconds - other.seconds || nanos - other.nanos;
    }
    case "int64":
    case "uint64": {
      const difference = BigInt(value as string | number) - BigInt(bound as string | number);
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    default:
      return readDouble(value) - Number(bound);
  }
}

function isAmong(list: readonly (number | string)[], wanted: boolean): Demand {
  const words = list.map((item) => (item === "" ? '""' : String(item))).join(", ");
  return demanding(
    wanted ? `be one of ${words}` : "be another value",
    (value) => list.includes(value as number | string) === wanted,
  );
}

/** The expressions that protoc-gen-validate means by these names; in the first, `+-.` is a range. */
const headerName = /^:?[0-9a-zA-Z!#$%&'*+-.^_|~\x60]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
const headerValue = /^[^\u0000-\u0008\u000A-\u001F\u007F]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
const looseHeader = /^[^\u0000\u000A\u000D]*$/;

function compileHeader(name: string, strict: boolean): Demand {
  if (!strict) return matching(looseHeader, "have no line break and no NUL");
  if (name === "HTTP_HEADER_NAME") return matching(headerName, "be the name of a header");
  return matching(headerValue, "have no control characters");
}

function matching(expression: RegExp, demand: string): Demand {
  return demanding(demand, (value) => expression.test(value as string));
}

function atLeast(bound: Bound, unit: string, count: (value: unknown) => number): Demand {
  const least = Number(bound);
  return demanding(least === 1 ? "not be empty" : `have at least ${least} ${unit}`, (value) => count(value) >= least);
}

function atMost(bound: Bound, unit: string, count: (value: unknown) => number): Demand {
  const most = Number(bound);
  return demanding(`have at most ${most} ${unit}`, (value) => count(value) <= most);
}

function lengthOf(value: unknown): number {
  return (value as readonly unknown[]).length;
}

function base64Count(value: unknown): number {
  return decodeBase64(value as string).length;
}

function characterCount(value: unknown): number {
  let count = 0;
  for (const _ of value as string) count++;
  return count;
}

function byteCount(value: unknown): number {
  let count = 0;
  for (const character of value as string) {
    const point = character.codePointAt(0) ?? 0;
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return count;
}
