import type { JsonObject, JsonValue } from "../json-value.js";
import type { FieldNode, Format, ShapeNode } from "./shape.js";

const OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const V4 = `${OCTET}(?:\\.${OCTET}){3}`;
/** Close enough for an editor; the validator counts groups. */
const V6 = "[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f.:]*";

const PATTERNS: { readonly [F in Format]: string } = {
  address: `^(?:|${V4}|${V6})$`,
  cidr: `^(?:|${V4}/(?:[0-9]|[12][0-9]|3[0-2])|${V6}/(?:[0-9]{1,2}|1[01][0-9]|12[0-8]))$`,
  mac: "^(?:|[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2})$",
  version: "^(?:|[0-9]+(?:\\.[0-9]+){0,2})$",
  name: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",
};

/**
 * The JSON Schema (2020-12) of a shape. It says what the validator's errors say, but for the spelling of keys, and what
 * only a rule in code can tell.
 */
export function schemaOf(shape: ShapeNode, nullable = false): JsonObject {
  const type = (name: string): JsonValue => (nullable ? [name, "null"] : name);
  switch (shape.kind) {
    case "any":
      return {};
    case "flag":
      return { type: type("boolean") };
    case "integer":
      return {
        type: type("integer"),
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
      };
    case "text":
      return textSchema(shape, nullable);
    case "list":
      return {
        type: type("array"),
        items: schemaOf(shape.item, true),
        ...(shape.min === undefined ? {} : { minItems: shape.min }),
        ...(shape.max === undefined ? {} : { maxItems: shape.max }),
      };
    case "map":
      return { type: type("object"), additionalProperties: schemaOf(shape.value, true) };
    case "object":
      return objectSchema(shape, nullable);
    case "either":
      return { anyOf: shape.shapes.map((each) => schemaOf(each, nullable)) };
    default:
      return shape satisfies never;
  }
}

function textSchema({ values, format, nonEmpty }: ShapeNode & { kind: "text" }, nullable: boolean): JsonObject {
  if (values !== undefined) return { enum: nullable ? [...values, null] : values };
  return {
    type: nullable ? ["string", "null"] : "string",
    ...(format === undefined ? {} : { pattern: PATTERNS[format] }),
    ...(nonEmpty === true ? { minLength: 1 } : {}),
  };
}

function objectSchema({ fields, rules }: ShapeNode & { kind: "object" }, nullable: boolean): JsonObject {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.required === true).map(([name]) => name);
  const all = rules.flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
  return {
    type: nullable ? ["object", "null"] : "object",
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    ...(all.length === 0 ? {} : { allOf: all }),
  };
}

function fieldSchema({ shape, doc, required = false, default: value, deprecated }: FieldNode): JsonObject {
  const strict: ShapeNode = required && shape.kind === "text" ? { ...shape, nonEmpty: true } : shape;
  return {
    description: deprecated === undefined ? doc : `${doc} Deprecated: ${deprecated}.`,
    ...schemaOf(strict, !required),
    ...(value === undefined ? {} : { default: value }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
  };
}
