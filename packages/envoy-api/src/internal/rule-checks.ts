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

function compileRule(rule: string, bound: Bound, context: RuleContext): Demand | undefined {
  const [type = "", kind = ""] = rule.split(".");
  switch (kind) {
    case "gt":
    case "gte":
    case "lt":
    case "lte":
    case "const":
      return compareWith(kind, type, bound);
    case "in":
    case "not_in":
      return isAmong(bound as readonly (number | string)[], kind === "in");
    case "defined_only":
      return { demand: "be one of the named values", keeps: (value) => context.numbers.has(value as number) };
    case "unique":
      return { demand: "have no item twice", keeps: (value) => new Set(value as unknown[]).size === lengthOf(value) };
    case "required":
    case "skip":
    case "strict":
    case "ignore_empty":
      return undefined;
    default:
      return type === "string" ? compileText(kind, bound, context) : compileSize(`${type}.${kind}`, bound as number);
  }
}

const orders: Readonly<Record<string, readonly [sign: string, holds: (order: number) => boolean]>> = {
  gt: ["> ", (order) => !(order <= 0)],
  gte: ["≥ ", (order) => !(order < 0)],
  lt: ["< ", (order) => !(order >= 0)],
  lte: ["≤ ", (order) => !(order > 0)],
  const: ["", (order) => order === 0],
};

/** NaN keeps every bound, as it does in C++. */
function compareWith(kind: string, type: string, bound: Bound): Demand | undefined {
  const [sign, holds] = orders[kind] ?? [];
  if (sign === undefined || holds === undefined) return undefined;
  return { demand: `be ${sign}${bound}`, keeps: (value) => holds(orderOf(type, value, bound)) };
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
  return {
    demand: wanted ? `be one of ${words}` : "be another value",
    keeps: (value) => list.includes(value as number | string) === wanted,
  };
}

function compileText(kind: string, bound: Bound, { strict }: RuleContext): Demand {
  const text = String(bound);
  switch (kind) {
    case "prefix":
      return { demand: `begin with ${text}`, keeps: (value) => (value as string).startsWith(text) };
    case "suffix":
      return { demand: `end with ${text}`, keeps: (value) => (value as string).endsWith(text) };
    case "pattern":
      return matching(new RegExp(text, "u"), `match ${text}`);
    case "well_known_regex":
      return compileHeader(text, strict);
    case "min_len":
      return atLeast(bound as number, "characters", characterCount);
    case "max_len":
      return atMost(bound as number, "characters", characterCount);
    case "max_bytes":
      return atMost(bound as number, "bytes", byteCount);
    default:
      throw new RangeError(`rule must be known, not string.${kind}`);
  }
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
  return { demand, keeps: (value) => expression.test(value as string) };
}

function compileSize(rule: string, bound: number): Demand {
  switch (rule) {
    case "bytes.min_len":
      return atLeast(bound, "bytes", base64Count);
    case "bytes.max_len":
      return atMost(bound, "bytes", base64Count);
    case "repeated.min_items":
      return atLeast(bound, "items", lengthOf);
    case "repeated.max_items":
      return atMost(bound, "items", lengthOf);
    case "map.min_pairs":
      return atLeast(bound, "entries", (value) => Object.keys(value as object).length);
    default:
      throw new RangeError(`rule must be known, not ${rule}`);
  }
}

function atLeast(bound: number, unit: string, count: (value: unknown) => number): Demand {
  return {
    demand: bound === 1 ? "not be empty" : `have at least ${bound} ${unit}`,
    keeps: (value) => count(value) >= bound,
  };
}

function atMost(bound: number, unit: string, count: (value: unknown) => number): Demand {
  return { demand: `have at most ${bound} ${unit}`, keeps: (value) => count(value) <= bound };
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
