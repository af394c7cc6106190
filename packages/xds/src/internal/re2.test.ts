import { describe, expect, it } from "vitest";
import { translateRe2 } from "./re2.js";

function matches(pattern: string, text: string): boolean {
  const translation = translateRe2(pattern);
  if (translation.kind !== "regexp") throw new Error(JSON.stringify(translation));
  return new RegExp(`^(?:${translation.source})$`, translation.flags).test(text);
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
    ["\\pL+", "é", true],
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
    ["\\p{Greek}+", "αβ", true],
    ["\\p{Greek}", "a", false],
    ["a.b", "a\nb", true],
    ["/", "/", true],
    ["@!~", "@!~", true],
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

  it.each(["(?U)a", "(?i:a)b", "\\C", "[[:^alpha:]]", "^*", "\\b+a", "(?<n>a)(?<n>b)"])(
    "does not translate %j",
    (pattern) => {
      expect(translateRe2(pattern).kind).toBe("untranslated");
    },
  );
});
