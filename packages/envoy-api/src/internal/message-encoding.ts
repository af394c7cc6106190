import type { FieldShape, ScalarName, Schema } from "../schema.js";
import { decodeBase64 } from "./base64.js";
import type { ByteWriter } from "./byte-writer.js";
import { enumEncoding, mapKeyEncoding, takesNull } from "./element-encoding.js";
import { type FieldWriter, KeyPlans } from "./key-plans.js";
import { deepestNesting, refusal, refuse } from "./refusal.js";
import { type Put, putText, type ScalarEncoding, scalarEncodings } from "./scalar-encoding.js";
import { isJsonObject, wellKnownEncoding } from "./well-known-encoding.js";

/** Writes messages of one type. */
interface MessageWriter {
  /** A message, or a google.protobuf type in its JSON form. */
  put: Put;
  /** A message with its `"@type"` among its fields. */
  putTyped: Put;
  /** The JSON form of the type is not an object of its fields. */
  readonly special: boolean;
}

/** URLs come from documents, and every prefix may stand before a type's name. */
const mostUrls = 4_096;

/** Makes the writer of each message type when the type is first met. */
export class MessageEncoding {
  readonly #schema: Schema;
  readonly #writers = new Map<string, MessageWriter>();
  readonly #byUrl = new Map<string, MessageWriter>();
  /** Values of the objects being written, innermost last. */
  readonly #values: unknown[] = [];
  #valueCount = 0;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Writes a message of the type that a URL names; `undefined` for a type the schema does not know. */
  putOf(typeUrl: string): Put | undefined {
    const message = this.#messageAt(typeUrl);
    return message === undefined ? undefined : message.put;
  }

  /** By the whole URL, whose hash is known where its text is a constant. */
  #messageAt(typeUrl: string): MessageWriter | undefined {
    const found = this.#byUrl.get(typeUrl);
    if (found !== undefined) return found;
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    if (this.#schema.message(typeName) === undefined) return undefined;
    const message = this.#writerOf(typeName);
    if (this.#byUrl.size < mostUrls) this.#byUrl.set(typeUrl, message);
    return message;
  }

  /** After a document, whole or refused: nothing of it is held. */
  release(): void {
    this.#valueCount = 0;
    this.#values.fill(undefined);
  }

  #writerOf(typeName: string): MessageWriter {
    const found = this.#writers.get(typeName);
    if (found !== undefined) return found;
    const special = typeName === "google.protobuf.Any" ? this.#putAny : wellKnownEncoding(typeName);
    const lazy =
      (typed: boolean): Put =>
      (writer, json) => {
        const shape = this.#schema.message(typeName);
        if (shape === undefined) throw refusal;
        const plans = new KeyPlans(
          shape,
          shape.fields.map((field) => this.#fieldWriter(field)),
        );
        made.put = this.#putObject(plans, false);
        made.putTyped = this.#putObject(plans, true);
        (typed ? made.putTyped : made.put)(writer, json);
      };
    const made: MessageWriter = {
      put: special ?? lazy(false),
      putTyped: special ?? lazy(true),
      special: special !== undefined,
    };
    this.#writers.set(typeName, made);
    return made;
  }

  #putObject(plans: KeyPlans, typed: boolean): Put {
    const values = this.#values;
    return (writer, json) => {
      if (typeof json !== "object" || json === null || Array.isArray(json)) refuse();
      if (++writer.depth > deepestNesting) refuse();
      const object = json as Readonly<Record<string, unknown>>;
      const base = this.#valueCount;
      let count = base;
      let node = plans.root;
      for (const key in object) {
        values[count++] = object[key];
        let child = node.child;
        while (child !== undefined && child.key !== key) child = child.sibling;
        node = child ?? plans.extend(node, key);
      }
      this.#valueCount = count;
      const { positions, puts, takesNull, rivals, hasTypeKey } = node.plan ?? plans.planAt(node);
      if (hasTypeKey && !typed) refuse();
      if (rivals.length > 0) this.#refuseRivals(rivals, positions, takesNull, base);
      for (let i = 0; i < positions.length; i++) {
        const value = values[base + (positions[i] as number)];
        if (value === undefined || (value === null && takesNull[i] !== true)) continue;
        (puts[i] as Put)(writer, value);
      }
      this.#valueCount = base;
      writer.depth--;
    };
  }

  /** Two members of a oneof at once. */
  #refuseRivals(
    rivals: readonly (readonly number[])[],
    positions: readonly number[],
    takesNull: readonly boolean[],
    base: number,
  ): void {
    for (const group of rivals) {
      let count = 0;
      for (const member of group) {
        const value = this.#values[base + (positions[member] as number)];
        if (value !== undefined && (value !== null || takesNull[member] === true)) count++;
      }
      if (count > 1) refuse();
    }
  }

  readonly #putAny: Put = (writer, json) => {
    if (!isJsonObject(json)) throw refusal;
    const typeUrl = json["@type"];
    if (typeUrl === undefined) {
      if (Object.keys(json).length > 0) refuse();
      return;
    }
    if (typeof typeUrl !== "string") throw refusal;
    const before = writer.size;
    this.#putAnyValue(writer, json, typeUrl);
    if (writer.size !== before) writer.header(before, 0x12);
    putText(writer, typeUrl);
    writer.varint32(0x0a);
  };

  #putAnyValue(writer: ByteWriter, json: Readonly<Record<string, unknown>>, typeUrl: string): void {
    const message = this.#messageAt(typeUrl);
    if (message !== undefined && !message.special) {
      message.putTyped(writer, json);
      return;
    }
    const { "@type": _, value, ...rest } = json;
    if (value === undefined || Object.keys(rest).length > 0) refuse();
    if (message !== undefined) message.put(writer, value);
    // A message of an unknown type is given as its bytes.
    else if (typeof value === "string") writer.raw(decodeBase64(value));
    else refuse();
  }

  #fieldWriter(field: FieldShape): FieldWriter {
    return { field, put: this.#putField(field), takesNull: takesNull(field) };
  }

  #putField(field: FieldShape): Put {
    if (field.kind === "list") return this.#putList(field);
    if (field.kind === "map") return this.#putMap(field);
    const { put, wireType, isZero } = this.#element(field);
    const tag = (field.number << 3) | wireType;
    if (field.element === "message") {
      const message = this.#writerOf(field.type);
      return (writer, value) => {
        const before = writer.bytes.length - writer.start;
        message.put(writer, value);
        writer.header(before, tag);
      };
    }
    if (field.hasPresence) {
      return (writer, value) => {
        put(writer, value);
        writer.varint32(tag);
      };
    }
    return (writer, value) => {
      if (isZero(value)) return;
      put(writer, value);
      writer.varint32(tag);
    };
  }

  #element(field: FieldShape): ScalarEncoding {
    if (field.element === "scalar") return scalarEncodings[field.type as ScalarName];
    if (field.element === "enum") return enumEncoding(this.#schema.enum(field.type));
    const message = this.#writerOf(field.type);
    const put: Put = (writer, value) => {
      const before = writer.size;
      message.put(writer, value);
      writer.varint32(writer.size - before);
    };
    return { put, wireType: 2, isZero: () => false };
  }

  #putList(field: FieldShape): Put {
    const { put, wireType } = this.#element(field);
    const tag = (field.number << 3) | (field.packed ? 2 : wireType);
    if (field.packed) {
      return (writer, value) => {
        if (!Array.isArray(value)) throw refusal;
        if (value.length === 0) return;
        const before = writer.size;
        for (let i = value.length - 1; i >= 0; i--) put(writer, value[i]);
        writer.header(before, tag);
      };
    }
    if (field.element === "message") {
      const message = this.#writerOf(field.type);
      return (writer, value) => {
        if (!Array.isArray(value)) throw refusal;
        for (let i = value.length - 1; i >= 0; i--) {
          const before = writer.bytes.length - writer.start;
          message.put(writer, value[i]);
          writer.header(before, tag);
        }
      };
    }
    return (writer, value) => {
      if (!Array.isArray(value)) throw refusal;
      for (let i = value.length - 1; i >= 0; i--) {
        put(writer, value[i]);
        writer.varint32(tag);
      }
    };
  }

  #putMap(field: FieldShape): Put {
    const { put, wireType } = this.#element(field);
    const tag = (field.number << 3) | 2;
    const valueTag = 0x10 | wireType;
    const key = mapKeyEncoding(field.mapKey ?? "string");
    return (writer, value) => {
      if (!isJsonObject(value)) throw refusal;
      const keys = Object.keys(value);
      if (keys.length > 1) keys.sort(key.order);
      for (let i = keys.length - 1; i >= 0; i--) {
        const name = keys[i] as string;
        const before = writer.size;
        put(writer, value[name]);
        writer.varint32(valueTag);
        key.put(writer, name);
        writer.varint32(key.tag);
        writer.header(before, tag);
      }
    };
  }
}
