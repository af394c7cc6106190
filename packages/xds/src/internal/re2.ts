// Envoy's regular expressions are RE2's. Most mean the same in JavaScript; this translates those that are only spelled
// otherwise, refuses what RE2 refuses, and says what it cannot translate.

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

/** Translates a pattern; the last thousands of patterns are remembered. */
export function translateRe2(pattern: string): Translation {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const translation = new Translator(pattern).translate();
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
    if (/[1-9]/.test(next)) return fault(`invalid escape sequence \\${next}: RE2 has no backreferences`);
    if (next === "Q") {
      const end = rest.indexOf("\\E");
      const literal = rest.slice(2, end < 0 ? undefined : end);
      return this.#copy(escapeLiteral(literal), end < 0 ? rest.length : end + 2);
    }
    if (next === "A") return this.#copy("^", 2);
    if (next === "z") return this.#copy("$", 2);
    if (next === "a") return this.#copy("\\x07", 2);
    if (next === "C" || next === "0") return untranslated(`\\${next} has no counterpart`);
    const property = /^\\([pP])(?:\{\^?([A-Za-z_]+)\}|([A-Z]))/.exec(rest);
    if (property !== null) {
      if (property[0].includes("^")) return untranslated("negated property");
      const name = property[2] ?? property[3] ?? "";
      // RE2 knows categories by one or two letters, "Any", and scripts.
      const value = name.length <= 2 || name === "Any" ? name : `Script=${name}`;
      return this.#copy(`\\${property[1]}{${value}}`, property[0].length);
    }
    const hex = /^\\x(?:\{([0-9A-Fa-f]+)\}|[0-9A-Fa-f]{2})/.exec(rest);
    if (hex !== null) return this.#copy(hex[1] === undefined ? hex[0] : `\\u{${hex[1]}}`, hex[0].length);
    if (/[dDwWsSbBfnrtv]/.test(next)) return this.#copy(`\\${next}`, 2);
    if (/[A-Za-z]/.test(next)) return fault(`invalid escape sequence \\${next}`);
    return this.#copy(escapeLiteral(next), 2);
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

/** The character or class that a text in brackets starts with. */
function itemOf(inner: string): Translation | { readonly out: string; readonly length: number; isClass: boolean } {
  const named = /^\[:(\^?)([a-z]+):\]/.exec(inner);
  if (named !== null) {
    const characters = CLASSES[named[2] ?? ""];
    if (characters === undefined) return fault(`invalid character class ${named[0]}`);
    if (named[1] === "^") return untranslated(`negated class ${named[0]}`);
    return { out: characters, length: named[0].length, isClass: true };
  }
  const kept = /^\\(?:x[0-9A-Fa-f]{2}|[dDwWsSfnrtv])/.exec(inner)?.[0];
  if (kept !== undefined) return { out: kept, length: kept.length, isClass: /^\\[dws]/i.test(kept) };
  const escaped = inner.startsWith("\\");
  const character = String.fromCodePoint(inner.codePointAt(escaped ? 1 : 0) ?? 0);
  if (escaped && /[A-Za-z0-9]/.test(character)) return untranslated(`\\${character} in brackets`);
  return { out: escapeInSet(character), length: character.length + (escaped ? 1 : 0), isClass: false };
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function escapeInSet(character: string): string {
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
}
