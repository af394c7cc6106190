import { CniError } from "../errors.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json-value.js";
import { canonicalAddress, canonicalCidr } from "./address-text.js";

/** Reads fields as libcni's decoder does: `null`, `""` and `[]` are absent, a name may differ in case. */
export interface FieldReader {
  readonly object: JsonObject;
  /** JSON Pointer of `object`, for messages. */
  readonly path: string;
}

export function createReader(value: JsonValue, path: string): FieldReader {
  if (!isJsonObject(value)) throw mismatch(path, "an object", value);
  return { object: value, path };
}

function mismatch(path: string, expected: string, value: JsonValue): CniError {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : kindOf(value);
  return new CniError("invalid_result", `${path || "result"}: expected ${expected}, found ${shown}`);
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return "an array";
  return value === null || typeof value !== "object" ? String(value) : "an object";
}

/** The value of a key in the spelling that the decoder would take: exact, else the same but for case. */
export function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  for (const key in object) {
    if (key.length === name.length && key.toLowerCase() === lower && Object.hasOwn(object, key)) return object[key];
  }
  return undefined;
}

function presentValue({ object }: FieldReader, name: string): JsonValue | undefined {
  const value = fieldOf(object, name);
  return value === null ? undefined : value;
}

export function readText(reader: FieldReader, name: string): string | undefined {
  const value = presentValue(reader, name);
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw mismatch(`${reader.path}/${name}`, "text", value);
  return value;
}

export function readInteger(reader: FieldReader, name: string): number | undefined {
  const value = presentValue(reader, name);
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw mismatch(`${reader.path}/${name}`, "an integer", value);
  }
  return value;
}

/** As `readInteger`, but 0 is absent. */
export function readCount(reader: FieldReader, name: string): number | undefined {
  return readInteger(reader, name) || undefined;
}

export function readAddress(reader: FieldReader, name: string): string | undefined {
  const text = readText(reader, name);
  if (text === undefined) return undefined;
  const address = canonicalAddress(text);
  if (address === undefined) {
    throw new CniError("invalid_result", `${reader.path}/${name}: invalid IP address: ${text}`);
  }
  return address;
}

/** The field must be there. */
export function readCidr(reader: FieldReader, name: string): string {
  const value = presentValue(reader, name) ?? "";
  if (typeof value !== "string") throw mismatch(`${reader.path}/${name}`, "text", value);
  const cidr = canonicalCidr(value);
  if (cidr === undefined) {
    throw new CniError("invalid_result", `${reader.path}/${name}: invalid CIDR address: ${value}`);
  }
  return cidr;
}

export function readList<T>(
  reader: FieldReader,
  name: string,
  read: (item: JsonValue, path: string) => T,
): readonly T[] | undefined {
  const value = presentValue(reader, name);
  if (value === undefined) return undefined;
  const path = `${reader.path}/${name}`;
  if (!Array.isArray(value)) throw mismatch(path, "an array", value);
  const items = value as readonly JsonValue[];
  return items.length === 0 ? undefined : items.map((item, i) => read(item, `${path}/${i}`));
}

export function readTexts(reader: FieldReader, name: string): readonly string[] | undefined {
  return readList(reader, name, (item, path) => {
    if (typeof item !== "string") throw mismatch(path, "text", item);
    return item;
  });
}

/** An object or nothing. */
export function readPart<T>(reader: FieldReader, name: string, read: (part: FieldReader) => T): T | undefined {
  const value = presentValue(reader, name);
  return value === undefined ? undefined : read(createReader(value, `${reader.path}/${name}`));
}

/** Every key of `T`, the optional ones possibly `undefined`. */
type Loose<T> = { readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** A copy without what is `undefined`, keys in the order written: that order is the wire's. */
export function present<T extends object>(object: Loose<T>): T {
  const copy: { [key: string]: unknown } = {};
  for (const key in object) if (object[key] !== undefined) copy[key] = object[key];
  return copy as T;
}
