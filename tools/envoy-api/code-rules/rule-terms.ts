// Makes terms of expressions, and finds out what their parts are to refuse what cannot be meant.
import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import ts from "typescript";
import type { RuleTerm } from "../../../packages/envoy-api/src/facts.js";
import { wellKnownNames } from "../well-known-types.js";

/** What a value is, as far as it matters. */
export type Kind =
  | { readonly kind: "message"; readonly desc: DescMessage }
  | { readonly kind: "list" | "map"; readonly of: Kind }
  | { readonly kind: "enum"; readonly desc: DescEnum }
  | { readonly kind: "names"; readonly names: Names }
  /** The name of a message type. */
  | { readonly kind: "type" }
  /** A text that is no number, though it may stand for one: a 64-bit integer or a duration. */
  | { readonly kind: "text" }
  /** A message of any type. */
  | { readonly kind: "any" }
  | { readonly kind: "plain" };

/** Values that an expression can name. */
export type Names = Readonly<Record<string, Kind>>;

/** What an expression can speak of besides values. */
export interface Vocabulary {
  readonly messageOf: (typeName: string) => DescMessage | undefined;
  /** Whether some message has a field with this name in JSON. */
  readonly hasField: (jsonName: string) => boolean;
}

const PLAIN: Kind = { kind: "plain" };

/** Functions and how many arguments they take; packages/xds/src/internal/rules/rule-functions.ts has them. */
const FUNCTIONS: Readonly<Record<string, number>> = {
  /** Bytes that a base64 text stands for. */
  base64Size: 1,
  /** Name or index of the place that the message stands in; absent for a resource itself. */
  field: 0,
  /** What Envoy has against a format with operators, if anything. */
  formatFault: 1,
  /** Whether a value is there, be it 0 or empty. */
  has: 1,
  /** Whether a map has a key. */
  hasKey: 2,
  /** The same as formatFault of the value of a header. */
  headerFormatFault: 1,
  isIp: 1,
  /** Whether a text is a JSON Web Key Set with a key. */
  isKeySet: 1,
  /** Whether configuration may set the header. */
  isModifiable: 1,
  /** Whether a type is of the API that this is generated from. */
  isOfEnvoy: 1,
  isPrime: 1,
  isText: 1,
  /** Whether a message of the type is around this one. */
  isWithin: 1,
  json: 1,
  last: 1,
  /** What a missing cluster of a route is: an error or a warning. */
  missingCluster: 0,
  /** Of a 64-bit integer, which is a text. */
  number: 1,
  /** What RE2 has against an expression, if anything. */
  re2Fault: 1,
  /** Instructions that RE2 makes of an expression, at least. */
  re2Size: 1,
  /** Of a duration. */
  seconds: 1,
  /** Length of a text, items of a list, or fields of a message. */
  size: 1,
  sum: 1,
  /** Full name of a message of any type. */
  type: 1,
  /** Whether a field of the name is on the way to this message. */
  under: 1,
  unique: 1,
  /** A message of any type as one of the type; absent where it is another. */
  unpack: 2,
  utf8Size: 1,
  /** The nearest message of the type around this one; absent also where something in it is wrong. */
  within: 1,
};
const METHODS: Readonly<Record<string, number>> = { startsWith: 1, endsWith: 1, includes: 1, toLowerCase: 0, join: 1 };
const LOOPS = new Set(["some", "every", "map"]);
const OPERATORS = new Set(["&&", "||", "??", "===", "!==", "<", "<=", ">", ">=", "+", "-"]);

interface Typed {
  readonly term: RuleTerm;
  readonly kind: Kind;
}

/** The kind of a field's value in JSON. */
function kindOf(field: DescField): Kind {
  const of = elementKind(field);
  return field.fieldKind === "list" || field.fieldKind === "map" ? { kind: field.fieldKind, of } : of;
}

const TEXTS: ReadonlySet<ScalarType | undefined> = new Set([
  ScalarType.STRING,
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
  ScalarType.SINT64,
]);
const TEXT_MESSAGES = new Set(["Duration", "StringValue", "Int64Value", "UInt64Value"]);

function elementKind({ message, enum: desc, scalar }: DescField): Kind {
  if (desc !== undefined) return { kind: "enum", desc };
  if (message === undefined) return TEXTS.has(scalar) ? { kind: "text" } : PLAIN;
  if (message.typeName === "google.protobuf.Any") return { kind: "any" };
  if (message.typeName === "google.protobuf.Struct") return { kind: "map", of: PLAIN };
  const isPlain = message.file.proto.package === "google.protobuf" && message.name in wellKnownNames;
  if (isPlain && TEXT_MESSAGES.has(message.name)) return { kind: "text" };
  return isPlain ? PLAIN : { kind: "message", desc: message };
}

/** The kind of a member; refuses one that is not there. */
export function memberOf(kind: Kind, name: string): Kind {
  if (kind.kind === "names") {
    const found = kind.names[name];
    if (found !== undefined) return found;
  }
  if (kind.kind === "message") {
    const field = kind.desc.fields.find(({ jsonName }) => jsonName === name);
    if (field !== undefined) return kindOf(field);
    throw new RangeError(`${kind.desc.typeName} must have a field ${name}`);
  }
  throw new RangeError(`${name} must be a field of a message`);
}

/** The term of an expression. */
export function termOf(text: string, names: Names, vocabulary: Vocabulary): RuleTerm {
  const source: ts.SourceFile & { readonly parseDiagnostics?: readonly unknown[] } = ts.createSourceFile(
    "rule.ts",
    text,
    ts.ScriptTarget.Latest,
    true,
  );
  const [statement] = source.statements;
  const isAlone = source.statements.length === 1 && (source.parseDiagnostics ?? []).length === 0;
  if (!isAlone || statement === undefined || !ts.isExpressionStatement(statement)) {
    throw new RangeError(`an expression must stand alone, not ${text}`);
  }
  try {
    return new Reader(vocabulary).read(statement.expression, names).term;
  } catch (error) {
    throw new RangeError(`${text}: ${(error as Error).message}`, { cause: error });
  }
}

/** The term of a text with expressions in braces. */
export function textTermOf(text: string, names: Names, vocabulary: Vocabulary): RuleTerm {
  const parts = text.split(/\{([^{}]+)\}/);
  if (parts.length === 1 && !/[{}]/.test(text)) return text;
  if (parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part)))
    throw new RangeError(`braces must pair in ${text}`);
  const terms = parts.map((part, index) => (index % 2 === 0 ? part : termOf(part, names, vocabulary)));
  return ["text", ...terms.filter((term) => term !== "")];
}

class Reader {
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  read(node: ts.Expression, names: Names): Typed {
    if (ts.isParenthesizedExpression(node)) return this.read(node.expression, names);
    if (ts.isStringLiteral(node)) return { term: node.text, kind: PLAIN };
    if (ts.isNumericLiteral(node)) return { term: Number(node.text), kind: PLAIN };
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { term: true, kind: PLAIN };
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { term: false, kind: PLAIN };
    if (ts.isIdentifier(node)) return { term: [`$${node.text}`], kind: memberOf({ kind: "names", names }, node.text) };
    if (ts.isPropertyAccessExpression(node)) return this.#member(node, names);
    if (ts.isElementAccessExpression(node)) return this.#element(node, names);
    if (ts.isArrayLiteralExpression(node)) return this.#list(node, names);
    if (ts.isCallExpression(node)) return this.#call(node, names);
    if (ts.isBinaryExpression(node)) return this.#binary(node, names);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const { term } = this.read(node.operand, names);
      if (/^\["has",\["within",/.test(JSON.stringify(term)))
        throw new RangeError("must be !isWithin(…): within leaves out messages in which something is wrong");
      return { term: ["!", term], kind: PLAIN };
    }
    if (ts.isConditionalExpression(node)) {
      const parts = [node.condition, node.whenTrue, node.whenFalse].map((part) => this.read(part, names));
      return { term: ["?", ...parts.map(({ term }) => term)], kind: parts[1]?.kind ?? PLAIN };
    }
    throw new RangeError(`must be an expression of rules, not ${node.getText()}`);
  }

  #member({ expression, name: { text }, questionDotToken }: ts.PropertyAccessExpression, names: Names): Typed {
    if (questionDotToken !== undefined) throw new RangeError(`?.${text} must be .${text}, which means the same`);
    const base = this.read(expression, names);
    return { term: joined(base.term, text), kind: memberOf(base.kind, text) };
  }

  #element({ expression, argumentExpression }: ts.ElementAccessExpression, names: Names): Typed {
    const base = this.read(expression, names);
    const { term: key } = this.read(argumentExpression, names);
    if (typeof key === "object") throw new RangeError(`${argumentExpression.getText()} must be a literal`);
    if (base.kind.kind !== "list" && base.kind.kind !== "map") throw new RangeError(`${key} must be of a list or map`);
    return { term: joined(base.term, key), kind: base.kind.of };
  }

  #list(node: ts.ArrayLiteralExpression, names: Names): Typed {
    const items = node.elements.map((element) => this.read(element, names));
    return {
      term: ["[]", ...items.map(({ term }) => term)],
      kind: { kind: "list", of: items[0]?.kind ?? PLAIN },
    };
  }

  #call(node: ts.CallExpression, names: Names): Typed {
    const callee = node.expression;
    if (ts.isPropertyAccessExpression(callee)) return this.#method(callee, node.arguments, names);
    if (!ts.isIdentifier(callee)) throw new RangeError(`${callee.getText()} must be the name of a function`);
    const { text } = callee;
    if (FUNCTIONS[text] !== node.arguments.length) throw new RangeError(`no function ${text} takes these arguments`);
    const args = node.arguments.map((argument) => this.read(argument, names));
    const terms = args.map(({ term }) => term);
    const name = terms.at(-1);
    if (text === "under" && !(typeof name === "string" && this.#vocabulary.hasField(name))) {
      throw new RangeError(`${name} must be the name of a field`);
    }
    if (text === "within" || text === "isWithin" || text === "unpack") {
      const desc = this.#message(name);
      return { term: [text, ...terms], kind: text === "isWithin" ? PLAIN : { kind: "message", desc } };
    }
    return { term: [text, ...terms], kind: resultOf(text, args[0]?.kind ?? PLAIN) };
  }

  #method(
    { expression, name: { text } }: ts.PropertyAccessExpression,
    args: readonly ts.Expression[],
    names: Names,
  ): Typed {
    if (ts.isRegularExpressionLiteral(expression) && text === "test" && args[0] !== undefined) {
      const { source, flags } = new RegExp(
        expression.text.slice(1, expression.text.lastIndexOf("/")),
        expression.text.slice(expression.text.lastIndexOf("/") + 1),
      );
      if (flags !== "" && flags !== "i") throw new RangeError(`${text} must have no flags but i`);
      return { term: ["test", source, flags, this.read(args[0], names).term], kind: PLAIN };
    }
    const base = this.read(expression, names);
    const [first] = args;
    if (LOOPS.has(text) && first !== undefined && ts.isArrowFunction(first)) {
      const [parameter] = first.parameters;
      if (base.kind.kind !== "list" || parameter === undefined || ts.isBlock(first.body)) {
        throw new RangeError(`${text} must go through a list`);
      }
      const name = parameter.name.getText();
      if (name in names || name === "visit") throw new RangeError(`${name} must be a new name`);
      const body = this.read(first.body, { ...names, [name]: base.kind.of });
      return {
        term: [text, base.term, `$${name}`, body.term],
        kind: text === "map" ? { kind: "list", of: body.kind } : PLAIN,
      };
    }
    if (METHODS[text] !== args.length) throw new RangeError(`no method ${text} takes these arguments`);
    const operands = args.map((argument) => this.read(argument, names));
    if (text === "includes" && operands[0] !== undefined && ts.isArrayLiteralExpression(expression)) {
      for (const element of expression.elements) this.#compare(operands[0], this.read(element, names));
    }
    return { term: [text, base.term, ...operands.map(({ term }) => term)], kind: PLAIN };
  }

  #message(typeName: RuleTerm | undefined): DescMessage {
    const desc = typeof typeName === "string" ? this.#vocabulary.messageOf(typeName) : undefined;
    if (desc === undefined) throw new RangeError(`${typeName} must be the name of a message`);
    return desc;
  }

  /** Refuses a text that is none of the values the other can have: those of an enum, or names of messages. */
  #compare({ kind }: Typed, { term }: Typed): void {
    if (typeof term !== "string") return;
    if (kind.kind === "enum" && !kind.desc.values.some(({ name }) => name === term) && term !== "") {
      throw new RangeError(`${kind.desc.typeName} must have a value ${term}`);
    }
    if (kind.kind === "type") this.#message(term);
  }

  #binary(node: ts.BinaryExpression, names: Names): Typed {
    const sign = node.operatorToken.getText();
    if (!OPERATORS.has(sign)) throw new RangeError(`${sign} must be an operator of rules`);
    const left = this.read(node.left, names);
    const right = this.read(node.right, names);
    if (sign === "===" || sign === "!==" || (sign === "??" && left.kind.kind === "enum")) this.#compare(left, right);
    if (sign === "===" || sign === "!==") this.#compare(right, left);
    if (/^([<>]=?|-)$/.test(sign)) for (const { kind, term } of [left, right]) refuseNoNumber(kind, term);
    const [a, b] = [left.term, right.term];
    switch (sign) {
      case "!==":
        return { term: ["!", ["===", a, b]], kind: PLAIN };
      case ">":
        return { term: ["<", b, a], kind: PLAIN };
      case ">=":
        return { term: ["<=", b, a], kind: PLAIN };
      default:
        return { term: [sign, a, b], kind: sign === "??" || sign === "||" ? left.kind : PLAIN };
    }
  }
}

function resultOf(name: string, kind: Kind): Kind {
  if (name === "type") return { kind: "type" };
  if (name === "unique") return kind;
  return name === "last" && kind.kind === "list" ? kind.of : PLAIN;
}

/** A member of a name, or of a member, lengthens its path. */
function joined(base: RuleTerm, key: RuleTerm): RuleTerm {
  if (typeof base !== "object") return [".", base, key];
  const [head] = base;
  return typeof head === "string" && (head === "." || head.startsWith("$")) ? [...base, key] : [".", base, key];
}

/** What is counted or compared by size must be a number. */
function refuseNoNumber({ kind }: Kind, term: RuleTerm): void {
  if (kind === "plain" && typeof term !== "string") return;
  throw new RangeError(`${JSON.stringify(term)} must be a number, as number(…) or seconds(…) make one`);
}
