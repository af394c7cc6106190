import { createCodec } from "@netmason/envoy-api/codec";
import type { BenchCase } from "../bench-case.js";
import { repeat } from "../loops.js";
import { type Document, messagePeers, ours } from "./encode-cases.js";

const firstAddress = "10.0.0.0";

/** Peers read into their own messages, which is less work than JSON where durations, enums or wrappers stand. */
export function decodeCase({ label, typeName, json }: Document): BenchCase {
  const typeUrl = `type.googleapis.com/${typeName}`;
  const bytesOf = (documents: readonly string[]): Uint8Array =>
    createCodec().encode(typeUrl, JSON.parse(documents[0] ?? "null"));
  return {
    name: `decode-${label}`,
    operation: "reads a message of that many endpoints",
    ours: ours(({ documents = [] }) => {
      const codec = createCodec();
      const bytes = bytesOf(documents);
      return {
        run: repeat(() => codec.decode(typeUrl, bytes)),
        answers: () => answersOf(codec.decode(typeUrl, bytes)),
      };
    }),
    peers: messagePeers.map(({ codecOf, ownOrder: _, ...peer }) => ({
      ...peer,
      note: "reads into messages, not into JSON",
      prepare: async ({ documents = [] }) => {
        const { read } = await codecOf(typeName);
        const bytes = bytesOf(documents);
        return { run: repeat(() => read(bytes)), answers: () => answersOf(read(bytes)) };
      },
    })),
    inputs: () => ({ documents: [JSON.stringify(json)] }),
    expected: ({ documents = [] }) => answersOf(JSON.parse(documents[0] ?? "null")),
  };
}

interface Locality {
  readonly lbEndpoints: readonly unknown[];
}

/** What every form of the message has alike. */
function answersOf(message: unknown): readonly string[] {
  const [locality] = (message as { readonly endpoints: readonly Locality[] }).endpoints;
  const first = JSON.stringify(locality?.lbEndpoints[0], (_, value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return [String(locality?.lbEndpoints.length), String(first?.includes(`"${firstAddress}"`))];
}
