import { describe, expect, it } from "vitest";
import { acceptedExpressions, refusedExpressions } from "../../test/expressions.js";
import { translateRe2 } from "./re2.js";
import { byteText } from "./utf8.js";

function matches(pattern: string, text: string): boolean {
  const translation = translateRe2(pattern);
  if (translation.kind !== "regexp") throw new Error(JSON.stringify(translation));
  return new RegExp(`^(?:${translation.source})$`, translation.flags).test(byteText(text));
}

describe("translateRe2", () => {
  it.each<[string, string, boolean]>([
    ["/api/v[0-9]+", "/api/v12", true],
    ["(?i)/Cart", "/cART", true],
    ["[[:alpha:]]+", "abc", true],
    ["[[:alpha:]]+", "ab1", false],
    ["\\Q.*\\E", ".*", true],
    ["\\Q.*\\E", "ab", false],
    ["\\Aa\\z", "a", true],
    ["(?P<name>a)b", "ab", true],
    ["\\pL+", "ab", true],
    ["\\pL+", "é", false],
    ["..", "é", true],
    ["[é]+", "é", true],
    ["\\x{C3}\\xA9", "é", true],
    ["(?i)É", "é", false],
    ["\\x41\\x{42}", "AB", true],
    ["a{2}]}", "aa]}", true],
    ["[a\\-z]", "-", true],
    ["[]a]", "]", true],
    ["/[\\w-.]+", "/a-b.c", true],
    ["[\\d-_]+", "1-_", true],
    ["[[:word:]-.]", "-", true],
    ["[[:word:]-.]", ",", false],
    ["[\\d--/]", ".", true],
    ["[a-c-e]", "-", true],
    ["[a-c-e]", "d", false],
    ["[+--]", ",", true],
    ["[a-]", "-", true],
    ["\\p{Greek}+", "αβ", false],
    ["\\p{Greek}", "a", false],
    ["a.b", "a\nb", true],
    ["/", "/", true],
    ["@!~", "@!~", true],
    ["\\p{^Greek}", "a", true],
    ["\\P{^Greek}", "a", false],
    ["\\P{Greek}+", "α", true],
    ["[\\p{Lu}\\d-]+", "A1-", true],
    ["[^\\PL]", "1", false],
    ["\\101\\x{42}[\\x43]", "ABC", true],
    ["[\\a\\07]", "a", false],
    ["\\.\\-\\/\\_", ".-/_", true],
    ["[\\^\\]\\-]+", "^]-", true],
  ])("%j matches %j: %j", (pattern, text, want) => {
    expect(matches(pattern, text)).toBe(want);
  });

  it.each([
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(a)\\1",
    "(a",
    "a)",
    "[a",
    "*",
    "a**?+",
    "\\",
    "\\y",
    "a{1001}",
    "[[:nope:]]",
    "[a-\\d]",
    "[--\\d]",
    "[z-a]",
    "a{3,2}",
    "a{2}{3}",
    "[a-[:digit:]]",
  ])("refuses %j", (pattern) => {
    expect(translateRe2(pattern).kind).toBe("fault");
  });

  it.each(acceptedExpressions)("takes what Envoy takes: %j", (pattern) => {
    expect(translateRe2(pattern).kind).not.toBe("fault");
  });

  it.each(refusedExpressions)("refuses what Envoy refuses: %j", (pattern) => {
    expect(translateRe2(pattern).kind).toBe("fault");
  });

  it.each(["(?U)a", "(?i:a)b", "\\C", "[[:^alpha:]]", "^*", "\\b+a", "(?<n>a)(?<n>b)"])(
    "does not translate %j",
    (pattern) => {
      expect(translateRe2(pattern).kind).toBe("untranslated");
    },
  );
});
