import { evaluate, formatExpression } from "./internal/selector-expression.js";
import { parseExpression } from "./internal/selector-parser.js";
import type { Attributes } from "./pool.js";

/** A condition on labels. */
export interface Selector {
  /** Whether labels meet the condition. */
  matches(labels: Attributes): boolean;
  /**
   * The canonical text: one spelling of spaces, quotes and parentheses, values of a set sorted and each once. Parsing it
   * gives an equal selector.
   */
  toString(): string;
}

/**
 * Reads a selector of Calico's language: `all()`, `global()`, `has(key)`, `key == "value"`, `!=`, `in { "a", "b" }`,
 * `not in`, `contains`, `starts with`, `ends with`, joined by `!`, `&&`, `||` and parentheses; strings stand in single or
 * double quotes without escapes. Empty text is `all()`, and so is `global()`. A label that is missing meets `!=` and
 * `not in`, and nothing else. A key is 1 to 512 of letters, digits, `_`, `.`, `/` and `-`.
 *
 * Source: projectcalico/calico, libcalico-go/lib/selector (tokenizer, parser and its tests).
 *
 * @throws IpamError `invalid_selector` with the column, from 1, at which the text stops being one
 *
 * @example
 * ```ts
 * import { parseSelector } from "@netmason/ipam";
 *
 * const selector = parseSelector("rack in {'b','a'} && ! has(gpu)");
 * selector.matches({ rack: "a" }); // => true
 * String(selector); // => '(rack in {"a", "b"} && !has(gpu))'
 * ```
 */
export function parseSelector(text: string): Selector {
  const expression = parseExpression(text);
  return {
    matches: (labels) => evaluate(expression, labels),
    toString: () => formatExpression(expression),
  };
}
