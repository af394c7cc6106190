import { compile } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { programSizes } from "../../test/expressions.js";
import { type Loose, withRoute } from "../../test/graph-parts.js";
import { translateRe2 } from "./re2.js";
import { leastProgramSize } from "./re2-size.js";

function leastSizeOf(pattern: string): number {
  const translation = translateRe2(pattern);
  if (translation.kind !== "regexp") throw new RangeError(JSON.stringify(translation));
  return leastProgramSize(translation.source, translation.flags);
}

describe("leastProgramSize", () => {
  it.each(programSizes)("of %j is below %i: %i", (pattern, size, least) => {
    expect(leastSizeOf(pattern)).toBe(least);
    expect(least).toBeLessThanOrEqual(size);
  });

  it("is 0 where groups are nested deeper than it reads", () => {
    const nested = (depth: number): string => `${"(?:".repeat(depth)}[a-z]{200}${")".repeat(depth)}`;
    expect([200, 201, 20_000].map((depth) => leastSizeOf(nested(depth)))).toEqual([204, 0, 0]);
  });

  it("takes equal classes for equal, however they are written", () => {
    const same = ["[0-9]{0,40}\\d*", "(?:[0-9]){0,40}[[:digit:]]*", "[0-9]{0,40}[\\x30-\\x39]*"];
    expect(same.map(leastSizeOf)).toEqual([5, 5, 5]);
  });
});

describe("compile", () => {
  const found = (safeRegex: Loose): readonly string[] =>
    compile(withRoute({ match: { safeRegex }, route: { cluster: "a" } }))
      .issues.filter(({ rule }) => rule !== "deprecated_field")
      .map(({ rule, path, message }) => `${rule} ${path.slice(path.indexOf("/match"))}: ${message}`);

  it("finds expressions of more instructions than Envoy takes", () => {
    expect(found({ regex: "/[a-z]{95}" })).toEqual([]);
    expect(found({ regex: "/[a-z]{96}" })).toEqual([
      "regex_too_large /match/safeRegex/regex: RE2 makes at least 101 instructions of it, Envoy takes 100",
    ]);
    expect(found({ regex: "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+example\\.com" })).toHaveLength(1);
    expect(found({ regex: `/${"abcd".repeat(24)}` })).toHaveLength(1);
  });

  it("asks for no more than the limit of the expression, if it has one", () => {
    expect(found({ regex: "/[a-z]{96}", googleRe2: { maxProgramSize: 101 } })).toEqual([]);
    expect(found({ regex: "/[a-z]{96}", googleRe2: { maxProgramSize: 99 } })).toEqual([
      "regex_too_large /match/safeRegex/regex: RE2 makes at least 101 instructions of it, Envoy takes 99",
    ]);
  });
});
