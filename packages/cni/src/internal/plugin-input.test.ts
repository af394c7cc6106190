import { describe, expect, it } from "vitest";
import { formatPluginInput, injectValues } from "./plugin-input.js";

const network = { name: "lab", cniVersion: "1.0.0" };

describe("what a plugin gets", () => {
  it("case 25: keys must be there and have values; unknown ones are kept, name and version are the list's", () => {
    expect(() => injectValues({}, { "": "x" })).toThrow("keys cannot be empty");
    expect(() => injectValues({}, { test: null })).toThrow("key 'test' value must not be nil");
    const plugin = { type: "x", name: "own", cniVersion: "0.1.0", big: 1, "<": "&" };
    expect(formatPluginInput(plugin, network)).toBe(
      '{"\\u003c":"\\u0026","big":1,"cniVersion":"1.0.0","name":"lab","type":"x"}',
    );
  });

  it("case 26: arguments reach the plugin whose capability is on", () => {
    const plugin = { type: "x", capabilities: { portMappings: true, off: false } };
    const capabilityArgs = { portMappings: [{ hostPort: 80 }], off: 1, other: 2 };
    expect(JSON.parse(formatPluginInput(plugin, { ...network, capabilityArgs }))).toEqual({
      ...network,
      ...plugin,
      runtimeConfig: { portMappings: [{ hostPort: 80 }] },
    });
    expect(formatPluginInput(plugin, { ...network, capabilityArgs: { off: 1 } })).not.toContain("runtimeConfig");
  });

  it("has capabilities unless the specification is to be taken strictly, and a prevResult when there is one", () => {
    const plugin = { type: "x", capabilities: { mac: true } };
    expect(formatPluginInput(plugin, network)).toContain('"capabilities":{"mac":true}');
    expect(formatPluginInput(plugin, { ...network, strictSpec: true })).not.toContain("capabilities");
    expect(formatPluginInput(plugin, { ...network, prevResult: { cniVersion: "1.0.0" } })).toContain('"prevResult":{');
  });

  it("keeps what the file has of its own, as libcni does", () => {
    const plugin = { type: "x", runtimeConfig: { mac: "own" }, prevResult: { cniVersion: "0.3.0" } };
    expect(JSON.parse(formatPluginInput(plugin, network))).toEqual({ ...network, ...plugin });
  });
});
