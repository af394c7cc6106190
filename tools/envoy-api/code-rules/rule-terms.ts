// Makes terms of expressions, and finds out what their parts are to refuse what cannot be meant.
import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import ts from "typescript";
import type { RuleTerm } from "../../../packages/envoy-api/src/facts.js";
import { wellKnownNames } from "../well-known-types.js";

/** What a value is, as far as it matters. */
export type Kind =
  | { readonly kind: "message"; readonly desc: DescMessage }
  | { readonly kind: "list" | "map"; readonly of: Kind }
  | { readonly kind: "enum"; readonly desc: DescEnum }
  | { readonly kind: "names"; readonly names: Names }
  | { readonly kind: "plain" };

/** Values that an expression can name. */
export type Names = Readonly<Record<string, Kind>>;

export type MessageOf = (typeName: string) => DescMessage | undefined;

const PLAIN: Kind = { kind: "plain" };

/** Functions and how many arguments they take. */
const FUNCTIONS: Readonly<Record<string, number>> = {
  base64Size: 1,
  field: 0,
  formatFault: 1,
  has: 1,
  hasKeys: 1,
  headerFormatFault: 1,
  isIp: 1,
  isModifiable: 1,
  isPrime: 1,
  isText: 1,
  json: 1,
  keys: 1,
  last: 1,
  number: 1,
  re2Fault: 1,
  seconds: 1,
  size: 1,
  sum: 1,
  type: 1,
  under: 1,
  unique: 1,
  unpack: 2,
  utf8Size: 1,
  within: 1,
};
const METHODS: Readonly<Record<string, number>> = { startsWith: 1, endsWith: 1, includes: 1, toLowerCase: 0, join: 1 };
const LOOPS = new Set(["some", "every", "map"]);
const BINARY: Readonly<Record<string, string>> = {
  "&&": "&&",
  "||": "||",
  "??": "??",
  "===": "===",
  "!==": "!==",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "+": "+",
  "-": "-",
};

interface Typed {
  readonly term: RuleTerm;
  readonly kind: Kind;
}

/** The kind of a field's value in JSON. */
export function kindOf(field: DescField): Kind {
  switch (field.fieldKind) {
    case "list":
      return { kind: "list", of: elementKind(field.message, field.enum) };
    case "map":
      return { kind: "map", of: elementKind(field.message, field.enum) };
    default:
      return elementKind(field.message, field.enum);
  }
}

function elementKind(message: DescMessage | undefined, desc: DescEnum | undefined): Kind {
  if (desc !== undefined) return { kind: "enum", desc };
  if (message === undefined) return PLAIN;
  const isPlain = message.file.proto.package === "google.protobuf" && message.name in wellKnownNames;
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
export function termOf(text: string, names: Names, messageOf: MessageOf): RuleTerm {
  const source = ts.createSourceFile("rule.ts", `(${text})`, ts.ScriptTarget.Latest, true);
  const [statement] = source.statements;
  if (source.statements.length !== 1 || statement === undefined || !ts.isExpressionStatement(statement)) {
    throw new RangeError(`an expression must stand alone, not ${text}`);
  }
  try {
    return new Reader(messageOf).read(statement.expression, names).term;
  } catch (error) {
    throw new RangeError(`${text}: ${(error as Error).message}`, { cause: error });
  }
}

/** The term of a text with expressions in braces. */
export function textTermOf(text: string, names: Names, messageOf: MessageOf): RuleTerm {
  const parts = text.split(/\{([^{}]+)\}/);
  if (parts.length === 1) return text;
  const terms = parts.map((part, index) => (index % 2 === 0 ? part : termOf(part, names, messageOf)));
  return ["text", ...terms.filter((term) => term !== "")];
}

class Reader {
  readonly #messageOf: MessageOf;

  constructor(messageOf: MessageOf) {
    this.#messageOf = messageOf;
  }

  read(node: ts.Expression, names: Names): Typed {
    if (ts.isParenthesizedExpression(node)) return this.read(node.expression, names);
    if (ts.isStringLiteral(node)) return { term: node.text, kind: PLAIN };
    if (ts.isNumericLiteral(node)) return { term: Number(node.text), kind: PLAIN };
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { term: true, kind: PLAIN };
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { term: false, kind: PLAIN };
    if (ts.isIdentifier(node)) return { term: [node.text], kind: memberOf({ kind: "names", names }, node.text) };
    if (ts.isPropertyAccessExpression(node)) return this.#member(node, names);
    if (ts.isElementAccessExpression(node)) return this.#element(node, names);
    if (ts.isArrayLiteralExpression(node)) return this.#list(node, names);
    if (ts.isCallExpression(node)) return this.#call(node, names);
    if (ts.isBinaryExpression(node)) return this.#binary(node, names);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      return { term: ["!", this.read(node.operand, names).term], kind: PLAIN };
    }
    if (ts.isConditionalExpression(node)) {
      const parts = [node.condition, node.whenTrue, node.whenFalse].map((part) => this.read(part, names));
      return { term: ["?", ...parts.map(({ term }) => term)], kind: parts[1]?.kind ?? PLAIN };
    }
    throw new RangeError(`must be an expression of rules, not ${node.getText()}`);
  }

  #member({ expression, name: { text } }: ts.PropertyAccessExpression, names: Names): Typed {
    const base = this.read(expression, names);
    return { term: joined(base.term, text, names), kind: memberOf(base.kind, text) };
  }

  #element({ expression, argumentExpression }: ts.ElementAccessExpression, names: Names): Typed {
    const base = this.read(expression, names);
    const { term: key } = this.read(argumentExpression, names);
    if (base.kind.kind !== "list" && base.kind.kind !== "map") throw new RangeError(`${key} must be of a list or map`);
    return { term: joined(base.term, key, names), kind: base.kind.of };
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
    if (text === "within" || text === "unpack") {
      const typeName = terms.at(-1);
      const desc = typeof typeName === "string" ? this.#messageOf(typeName) : undefined;
      if (desc === undefined) throw new RangeError(`${typeName} must be the name of a message`);
      return { term: [text, ...terms], kind: { kind: "message", desc } };
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
      if (name in FUNCTIONS || name in METHODS || LOOPS.has(name)) throw new RangeError(`${name} must be no function`);
      const body = this.read(first.body, { ...names, [name]: base.kind.of });
      return {
        term: [text, base.term, name, body.term],
        kind: text === "map" ? { kind: "list", of: body.kind } : PLAIN,
      };
    }
    if (METHODS[text] !== args.length) throw new RangeError(`no method ${text} takes these arguments`);
    return { term: [text, base.term, ...args.map((argument) => this.read(argument, names).term)], kind: PLAIN };
  }

  #binary(node: ts.BinaryExpression, names: Names): Typed {
    const sign = node.operatorToken.getText();
    if (!Object.hasOwn(BINARY, sign)) throw new RangeError(`${sign} must be an operator of rules`);
    const left = this.read(node.left, names);
    const right = this.read(node.right, names);
    refuseUnknownValue(left, right);
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
  if (name === "keys") return { kind: "list", of: PLAIN };
  if (name === "unique") return kind;
  return name === "last" && kind.kind === "list" ? kind.of : PLAIN;
}

/** A member of a name, or of a member, lengthens its path. */
function joined(base: RuleTerm, key: RuleTerm, names: Names): RuleTerm {
  if (typeof base !== "object") return [".", base, key];
  const [head] = base;
  return typeof head === "string" && (head === "." || head in names) ? [...base, key] : [".", base, key];
}

/** An enum that is compared with, or defaults to, a text that is none of its values. */
function refuseUnknownValue({ kind }: Typed, { term }: Typed): void {
  if (kind.kind !== "enum" || typeof term !== "string") return;
  if (!kind.desc.values.some(({ name }) => name === term)) {
    throw new RangeError(`${kind.desc.typeName} must have a value ${term}`);
  }
}
