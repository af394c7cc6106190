import { isRawNumber, type JsonValue, numberText } from "../json-value.js";

export interface FormatJsonOptions {
  /** Spaces a level; default 0: one line. */
  readonly indent?: number;
  /** Keys in order at every level, as Go prints maps. */
  readonly sortKeys?: boolean;
}

/** Formats a value as Go's encoder does: `< > &` and the line separators escaped, raw numbers as their text. */
export function formatJson(value: JsonValue, { indent = 0, sortKeys = false }: FormatJsonOptions = {}): string {
  return formatValue(value, "\n", " ".repeat(indent), sortKeys);
}

function formatValue(value: JsonValue, lineBreak: string, step: string, sortKeys: boolean): string {
  if (typeof value === "string") return formatString(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isRawNumber(value)) return numberText(value);
  const inner = lineBreak + step;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) parts.push(formatValue(item, inner, step, sortKeys));
    return enclose("[", parts, "]", lineBreak, inner, step);
  }
  const object = value as { readonly [key: string]: JsonValue | undefined };
  const keys = Object.keys(object);
  if (sortKeys) keys.sort();
  const colon = step === "" ? ":" : ": ";
  for (const key of keys) {
    const item = object[key];
    if (item !== undefined) parts.push(formatString(key) + colon + formatValue(item, inner, step, sortKeys));
  }
  return enclose("{", parts, "}", lineBreak, inner, step);
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  lineBreak: string,
  inner: string,
  step: string,
): string {
  if (parts.length === 0) return open + close;
  if (step === "") return open + parts.join(",") + close;
  return open + inner + parts.join(`,${inner}`) + lineBreak + close;
}

const ESCAPED = /[<>&\u2028\u2029]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes
const PLAIN = /^[^"\\\u0000-\u001f<>&\u2028\u2029\ud800-\udfff]*$/;

function formatString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(ESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
