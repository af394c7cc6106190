import { accessLog, isXdsError, parseAccessLogFormat, type XdsError } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { acceptedFormats, refusedFormats } from "../test/access-log-formats.js";

function refusal(format: string): XdsError<"invalid_format"> | undefined {
  try {
    parseAccessLogFormat(format);
    return undefined;
  } catch (error) {
    if (isXdsError(error, "invalid_format")) return error;
    throw error;
  }
}

describe("parseAccessLogFormat", () => {
  it("cuts a format into text and operators", () => {
    expect(parseAccessLogFormat("a %REQ(X-A?:PATH):20% 100%%%DURATION%")).toEqual([
      { kind: "text", text: "a " },
      { kind: "operator", name: "REQ", parameter: "X-A?:PATH", length: 20, column: 3 },
      { kind: "text", text: " 100%" },
      { kind: "operator", name: "DURATION", column: 28 },
    ]);
  });

  it.each(acceptedFormats)("takes %j", (format) => {
    expect(refusal(format)).toBeUndefined();
  });

  it.each(refusedFormats)("refuses %j at column %i", (format, column) => {
    expect(refusal(format)?.details).toEqual({ format, column });
  });

  it("proposes the operator that was meant", () => {
    expect(refusal("%RESPONSE_COD%")?.message).toContain("did you mean RESPONSE_CODE?");
    expect(refusal("%REQ%")?.message).toContain("REQ needs a parameter: %REQ(…)%");
  });

  it("is asked by the builders", () => {
    expect(() => accessLog.file({ path: "/dev/null", json: { a: { b: "%NOPE%" } } })).toThrow("unknown operator NOPE");
    expect(() => accessLog.stdout({ text: "%" })).toThrow("column 1");
  });
});
