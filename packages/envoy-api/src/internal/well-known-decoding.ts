import type { ByteReader } from "./byte-reader.js";
import { formatFieldMask } from "./field-mask-text.js";
import { deepestNesting, refuse } from "./refusal.js";
import { scalarDecodings } from "./scalar-decoding.js";
import { formatDuration, formatTimestamp } from "./time-text.js";
import { wrapperScalars } from "./well-known-encoding.js";

/** Reads the message that ends at `end`. */
export type TakeMessage = (reader: ByteReader, end: number) => unknown;

/** How a google.protobuf message with a JSON form of its own is read; `undefined` for all other messages. */
export function wellKnownDecoding(typeName: string): TakeMessage | undefined {
  if (!typeName.startsWith("google.protobuf.")) return undefined;
  const short = typeName.slice("google.protobuf.".length);
  const scalar = wrapperScalars[short];
  if (scalar === undefined) return specialForms[short];
  const { take, wireType, zero } = scalarDecodings[scalar];
  return (reader, end) => {
    let value = zero;
    eachField(reader, end, (tag) => {
      if (tag !== (8 | wireType)) return false;
      value = take(reader);
      return true;
    });
    return value;
  };
}

/** Calls `read` for each tag; it says whether it read the field. */
export function eachField(reader: ByteReader, end: number, read: (tag: number) => boolean): void {
  while (reader.at < end) {
    const tag = reader.varint32();
    if (tag >>> 3 === 0) refuse();
    if (!read(tag)) reader.skip(tag);
  }
  if (reader.at !== end) refuse();
}

/** Sets a property whatever its name; `__proto__` is a key like any other in a map. */
export function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

const largestSafe = 0x20_0000;

function takeMoment(reader: ByteReader, end: number): { seconds: number; nanos: number } {
  const moment = { seconds: 0, nanos: 0 };
  eachField(reader, end, (tag) => {
    if (tag === 0x08) {
      reader.varint64();
      const high = reader.high | 0;
      if (high >= largestSafe || high < -largestSafe) refuse();
      moment.seconds = high * 0x1_0000_0000 + reader.low;
    } else if (tag === 0x10) {
      moment.nanos = reader.varint32() | 0;
    } else return false;
    return true;
  });
  return moment;
}

function takeDuration(reader: ByteReader, end: number): string {
  const { seconds, nanos } = takeMoment(reader, end);
  const fits = Math.abs(nanos) <= 999_999_999 && Math.abs(seconds) <= 315_576_000_000;
  if (!fits || Math.sign(seconds) * Math.sign(nanos) < 0) refuse();
  return formatDuration(seconds, nanos);
}

function takeTimestamp(reader: ByteReader, end: number): string {
  const { seconds, nanos } = takeMoment(reader, end);
  return formatTimestamp(seconds, nanos) ?? refuse();
}

function takeFieldMask(reader: ByteReader, end: number): string {
  const paths: string[] = [];
  eachField(reader, end, (tag) => {
    if (tag !== 0x0a) return false;
    paths.push(reader.text());
    return true;
  });
  return formatFieldMask(paths) ?? refuse();
}

function takeValue(reader: ByteReader, end: number): unknown {
  if (++reader.depth > deepestNesting) refuse();
  let value: unknown = null;
  eachField(reader, end, (tag) => {
    if (tag === 0x08) {
      reader.varint64();
      value = null;
    } else if (tag === 0x11) value = scalarDecodings.double.take(reader);
    else if (tag === 0x1a) value = reader.text();
    else if (tag === 0x20) value = scalarDecodings.bool.take(reader);
    else if (tag === 0x2a) value = takeStruct(reader, reader.end());
    else if (tag === 0x32) value = takeListValue(reader, reader.end());
    else return false;
    return true;
  });
  reader.depth--;
  return value;
}

function takeStruct(reader: ByteReader, end: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  eachField(reader, end, (tag) => {
    if (tag !== 0x0a) return false;
    let key = "";
    let value: unknown = null;
    eachField(reader, reader.end(), (entryTag) => {
      if (entryTag === 0x0a) key = reader.text();
      else if (entryTag === 0x12) value = takeValue(reader, reader.end());
      else return false;
      return true;
    });
    setEntry(fields, key, value);
    return true;
  });
  return fields;
}

function takeListValue(reader: ByteReader, end: number): unknown[] {
  const items: unknown[] = [];
  eachField(reader, end, (tag) => {
    if (tag !== 0x0a) return false;
    items.push(takeValue(reader, reader.end()));
    return true;
  });
  return items;
}

const specialForms: Readonly<Record<string, TakeMessage>> = {
  Duration: takeDuration,
  FieldMask: takeFieldMask,
  ListValue: takeListValue,
  Struct: takeStruct,
  Timestamp: takeTimestamp,
  Value: takeValue,
};
