/**
 * The Envoy API as protobuf-es knows it. Needs `@bufbuild/protobuf`.
 *
 * @module registry
 */
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  type MessageShape as Message,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptors } from "#descriptors";
import { decodeBase64 } from "./internal/base64.js";
import type { EnumShape, FieldShape, MessageShape, ScalarName, Schema } from "./schema.js";

let shared: FileRegistry | undefined;

/**
 * All types of the Envoy API as protobuf-es knows them, built at the first call (about 0.2 s and 36 MB). Messages made
 * from the modules under `pb/` mix with it.
 *
 * @category Interop
 */
export function registry(): FileRegistry {
  shared ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, decodeBase64(descriptors)));
  return shared;
}

/**
 * The canonical JSON of a protobuf-es message, which the codec and everything built on it take.
 *
 * @example
 * ```ts
 * import { create } from "@bufbuild/protobuf";
 * import { ClusterSchema } from "@netmason/envoy-api/pb/envoy/config/cluster/v3/cluster";
 * import { fromMessage } from "@netmason/envoy-api/registry";
 *
 * const cluster = create(ClusterSchema, { name: "shop", connectTimeout: { seconds: 5n } });
 * fromMessage(ClusterSchema, cluster); // => { name: "shop", connectTimeout: "5s" }
 * ```
 *
 * @category Interop
 */
export function fromMessage<D extends DescMessage>(schema: D, message: Message<D>): JsonValue {
  return toJson(schema, message, { registry: registry() });
}

/**
 * The protobuf-es message of canonical JSON.
 *
 * @category Interop
 */
export function toMessage<D extends DescMessage>(schema: D, json: JsonValue): Message<D> {
  return fromJson(schema, json, { registry: registry() });
}

/**
 * A schema of protobuf-es messages and all they hold, for `createCodec({ extend })`. It knows no field rules.
 *
 * @category Interop
 */
export function schemaOf(messages: readonly DescMessage[]): Schema {
  const shapes = new Map<string, MessageShape>();
  const enums = new Map<string, EnumShape>();
  const add = (desc: DescMessage): void => {
    if (shapes.has(desc.typeName)) return;
    const fields = desc.fields.map(fieldShapeOf).sort((a, b) => a.number - b.number);
    const oneofs = desc.oneofs.map(({ name }) => name);
    shapes.set(desc.typeName, { typeName: desc.typeName, fields, oneofs, requiredOneofs: [] });
    for (const field of desc.fields) {
      if (field.message !== undefined) add(field.message);
      if (field.enum !== undefined) enums.set(field.enum.typeName, enumShapeOf(field.enum));
    }
  };
  messages.forEach(add);
  const names = [...shapes.keys()].sort();
  return {
    message: (typeName) => shapes.get(typeName),
    enum: (typeName) => enums.get(typeName),
    messageNames: () => names,
  };
}

const implicitPresence = 2;

function fieldShapeOf(desc: DescField): FieldShape {
  const { name, jsonName, number } = desc;
  const kind = desc.fieldKind;
  const element = desc.message !== undefined ? "message" : desc.enum !== undefined ? "enum" : "scalar";
  const single = kind !== "list" && kind !== "map";
  return {
    name,
    jsonName,
    number,
    kind,
    element,
    type: desc.message?.typeName ?? desc.enum?.typeName ?? scalarNameOf(desc.scalar ?? ScalarType.STRING),
    mapKey: kind === "map" ? scalarNameOf(desc.mapKey) : undefined,
    packed: kind === "list" && desc.packed,
    hasPresence: single && desc.presence !== implicitPresence,
    oneof: desc.oneof?.name,
    deprecated: desc.deprecated,
    sensitive: desc.proto.options?.debugRedact === true,
    disallowed: false,
    rules: {},
  };
}

function scalarNameOf(type: ScalarType): ScalarName {
  return ScalarType[type].toLowerCase() as ScalarName;
}

function enumShapeOf(desc: NonNullable<DescField["enum"]>): EnumShape {
  return {
    typeName: desc.typeName,
    values: new Map(desc.values.map(({ name, number }) => [name, number])),
    deprecatedValues: new Set(desc.values.filter(({ deprecated }) => deprecated).map(({ name }) => name)),
  };
}
