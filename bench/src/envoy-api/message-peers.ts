import { join } from "node:path";
import { fromBinary, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { registry } from "@netmason/envoy-api/registry";
import { readDescriptors } from "../../../tools/envoy-api/descriptor-files.js";
import type { NodeContender } from "../bench-case.js";
import {
  filesOf,
  loadModule,
  type ProtobufjsType,
  protobufjsModule,
  providePeerModules,
  reflectedRoot,
  tsProtoFolder,
} from "./peer-modules.js";

/** A library's way with one message type. */
export interface MessageCodec {
  /** The library's message of these bytes; it is made before anything is timed. */
  readonly read: (bytes: Uint8Array) => unknown;
  readonly write: (message: unknown) => Uint8Array;
}

export interface MessagePeer extends Omit<NodeContender, "prepare"> {
  readonly codecOf: (typeName: string) => Promise<MessageCodec>;
  /** Writes fields in another order: its bytes are read and written again before they are compared. */
  readonly ownOrder?: true;
}

const ready = "writes a message that is ready; reading the JSON is not in it";

export const protobufjsStatic: MessagePeer = {
  name: "protobufjs-static",
  package: "protobufjs",
  note: ready,
  provide: providePeerModules,
  codecOf: async (typeName) => {
    const { default: exported, ...named } = await loadModule(protobufjsModule);
    return protobufjsCodec(memberOf(exported ?? named, typeName) as ProtobufjsType);
  },
};

export const protobufjsReflection: MessagePeer = {
  name: "protobufjs-reflection",
  package: "protobufjs",
  note: ready,
  codecOf: async (typeName) => {
    const root = reflectedRoot(filesOf(fromBinary(FileDescriptorSetSchema, readDescriptors())));
    return protobufjsCodec(root.lookupType(typeName));
  },
};

export const protobufEs: MessagePeer = {
  name: "protobuf-es",
  package: "@bufbuild/protobuf",
  note: ready,
  codecOf: async (typeName) => {
    const desc = descOf(typeName);
    return { read: (bytes) => fromBinary(desc, bytes), write: (message) => toBinary(desc, message as never) };
  },
};

export const tsProto: MessagePeer = {
  name: "ts-proto",
  package: "ts-proto",
  note: `${ready}; writes fields in the order of the .proto file`,
  ownOrder: true,
  provide: providePeerModules,
  codecOf: async (typeName) => {
    const module = await loadModule(join(tsProtoFolder, `${descOf(typeName).file.name}.ts`));
    return protobufjsCodec(module[typeName.slice(typeName.lastIndexOf(".") + 1)] as ProtobufjsType);
  },
};

/** From the JSON, as we do it: the fair comparison of work, where `protobuf-es` is that of a held message. */
export async function protobufEsFromJson(typeName: string): Promise<(json: unknown) => Uint8Array> {
  const desc = descOf(typeName);
  const options = { registry: registry() };
  return (json) => toBinary(desc, fromJson(desc, json as JsonValue, options));
}

function descOf(typeName: string) {
  const desc = registry().getMessage(typeName);
  if (desc === undefined) throw new RangeError(`${typeName} must be a message of the API`);
  return desc;
}

function protobufjsCodec(type: ProtobufjsType): MessageCodec {
  return { read: (bytes) => type.decode(bytes), write: (message) => type.encode(message).finish() };
}

function memberOf(root: unknown, path: string): unknown {
  return path.split(".").reduce((at, name) => (at as Readonly<Record<string, unknown>>)[name], root);
}

/** The same message with its fields in the order of their numbers. */
export function reorder(typeName: string, bytes: Uint8Array): Uint8Array {
  const desc = descOf(typeName);
  return toBinary(desc, fromBinary(desc, bytes));
}
