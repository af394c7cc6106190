// Functions of the expressions in rules. Values are those of checked messages, or absent.
import { defaultCodec } from "@netmason/envoy-api/codec";
import { formatFault, headerFormatFault } from "../format-fault.js";
import { isIpLiteral } from "../ip-literal.js";
import { isPrime } from "../prime.js";
import { translateRe2 } from "../re2.js";
import { leastProgramSize } from "../re2-size.js";
import { typeNameOf } from "../typed-any.js";
import { utf8Length } from "../utf8.js";
import type { Visit } from "../visit.js";

type RuleFunction = (a: unknown, b: unknown, visit: Visit) => unknown;

/** By their names; made when a bundle has rules, so that one without has none of them. */
export const createFunctions = (): Readonly<Record<string, RuleFunction>> => ({
  "===": (a, b) => a === b,
  "<": (a, b) => (a as number) < (b as number),
  "<=": (a, b) => (a as number) <= (b as number),
  "+": (a, b) => (a as number) + (b as number),
  "-": (a, b) => (a as number) - (b as number),
  has: (a) => a !== undefined,
  isText: (a) => typeof a === "string",
  size: (a) => (typeof a === "string" || Array.isArray(a) ? a.length : Object.keys(Object(a)).length),
  hasKey: (a, b) => Object.hasOwn(Object(a), b as string),
  last: (a) => listOf(a).at(-1),
  unique: (a) => [...new Set(listOf(a))],
  sum: (a) => listOf(a).reduce<number>((total, value) => total + Number(value ?? 0), 0),
  join: (a, b) => listOf(a).join(b as string),
  includes: (a, b) => (Array.isArray(a) || typeof a === "string") && a.includes(b as string),
  startsWith: ofText((a, b) => a.startsWith(b)),
  endsWith: ofText((a, b) => a.endsWith(b)),
  toLowerCase: ofText((a) => a.toLowerCase()),
  json: (a) => JSON.stringify(a),
  number: (a) => Number(a),
  seconds: (a) => Number.parseFloat(a as string),
  type: typeNameOf,
  unpack: (a, b) => (typeNameOf(a) === b ? a : undefined),
  utf8Size: ofText(utf8Length),
  /** Padding stands for no byte. */
  base64Size: ofText((a) => Math.floor((a.replace(/=+$/, "").length * 3) / 4)),
  isIp: ofText(isIpLiteral),
  isPrime: (a) => isPrime(a as number),
  isModifiable: ofText(isModifiable),
  isOfEnvoy: ofText((a) => defaultCodec().schema.message(a) !== undefined),
  isKeySet: ofText(isKeySet),
  re2Fault: ofText(re2Fault),
  re2Size: ofText(re2Size),
  formatFault: ofText(formatFault),
  headerFormatFault: ofText(headerFormatFault),
  missingCluster: (_, __, visit) => visit.missingRouteCluster,
  field: (_, __, { at }) => at.at(-1),
  under: (a, _, { at }) => at.includes(a as string),
  within: (a, _, visit) => visit.within(a as string),
  isWithin: (a, _, visit) => visit.isWithin(a as string),
});

/** The items of a list; of other values none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function ofText(run: (text: string, other: string) => unknown): RuleFunction {
  return (a, b) => typeof a === "string" && run(a, b as string);
}

/** Whether Envoy lets configuration set or remove the header. */
function isModifiable(header: string): boolean {
  return !header.startsWith(":") && header.toLowerCase() !== "host";
}

function re2Fault(pattern: string): string | undefined {
  const translation = translateRe2(pattern);
  return translation.kind === "fault" ? translation.message : undefined;
}

/** At least so many instructions; of a short expression without counts, which cannot have 100, it is not asked. */
function re2Size(pattern: string): number {
  if (pattern.length < 48 && !pattern.includes("{")) return 0;
  const translation = translateRe2(pattern);
  return translation.kind === "regexp" ? leastProgramSize(translation.source, translation.flags) : 0;
}

/** Whether the text is a JSON Web Key Set with a key. */
function isKeySet(text: string): boolean {
  try {
    const { keys }: { readonly keys?: unknown } = Object(JSON.parse(text));
    return listOf(keys).length > 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
