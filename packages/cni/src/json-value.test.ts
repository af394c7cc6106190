import { createNumber, isRawNumber, type JsonValue, numberText } from "@netmason/cni";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson } from "./internal/format-json.js";
import { parseJson } from "./internal/parse-json.js";

describe("numbers", () => {
  it.each(["0", "-1", "1500", "0.5", "9007199254740991", "1e+21", "-2.5"])("%s is a number", (text) => {
    expect(createNumber(text)).toBe(Number(text));
  });

  it.each(["9007199254740993", "1.0", "1e3", "-0", "0.10", "1E400", "123456789012345678901234567890"])(
    "%s keeps its text",
    (text) => {
      const value = createNumber(text);
      expect(isRawNumber(value)).toBe(true);
      expect(numberText(value)).toBe(text);
      for (const document of [text, ` [${text} ]`, `{"a":${text}}`, `{"a": [0,${text},"1.0"]}`]) {
        expect(formatJson(parseJson(document))).toBe(document.replaceAll(" ", ""));
      }
    },
  );

  it("are doubles for JSON.stringify", () => {
    expect(JSON.stringify({ a: createNumber("1.0") })).toBe('{"a":1}');
    expect([1, "1", null, {}, []].some(isRawNumber)).toBe(false);
    expect(numberText(7)).toBe("7");
  });
});

describe("parseJson", () => {
  it("reads what JSON.parse reads, and nothing else", () => {
    const pieces = fc.constantFrom(
      ..."{}[],:\"\\'0123456789.eE+- \n\tu00truefalsenull",
      "\u0001",
      "é",
      "\ud800",
      '"a"',
      '{"a":',
      "[1,",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        let expected: JsonValue | undefined;
        try {
          expected = JSON.parse(text) as JsonValue;
        } catch {
          expect(() => parseJson(text)).toThrow("[decode_failure]");
          return;
        }
        expect(JSON.parse(JSON.stringify(parseJson(text)))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
      { numRuns: 5_000 },
    );
  });

  it("reads every value back, with and without numbers that keep their text", () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, delicate) => {
        const value = parseJson(delicate ? `[1.0,${text}]` : text);
        expect(formatJson(value)).toBe(formatJson(parseJson(formatJson(value, { indent: 3 }))));
        if (!delicate) expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("says where it stopped", () => {
    expect(() => parseJson('{"a": 1.0,\n "b": }')).toThrow(
      '[decode_failure] line 2, column 7: expected a value, found "}"',
    );
    expect(() => parseJson("[1.0")).toThrow("expected ',' or ']', found the end");
  });

  it("bounds the depth, also of long texts", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(formatJson(parseJson(nested(500)))).toBe(nested(500));
    expect(() => parseJson(nested(501))).toThrow("at most 500 levels");
    expect(() => parseJson(`${nested(100_000)}`)).toThrow("[decode_failure]");
    expect(parseJson(JSON.stringify("[".repeat(2_000)))).toBe("[".repeat(2_000));
  });

  it("keeps a key that is dangerous elsewhere, and the last of two", () => {
    const value = parseJson('{"__proto__":{"a":1.0},"b":1,"b":2}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(formatJson(value)).toBe('{"__proto__":{"a":1.0},"b":2}');
  });
});

describe("formatJson", () => {
  it("sorts keys at every level, and leaves out undefined", () => {
    const value = { b: [{ d: 1, c: undefined, a: 2 }], a: {} };
    expect(formatJson(value, { sortKeys: true })).toBe('{"a":{},"b":[{"a":2,"d":1}]}');
    expect(formatJson(value, { indent: 2 })).toBe(
      '{\n  "b": [\n    {\n      "d": 1,\n      "a": 2\n    }\n  ],\n  "a": {}\n}',
    );
  });
});
