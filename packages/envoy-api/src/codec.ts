/**
 * Encodes, decodes, checks, normalizes and redacts messages of the Envoy API in their JSON form.
 *
 * @module codec
 */
import * as fieldTable from "#field-table";
import type { SentTypeUrlMap, TypeUrlMap } from "#type-urls";
import { EnvoyApiError } from "./errors.js";
import { ByteReader } from "./internal/byte-reader.js";
import { ByteWriter } from "./internal/byte-writer.js";
import { DocumentCheck } from "./internal/document-check.js";
import { DocumentNormalization, respellPath } from "./internal/document-normalization.js";
import { createTableSchema } from "./internal/field-table-reader.js";
import { MessageDecoding } from "./internal/message-decoding.js";
import { MessageEncoding } from "./internal/message-encoding.js";
import { Redaction } from "./internal/redaction.js";
import { refusal } from "./internal/refusal.js";
import type { FieldIssue } from "./issue.js";
import { joinSchemas, type Schema } from "./schema.js";

export type { FieldIssue, FieldIssueRule } from "./issue.js";
export type { ElementKind, EnumShape, FieldRules, FieldShape, MessageShape, ScalarName, Schema } from "./schema.js";

/**
 * JSON of a message whose type URL is `U`: `unknown` for URLs that no map of type URLs knows. Types of google.protobuf
 * with a form of their own have that form, as `` `${number}s` `` for a duration.
 */
export type JsonOf<U extends string> = U extends keyof TypeUrlMap
  ? U extends `type.googleapis.com/google.protobuf.${string}`
    ? TypeUrlMap[U] extends { readonly value: infer V }
      ? V
      : Omit<TypeUrlMap[U], "@type">
    : Omit<TypeUrlMap[U], "@type">
  : U extends keyof SentTypeUrlMap
    ? Omit<SentTypeUrlMap[U], "@type">
    : unknown;

/** A document in canonical form, and what stands in the way of its being one. */
export interface Normalized<T> {
  readonly value: T;
  readonly issues: readonly FieldIssue[];
}

/**
 * Reads, writes and checks messages of the Envoy API in their JSON form, by their type URL. All of it is pure and
 * synchronous, and needs no protobuf library. A type is prepared when it is first met, so the first call takes longer.
 *
 * @category Codec
 */
export interface Codec {
  /** What is known of the types. */
  readonly schema: Schema;
  /**
   * Bytes of a message: fields in the order of their numbers, map keys sorted, so the same content gives the same bytes.
   * Fields go by their JSON names or those of the .proto file, enum values by name or number; `null` and `undefined` are
   * absent fields. A message of an unknown type in a field that takes any is `{ "@type": …, value: base64 }`. Field rules
   * are not checked here.
   *
   * @throws `EnvoyApiError` `invalid_json` with the path of the first wrong value, `unknown_type`
   */
  encode<U extends string>(typeUrl: U, json: JsonOf<U>): Uint8Array;
  /**
   * Canonical JSON of a message. Unknown fields are left out: keep the bytes where they matter.
   *
   * @throws `EnvoyApiError` `invalid_bytes`, `unknown_type`
   */
  decode<U extends string>(typeUrl: U, bytes: Uint8Array): JsonOf<U>;
  /**
   * Everything wrong with a document: its types, ranges and oneofs, the field rules of the API, deprecated fields.
   * In document order; what a message lacks comes before what it has. Never throws: a `typeUrl` it does not know is the
   * one issue.
   */
  check<U extends string>(typeUrl: U, json: JsonOf<U>): readonly FieldIssue[];
  /**
   * Brings loose JSON, such as Envoy's own YAML once it is parsed, into canonical form: names in camelCase, enum values
   * by name, numbers as numbers and 64-bit integers as text. What cannot be read stays as it is and is an issue, its path
   * in the spelling of the input. Never throws: of a `typeUrl` it does not know the value is as it was given.
   */
  normalize<U extends string>(typeUrl: U, value: unknown): Normalized<JsonOf<U>>;
  /**
   * The document with its sensitive fields replaced as Envoy does it: text and bytes by `[redacted]`, other values left
   * out. Works through fields that take any message, and on loose JSON too.
   *
   * @throws `EnvoyApiError` `unknown_type` for `typeUrl` itself
   */
  redact<U extends string, T extends JsonOf<U>>(typeUrl: U, json: T): T;
}

/** Choices for {@link createCodec}. */
export interface CodecOptions {
  /** Types of your own, which may stand in any field that takes any message. They do not replace Envoy's. Default none. */
  readonly extend?: readonly Schema[];
}

let table: Schema | undefined;

/**
 * A codec of its own, for types besides Envoy's.
 *
 * @category Codec
 */
export function createCodec(options: CodecOptions = {}): Codec {
  table ??= createTableSchema(fieldTable);
  return new TableCodec(joinSchemas([table, ...(options.extend ?? [])]));
}

let shared: Codec | undefined;

/**
 * The codec of Envoy's types, made at the first call.
 *
 * @example
 * ```ts
 * import { defaultCodec } from "@netmason/envoy-api/codec";
 *
 * const url = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
 * const bytes = defaultCodec().encode(url, { clusterName: "shop", policy: { overprovisioningFactor: 200 } });
 * defaultCodec().decode(url, bytes).policy; // => { overprovisioningFactor: 200 }
 * ```
 *
 * @category Codec
 */
export function defaultCodec(): Codec {
  shared ??= createCodec();
  return shared;
}

class TableCodec implements Codec {
  readonly schema: Schema;
  readonly #writer = new ByteWriter();
  readonly #encoding: MessageEncoding;
  readonly #decoding: MessageDecoding;
  readonly #types: DocumentCheck;
  readonly #rules: DocumentCheck;
  readonly #normalization: DocumentNormalization;
  readonly #redaction: Redaction;

  constructor(schema: Schema) {
    this.schema = schema;
    this.#encoding = new MessageEncoding(schema);
    this.#decoding = new MessageDecoding(schema);
    this.#types = new DocumentCheck(schema, false);
    this.#rules = new DocumentCheck(schema, true);
    this.#normalization = new DocumentNormalization(schema);
    this.#redaction = new Redaction(schema);
  }

  encode<U extends string>(typeUrl: U, json: JsonOf<U>): Uint8Array {
    const put = this.#encoding.putOf(typeUrl);
    if (put === undefined) throw unknownType(typeUrl);
    const writer = this.#writer;
    const before = writer.size;
    writer.depth = 0;
    try {
      put(writer, json);
      return writer.take(before);
    } catch (error) {
      writer.reset(before);
      throw error === refusal ? this.#whyRefused(typeUrl, json) : error;
    } finally {
      this.#encoding.release();
    }
  }

  #whyRefused(typeUrl: string, json: unknown): EnvoyApiError {
    const [issue] = this.#types.check(typeNameOf(typeUrl), json) ?? [];
    const { path = "", message = "cannot be written" } = issue ?? {};
    const text = `${path === "" ? "the document" : path}: ${message}`;
    if (issue?.rule === "unknown_type_url") return new EnvoyApiError("unknown_type", text, { typeUrl, path });
    return new EnvoyApiError("invalid_json", text, { typeUrl, path });
  }

  decode<U extends string>(typeUrl: U, bytes: Uint8Array): JsonOf<U> {
    const take = this.#decoding.takeOf(typeNameOf(typeUrl));
    if (take === undefined) throw unknownType(typeUrl);
    const reader = new ByteReader(bytes);
    try {
      return take(reader, bytes.length) as JsonOf<U>;
    } catch (error) {
      if (error !== refusal) throw error;
      const offset = Math.min(reader.at, bytes.length);
      throw new EnvoyApiError("invalid_bytes", `no ${typeNameOf(typeUrl)} by byte ${offset}`, { typeUrl, offset });
    }
  }

  check<U extends string>(typeUrl: U, json: JsonOf<U>): readonly FieldIssue[] {
    return this.#rules.check(typeNameOf(typeUrl), json) ?? [unknownTypeIssue(typeUrl)];
  }

  normalize<U extends string>(typeUrl: U, value: unknown): Normalized<JsonOf<U>> {
    const typeName = typeNameOf(typeUrl);
    const normal = this.#normalization.normalize(typeName, value);
    const found = this.#types.check(typeName, normal) ?? [unknownTypeIssue(typeUrl)];
    const issues = found.map((issue) => ({ ...issue, path: respellPath(issue.path, value) }));
    return { value: normal as JsonOf<U>, issues };
  }

  redact<U extends string, T extends JsonOf<U>>(typeUrl: U, json: T): T {
    const typeName = typeNameOf(typeUrl);
    if (this.schema.message(typeName) === undefined) throw unknownType(typeUrl);
    return this.#redaction.redact(typeName, json) as T;
  }
}

function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

function unknownType(typeUrl: string): EnvoyApiError<"unknown_type"> {
  return new EnvoyApiError("unknown_type", `${typeUrl} is no type this codec knows`, { typeUrl, path: "" });
}

function unknownTypeIssue(typeUrl: string): FieldIssue {
  const message = `${typeUrl} is no type this codec knows`;
  return { rule: "unknown_type_url", severity: "error", path: "", message, enforced: true };
}
