import { effectiveVersion, enabledCapabilities, formatNetworkConfigList, parseNetworkConfigList } from "@netmason/cni";
import { describe, expect, it } from "vitest";

const parse = (value: object): ReturnType<typeof parseNetworkConfigList> =>
  parseNetworkConfigList(JSON.stringify({ name: "lab", plugins: [{ type: "x" }], ...value }));
const versionOf = (value: object): string => effectiveVersion(parse(value));

describe("effectiveVersion", () => {
  it.each([
    ["case 11", { cniVersions: ["1.1.0", "0.4.0", "1.0.0"] }, "1.1.0"],
    ["case 11", { cniVersions: ["1.1.0", "0.4.0", "99.0.0", "1.0.0"] }, "1.1.0"],
    ["case 12", { cniVersion: "1.2.3" }, "1.2.3"],
    ["case 12", { cniVersion: "no version" }, "no version"],
    ["case 13", { cniVersion: "1.0.0", cniVersions: ["0.1.0", "0.4.0"] }, "1.0.0"],
    ["case 14", { cniVersions: [] }, ""],
    ["nothing", {}, ""],
    ["none known", { cniVersion: "3.0.0", cniVersions: ["2.0.0"] }, "3.0.0"],
    ["a short one", { cniVersions: ["1.1", "1.0.0"] }, "1.1"],
    ["two spellings", { cniVersion: "1.1.0", cniVersions: ["1.0", "1.1", "1.1.0"] }, "1.1"],
  ])("%s: of %j is %j", (_, value, version) => {
    expect(versionOf(value)).toBe(version);
  });

  it.each([
    ["case 15", { cniVersions: ["1.0.f"] }, "invalid cniVersions entry 1.0.f at index 0"],
    ["case 15", { cniVersion: "x", cniVersions: [] }, "invalid cniVersion x"],
    ["a number", { cniVersions: [1] }, "invalid type for cniVersions index 0"],
    ["no list", { cniVersions: "1.0.0" }, "invalid type for cniVersions"],
    ["null", { cniVersion: null }, "invalid cniVersion type"],
  ])("%s: %j is refused", (_, value, why) => {
    expect(() => parse(value)).toThrow(`[invalid_config] error parsing configuration list: ${why}`);
  });
});

describe("parseNetworkConfigList", () => {
  it("case 16: reads switches from booleans and words", () => {
    expect(parse({ disableCheck: "TRUE", disableGC: false, loadOnlyInlinedPlugins: "false" })).toMatchObject({
      disableCheck: true,
      disableGC: false,
      loadOnlyInlinedPlugins: false,
    });
    expect(parse({})).not.toHaveProperty("disableCheck");
  });

  it.each([
    [1, "invalid type for disableCheck"],
    ["yes", 'invalid value "yes" for disableCheck'],
    [null, "invalid type for disableCheck"],
  ])("case 16: refuses %j", (disableCheck, why) => {
    expect(() => parse({ disableCheck })).toThrow(`[invalid_config] error parsing configuration list: ${why}`);
  });

  it("case 22: makes a list of a single plugin, which keeps its own name and version", () => {
    expect(parseNetworkConfigList('{"name":"a","cniVersion":"0.4.0","type":"x","more":1}')).toEqual({
      name: "a",
      cniVersion: "0.4.0",
      plugins: [{ name: "a", cniVersion: "0.4.0", type: "x", more: 1 }],
    });
    expect(parseNetworkConfigList('{"type":"x"}')).toEqual({ name: "", cniVersion: "", plugins: [{ type: "x" }] });
  });

  it.each([
    [[], "no plugins in list"],
    [{}, "invalid 'plugins' type"],
    [null, "invalid 'plugins' type"],
    [[5], "plugin config 0: not an object"],
    [[{ type: "x" }, {}], "plugin config 1: missing 'type'"],
    [[{ type: "" }], "missing 'type'"],
    [[{ type: 5 }], "'type' is not text"],
    [[{ type: "x", name: 5 }], "'name' is not text"],
    [[{ type: "x", capabilities: { a: 1 } }], "a value in 'capabilities' is not a boolean"],
    [[{ type: "x", ipam: [] }], "'ipam' is not an object"],
    [[{ type: "x", ipam: { type: 1 } }], "'ipam.type' is not text"],
    [[{ type: "x", dns: { search: "s" } }], "'dns.search' is not a list of texts"],
    [[{ type: "x", dns: { domain: 1 } }], "'dns.domain' is not text"],
    [[{ type: "x", prevResult: "r" }], "'prevResult' is not an object"],
  ])("case 23: refuses the plugins %j", (plugins, why) => {
    expect(() => parse({ plugins })).toThrow(why);
  });

  it("case 24: takes a list without plugins, but not one that must inline them", () => {
    expect(parseNetworkConfigList('{"name":"lab"}')).toEqual({ name: "lab" });
    expect(() => parseNetworkConfigList('{"name":"lab","loadOnlyInlinedPlugins":true}')).toThrow(
      "`loadOnlyInlinedPlugins` is true, and no 'plugins' key",
    );
  });

  it.each([
    ["[]", "not an object"],
    ["null", "not an object"],
    ['{"plugins":[{"type":"x"}]}', "no name"],
    ['{"name":5,"plugins":[{"type":"x"}]}', "invalid name type"],
  ])("refuses %s", (text, why) => {
    expect(() => parseNetworkConfigList(text)).toThrow(`[invalid_config] error parsing configuration list: ${why}`);
  });

  it.each(["", "{", '{"name":"a"} x', "\ufeff{}", '{"name":"a",}', "// comment\n{}"])("refuses the text %j", (text) => {
    expect(() => parseNetworkConfigList(text)).toThrow("[decode_failure]");
  });

  it("keeps unknown keys, their order and the text of numbers", () => {
    const text = `{
  "zeta": 9007199254740993,
  "name": "lab",
  "half": 1.0,
  "plugins": [
    {
      "type": "x",
      "big": [1e3, -0, 0.5, 12345678901234567890]
    }
  ]
}
`;
    expect(formatNetworkConfigList(parseNetworkConfigList(text))).toBe(
      text.replace(
        "[1e3, -0, 0.5, 12345678901234567890]",
        "[\n        1e3,\n        -0,\n        0.5,\n        12345678901234567890\n      ]",
      ),
    );
  });
});

describe("enabledCapabilities", () => {
  it("case 41: names those switched on, each once", () => {
    const plugins = [
      { type: "a", capabilities: { portMappings: true, mac: false } },
      { type: "b", capabilities: { portMappings: true, bandwidth: true } },
      { type: "c" },
    ];
    expect(enabledCapabilities({ name: "lab", plugins })).toEqual(["portMappings", "bandwidth"]);
    expect(enabledCapabilities({ name: "lab" })).toEqual([]);
  });
});
