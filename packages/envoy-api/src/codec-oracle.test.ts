import { type DescMessage, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { type Codec, createCodec } from "@netmason/envoy-api/codec";
import { registry, schemaOf } from "@netmason/envoy-api/registry";
import { describe, expect, it } from "vitest";
import { createDocumentSource, createDraw } from "../test/random-documents.js";

const seed = Number(process.env.PROPERTY_SEED ?? 1);
const documentCount = process.env.SOAK === "1" ? 1_000_000 : 100_000;

describe("the codec against protobuf-es", () => {
  const types = [...registry()].filter(
    (type): type is DescMessage =>
      type.kind === "message" && createCodec().schema.message(type.typeName) !== undefined && !isWellKnown(type),
  );

  it("knows every message but those of options", () => {
    expect(types.length).toBeGreaterThan(1_480);
  });

  it(`gives the same bytes and the same JSON for ${documentCount} documents of all types`, {
    timeout: 3_600_000,
  }, () => {
    expect(compare(createCodec(), types, documentCount)).toBe(documentCount);
  });

  it("does so for types of proto2 and all scalars, by their schema", () => {
    const rules = [...registry()].filter(
      (type): type is DescMessage => type.kind === "message" && type.file.proto.package === "validate",
    );
    const codec = createCodec({ extend: [schemaOf(rules)] });
    expect(rules.length).toBeGreaterThan(20);
    expect(compare(codec, rules, 5_000)).toBe(5_000);
  });
});

/** How many documents gave the same; the first that does not fails the test. */
function compare(codec: Codec, types: readonly DescMessage[], count: number): number {
  const source = createDocumentSource(registry(), createDraw(seed));
  const options = { registry: registry() };
  let compared = 0;
  for (let i = 0; i < count; i++) {
    const desc = types[i % types.length] as DescMessage;
    const typeUrl = `type.googleapis.com/${desc.typeName}`;
    const json = source.document(desc);
    const message = fromJson(desc, json as JsonValue, options);
    const bytes = codec.encode(typeUrl, json);
    if (!sameBytes(bytes, toBinary(desc, message))) {
      expect.fail(`${desc.typeName}: other bytes for ${JSON.stringify(json)}`);
    }
    const decoded = codec.decode(typeUrl, bytes);
    if (!sameBytes(codec.encode(typeUrl, decoded), bytes)) {
      expect.fail(`${desc.typeName}: ${JSON.stringify(decoded)} does not give the bytes it came from`);
    }
    const expected = toJson(desc, message, options);
    // Text is compared first because it is fast; floats are the ones that differ in it.
    if (JSON.stringify(decoded) !== JSON.stringify(expected)) expect(forms(decoded)).toEqual(forms(expected));
    compared++;
  }
  return compared;
}

function isWellKnown(type: DescMessage): boolean {
  return type.typeName.startsWith("google.protobuf.");
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Floats are shortened by the codec and not by protobuf-es. */
function forms(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (_, value) => (typeof value === "number" ? Math.fround(value) : value));
}
