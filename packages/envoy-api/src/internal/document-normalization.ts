import type { EnumShape, FieldShape, MessageShape, ScalarName, Schema } from "../schema.js";
import { takesNull } from "./element-encoding.js";
import { jsonNameOf } from "./field-table-reader.js";
import { changeValues } from "./field-values.js";
import { deepestNesting } from "./refusal.js";
import { setEntry } from "./well-known-decoding.js";
import { isJsonObject, wrapperScalars } from "./well-known-encoding.js";

type Fields = Record<string, unknown>;

/** Brings documents to canonical form; what it cannot read it leaves as it is. */
export class DocumentNormalization {
  readonly #schema: Schema;
  readonly #names = new Map<MessageShape, ReadonlyMap<string, FieldShape>>();
  readonly #enumNames = new Map<EnumShape, ReadonlyMap<number, string>>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** The document's value in canonical form. */
  normalize(typeName: string, json: unknown): unknown {
    return this.#type(typeName, json, 0);
  }

  #type(typeName: string, json: unknown, depth: number): unknown {
    if (typeName === "google.protobuf.Any") return this.#any(json, depth);
    if (typeName.startsWith("google.protobuf.")) return wellKnown(typeName.slice("google.protobuf.".length), json);
    const shape = this.#schema.message(typeName);
    return shape === undefined ? json : this.#message(shape, json, depth, false);
  }

  #message(shape: MessageShape, json: unknown, depth: number, typed: boolean): unknown {
    if (!isJsonObject(json) || depth > deepestNesting) return json;
    const names = this.#namesOf(shape);
    const fields: Fields = {};
    for (const [key, value] of Object.entries(json)) {
      const field = typed && key === "@type" ? undefined : names.get(key);
      if (field === undefined) setEntry(fields, key, value);
      // Given in both spellings: the second stays beside the first, for the check to find.
      else if (Object.hasOwn(fields, field.jsonName)) fields[field.name] = value;
      else if (value === undefined || (value === null && !takesNull(field))) continue;
      else fields[field.jsonName] = this.#field(field, value, depth);
    }
    return fields;
  }

  #namesOf(shape: MessageShape): ReadonlyMap<string, FieldShape> {
    const found = this.#names.get(shape);
    if (found !== undefined) return found;
    const names = new Map<string, FieldShape>();
    for (const field of shape.fields) names.set(field.jsonName, field).set(field.name, field);
    this.#names.set(shape, names);
    return names;
  }

  #field(field: FieldShape, value: unknown, depth: number): unknown {
    return changeValues(field, value, value, (item) => this.#element(field, item, depth));
  }

  #element(field: FieldShape, value: unknown, depth: number): unknown {
    if (field.element === "scalar") return scalar(field.type as ScalarName, value);
    if (field.element === "message") return this.#type(field.type, value, depth + 1);
    const shape = this.#schema.enum(field.type);
    return shape === undefined ? value : this.#enumValue(shape, value);
  }

  #enumValue(shape: EnumShape, value: unknown): unknown {
    if (value === null || (typeof value === "string" && shape.values.has(value))) return value;
    const number = typeof value === "string" ? toNumber(value) : value;
    if (typeof number !== "number") return value;
    const known =
      this.#enumNames.get(shape) ?? new Map([...shape.values].reverse().map(([name, each]) => [each, name]));
    this.#enumNames.set(shape, known);
    return known.get(number) ?? number;
  }

  #any(json: unknown, depth: number): unknown {
    if (!isJsonObject(json)) return json;
    const typeUrl = json["@type"];
    if (typeof typeUrl !== "string") return json;
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    const shape = this.#schema.message(typeName);
    if (shape === undefined) return json;
    const isSpecial = typeName.startsWith("google.protobuf.") && Object.hasOwn(json, "value");
    if (!isSpecial) return this.#message(shape, json, depth + 1, true);
    if (typeName === "google.protobuf.Empty") return { "@type": typeUrl };
    return { ...json, value: this.#type(typeName, json.value, depth + 1) };
  }
}

function wellKnown(short: string, json: unknown): unknown {
  const name = wrapperScalars[short];
  if (name !== undefined) return scalar(name, json);
  if (short === "Duration" && typeof json === "string") return trimDuration(json);
  return json;
}

/** `"0.250000s"` and `"0.250s"` are one duration. */
function trimDuration(text: string): string {
  const match = /^(-?)0*(\d+)(?:\.(\d{1,9}))?s$/.exec(text);
  if (match === null) return text;
  const [, sign = "", seconds = "", fraction = ""] = match;
  const digits = fraction.padEnd(9, "0").replace(/(000)+$/, "");
  const isZero = seconds === "0" && digits === "";
  return `${isZero ? "" : sign}${seconds}${digits === "" ? "" : `.${digits}`}s`;
}

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function toNumber(text: string): number | undefined {
  return decimal.test(text) ? Number(text) : undefined;
}

function scalar(name: ScalarName, value: unknown): unknown {
  switch (name) {
    case "bool":
      return value === "true" ? true : value === "false" ? false : value;
    case "string":
      return value;
    case "bytes":
      return typeof value === "string" ? canonicalBase64(value) : value;
    case "int64":
    case "uint64":
    case "fixed64":
    case "sfixed64":
    case "sint64":
      return int64Text(value);
    default:
      return typeof value === "string" ? (toNumber(value) ?? value) : value;
  }
}

function int64Text(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : value;
  if (typeof value !== "string") return value;
  if (/^-?\d+$/.test(value)) return BigInt(value).toString();
  const number = toNumber(value);
  return number !== undefined && Number.isSafeInteger(number) ? String(number) : value;
}

/** The standard alphabet, padded. */
function canonicalBase64(text: string): string {
  const bare = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
}

/** A path into the canonical form as a path into the input it was made from. */
export function respellPath(path: string, input: unknown): string {
  let at = input;
  return path.replaceAll(/\/([^/]*)/g, (segment, text: string) => {
    const name = text.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at)) {
      at = at[Number(name)];
      return segment;
    }
    if (!isJsonObject(at)) return segment;
    const key = Object.hasOwn(at, name) ? name : Object.keys(at).find((each) => jsonNameOf(each) === name);
    if (key === undefined) return segment;
    at = at[key];
    return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  });
}
