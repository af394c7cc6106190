import type { EnumShape, FieldShape, ScalarName, Schema } from "../schema.js";
import { ByteWriter } from "./byte-writer.js";
import { enumEncoding, mapKeyEncoding } from "./element-encoding.js";
import { refusal } from "./refusal.js";
import { type Put, scalarEncodings } from "./scalar-encoding.js";
import { wellKnownEncoding, wrapperScalars } from "./well-known-encoding.js";

/** Tells whether a value can be written, by writing it. */
export type Fits = (value: unknown) => boolean;

/** A type whose values have no fields: a scalar, an enum or a google.protobuf type in its JSON form. */
export interface ValueType {
  readonly fits: Fits;
  /** To stand after "must be": `a whole number from 0 to 4294967295`. */
  readonly expected: string;
  /** Whether a value that does not fit is of the right kind, only out of bounds. */
  readonly isNear: (value: unknown) => boolean;
}

const scratch = new ByteWriter();

function fitting(put: Put): Fits {
  return (value) => {
    scratch.depth = 0;
    const before = scratch.size;
    try {
      put(scratch, value);
      return true;
    } catch (error) {
      if (error === refusal) return false;
      throw error;
    } finally {
      scratch.reset(before);
    }
  };
}

const integer = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const integerText = (value: unknown): boolean =>
  typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value));

const signed32 = ["a whole number from -2147483648 to 2147483647", integer] as const;
const unsigned32 = ["a whole number from 0 to 4294967295", integer] as const;
const signed64 = ["a whole number from -2^63 to 2^63 - 1, as text", integerText] as const;
const unsigned64 = ["a whole number from 0 to 2^64 - 1, as text", integerText] as const;
const never = (): boolean => false;

const scalarWords: Readonly<Record<ScalarName, readonly [expected: string, isNear: (value: unknown) => boolean]>> = {
  bool: ["true or false", never],
  bytes: ["text in base64", never],
  double: ["a number", never],
  fixed32: unsigned32,
  fixed64: unsigned64,
  float: ["a number that a float can hold", integer],
  int32: signed32,
  int64: signed64,
  sfixed32: signed32,
  sfixed64: signed64,
  sint32: signed32,
  sint64: signed64,
  string: ["text", never],
  uint32: unsigned32,
  uint64: unsigned64,
};

const durationText = /^-?\d+(\.\d+)?s$/;
const specialWords: Readonly<Record<string, readonly [expected: string, isNear: (value: unknown) => boolean]>> = {
  Duration: [
    'a duration of at most 315576000000 s with nine decimals, as in "0.25s"',
    (value) => typeof value === "string" && durationText.test(value),
  ],
  FieldMask: ["paths in camelCase with commas between them", never],
  ListValue: ["a list", never],
  Struct: ["an object", never],
  Timestamp: ['a time, as in "2026-01-02T03:04:05Z"', never],
  Value: ["a JSON value", never],
};

const loneSurrogate = /\p{Surrogate}/u;

/** The same answers for the types that stand everywhere, without writing. */
const quickFits: Partial<Record<ScalarName, Fits>> = {
  bool: (value) => value === true || value === false,
  string: (value) => typeof value === "string" && !loneSurrogate.test(value),
  uint32: (value) => typeof value === "number" && value === value >>> 0,
};

const known = new Map<string, ValueType>();

export function scalarValueType(name: ScalarName): ValueType {
  const found = known.get(name);
  if (found !== undefined) return found;
  const [expected, isNear] = scalarWords[name];
  const made = { fits: quickFits[name] ?? fitting(scalarEncodings[name].put), expected, isNear };
  known.set(name, made);
  return made;
}

export function mapKeyValueType(name: ScalarName): ValueType {
  const { expected } = scalarValueType(name);
  return { fits: fitting(mapKeyEncoding(name).put), expected: `${expected}, as text`, isNear: never };
}

export function enumValueType(shape: EnumShape): ValueType {
  const names = [...shape.values.keys()];
  const shown = names.length > 8 ? [...names.slice(0, 8), "…"] : names;
  const write = fitting(enumEncoding(shape).put);
  const fits: Fits = (value) => (typeof value === "string" ? shape.values.has(value) : write(value));
  return { fits, expected: `one of ${shown.join(", ")}`, isNear: integer };
}

/** `undefined` for messages that are objects of their fields, and for google.protobuf.Any. */
export function wellKnownValueType(typeName: string): ValueType | undefined {
  const put = wellKnownEncoding(typeName);
  if (put === undefined) return undefined;
  const short = typeName.slice("google.protobuf.".length);
  const scalar = wrapperScalars[short];
  if (scalar !== undefined) return scalarValueType(scalar);
  const [expected = "", isNear = never] = specialWords[short] ?? [];
  return { fits: fitting(put), expected, isNear };
}

/** `undefined` for messages that are objects of their fields, and for google.protobuf.Any. */
export function valueTypeOf(field: FieldShape, schema: Schema): ValueType | undefined {
  if (field.element === "scalar") return scalarValueType(field.type as ScalarName);
  if (field.element === "message") return wellKnownValueType(field.type);
  const shape = schema.enum(field.type);
  return shape === undefined ? undefined : enumValueType(shape);
}
