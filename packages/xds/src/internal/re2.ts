// Envoy's regular expressions are RE2's, which it runs on bytes: each byte of UTF-8 counts for a character. Most mean the same in JavaScript; this translates those that are only spelled
// otherwise, refuses what RE2 refuses, and says what it cannot translate.
import { byteText } from "./utf8.js";

/** A translated expression, what RE2 says against it, or why it cannot be translated. */
export type Translation =
  | { readonly kind: "regexp"; readonly source: string; readonly flags: string }
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "untranslated"; readonly why: string };

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const fault = (message: string): Translation => ({ kind: "fault", message });
const untranslated = (why: string): Translation => ({ kind: "untranslated", why });

const known = new Map<string, Translation>();

/** Translates a pattern, to be run on `byteText`; the last thousands of patterns are remembered. */
export function translateRe2(pattern: string): Translation {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const translation = new Translator(byteText(pattern)).translate();
  if (known.size >= 4_096) known.clear();
  known.set(pattern, translation);
  return translation;
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #out = "";
  #flags = "su";

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): Translation {
    const leading = /^\(\?([imsU]+)\)/.exec(this.#pattern);
    if (leading !== null) {
      if (leading[1]?.includes("U")) return untranslated("the flag U swaps greedy and lazy");
      // RE2's dot leaves out line breaks unless the flag s is given; paths and headers have none.
      this.#flags += [...new Set((leading[1] ?? "").replaceAll("s", ""))].join("");
      this.#at = leading[0].length;
    }
    while (this.#at < this.#pattern.length) {
      const stop = this.#step();
      if (stop !== undefined) return stop;
    }
    try {
      new RegExp(this.#out, this.#flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.#refusal(error.message.replace(/^Invalid regular expression: /, ""));
    }
    return { kind: "regexp", source: this.#out, flags: this.#flags };
  }

  /** What JavaScript refuses, RE2 refuses too only for some reasons; of the others it has not been asked. */
  #refusal(message: string): Translation {
    // RE2 repeats assertions, JavaScript does not.
    const repeatsAssertion = /(?:[\^$]|\\[bBAz])[*+?{]/.test(this.#pattern);
    if (/Nothing to repeat/i.test(message) && repeatsAssertion) return untranslated(message);
    const refused = /Nothing to repeat|Unterminated group|Unmatched '\)'|out of order|Incomplete quantifier/i.test(
      message,
    );
    return refused ? fault(message) : untranslated(message);
  }

  #step(): Translation | undefined {
    const rest = this.#pattern.slice(this.#at);
    if (rest.startsWith("\\")) return this.#escape(rest);
    if (rest.startsWith("[")) return this.#set(rest);
    if (rest.startsWith("(?")) return this.#group(rest);
    const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
    if (repeat !== null && Math.max(Number(repeat[1]), Number(repeat[2] ?? 0)) > 1_000) {
      return fault(`${repeat[0]} repeats more than 1000 times`);
    }
    if (repeat === null && /^[{}\]]/.test(rest)) return this.#copy(`\\${rest[0]}`, 1);
    if (repeat !== null) return this.#copy(repeat[0], repeat[0].length);
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return this.#copy(character, character.length);
  }

  #copy(text: string, length: number): undefined {
    this.#out += text;
    this.#at += length;
    return undefined;
  }

  #escape(rest: string): Translation | undefined {
    const next = rest[1];
    if (next === undefined) return fault("trailing \\");
    if (next === "Q") {
      const end = rest.indexOf("\\E");
      const literal = rest.slice(2, end < 0 ? undefined : end);
      return this.#copy(escapeLiteral(literal), end < 0 ? rest.length : end + 2);
    }
    if (next === "A") return this.#copy("^", 2);
    if (next === "z") return this.#copy("$", 2);
    if (next === "C") return untranslated("\\C has no counterpart");
    if (/[dDwWsSbB]/.test(next)) return this.#copy(`\\${next}`, 2);
    const item = /[pP]/.test(next) ? propertyOf(rest) : characterOf(rest);
    return "kind" in item ? item : this.#copy(escapeOf(item), item.length);
  }

  #set(rest: string): Translation | undefined {
    let at = rest.startsWith("[^") ? 2 : 1;
    let out = rest.slice(0, at);
    // A - makes a range only after a lone character; after a class, or after a range, it is itself.
    let isRange = false;
    let isLow = false;
    for (let first = true; at < rest.length; first = false) {
      const inner = rest.slice(at);
      if (inner.startsWith("]") && !first) return this.#copy(`${out}]`, at + 1);
      if (isLow && /^-[^\]]/s.test(inner)) {
        out += "-";
        at += 1;
        isLow = false;
        isRange = true;
        continue;
      }
      const item = itemOf(inner);
      if ("kind" in item) return item;
      if (item.isClass && isRange) {
        return fault(`invalid character class range: ${inner.slice(0, item.length)} ends none`);
      }
      out += item.out;
      at += item.length;
      isLow = !(item.isClass || isRange);
      isRange = false;
    }
    return fault("missing ]");
  }

  #group(rest: string): Translation | undefined {
    if (rest.startsWith("(?:")) return this.#copy("(?:", 3);
    const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
    if (named !== null) return this.#copy(`(?<${named[1]}>`, named[0].length);
    if (/^\(\?(=|!|<=|<!|>)/.test(rest)) {
      return fault(`invalid perl operator: ${rest.slice(0, 3)} (RE2 has no look-around)`);
    }
    if (/^\(\?[imsU-]+[:)]/.test(rest)) return untranslated("flags inside the expression");
    return fault(`invalid perl operator: ${rest.slice(0, 3)}`);
  }
}

/** A character or a class, as it is written in brackets. */
interface Item {
  readonly out: string;
  /** Of the text it is translated from. */
  readonly length: number;
  readonly isClass: boolean;
}

/** The character or class that a text in brackets starts with. */
function itemOf(inner: string): Translation | Item {
  const named = /^\[:(\^?)([a-z]+):\]/.exec(inner);
  if (named !== null) {
    const characters = CLASSES[named[2] ?? ""];
    if (characters === undefined) return fault(`invalid character class ${named[0]}`);
    if (named[1] === "^") return untranslated(`negated class ${named[0]}`);
    return { out: characters, length: named[0].length, isClass: true };
  }
  if (/^\\[dDwWsS]/.test(inner)) return { out: inner.slice(0, 2), length: 2, isClass: true };
  if (/^\\[pP]/.test(inner)) return propertyOf(inner);
  if (inner.startsWith("\\")) return characterOf(inner);
  const character = String.fromCodePoint(inner.codePointAt(0) ?? 0);
  return { out: escapeInSet(character), length: character.length, isClass: false };
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The one character that an escape stands for. */
function characterOf(text: string): Translation | Item {
  const next = text[1] ?? "";
  const control = CONTROLS[next];
  if (control !== undefined) return { out: unicodeEscape(control), length: 2, isClass: false };
  const [octal] = /^\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text) ?? [];
  if (octal !== undefined && Number.parseInt(octal.slice(1), 8) <= 0xff) {
    return { out: unicodeEscape(Number.parseInt(octal.slice(1), 8)), length: octal.length, isClass: false };
  }
  if (/[1-9]/.test(next)) return fault(`invalid escape sequence \\${next}: RE2 has no backreferences`);
  const hex = /^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(text);
  const code = hex === null ? undefined : Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
  if (hex !== null && code !== undefined && code <= 0xff) {
    return { out: unicodeEscape(code), length: hex[0].length, isClass: false };
  }
  if (/[!-/:-@[-`{-~]/.test(next)) return { out: escapeInSet(next), length: 2, isClass: false };
  return fault(`invalid escape sequence \\${next}`);
}

/** Categories that RE2 has; scripts have longer names, or these short ones. */
const CATEGORY = /^(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Any)$/;
const SHORT_SCRIPT = /^(?:Ahom|Cham|Han|Kawi|Lao|Lisu|Miao|Modi|Mro|Newa|Nko|Thai|Toto|Vai|Yi)$/;

/** A Unicode property: `\pL`, `\p{Greek}`, `\P{^Lu}`. */
function propertyOf(text: string): Translation | Item {
  const found = /^\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(text);
  const name = found?.[3] ?? found?.[4] ?? "";
  const value = CATEGORY.test(name) ? name : `Script=${name}`;
  if (found === null || !(CATEGORY.test(name) || ((name.length > 4 || SHORT_SCRIPT.test(name)) && isProperty(value)))) {
    return fault(`invalid character class range: RE2 knows no ${found?.[0] ?? text.slice(0, 2)}`);
  }
  const sign = (found[1] === "P") === (found[2] === "^") ? "p" : "P";
  return { out: `\\${sign}{${value}}`, length: found[0].length, isClass: true };
}

function isProperty(value: string): boolean {
  try {
    return new RegExp(`\\p{${value}}`, "u").source !== "";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function unicodeEscape(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

/** What stands for itself in brackets may mean something outside. */
function escapeOf({ out, isClass }: Item): string {
  return isClass || out.length > 2 ? out : escapeLiteral(out.slice(-1));
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function escapeInSet(character: string): string {
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
}
