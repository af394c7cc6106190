import type { Attributes } from "../pool.js";

/** How a value is held against a label. */
export type Comparison = "==" | "!=" | "contains" | "starts with" | "ends with";

/** The tree of a selector. */
export type Expression =
  | { readonly kind: "all" | "global" }
  | { readonly kind: "has"; readonly key: string }
  | { readonly kind: "compare"; readonly key: string; readonly comparison: Comparison; readonly value: string }
  | { readonly kind: "in" | "not in"; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[] };

/** Whether labels meet an expression. */
export function evaluate(expression: Expression, labels: Attributes): boolean {
  switch (expression.kind) {
    case "all":
    case "global":
      return true;
    case "has":
      return Object.hasOwn(labels, expression.key);
    case "compare":
      return compare(labelOf(labels, expression.key), expression.comparison, expression.value);
    case "in":
    case "not in": {
      const label = labelOf(labels, expression.key);
      return (label !== undefined && expression.values.includes(label)) === (expression.kind === "in");
    }
    case "not":
      return !evaluate(expression.operand, labels);
    case "and":
      return expression.operands.every((operand) => evaluate(operand, labels));
    case "or":
      return expression.operands.some((operand) => evaluate(operand, labels));
  }
}

/** The canonical text, with parentheses around every `&&` and `||`. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case "all":
    case "global":
      return `${expression.kind}()`;
    case "has":
      return `has(${expression.key})`;
    case "compare":
      return `${expression.key} ${expression.comparison} ${quote(expression.value)}`;
    case "in":
    case "not in":
      return `${expression.key} ${expression.kind} {${expression.values.map(quote).join(", ")}}`;
    case "not":
      return `!${formatExpression(expression.operand)}`;
    case "and":
      return `(${expression.operands.map(formatExpression).join(" && ")})`;
    case "or":
      return `(${expression.operands.map(formatExpression).join(" || ")})`;
  }
}

function labelOf(labels: Attributes, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function compare(label: string | undefined, comparison: Comparison, value: string): boolean {
  if (label === undefined) return comparison === "!=";
  switch (comparison) {
    case "==":
      return label === value;
    case "!=":
      return label !== value;
    case "contains":
      return label.includes(value);
    case "starts with":
      return label.startsWith(value);
    case "ends with":
      return label.endsWith(value);
  }
}

/** A string cannot hold both quotes: it stood in one of them. */
function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
