import type { ScalarName } from "../schema.js";
import type { ByteWriter } from "./byte-writer.js";
import { readFieldMask } from "./field-mask-text.js";
import { deepestNesting, refusal, refuse } from "./refusal.js";
import { type Put, putText, scalarEncodings } from "./scalar-encoding.js";
import { type Moment, readDuration, readTimestamp } from "./time-text.js";

/** Wrapper messages by their short names; each has one field, `value`, of number 1. */
export const wrapperScalars: Readonly<Record<string, ScalarName>> = {
  BoolValue: "bool",
  BytesValue: "bytes",
  DoubleValue: "double",
  FloatValue: "float",
  Int32Value: "int32",
  Int64Value: "int64",
  StringValue: "string",
  UInt32Value: "uint32",
  UInt64Value: "uint64",
};

/** How a google.protobuf message with a JSON form of its own is written; `undefined` for all other messages. */
export function wellKnownEncoding(typeName: string): Put | undefined {
  if (!typeName.startsWith("google.protobuf.")) return undefined;
  const short = typeName.slice("google.protobuf.".length);
  const scalar = wrapperScalars[short];
  return scalar === undefined ? specialForms[short] : wrapperEncoding(scalar);
}

function wrapperEncoding(scalar: ScalarName): Put {
  const { put, isZero, wireType } = scalarEncodings[scalar];
  const tag = 8 | wireType;
  return (writer, value) => {
    if (isZero(value)) return;
    put(writer, value);
    writer.varint32(tag);
  };
}

function putMoment(writer: ByteWriter, { seconds, nanos }: Moment): void {
  if (nanos !== 0) {
    writer.int32(nanos);
    writer.varint32(0x10);
  }
  if (seconds === 0) return;
  const high = Math.floor(seconds / 0x1_0000_0000);
  writer.varint64(high >>> 0, (seconds - high * 0x1_0000_0000) >>> 0);
  writer.varint32(0x08);
}

function putFieldMask(writer: ByteWriter, value: unknown): void {
  for (const path of [...readFieldMask(value)].reverse()) {
    putText(writer, path);
    writer.varint32(0x0a);
  }
}

function putValue(writer: ByteWriter, value: unknown): void {
  if (++writer.depth > deepestNesting) refuse();
  if (value === null) {
    writer.varint32(0);
    writer.varint32(0x08);
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse();
    scalarEncodings.double.put(writer, value);
    writer.varint32(0x11);
  } else if (typeof value === "string") {
    putText(writer, value);
    writer.varint32(0x1a);
  } else if (typeof value === "boolean") {
    scalarEncodings.bool.put(writer, value);
    writer.varint32(0x20);
  } else {
    const before = writer.size;
    const isList = Array.isArray(value);
    if (isList) putListValue(writer, value);
    else putStruct(writer, value);
    writer.header(before, isList ? 0x32 : 0x2a);
  }
  writer.depth--;
}

function putListValue(writer: ByteWriter, value: unknown): void {
  if (!Array.isArray(value)) throw refusal;
  for (let i = value.length - 1; i >= 0; i--) {
    const before = writer.size;
    putValue(writer, value[i]);
    writer.header(before, 0x0a);
  }
}

function putStruct(writer: ByteWriter, value: unknown): void {
  if (!isJsonObject(value)) throw refusal;
  const keys = Object.keys(value).sort();
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string;
    const field = value[key];
    if (field === undefined) continue;
    const before = writer.size;
    putValue(writer, field);
    writer.header(before, 0x12);
    putText(writer, key);
    writer.varint32(0x0a);
    writer.header(before, 0x0a);
  }
}

/** An object that is not an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const specialForms: Readonly<Record<string, Put>> = {
  Duration: (writer, value) => putMoment(writer, readDuration(value)),
  FieldMask: putFieldMask,
  ListValue: putListValue,
  Struct: putStruct,
  Timestamp: (writer, value) => putMoment(writer, readTimestamp(value)),
  Value: putValue,
};
