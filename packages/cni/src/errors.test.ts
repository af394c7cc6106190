import { CniError, type CniErrorCode, ERROR_CODES, isCniError, isRetryable, type PluginFailure } from "@netmason/cni";
import { describe, expect, expectTypeOf, it } from "vitest";

const failure: PluginFailure = {
  plugin: "p",
  verb: "ADD",
  network: "n",
  exitCode: 1,
  signal: null,
  stdout: "",
  stderr: "",
};

describe("CniError", () => {
  it("keeps code, message, details and cause", () => {
    const cause = new TypeError("why");
    const error = new CniError("invalid_config", "no subnet", { text: "ipam" }, { cause });
    expect(error.message).toBe("[invalid_config] no subnet");
    expect(error).toMatchObject({ name: "CniError", msg: "no subnet", details: { text: "ipam" }, cause });
    expect(new CniError("io_failure", "x")).toMatchObject({ details: {} });
  });

  it("demands the details a code needs", () => {
    expectTypeOf<ConstructorParameters<typeof CniError<"plugin_specific">>>().toExtend<
      [string, string, { number: number }, ...unknown[]]
    >();
    // @ts-expect-error details are missing
    expect(new CniError("plugin_specific", "x").code).toBe("plugin_specific");
  });

  it("is told by name and code, also when another copy made it", () => {
    const foreign = Object.assign(new Error("x"), { name: "CniError", code: "io_failure" });
    expect(isCniError(foreign)).toBe(true);
    expect(isCniError(foreign, "io_failure")).toBe(true);
    expect(isCniError(foreign, "internal")).toBe(false);
    expect(
      [undefined, null, {}, new Error("x"), { name: "CniError", code: "internal" }].some((each) => isCniError(each)),
    ).toBe(false);
    const error: unknown = new CniError("port_in_use", "x", { port: 80, protocol: "tcp" });
    if (isCniError(error, "port_in_use")) expectTypeOf(error.details.port).toEqualTypeOf<number>();
  });
});

describe("ERROR_CODES", () => {
  it("has the specification's numbers once each", () => {
    const numbers = Object.entries(ERROR_CODES).flatMap(([code, { number }]) =>
      number === undefined ? [] : [[number, code]],
    );
    expect(numbers).toEqual([
      [1, "incompatible_version"],
      [2, "unsupported_field"],
      [3, "unknown_container"],
      [4, "invalid_environment"],
      [5, "io_failure"],
      [6, "decode_failure"],
      [7, "invalid_config"],
      [8, "invalid_netns"],
      [11, "try_again_later"],
      [50, "plugin_not_available"],
      [51, "plugin_limited"],
      [999, "internal"],
    ]);
  });

  it("says what to try again", () => {
    const codes = Object.keys(ERROR_CODES) as CniErrorCode[];
    expect(codes.filter((code) => ERROR_CODES[code].retryable)).toEqual([
      "io_failure",
      "try_again_later",
      "plugin_not_available",
      "plugin_timeout",
      "config_not_found",
      "no_configs",
      "gc_failed",
      "conflict",
    ]);
    const failed = (specCode: number): CniError => new CniError("plugin_failed", "x", { ...failure, specCode });
    expect([11, 50, 51, 999].map((each) => isRetryable(failed(each)))).toEqual([true, true, false, false]);
    expect(isRetryable(new CniError("plugin_failed", "x", failure))).toBe(false);
    expect(isRetryable(new CniError("plugin_timeout", "x", failure))).toBe(true);
  });
});
