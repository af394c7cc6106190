import { networkFields, networkShape } from "./internal/network-shape.js";
import type { PluginDefinition } from "./internal/plugin-definition.js";
import { resultShape } from "./internal/result-shapes.js";
import { schemaOf } from "./internal/shape-schema.js";
import type { JsonObject } from "./json-value.js";
import { findDefinition, listDefinitions, type PluginConfigs } from "./plugins/plugin-configs.js";
import { compareSpecVersions, isSpecVersion, type SpecVersion } from "./spec-version.js";

/** What there is a JSON Schema of. */
export type SchemaName = keyof PluginConfigs | `network-${SpecVersion}` | `result-${SpecVersion}`;

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/**
 * The JSON Schema (2020-12) of a plugin type, of a network configuration of a version with all well-known plugins in it, or
 * of a result. It comes from the definitions the validators use; what those say beyond it needs code: the spelling of
 * keys, places in the chain.
 *
 * @throws RangeError when there is none of this name
 * @category Validation
 */
export function jsonSchema(of: SchemaName): JsonObject {
  const [, kind, version] = /^(network|result)-(.+)$/.exec(of) ?? [];
  if (kind !== undefined && version !== undefined && isSpecVersion(version)) {
    const title = `CNI ${kind} ${version}`;
    const body = kind === "network" ? networkSchema(version) : schemaOf(resultShape(version));
    return { $schema: DIALECT, title, ...body };
  }
  const definition = findDefinition(of);
  if (definition === undefined) throw new RangeError(`of: there is no JSON Schema of ${JSON.stringify(of)}`);
  return { $schema: DIALECT, ...pluginSchema(definition, managersSchema()) };
}

/** `managers` is what `ipam` must also be. */
function pluginSchema({ type, summary, shape, ipam }: PluginDefinition, managers?: JsonObject): JsonObject {
  const schema = schemaOf(shape);
  const properties: JsonObject = { ...(schema.properties as JsonObject), type: { const: type } };
  const managed =
    ipam === "none" || managers === undefined ? {} : { ipam: { ...(properties.ipam as JsonObject), ...managers } };
  return { title: type, description: summary, ...schema, properties: { ...properties, ...managed } };
}

/** By type the schema of a well-known address manager. */
function managersSchema(): JsonObject {
  const managers = listDefinitions().filter(({ role }) => role === "ipam");
  return { allOf: managers.map((each) => whenType(each.type, pluginSchema(each))) };
}

function whenType(type: string, schema: JsonObject): JsonObject {
  return {
    if: { type: "object", properties: { type: { const: type } }, required: ["type"] },
    // biome-ignore lint/suspicious/noThenProperty: this is JSON Schema's word
    then: schema,
  };
}

function networkSchema(version: SpecVersion): JsonObject {
  const plugins = listDefinitions().filter(({ role }) => role !== "ipam");
  const known = plugins.map((each) => whenType(each.type, { $ref: `#/$defs/${each.type}` }));
  const base = schemaOf(networkShape);
  const item = {
    type: "object",
    properties: { type: { type: "string", minLength: 1 } },
    required: ["type"],
    allOf: known,
  };
  const tooNew = plugins.filter(({ oldest }) => compareSpecVersions(version, oldest) < 0).map(({ type }) => type);
  const barred = tooNew.length === 0 ? {} : { not: { properties: { type: { enum: tooNew } }, required: ["type"] } };
  const { cniVersion, ...fields } = base.properties as JsonObject;
  const properties = {
    ...fields,
    cniVersion: version === "0.1.0" ? { enum: [version, ""] } : { ...(cniVersion as JsonObject), const: version },
    plugins: { ...(fields.plugins as JsonObject), items: { ...item, ...barred } },
  };
  // From 1.1.0 on the version may come out of a list of them.
  const required = version === "0.1.0" ? ["name"] : ["name", ...(version === "1.1.0" ? [] : ["cniVersion"])];
  return {
    ...base,
    properties: Object.fromEntries(Object.keys(networkFields).map((key) => [key, properties[key as "plugins"]])),
    required,
    $defs: {
      ipam: managersSchema(),
      ...Object.fromEntries(plugins.map((each) => [each.type, pluginSchema(each, { $ref: "#/$defs/ipam" })])),
    },
  };
}
