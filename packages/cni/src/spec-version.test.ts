import { compareSpecVersions, isSpecVersion, SPEC_VERSIONS, versionsFrom } from "@netmason/cni";
import { describe, expect, it } from "vitest";

describe("versions of the specification", () => {
  it("case 7: are read with missing parts as 0, and nothing as 0.1.0", () => {
    expect(compareSpecVersions("", "0.1.0")).toBe(0);
    expect(compareSpecVersions("1", "1.0.0")).toBe(0);
    expect(compareSpecVersions("1.1", "1.1.0")).toBe(0);
    expect(compareSpecVersions("0.10.0", "0.9.9")).toBeGreaterThan(0);
  });

  it.each([
    ["1.2.3.4", "too many parts"],
    ["0.", 'minor version part ""'],
    ["1.a", 'minor version part "a"'],
    ["1.2.3-rc1", 'micro version part "3-rc1"'],
    [" 1.2.3", 'major version part " 1"'],
    [".1", 'major version part ""'],
  ])("case 7: %j is refused", (text, why) => {
    expect(() => compareSpecVersions(text, "1.0.0")).toThrow(`[decode_failure]`);
    expect(() => compareSpecVersions("1.0.0", text)).toThrow(why);
  });

  it("case 9: start from one", () => {
    expect(versionsFrom("0.3.1")).toEqual(["0.3.1", "0.4.0", "1.0.0", "1.1.0"]);
    expect(versionsFrom("0.1.0")).toEqual(SPEC_VERSIONS);
    expect(versionsFrom("1.1.0")).toEqual(["1.1.0"]);
  });

  it("are known only in full", () => {
    expect(["0.1.0", "1.1.0", "1.1", "", "2.0.0"].map(isSpecVersion)).toEqual([true, true, false, false, false]);
    expect([...SPEC_VERSIONS].reverse().sort(compareSpecVersions)).toEqual(SPEC_VERSIONS);
  });
});
