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
    ["a.b", "a\nb", true],
    ["/", "/", true],
    ["@!~", "@!~", true],
  ])("%j matches %j: %j", (pattern, text, want) => {
    expect(matches(pattern, text)).toBe(want);
  });

  it.each(["(?=a)", "(?!a)", "(?<=a)", "(a)\\1", "(a", "a)", "[a", "*", "a**?+", "\\", "\\y", "a{1001}", "[[:nope:]]"])(
    "refuses %j",
    (pattern) => {
      expect(translateRe2(pattern).kind).toBe("fault");
    },
  );

  it.each(["(?U)a", "(?i:a)b", "\\C", "[[:^alpha:]]"])("does not translate %j", (pattern) => {
    expect(translateRe2(pattern).kind).toBe("untranslated");
  });
});
