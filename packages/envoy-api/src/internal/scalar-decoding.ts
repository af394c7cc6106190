import type { EnumShape, ScalarName } from "../schema.js";
import { encodeBase64 } from "./base64.js";
import type { ByteReader } from "./byte-reader.js";
import { formatDouble, formatFloat, formatInt64 } from "./json-numbers.js";

/** Reads a value in its JSON form. */
export type Take = (reader: ByteReader) => unknown;

export interface ScalarDecoding {
  readonly wireType: number;
  readonly take: Take;
  /** What a field without presence has when it is absent. */
  readonly zero: unknown;
}

const view = new DataView(new ArrayBuffer(8));

function takeDouble(reader: ByteReader): number | string {
  reader.fixed64();
  view.setUint32(0, reader.high);
  view.setUint32(4, reader.low);
  return formatDouble(view.getFloat64(0));
}

function takeFloat(reader: ByteReader): number | string {
  view.setUint32(0, reader.fixed32());
  return formatFloat(view.getFloat32(0));
}

function takeVarint64(reader: ByteReader, signed: boolean): string {
  reader.varint64();
  return formatInt64(reader.high, reader.low, signed);
}

function takeFixed64(reader: ByteReader, signed: boolean): string {
  reader.fixed64();
  return formatInt64(reader.high, reader.low, signed);
}

function takeSint64(reader: ByteReader): string {
  reader.varint64();
  const { high, low } = reader;
  const sign = -(low & 1);
  return formatInt64(((high >>> 1) ^ sign) >>> 0, (((low >>> 1) | (high << 31)) ^ sign) >>> 0, true);
}

function takeSint32(reader: ByteReader): number {
  const value = reader.varint32();
  return (value >>> 1) ^ -(value & 1);
}

function decoding(wireType: number, take: Take, zero: unknown = 0): ScalarDecoding {
  return { wireType, take, zero };
}

export const scalarDecodings: Readonly<Record<ScalarName, ScalarDecoding>> = {
  double: decoding(1, takeDouble),
  float: decoding(5, takeFloat),
  int64: decoding(0, (reader) => takeVarint64(reader, true), "0"),
  uint64: decoding(0, (reader) => takeVarint64(reader, false), "0"),
  int32: decoding(0, (reader) => reader.varint32() | 0),
  fixed64: decoding(1, (reader) => takeFixed64(reader, false), "0"),
  fixed32: decoding(5, (reader) => reader.fixed32()),
  bool: decoding(0, takeBool, false),
  string: decoding(2, (reader) => reader.text(), ""),
  bytes: decoding(2, (reader) => encodeBase64(reader.raw()), ""),
  uint32: decoding(0, (reader) => reader.varint32() >>> 0),
  sfixed32: decoding(5, (reader) => reader.fixed32() | 0),
  sfixed64: decoding(1, (reader) => takeFixed64(reader, true), "0"),
  sint32: decoding(0, takeSint32),
  sint64: decoding(0, takeSint64, "0"),
};

function takeBool(reader: ByteReader): boolean {
  reader.varint64();
  return reader.high !== 0 || reader.low !== 0;
}

/** The name of an enum value, or its number where it has none. */
export function enumDecoding({ typeName, values }: EnumShape): ScalarDecoding {
  const names = new Map<number, string>();
  for (const [name, number] of values) if (!names.has(number)) names.set(number, name);
  if (typeName === "google.protobuf.NullValue") return { wireType: 0, take: takeNull, zero: undefined };
  return {
    wireType: 0,
    take: (reader) => {
      const number = reader.varint32() | 0;
      return names.get(number) ?? number;
    },
    zero: names.get(0) ?? 0,
  };
}

function takeNull(reader: ByteReader): null {
  reader.varint64();
  return null;
}
