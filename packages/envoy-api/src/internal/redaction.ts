import type { FieldShape, MessageShape, Schema } from "../schema.js";
import { changeEntries, changeValues } from "./field-values.js";
import { isJsonObject } from "./well-known-encoding.js";

const replacement = "[redacted]";
/** The same in base64, so that bytes stay bytes. */
const replacedBytes = "W3JlZGFjdGVkXQ==";

/** Replaces what must not be printed, as Envoy does in its own dumps. */
export class Redaction {
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  redact(typeName: string, json: unknown): unknown {
    return this.#type(typeName, json, false);
  }

  #type(typeName: string, json: unknown, all: boolean): unknown {
    if (typeName === "google.protobuf.Any") return this.#any(json, all);
    if (typeName.startsWith("google.protobuf.")) return all ? blankWellKnown(typeName, json) : json;
    const shape = this.#schema.message(typeName);
    return shape === undefined ? json : this.#message(shape, json, all);
  }

  #any(json: unknown, all: boolean): unknown {
    if (!isJsonObject(json) || typeof json["@type"] !== "string") return json;
    const typeUrl = json["@type"];
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    const shape = this.#schema.message(typeName);
    if (shape === undefined) return all ? { "@type": typeUrl, value: replacedBytes } : json;
    if (!Object.hasOwn(json, "value") || !typeName.startsWith("google.protobuf.")) {
      return this.#message(shape, json, all);
    }
    const value = this.#type(typeName, json.value, all);
    return value === undefined ? { "@type": typeUrl } : { "@type": typeUrl, value };
  }

  #message(shape: MessageShape, json: unknown, all: boolean): unknown {
    return changeEntries(json, all ? undefined : json, (value, key) => {
      const field = shape.fields.find((each) => each.jsonName === key || each.name === key);
      if (field !== undefined) return this.#field(field, value, all);
      // What is not known may be anything.
      return all && key !== "@type" ? undefined : value;
    });
  }

  #field(field: FieldShape, value: unknown, outer: boolean): unknown {
    const all = outer || field.sensitive;
    if (value === null || value === undefined) return value;
    return changeValues(field, value, all ? undefined : value, (item) => this.#element(field, item, all));
  }

  #element(field: FieldShape, value: unknown, all: boolean): unknown {
    if (field.element === "message") return this.#type(field.type, value, all);
    if (!all) return value;
    if (field.type === "string") return replacement;
    return field.type === "bytes" ? replacedBytes : undefined;
  }
}

function blankWellKnown(typeName: string, json: unknown): unknown {
  switch (typeName) {
    case "google.protobuf.StringValue":
      return replacement;
    case "google.protobuf.BytesValue":
      return replacedBytes;
    case "google.protobuf.Struct":
    case "google.protobuf.ListValue":
    case "google.protobuf.Value":
      return blankValue(json);
    case "google.protobuf.Empty":
      return json;
    default:
      return undefined;
  }
}

/** Any JSON value with its shape and without its texts and numbers. */
function blankValue(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(blankValue);
  if (!isJsonObject(json)) return json === null || typeof json === "boolean" ? json : replacement;
  return changeEntries(json, undefined, blankValue);
}
