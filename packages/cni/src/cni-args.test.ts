import { formatCniArgs, parseCniArgs, readCniArgs } from "@netmason/cni";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("CNI_ARGS", () => {
  it.each(["A=x=y", "A", "A=a;", ";", "=;=a=b"])("case 53: %j has an invalid pair", (text) => {
    expect(() => parseCniArgs(text)).toThrow("[invalid_environment] ARGS: invalid pair");
  });

  it("case 53: unknown names are refused unless they are to be ignored", () => {
    const read = (text: string): object => readCniArgs(parseCniArgs(text), ["IP"]);
    expect(read("IgnoreUnknown=1;FOO=BAR;IP=10.0.0.7")).toEqual({ IP: "10.0.0.7" });
    expect(read("FOO=BAR;IgnoreUnknown=True")).toEqual({});
    expect(() => read("FOO=BAR")).toThrow('[invalid_environment] ARGS: unknown args ["FOO=BAR"]');
    expect(() => read("A=1;IgnoreUnknown=0;B=2")).toThrow('unknown args ["A=1" "B=2"]');
    expect(() => read("IgnoreUnknown=yes")).toThrow('error parsing value of pair "IgnoreUnknown=yes"');
    expect(() => read("ip=10.0.0.7")).toThrow("unknown args");
  });

  it("takes the last of several values, and nothing from nothing", () => {
    expect(readCniArgs(parseCniArgs("IP=a;IP=b"), ["IP"])).toEqual({ IP: "b" });
    expect(parseCniArgs("")).toEqual([]);
    expect(formatCniArgs([])).toBe("");
    expect(parseCniArgs("A=")).toEqual([["A", ""]]);
  });

  it.each([[["A;B", "1"]], [["A", "1;B=2"]], [["A", "x=y"]], [["", "1"]], [["A", "a\0b"]]] as const)(
    "cannot write %j",
    (pair) => {
      expect(() => formatCniArgs([pair])).toThrow("[invalid_environment]");
    },
  );

  it("come back as they were written", () => {
    const word = fc.string({ minLength: 1 }).map((text) => text.replace(/[;=\0]/g, "_"));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), (args) => {
        expect(parseCniArgs(formatCniArgs(args))).toEqual(args);
      }),
    );
  });
});
