import { isNetError, NetError, type NetErrorCode, parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, expectTypeOf, it } from "vitest";

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("NetError", () => {
  it("says what was expected, where, in what", () => {
    const error = caught(() => parseAddress("10.0.0.300"));
    expect(error).toBeInstanceOf(NetError);
    expect(String(error)).toBe(
      'NetError: [invalid_address] expected a number from 0 to 255 at column 10: "10.0.0.300" is not an IP address',
    );
  });

  it("is told by name and code, so that a second copy of the package is understood", () => {
    const foreign = Object.assign(new Error("from another copy"), { name: "NetError", code: "invalid_prefix" });
    expect([isNetError(foreign), isNetError(foreign, "invalid_prefix"), isNetError(foreign, "invalid_mac")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isNetError(new Error("no")), isNetError(undefined), isNetError({ name: "NetError", code: "x" })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("keeps its cause", () => {
    const cause = new RangeError("inner");
    const details = { input: "", column: 1, expected: "a digit" };
    expect(new NetError("invalid_mac", "text", details, { cause })).toMatchObject({ cause, details, name: "NetError" });
  });

  it("has details typed by its code", () => {
    const error = caught(() => parsePrefix("10.0.0.1/8"));
    expect(isNetError(error, "host_bits_set") && String(error.details.masked)).toBe("10.0.0.0/8");
    expectTypeOf<NetErrorCode>().toEqualTypeOf<
      "invalid_address" | "invalid_prefix" | "invalid_range" | "invalid_mac" | "host_bits_set"
    >();
    const masksOf = (failure: NetError<"invalid_mac">): unknown =>
      // @ts-expect-error: only host_bits_set has a masked prefix
      failure.details.masked;
    expect(masksOf(new NetError("invalid_mac", "", { input: "", column: 1, expected: "" }))).toBeUndefined();
  });
});
