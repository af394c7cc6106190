import type { ScalarName } from "../schema.js";
import { decodeBase64 } from "./base64.js";
import type { ByteWriter } from "./byte-writer.js";
import { readDouble, readFloat, readInt64 } from "./json-numbers.js";
import { refusal, refuse } from "./refusal.js";

/** Writes a value of one type; refuses what is not of it. */
export type Put = (writer: ByteWriter, value: unknown) => void;

export interface ScalarEncoding {
  readonly wireType: number;
  readonly put: Put;
  /** Proto3 fields without presence leave it out. */
  readonly isZero: (value: unknown) => boolean;
}

const view = new DataView(new ArrayBuffer(8));

function putDouble(writer: ByteWriter, value: unknown): void {
  view.setFloat64(0, readDouble(value));
  writer.fixed32(view.getUint32(0));
  writer.fixed32(view.getUint32(4));
}

function putFloat(writer: ByteWriter, value: unknown): void {
  view.setFloat32(0, readFloat(value));
  writer.fixed32(view.getUint32(0));
}

function putVarint64(writer: ByteWriter, value: unknown, signed: boolean): void {
  const { high, low } = readInt64(value, signed);
  writer.varint64(high, low);
}

function putSint64(writer: ByteWriter, value: unknown): void {
  const { high, low } = readInt64(value, true);
  const sign = (high | 0) >> 31;
  writer.varint64((((high << 1) | (low >>> 31)) ^ sign) >>> 0, ((low << 1) ^ sign) >>> 0);
}

function putFixed64(writer: ByteWriter, value: unknown, signed: boolean): void {
  const { high, low } = readInt64(value, signed);
  writer.fixed32(high);
  writer.fixed32(low);
}

function int32Of(value: unknown): number {
  return typeof value === "number" && value === (value | 0) ? value : refuse();
}

function uint32Of(value: unknown): number {
  return typeof value === "number" && value === value >>> 0 ? value : refuse();
}

function putBool(writer: ByteWriter, value: unknown): void {
  if (value !== true && value !== false) refuse();
  writer.varint32(value === true ? 1 : 0);
}

/** Text with its length before it. */
export function putText(writer: ByteWriter, value: unknown): void {
  if (typeof value !== "string") throw refusal;
  const before = writer.size;
  writer.text(value);
  writer.varint32(writer.size - before);
}

function putBytes(writer: ByteWriter, value: unknown): void {
  if (typeof value !== "string") throw refusal;
  const bytes = decodeBase64(value);
  writer.raw(bytes);
  writer.varint32(bytes.length);
}

const isZeroNumber = (value: unknown): boolean => value === 0;
const isZeroInt64 = (value: unknown): boolean => value === 0 || value === "0" || value === "-0";
const isZeroDouble = (value: unknown): boolean => value === 0 && !Object.is(value, -0);
const isEmptyText = (value: unknown): boolean => value === "";
const isFalse = (value: unknown): boolean => value === false;

function encoding(wireType: number, put: Put, isZero: ScalarEncoding["isZero"] = isZeroNumber): ScalarEncoding {
  return { wireType, put, isZero };
}

export const scalarEncodings: Readonly<Record<ScalarName, ScalarEncoding>> = {
  double: encoding(1, putDouble, isZeroDouble),
  float: encoding(5, putFloat, isZeroDouble),
  int64: encoding(0, (writer, value) => putVarint64(writer, value, true), isZeroInt64),
  uint64: encoding(0, (writer, value) => putVarint64(writer, value, false), isZeroInt64),
  int32: encoding(0, (writer, value) => writer.int32(int32Of(value))),
  fixed64: encoding(1, (writer, value) => putFixed64(writer, value, false), isZeroInt64),
  fixed32: encoding(5, (writer, value) => writer.fixed32(uint32Of(value))),
  bool: encoding(0, putBool, isFalse),
  string: encoding(2, putText, isEmptyText),
  bytes: encoding(2, putBytes, isEmptyText),
  uint32: encoding(0, (writer, value) => writer.varint32(uint32Of(value))),
  sfixed32: encoding(5, (writer, value) => writer.fixed32(int32Of(value))),
  sfixed64: encoding(1, (writer, value) => putFixed64(writer, value, true), isZeroInt64),
  sint32: encoding(0, (writer, value) => {
    const number = int32Of(value);
    writer.varint32(((number << 1) ^ (number >> 31)) >>> 0);
  }),
  sint64: encoding(0, putSint64, isZeroInt64),
};
