import { CniError } from "../errors.js";
import { createNumber, type JsonObject, type JsonValue } from "../json-value.js";

/** Deeper nesting than any configuration has; it bounds every recursion over a parsed value. */
const MOST_DEPTH = 500;

/** A number outside of a string that might not survive a double: a fraction, an exponent, many digits, a minus zero. */
const DELICATE_NUMBER = /(?:^|[:,[\s])-?(?:\d+[.eE]|\d{16})|-0/;

/**
 * Parses JSON; numbers that a double would change keep their text.
 *
 * @throws CniError `decode_failure`
 */
export function parseJson(text: string): JsonValue {
  if (!DELICATE_NUMBER.test(text) && isShallow(text)) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch (cause) {
      throw new CniError("decode_failure", (cause as SyntaxError).message, {}, { cause });
    }
  }
  const reader: Reader = { text, at: 0, depth: 0 };
  const value = readValue(reader);
  skipSpace(reader);
  if (reader.at < text.length) fail(reader, "the end");
  return value;
}

/** Brackets in strings count too: a wrong `false` only costs time. */
function isShallow(text: string): boolean {
  if (text.length < 2 * MOST_DEPTH) return true;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x7b || unit === 0x5b) {
      if (++depth > MOST_DEPTH) return false;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return true;
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

function fail(reader: Reader, expected: string): never {
  const found = reader.at < reader.text.length ? JSON.stringify(reader.text[reader.at]) : "the end";
  const before = reader.text.slice(0, reader.at).split("\n");
  const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  throw new CniError("decode_failure", `${where}: expected ${expected}, found ${found}`);
}

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readValue(reader: Reader): JsonValue {
  skipSpace(reader);
  const { text, at } = reader;
  const first = text[at];
  if (first === '"') return readString(reader);
  if (first === "{" || first === "[") {
    if (++reader.depth > MOST_DEPTH) fail(reader, `at most ${MOST_DEPTH} levels`);
    const value = first === "{" ? readObject(reader) : readArray(reader);
    reader.depth--;
    return value;
  }
  for (const [word, value] of WORDS) {
    if (!text.startsWith(word, at)) continue;
    reader.at += word.length;
    return value;
  }
  return readNumber(reader);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readNumber(reader: Reader): JsonValue {
  NUMBER.lastIndex = reader.at;
  const text = NUMBER.exec(reader.text)?.[0];
  if (text === undefined) return fail(reader, "a value");
  reader.at += text.length;
  return createNumber(text);
}

function readString(reader: Reader): string {
  const { text, at } = reader;
  // Most strings have no escape: find the end without the expression, whose stack a long string would exhaust.
  for (let end = at + 1; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x22) {
      reader.at = end + 1;
      return text.slice(at + 1, end);
    }
    if (unit === 0x5c) return readEscaped(reader, end);
    if (unit < 0x20) break;
  }
  return fail(reader, "a string");
}

function readEscaped(reader: Reader, from: number): string {
  const { text, at } = reader;
  for (let end = from; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x5c) end++;
    else if (unit < 0x20) break;
    else if (unit === 0x22) {
      try {
        const value = JSON.parse(text.slice(at, end + 1)) as string;
        reader.at = end + 1;
        return value;
      } catch {
        return fail(reader, "a string with right escapes");
      }
    }
  }
  return fail(reader, "a string");
}

function readArray(reader: Reader): JsonValue[] {
  const items: JsonValue[] = [];
  reader.at++;
  if (take(reader, "]")) return items;
  for (;;) {
    items.push(readValue(reader));
    if (take(reader, "]")) return items;
    if (!take(reader, ",")) fail(reader, "',' or ']'");
  }
}

function readObject(reader: Reader): JsonObject {
  const object: { [key: string]: JsonValue } = {};
  reader.at++;
  if (take(reader, "}")) return object;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] !== '"') fail(reader, "a key");
    const key = readString(reader);
    if (!take(reader, ":")) fail(reader, "':'");
    const value = readValue(reader);
    if (key === "__proto__") {
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    } else object[key] = value;
    if (take(reader, "}")) return object;
    if (!take(reader, ",")) fail(reader, "',' or '}'");
  }
}

function take(reader: Reader, sign: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== sign) return false;
  reader.at++;
  return true;
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const unit = reader.text.charCodeAt(reader.at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    reader.at++;
  }
}
