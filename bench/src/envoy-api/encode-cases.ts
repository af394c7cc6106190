import { createHash } from "node:crypto";
import { createCodec } from "@netmason/envoy-api/codec";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { repeat } from "../loops.js";
import {
  type MessagePeer,
  protobufEs,
  protobufEsFromJson,
  protobufjsReflection,
  protobufjsStatic,
  reorder,
  tsProto,
} from "./message-peers.js";

export interface Document {
  /** Ends the name of the case. */
  readonly label: string;
  readonly typeName: string;
  readonly json: unknown;
  /** SHA-256 of the right bytes. */
  readonly sha256: string;
}

export function ours(prepare: NodeContender["prepare"]): NodeContender {
  return { name: "envoy-api", package: "@netmason/envoy-api", prepare };
}

export const messagePeers: readonly MessagePeer[] = [protobufjsStatic, protobufjsReflection, protobufEs, tsProto];

export function encodeCase({ label, typeName, json, sha256 }: Document): BenchCase {
  const typeUrl = `type.googleapis.com/${typeName}`;
  const bytesOf = (): Uint8Array => createCodec().encode(typeUrl, json);
  return {
    name: `encode-${label}`,
    operation: "writes the message of a JSON document",
    ours: ours(({ documents = [] }) => {
      const codec = createCodec();
      return encodeTask(documents, (document) => codec.encode(typeUrl, document));
    }),
    peers: [
      ...messagePeers.map(({ codecOf, ownOrder, ...peer }) => ({
        ...peer,
        prepare: async () => {
          const { read, write } = await codecOf(typeName);
          const message = read(bytesOf());
          const answer = (): Uint8Array => (ownOrder ? reorder(typeName, write(message)) : write(message));
          return { run: repeat(() => write(message)), answers: () => [digest(answer())] };
        },
      })),
      {
        name: "protobuf-es-json",
        package: "@bufbuild/protobuf",
        prepare: async ({ documents = [] }) => encodeTask(documents, await protobufEsFromJson(typeName)),
      },
    ],
    inputs: () => ({ documents: [JSON.stringify(json)] }),
    expected: () => [sha256],
  };
}

function encodeTask(documents: readonly string[], encode: (document: unknown) => Uint8Array): Task {
  const document: unknown = JSON.parse(documents[0] ?? "null");
  return { run: repeat(() => encode(document)), answers: () => [digest(encode(document))] };
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
