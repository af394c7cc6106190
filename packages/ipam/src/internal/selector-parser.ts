import { IpamError } from "../errors.js";
import type { Comparison, Expression } from "./selector-expression.js";

/** Keys longer than this are refused. */
const KEY_LENGTH = 512;
/** Parentheses and negations inside each other; a deeper text is refused instead of exhausting the stack. */
const NESTING = 500;

const SPACE = /[ \t]*/y;
const KEY = /[A-Za-z0-9_./-]+/y;
/** `has(`, `all(` and `global(` are calls only without a space before the parenthesis. */
const CALL = /(has|all|global)\(/y;
/** After a key: the operators that are words. What follows one need not be apart from it. */
const WORD = /contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in/y;
const SYMBOL = /==|!=/y;

/** Reads a selector by descent: `||` binds least, then `&&`, then `!`. */
export function parseExpression(text: string): Expression {
  const reader = new SelectorReader(text);
  if (reader.isAtEnd()) return { kind: "all" };
  const expression = readJunction(reader, "or");
  if (!reader.isAtEnd()) throw reader.failure("&&, || or the end");
  return expression;
}

function readJunction(reader: SelectorReader, kind: "or" | "and"): Expression {
  const operands: Expression[] = [];
  do {
    operands.push(kind === "or" ? readJunction(reader, "and") : readOperation(reader));
  } while (reader.take(kind === "or" ? "||" : "&&"));
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind, operands };
}

function readOperation(reader: SelectorReader): Expression {
  let isNegated = false;
  while (reader.take("!")) isNegated = !isNegated;
  const operation = readPlainOperation(reader);
  if (!isNegated) return operation;
  return operation.kind === "not" ? operation.operand : { kind: "not", operand: operation };
}

function readPlainOperation(reader: SelectorReader): Expression {
  if (reader.take("(")) {
    reader.enter();
    const inner = readJunction(reader, "or");
    reader.expect(")");
    reader.leave();
    return inner;
  }
  const call = reader.match(CALL);
  if (call !== undefined) return readCall(reader, call);
  const key = reader.key();
  const operator =
    reader.match(SYMBOL) ??
    reader
      .match(WORD)
      ?.replace(/[ \t]*(with|in)$/, " $1")
      .trim();
  if (operator === undefined) throw reader.failure("an operator");
  if (operator === "in" || operator === "not in") return { kind: operator, key, values: readSet(reader) };
  return { kind: "compare", key, comparison: operator as Comparison, value: reader.string() };
}

function readCall(reader: SelectorReader, call: string): Expression {
  if (call === "has(") {
    const key = reader.key();
    reader.expect(")");
    return { kind: "has", key };
  }
  reader.expect(")");
  return { kind: call === "all(" ? "all" : "global" };
}

/** A comma may stand behind the last value, and a set may be empty. */
function readSet(reader: SelectorReader): readonly string[] {
  const values = new Set<string>();
  reader.expect("{");
  while (!reader.take("}")) {
    values.add(reader.string());
    if (reader.take(",")) continue;
    reader.expect("}");
    break;
  }
  return [...values].sort();
}

/** A place in the text. Everything it reads may have spaces before it. */
class SelectorReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.match(SPACE, false);
    return this.#at === this.#text.length;
  }

  /** Takes a piece of text if it comes next. */
  take(piece: string): boolean {
    this.match(SPACE, false);
    const comes = this.#text.startsWith(piece, this.#at) && !(piece === "!" && this.#text[this.#at + 1] === "=");
    if (comes) this.#at += piece.length;
    return comes;
  }

  expect(piece: string): void {
    if (!this.take(piece)) throw this.failure(piece);
  }

  match(pattern: RegExp, withSpace = true): string | undefined {
    if (withSpace) this.match(SPACE, false);
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  key(): string {
    const key = this.match(KEY);
    if (key === undefined) throw this.failure("a key");
    if (key.length <= KEY_LENGTH) return key;
    this.#at -= key.length;
    throw this.failure(`a key of at most ${KEY_LENGTH} characters`);
  }

  string(): string {
    const quote = this.take('"') ? '"' : this.take("'") ? "'" : undefined;
    if (quote === undefined) throw this.failure("a string in quotes");
    const end = this.#text.indexOf(quote, this.#at);
    if (end < 0) {
      this.#at = this.#text.length;
      throw this.failure(`the closing ${quote}`);
    }
    const value = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return value;
  }

  enter(): void {
    if (++this.#depth > NESTING) throw this.failure(`at most ${NESTING} parentheses inside each other`);
  }

  leave(): void {
    this.#depth--;
  }

  failure(expected: string): IpamError {
    const column = this.#at + 1;
    const text = this.#text.length > 64 ? `${this.#text.slice(0, 64)}…` : this.#text;
    const details = { selector: this.#text, column };
    return new IpamError(
      "invalid_selector",
      `expected ${expected} at column ${column} of ${JSON.stringify(text)}`,
      details,
    );
  }
}
