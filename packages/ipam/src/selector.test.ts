import { type Attributes, isIpamError, parseSelector } from "@netmason/ipam";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/**
 * What Calico answers, restated: a selector, labels it matches, labels it does not. Source: projectcalico/calico,
 * libcalico-go/lib/selector/parser/parser_test.go and the rules of parser.go, ast.go and tokenizer.go beside it.
 */
const OUTCOMES: readonly (readonly [string, matching: readonly Attributes[], others: readonly Attributes[]])[] = [
  ["", [{}, { a: "b" }], []],
  [" \t ", [{}], []],
  ["all()", [{}, { a: "b" }], []],
  [" all( ) ", [{}], []],
  ["global()", [{}, { a: "b" }], []],
  ["!all()", [], [{}, { a: "b" }]],
  ["has(role)", [{ role: "" }, { role: "db", x: "y" }], [{}, { x: "role" }]],
  ["has( role )", [{ role: "db" }], [{}]],
  ["!has(role)", [{}, { x: "y" }], [{ role: "db" }]],
  ["! ! has(role)", [{ role: "db" }], [{}]],
  ["!!!has(role)", [{}], [{ role: "db" }]],
  ['role == "db"', [{ role: "db" }, { role: "db", x: "y" }], [{}, { role: "web" }, { x: "db" }, { role: "DB" }]],
  ["role=='db'", [{ role: "db" }], [{ role: "'db'" }]],
  ["role == ''", [{ role: "" }], [{}, { role: "x" }]],
  ['role != "db"', [{}, { role: "web" }], [{ role: "db" }]],
  ['!role == "db"', [{}, { role: "web" }], [{ role: "db" }]],
  ['!role != "db"', [{ role: "db" }], [{}, { role: "web" }]],
  ['role contains "b"', [{ role: "b" }, { role: "abc" }], [{}, { role: "ac" }, { x: "b" }]],
  ['role contains ""', [{ role: "" }, { role: "x" }], [{}]],
  ['role starts with "a"', [{ role: "a" }, { role: "ab" }], [{}, { role: "ba" }, { x: "a" }]],
  ['role startswith "a"', [{ role: "ab" }], [{ role: "ba" }]],
  ['role ends with "a"', [{ role: "a" }, { role: "ba" }], [{}, { role: "ab" }, { x: "a" }]],
  ['role endswith"a"', [{ role: "ba" }], [{ role: "ab" }]],
  ['role in {"a", "b"}', [{ role: "a" }, { role: "b" }], [{}, { role: "c" }, { role: "ab" }]],
  ["role in{'a',\"b\",}", [{ role: "a" }, { role: "b" }], [{ role: "," }]],
  ["role in {}", [], [{}, { role: "" }]],
  ['role not in {"a", "b"}', [{}, { role: "c" }], [{ role: "a" }, { role: "b" }]],
  ["role notin {}", [{}, { role: "a" }], []],
  ['!role in {"a"}', [{}, { role: "b" }], [{ role: "a" }]],
  [`q in {"'", '"'}`, [{ q: "'" }, { q: '"' }], [{ q: "" }]],
  ['a == "1" && b == "2"', [{ a: "1", b: "2" }], [{}, { a: "1" }, { b: "2" }, { a: "1", b: "1" }]],
  ['a == "1" || b == "2"', [{ a: "1" }, { b: "2" }, { a: "1", b: "2" }], [{}, { a: "2", b: "1" }]],
  ["has(a) || has(b) && has(c)", [{ a: "" }, { b: "", c: "" }], [{ b: "" }, { c: "" }]],
  [
    "(has(a) || has(b)) && has(c)",
    [
      { a: "", c: "" },
      { b: "", c: "" },
    ],
    [{ a: "" }, { c: "" }],
  ],
  ["!(has(a) || has(b))", [{}, { c: "" }], [{ a: "" }, { b: "" }]],
  ["!(!has(a) || has(b))", [{ a: "" }], [{}, { a: "", b: "" }]],
  ["!has(a) && has(b) || has(c)", [{ b: "" }, { a: "", c: "" }], [{ a: "", b: "" }]],
  ["((((has(a)))))", [{ a: "" }], [{}]],
  ['kubernetes.io/os_x-1 == "linux"', [{ "kubernetes.io/os_x-1": "linux" }], [{}]],
  ['in in {"in"} && not not in {"x"}', [{ in: "in" }], [{}, { in: "in", not: "x" }]],
  ['has == "x" || all == "x"', [{ has: "x" }, { all: "x" }], [{}]],
  ["has(constructor)", [Object.fromEntries([["constructor", ""]])], [{}]],
  ['toString == ""', [Object.fromEntries([["toString", ""]])], [{}]],
];

/** Text, and the column at which it stops being a selector. */
const REFUSED: readonly (readonly [string, column: number])[] = [
  ["role", 5],
  ["role ", 6],
  ["a b", 3],
  ["a == b", 6],
  ["a contains b", 12],
  ["a starts with b", 15],
  ["a ends b", 3],
  ["a not b", 3],
  ["'x' == a", 1],
  ["!", 2],
  ["a = 'x'", 3],
  ["a == 'x' & b == 'y'", 10],
  ["a == 'x' |", 10],
  ["a == 'x' &&", 12],
  ["a == 'x' || %", 13],
  ["a != ||", 6],
  ["a in ''", 6],
  ["a in {'', ||", 11],
  ["a in {'x' 'y'}", 11],
  ["a in {'x'", 10],
  ["a == 'x", 8],
  ["a == \"x'", 9],
  ["(", 2],
  [")", 1],
  ["()", 2],
  ["(a == 'x'", 10],
  ["a == 'x')", 9],
  ["has()", 5],
  ["has(a", 6],
  ["has (a)", 5],
  ["all(a)", 5],
  ["%", 1],
  ["ä == 'x'", 1],
  ["a == 'x'\n", 9],
];

const CANONICAL: readonly (readonly [string, string])[] = [
  ["", "all()"],
  [" ( all() )", "all()"],
  ["! ( has( b )||! has(a ))", "!(has(b) || !has(a))"],
  ["!!has(a)", "has(a)"],
  ["!(!(!(has(a))))", "!has(a)"],
  ["a=='x'&&b!='y'&&!c contains 'z'", '(a == "x" && b != "y" && !c contains "z")'],
  ["(a == 'x' && b == 'y') || has(c)", '((a == "x" && b == "y") || has(c))'],
  [`a == '"'`, `a == '"'`],
  [`a == "'"`, `a == "'"`],
  ["a startswith 'x'", 'a starts with "x"'],
  ["a endswith 'x'", 'a ends with "x"'],
  ["a in {'z', 'x', 'z', 'a'}", 'a in {"a", "x", "z"}'],
  ["a notin {'b'}", 'a not in {"b"}'],
];

describe("parseSelector", () => {
  it.each(OUTCOMES)("answers as Calico does: %s", (text, matching, others) => {
    const selector = parseSelector(text);
    const again = parseSelector(String(selector));
    expect(String(again)).toBe(String(selector));
    for (const each of [selector, again]) {
      expect(matching.filter((labels) => !each.matches(labels))).toEqual([]);
      expect(others.filter((labels) => each.matches(labels))).toEqual([]);
    }
  });

  it.each(REFUSED)("refuses %s at column %d", (text, column) => {
    let error: unknown;
    try {
      parseSelector(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(isIpamError(error, "invalid_selector") && error.details).toEqual({ selector: text, column });
  });

  it("refuses keys and nesting beyond what anybody writes", () => {
    expect(() => parseSelector(`${"k".repeat(512)} == 'x'`)).not.toThrow();
    expect(() => parseSelector(`${"k".repeat(513)} == 'x'`)).toThrow(
      "expected a key of at most 512 characters at column 1 of",
    );
    const nested = (depth: number): string => `${"(".repeat(depth)}has(a)${")".repeat(depth)}`;
    expect(parseSelector(nested(500)).matches({ a: "" })).toBe(true);
    expect(() => parseSelector(nested(100_000))).toThrow(
      "expected at most 500 parentheses inside each other at column 502",
    );
  });

  it.each(CANONICAL)("has one text for %s", (text, canonical) => {
    expect(String(parseSelector(text))).toBe(canonical);
  });

  it("gives the same answers after any number of spellings", () => {
    const key = fc.constantFrom("a", "b/c", "in", "not");
    const value = fc.constantFrom("", "x", "xy", '"', "'", "all()");
    const quoted = value.map((text) => (text.includes('"') ? `'${text}'` : `"${text}"`));
    const leaf = fc.oneof(
      key.map((name) => `has(${name})`),
      fc
        .tuple(key, fc.constantFrom("==", "!=", "contains", "starts with", "ends with"), quoted)
        .map((part) => part.join(" ")),
      fc
        .tuple(key, fc.constantFrom("in", "not in"), fc.array(quoted))
        .map(([name, op, set]) => `${name} ${op} {${set}}`),
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        leaf,
        tie("expression").map((inner) => `!(${inner})`),
        fc
          .tuple(tie("expression"), fc.constantFrom("&&", "||"), tie("expression"))
          .map(([a, op, b]) => `(${a}) ${op} ${b}`),
      ),
    }));
    const labels = fc.dictionary(key, value, { maxKeys: 3 });
    fc.assert(
      fc.property(expression, fc.array(labels, { maxLength: 5 }), (text, many) => {
        const selector = parseSelector(text);
        const again = parseSelector(String(selector));
        expect(String(again)).toBe(String(selector));
        for (const each of many) expect(again.matches(each)).toBe(selector.matches(each));
      }),
    );
  });

  it("never fails but by an error that names the column", () => {
    const piece = fc.constantFrom(
      "a",
      "has(",
      ")",
      "(",
      "==",
      "!",
      "'x'",
      '"',
      "{",
      "}",
      ",",
      "&&",
      "||",
      " ",
      "in",
      "not",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          try {
            parseSelector(text);
          } catch (error) {
            expect(isIpamError(error, "invalid_selector")).toBe(true);
          }
        },
      ),
    );
  });
});
