import type { FieldShape, MessageShape, ScalarName, Schema } from "../schema.js";
import { encodeBase64 } from "./base64.js";
import { ByteReader } from "./byte-reader.js";
import { deepestNesting, refuse } from "./refusal.js";
import { enumDecoding, type ScalarDecoding, scalarDecodings, type Take } from "./scalar-decoding.js";
import { eachField, setEntry, type TakeMessage, wellKnownDecoding } from "./well-known-decoding.js";

type JsonFields = Record<string, unknown>;

/**
 * Reads a field, whose tag was read, into the message that begins at `start`. `before` is the highest number read of that
 * message so far: fields come in the order of their numbers, so most of them need not be looked for in the target.
 */
type TakeField = (reader: ByteReader, target: JsonFields, start: number, before: number) => void;

interface FieldReader {
  readonly wireType: number;
  readonly take: TakeField;
  /** Items of a list of numbers come packed or one by one, whatever the field says. */
  readonly takePacked: TakeField | undefined;
}

interface MessageReader {
  take: TakeMessage;
  /** Reads the fields of a message into an object that exists. */
  takeInto: (reader: ByteReader, end: number, target: JsonFields) => void;
  readonly special: boolean;
}

/** Makes the reader of each message type when the type is first met. */
export class MessageDecoding {
  readonly #schema: Schema;
  readonly #readers = new Map<string, MessageReader>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** `undefined` for a type the schema does not know. */
  takeOf(typeName: string): TakeMessage | undefined {
    return this.#knows(typeName) ? this.#readerOf(typeName).take : undefined;
  }

  #knows(typeName: string): boolean {
    return this.#readers.has(typeName) || this.#schema.message(typeName) !== undefined;
  }

  #readerOf(typeName: string): MessageReader {
    const found = this.#readers.get(typeName);
    if (found !== undefined) return found;
    const special = typeName === "google.protobuf.Any" ? this.#takeAny : wellKnownDecoding(typeName);
    const made: MessageReader = {
      take:
        special ??
        ((reader, end) => {
          const target: JsonFields = {};
          made.takeInto(reader, end, target);
          return target;
        }),
      takeInto: (reader, end, target) => {
        const shape = this.#schema.message(typeName);
        if (shape === undefined) return refuse();
        made.takeInto = this.#takeFields(shape);
        made.takeInto(reader, end, target);
      },
      special: special !== undefined,
    };
    this.#readers.set(typeName, made);
    return made;
  }

  #takeFields(shape: MessageShape): MessageReader["takeInto"] {
    const readers: (FieldReader | undefined)[] = [];
    const rare = new Map<number, FieldReader>();
    for (const field of shape.fields) {
      const reader = this.#fieldReader(field, shape);
      if (field.number < denseNumbers) readers[field.number] = reader;
      else rare.set(field.number, reader);
    }
    return (reader, end, target) => {
      if (++reader.depth > deepestNesting) refuse();
      const start = reader.at;
      let before = 0;
      while (reader.at < end) {
        const tag = reader.varint32();
        const number = tag >>> 3;
        if (number === 0) refuse();
        const field = number < denseNumbers ? readers[number] : rare.get(number);
        if (field === undefined) reader.skip(tag);
        else if ((tag & 7) === field.wireType) field.take(reader, target, start, before);
        else if ((tag & 7) === 2 && field.takePacked !== undefined) field.takePacked(reader, target, start, before);
        else reader.skip(tag);
        if (number > before) before = number;
      }
      if (reader.at !== end) refuse();
      reader.depth--;
    };
  }

  readonly #takeAny: TakeMessage = (reader, end) => {
    let typeUrl = "";
    let value: Uint8Array = emptyBytes;
    eachField(reader, end, (tag) => {
      if (tag === 0x0a) typeUrl = reader.text();
      else if (tag === 0x12) value = reader.raw();
      else return false;
      return true;
    });
    if (typeUrl === "") return value.length === 0 ? {} : refuse();
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    if (!this.#knows(typeName)) return { "@type": typeUrl, value: encodeBase64(value) };
    const message = this.#readerOf(typeName);
    const inner = new ByteReader(value);
    inner.depth = reader.depth;
    if (message.special) return { "@type": typeUrl, value: message.take(inner, value.length) };
    const target: JsonFields = { "@type": typeUrl };
    message.takeInto(inner, value.length, target);
    return target;
  };

  #fieldReader(field: FieldShape, shape: MessageShape): FieldReader {
    if (field.kind === "map") return { wireType: 2, take: this.#takeEntry(field), takePacked: undefined };
    const { wireType, take, zero } = this.#element(field);
    if (field.kind === "list") {
      const packable = wireType !== 2;
      return { wireType, take: takeItem(field, take), takePacked: packable ? takeItems(field, take) : undefined };
    }
    const rivals = rivalsOf(field, shape);
    const firstRival = Math.min(...rivals.map(({ number }) => number));
    const takeField = field.element === "message" ? this.#takeMessage(field, shape) : takeSingle(field, take, zero);
    if (rivals.length === 0) return { wireType, take: takeField, takePacked: undefined };
    // The last member of a oneof stands.
    const takeMember: TakeField = (reader, target, start, before) => {
      if (before >= firstRival) clear(target, rivals);
      takeField(reader, target, start, before);
    };
    return { wireType, take: takeMember, takePacked: undefined };
  }

  #element(field: FieldShape): ScalarDecoding {
    if (field.element === "scalar") return scalarDecodings[field.type as ScalarName];
    if (field.element === "enum") {
      const shape = this.#schema.enum(field.type);
      return shape === undefined ? refuse() : enumDecoding(shape);
    }
    const message = this.#readerOf(field.type);
    return { wireType: 2, take: (reader) => message.take(reader, reader.end()), zero: undefined };
  }

  /** A second occurrence is merged with the first, which is to decode both as one run of bytes. */
  #takeMessage(field: FieldShape, shape: MessageShape): TakeField {
    const message = this.#readerOf(field.type);
    const rivals = new Set(rivalsOf(field, shape).map(({ number }) => number));
    const { jsonName, number } = field;
    return (reader, target, start, before) => {
      const end = reader.end();
      if (before < number || target[jsonName] === undefined) {
        target[jsonName] = message.take(reader, end);
        return;
      }
      const bytes = gatherOccurrences(reader.bytes.subarray(start, end), number, rivals);
      const inner = new ByteReader(bytes);
      inner.depth = reader.depth;
      target[jsonName] = message.take(inner, bytes.length);
      reader.at = end;
    };
  }

  #takeEntry(field: FieldShape): TakeField {
    const { wireType, take, zero } = this.#element(field);
    const key = scalarDecodings[field.mapKey ?? "string"];
    const keyTag = 8 | key.wireType;
    const valueTag = 0x10 | wireType;
    const empty = (): unknown =>
      field.element === "message" ? this.#readerOf(field.type).take(new ByteReader(emptyBytes), 0) : zero;
    return (reader, target) => {
      let name = key.zero;
      let value: unknown;
      eachField(reader, reader.end(), (tag) => {
        if (tag === keyTag) name = key.take(reader);
        else if (tag === valueTag) value = take(reader);
        else return false;
        return true;
      });
      const entries = (target[field.jsonName] ?? {}) as JsonFields;
      target[field.jsonName] = entries;
      setEntry(entries, String(name), value === undefined ? empty() : value);
    };
  }
}

const denseNumbers = 256;
const emptyBytes: Uint8Array = new Uint8Array();

function takeSingle({ jsonName, number, hasPresence }: FieldShape, take: Take, zero: unknown): TakeField {
  if (hasPresence) {
    return (reader, target) => {
      target[jsonName] = take(reader);
    };
  }
  return (reader, target, _, before) => {
    const value = take(reader);
    if (value !== zero || Object.is(value, -0)) target[jsonName] = value;
    else if (before >= number) delete target[jsonName];
  };
}

function takeItem({ jsonName, number }: FieldShape, take: Take): TakeField {
  return (reader, target, _, before) => {
    const list = before < number ? undefined : (target[jsonName] as unknown[] | undefined);
    const item = take(reader);
    if (list === undefined) target[jsonName] = [item];
    else list.push(item);
  };
}

function takeItems({ jsonName }: FieldShape, take: Take): TakeField {
  return (reader, target) => {
    const end = reader.end();
    const list = (target[jsonName] ?? []) as unknown[];
    while (reader.at < end) list.push(take(reader));
    if (reader.at !== end) refuse();
    if (list.length > 0) target[jsonName] = list;
  };
}

function rivalsOf(field: FieldShape, shape: MessageShape): readonly FieldShape[] {
  return shape.fields.filter((each) => each !== field && each.oneof !== undefined && each.oneof === field.oneof);
}

function clear(target: JsonFields, fields: readonly FieldShape[]): void {
  for (const { jsonName } of fields) if (target[jsonName] !== undefined) delete target[jsonName];
}

function gatherOccurrences(message: Uint8Array, number: number, rivals: ReadonlySet<number>): Uint8Array {
  const reader = new ByteReader(message);
  let parts: Uint8Array[] = [];
  eachField(reader, message.length, (tag) => {
    if (rivals.has(tag >>> 3)) parts = [];
    if (tag >>> 3 !== number || (tag & 7) !== 2) return false;
    parts.push(reader.raw());
    return true;
  });
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
