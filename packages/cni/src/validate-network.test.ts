import {
  assertNetworkConfigList,
  assertPluginConfig,
  type CniError,
  type Issue,
  type JsonObject,
  type JsonValue,
  jsonSchema,
  type PluginConfigs,
  type SchemaName,
  SPEC_VERSIONS,
  validateNetworkConfigList,
  validatePluginConfig,
  validateResult,
} from "@netmason/cni";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { anyResult } from "../test/arbitrary-result.js";
import { type PluginExample, pluginExamples } from "../test/plugin-examples.js";
import { listDefinitions } from "./plugins/plugin-configs.js";

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allowUnionTypes: true,
  validateFormats: false,
});
const compile = (of: SchemaName): ((value: unknown) => boolean) => {
  const validate = ajv.compile(jsonSchema(of));
  return (value) => validate(JSON.parse(JSON.stringify(value)));
};
const show = (issues: readonly Issue[]): string[] =>
  issues.map(({ path, rule, severity }) => `${severity} ${path} ${rule}`);
const errorsOf = (issues: readonly Issue[]): readonly Issue[] => issues.filter(({ severity }) => severity === "error");

describe("plugin definitions", () => {
  it("are there for every reference plugin and the others that are promised", () => {
    expect(
      listDefinitions()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(pluginExamples.map(({ type }) => type).sort());
  });

  describe.each(pluginExamples)("$type", ({ type, config, mutations, isReference, source }: PluginExample) => {
    const schema = compile(type);

    it("says what its mutations are proven by", () => {
      expect(isReference === true || source !== undefined).toBe(true);
    });

    it("accepts the example", () => {
      expect(validatePluginConfig(config)).toEqual([]);
      expect(schema(config)).toBe(true);
    });

    it("has three mutations or more that the plugin refuses, of one field each", () => {
      const refused = mutations.filter(({ unreleased, isSilent }) => unreleased !== true && isSilent !== true);
      expect(refused.length).toBeGreaterThanOrEqual(3);
      for (const { change } of mutations) expect(Object.keys(change)).toHaveLength(1);
    });

    it.each(mutations)("refuses $change", ({ change, rule, inCode = false }) => {
      const mutated = { ...config, ...change };
      expect(errorsOf(validatePluginConfig(mutated)).map((issue) => issue.rule)).toContain(rule);
      expect(schema(mutated)).toBe(inCode);
    });

    it("warns of a key it does not know, and of another spelling of one it does", () => {
      const [key = ""] = Object.keys(config).filter((each) => each !== "type");
      expect(show(validatePluginConfig({ ...config, "no/such": 1 }))).toEqual(["warning /no~1such unknown_field"]);
      if (key === "") return;
      const { [key]: value, ...rest } = config;
      const issues = validatePluginConfig({ ...rest, [key.toUpperCase()]: value as JsonValue });
      expect(show(issues)).toEqual([`warning /${key.toUpperCase()} unknown_field`]);
      expect(issues[0]?.hint).toBe(`write ${key}`);
    });
  });
});

describe("validateNetworkConfigList", () => {
  const listOf = (...plugins: readonly JsonObject[]): JsonObject => ({ name: "lab", cniVersion: "1.0.0", plugins });
  const bridge = { type: "bridge", ipam: { type: "host-local", subnet: "10.1.0.0/16" } };

  it("finds everything at once, in document order", () => {
    const list = {
      plugins: [
        { vlan: 5000, type: "bridge", ipam: { subnet: "nowhere", type: "host-local" }, isgateway: "x" },
        { capabilities: { mac: true }, type: "portmap", markMasqBit: 99 },
        { type: "unknown", anything: 1, dns: 5 },
        5,
      ],
      name: "a b",
      disableCheck: "maybe",
      cniVersion: "1.2.3",
    };
    expect(show(validateNetworkConfigList(list))).toEqual([
      "error /plugins/0/vlan out_of_range",
      "error /plugins/0/ipam/subnet format",
      "warning /plugins/0/isgateway unknown_field",
      "error /plugins/0/isgateway wrong_type",
      "warning /plugins/1/capabilities/mac capability",
      "error /plugins/1/markMasqBit out_of_range",
      "error /plugins/2/dns wrong_type",
      "error /plugins/3 wrong_type",
      "error /name format",
      "error /disableCheck wrong_type",
      "error /cniVersion version",
    ]);
  });

  it.each([
    ["accepts a plain chain", listOf(bridge, { type: "portmap", capabilities: { portMappings: true } }), []],
    [
      "places: what needs an interface comes behind one",
      listOf({ type: "portmap" }, bridge),
      ["error /plugins/0 position"],
    ],
    [
      "versions: firewall is younger than 0.3.1",
      { ...listOf(bridge, { type: "firewall" }), cniVersion: "0.3.1" },
      ["error /plugins/1 version"],
    ],
    ["versions: a switch of 1.1.0", { ...listOf(bridge), disableGC: true }, ["warning /disableGC version"]],
    ["versions: the highest of several counts", { ...listOf(bridge), cniVersions: ["1.1.0"], disableGC: "True" }, []],
    [
      "versions: none is 0.1.0",
      { name: "lab", plugins: [bridge, { type: "bandwidth" }] },
      ["error /plugins/1 version"],
    ],
    ["an ill-formed version", { ...listOf(bridge), cniVersions: ["1.x"] }, ["error /cniVersions/0 format"]],
    ["no name", { plugins: [bridge] }, ["error  required"]],
    ["an empty name", { ...listOf(bridge), name: "" }, ["error /name required"]],
    [
      "no plugins where they must be",
      { name: "lab", loadOnlyInlinedPlugins: "true" },
      ["error /loadOnlyInlinedPlugins required", "warning /loadOnlyInlinedPlugins version"],
    ],
    ["plugins from a directory", { name: "lab" }, []],
    ["an empty list", listOf(), ["error /plugins out_of_range"]],
    ["a plugin without type", listOf({}), ["error /plugins/0 required"]],
    [
      "an address manager as a plugin",
      listOf({ type: "host-local", ipam: { type: "host-local" } }),
      ["error /plugins/0/ipam required"],
    ],
    ["null is absent", listOf({ ...bridge, mtu: null, dns: null, ipam: null }), []],
    ["what is no object", [], ["error  wrong_type"]],
    ["a single plugin", { name: "lab", type: "bridge" }, ["warning /type unknown_field"]],
    ["host-local under calico", listOf({ type: "calico", ipam: { type: "host-local", subnet: "usePodCidr" } }), []],
  ] as readonly (readonly [string, JsonValue, readonly string[]])[])("%s", (_, list, issues) => {
    expect(show(validateNetworkConfigList(list))).toEqual(issues);
  });

  it("agrees with its schemas on what has no place or version against it", () => {
    for (const version of ["0.1.0", "0.3.1", "1.1.0"] as const) {
      const schema = compile(`network-${version}`);
      const list = (plugins: readonly JsonObject[]): JsonObject => ({ name: "lab", cniVersion: version, plugins });
      expect(schema(list([bridge, { type: "tuning" }, { type: "unknown", own: [1] }]))).toBe(true);
      expect(schema(list([{ ...bridge, vlan: 5000 }]))).toBe(false);
      expect(schema(list([{ ...bridge, ipam: { type: "host-local", subnet: "x" } }]))).toBe(false);
      expect(schema(list([bridge, { type: "firewall" }]))).toBe(version >= "0.4.0");
      expect(schema({ ...list([bridge]), cniVersion: "0.5.0" })).toBe(false);
      expect(schema({ ...list([bridge]), name: "a b" })).toBe(false);
      expect(schema(list([]))).toBe(false);
      expect(schema(list([{}]))).toBe(false);
    }
  });

  it("never throws, and says the same twice", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...pluginExamples), fc.string(), (value, { config }, key) => {
        const plugin = { ...config, [key]: value } as JsonObject;
        const list = { name: "lab", cniVersion: "1.1.0", plugins: [plugin, value as JsonValue] };
        expect(validateNetworkConfigList(list)).toEqual(validateNetworkConfigList(list));
        validateNetworkConfigList(value as JsonValue);
        validatePluginConfig(value as JsonValue);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds an error where the schema does, whatever one field is changed to", () => {
    const schemas = new Map(pluginExamples.map(({ type }) => [type, compile(type)]));
    const values = fc.oneof(
      fc.constantFrom<JsonValue>(null, true, 0, -1, 5_000, 1.5, "", "x", "10.0.0.1/8", [], {}, [{}], [1], [[]]),
      fc.jsonValue() as fc.Arbitrary<JsonValue>,
    );
    const change = fc.constantFrom(...pluginExamples).chain((example) => {
      const keys = Object.keys(listDefinitions().find(({ type }) => type === example.type)?.shape.fields ?? {});
      return fc.tuple(fc.constant(example), fc.constantFrom(...keys.filter((key) => key !== "type")), values);
    });
    fc.assert(
      fc.property(change, ([{ type, config }, key, value]) => {
        const mutated = { ...config, [key]: value };
        if (schemas.get(type)?.(mutated) === false) expect(errorsOf(validatePluginConfig(mutated))).not.toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("assertions", () => {
  it("carry all findings, and narrow the type", () => {
    const value: JsonValue = { type: "bridge", vlan: 4095, mtu: "x", more: 1 };
    const error = ((): unknown => {
      try {
        return assertPluginConfig(value, "bridge");
      } catch (each) {
        return each;
      }
    })() as CniError<"invalid_config">;
    expect(error.message).toBe("[invalid_config] /vlan: must be between 0 and 4094, not 4095 and 1 more");
    expect(show(error.details.issues ?? [])).toEqual([
      "error /vlan out_of_range",
      "error /mtu wrong_type",
      "warning /more unknown_field",
    ]);
    const right: JsonValue = { type: "bridge", vlan: 1 };
    assertPluginConfig(right, "bridge");
    expectTypeOf(right).toExtend<PluginConfigs["bridge"]>();
    expectTypeOf<PluginConfigs["bridge"]["vlan"]>().toEqualTypeOf<number | undefined>();
  });

  it("refuse another type and pass warnings", () => {
    expect(() => assertPluginConfig({ type: "ptp" }, "bridge")).toThrow('/type: must be "bridge", not "ptp"');
    expect(() => assertPluginConfig(5, "bridge")).toThrow("[invalid_config]");
    expect(() => assertNetworkConfigList({ name: "lab" })).not.toThrow();
    expect(() => assertNetworkConfigList({})).toThrow("[invalid_config] configuration: name is missing");
    assertNetworkConfigList({ name: "lab", cniVersion: "1.0.0", disableGC: true, plugins: [{ type: "x" }] });
  });
});

describe("validateResult", () => {
  it("accepts every right result, and so does the schema", () => {
    const schemas = new Map(SPEC_VERSIONS.map((version) => [version, compile(`result-${version}`)]));
    fc.assert(
      fc.property(anyResult, (result) => {
        expect(validateResult(result, result.cniVersion)).toEqual([]);
        expect(schemas.get(result.cniVersion)?.(result)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [{ cniVersion: "1.0.0", ips: [{ address: "10.0.0.1" }] }, ["error /ips/0/address format"]],
    [{ cniVersion: "1.0.0", ips: [{}] }, ["error /ips/0 required"]],
    [{ cniVersion: "1.1.0" }, ["error /cniVersion enum"]],
    [{ interfaces: [{ mtu: 1.5 }] }, ["error /interfaces/0 required", "error /interfaces/0/mtu wrong_type"]],
    [
      { routes: [{ dst: "0.0.0.0/0", gw: "x", scope: 256 }] },
      ["error /routes/0/gw format", "error /routes/0/scope out_of_range"],
    ],
    [{ more: 1 }, ["warning /more unknown_field"]],
    [null, ["error  wrong_type"]],
  ] as readonly (readonly [JsonValue, readonly string[]])[])("%j", (value, issues) => {
    expect(show(validateResult(value, "1.0.0"))).toEqual(issues);
    expect(compile("result-1.0.0")(value)).toBe(issues.every((issue) => issue.startsWith("warning")));
  });
});

describe("jsonSchema", () => {
  it("names its dialect, and refuses what it has none of", () => {
    expect(jsonSchema("bridge").$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(() => jsonSchema("network-9.9.9" as SchemaName)).toThrow(RangeError);
    expect(() => jsonSchema("toString" as SchemaName)).toThrow('there is no JSON Schema of "toString"');
  });

  it("is the same each time, with a default where there is one", () => {
    const schema = jsonSchema("bridge");
    expect(JSON.stringify(jsonSchema("bridge"))).toBe(JSON.stringify(schema));
    expect((schema.properties as JsonObject).bridge).toEqual({
      description: "Name of the bridge.",
      type: ["string", "null"],
      default: "cni0",
    });
  });
});
