import { type DescField, type DescMessage, type FileRegistry, ScalarType } from "@bufbuild/protobuf";

/** Draws from 0 to `below` - 1. */
export type Draw = (below: number) => number;

/** A sequence that depends on `seed` alone. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    mixed = (mixed ^ (mixed >>> 16)) >>> 0;
    return mixed % below;
  };
}

/** JSON documents of any message type: names in both spellings, keys in any order, edges more often than chance. */
export interface DocumentSource {
  document(desc: DescMessage): Record<string, unknown>;
}

const deepest = 5;

export function createDocumentSource(registry: FileRegistry, draw: Draw): DocumentSource {
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
  const anyTypes = [...registry].filter(
    (type): type is DescMessage => type.kind === "message" && /^(envoy\.extensions|xds\.type)\./.test(type.typeName),
  );

  const texts = ["", "a", "é漢", "x".repeat(90), "é".repeat(90), "😀", "10.0.0.1", "\u0000", "a b\nc", "e\u0301", "～"];
  function scalar(type: ScalarType): unknown {
    switch (type) {
      case ScalarType.DOUBLE:
        return pick([0, 1.5, -2, "NaN", "Infinity", "-Infinity", 1e300, -0, 5e-324, 0.1]);
      case ScalarType.FLOAT:
        return pick([0, 1.5, "Infinity", 0.1, "NaN", 3.4028234663852886e38, -0, 16_777_216]);
      case ScalarType.INT64:
      case ScalarType.SINT64:
      case ScalarType.SFIXED64:
        return pick([
          "0",
          "-5",
          "9007199254740993",
          7,
          "-9223372036854775808",
          "9223372036854775807",
          -1,
          "4294967296",
        ]);
      case ScalarType.UINT64:
      case ScalarType.FIXED64:
        return pick([
          "18446744073709551615",
          0,
          12,
          "77",
          "4294967295",
          "4294967296",
          "9007199254740992",
          281_474_976_710_656,
        ]);
      case ScalarType.INT32:
      case ScalarType.SINT32:
      case ScalarType.SFIXED32:
        return pick([0, -1, 2_147_483_647, -2_147_483_648, 127, 128, 300]);
      case ScalarType.UINT32:
      case ScalarType.FIXED32:
        return pick([0, 1, 4_294_967_295, 300, 16_384, 2_097_152, 268_435_456]);
      case ScalarType.BOOL:
        return pick([true, false]);
      case ScalarType.BYTES:
        return pick(["", "AQID", "/+8=", "_-8", "AA", "Zm9vYmFy"]);
      default:
        return pick(texts);
    }
  }

  function wellKnown(name: string): unknown {
    switch (name) {
      case "Duration":
        return pick(["0s", "5s", "1.5s", "-0.25s", "0.000000001s", "315576000000s", "-315576000000s", "0.1s"]);
      case "Timestamp":
        return pick([
          "1970-01-01T00:00:00Z",
          "2026-01-02T03:04:05.5Z",
          "0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999999999Z",
          "2026-01-02T03:04:05+01:30",
        ]);
      case "Struct":
        return pick([{}, { a: 1, b: [null, true, "x", { c: 2 }] }, { z: {}, é: -0.5 }]);
      case "Value":
        return pick([1, "x", true, [1, [null]], { a: "b" }, null, "", false, 0]);
      case "ListValue":
        return pick([[], [1, "a"], [null, {}]]);
      case "Empty":
        return {};
      case "FieldMask":
        return pick(["", "a,bC", "fooBar.baz"]);
      default:
        return scalar(wrappers[name] ?? ScalarType.STRING);
    }
  }

  function any(depth: number): unknown {
    if (depth > deepest || draw(8) === 0) return {};
    if (draw(8) === 0) {
      const name = pick(standalone);
      return { "@type": `type.googleapis.com/google.protobuf.${name}`, value: wellKnown(name) };
    }
    if (draw(10) === 0) return { "@type": "type.googleapis.com/google.protobuf.Any", value: any(depth + 1) };
    const desc = pick(anyTypes);
    return { "@type": `type.googleapis.com/${desc.typeName}`, ...message(desc, depth + 1) };
  }

  function element(field: DescField, depth: number): unknown {
    if (field.message?.typeName === "google.protobuf.Any") return any(depth);
    if (field.message?.typeName.startsWith("google.protobuf.")) return wellKnown(field.message.name);
    if (field.message !== undefined) return message(field.message, depth + 1);
    if (field.enum?.typeName === "google.protobuf.NullValue") return null;
    if (field.enum !== undefined) {
      const value = pick(field.enum.values);
      return draw(4) === 0 ? value.number : value.name;
    }
    return scalar(field.scalar ?? ScalarType.STRING);
  }

  /** Sorted as the codec sorts them, which protobuf-es does not do. */
  function mapKeys(field: DescField): string[] {
    const count = draw(3);
    if (field.fieldKind === "map" && field.mapKey !== ScalarType.STRING) return ["0", "7", "300"].slice(0, count);
    return ["", "k", "key/é"].slice(0, count);
  }

  function value(field: DescField, depth: number): unknown {
    if (draw(40) === 0) return null;
    if (field.fieldKind === "list") return Array.from({ length: draw(3) }, () => element(field, depth));
    if (field.fieldKind === "map") return Object.fromEntries(mapKeys(field).map((key) => [key, element(field, depth)]));
    return element(field, depth);
  }

  function message(desc: DescMessage, depth: number): Record<string, unknown> {
    const chosen: [string, unknown][] = [];
    const taken = new Set<unknown>();
    for (const field of depth > deepest ? [] : desc.fields) {
      if (draw(10) < 3 + depth) continue;
      if (field.oneof !== undefined && taken.has(field.oneof)) continue;
      taken.add(field.oneof);
      chosen.push([draw(4) === 0 ? field.name : field.jsonName, value(field, depth)]);
    }
    for (let i = chosen.length - 1; i > 0; i--) {
      const j = draw(i + 1);
      [chosen[i], chosen[j]] = [chosen[j] as [string, unknown], chosen[i] as [string, unknown]];
    }
    return Object.fromEntries(chosen);
  }

  return { document: (desc) => message(desc, 0) };
}

const standalone = ["Duration", "ListValue", "Struct", "Timestamp", "Value"].concat(
  ["BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value", "Int64Value"],
  ["StringValue", "UInt32Value", "UInt64Value"],
);

const wrappers: Readonly<Record<string, ScalarType>> = {
  BoolValue: ScalarType.BOOL,
  BytesValue: ScalarType.BYTES,
  DoubleValue: ScalarType.DOUBLE,
  FloatValue: ScalarType.FLOAT,
  Int32Value: ScalarType.INT32,
  Int64Value: ScalarType.INT64,
  StringValue: ScalarType.STRING,
  UInt32Value: ScalarType.UINT32,
  UInt64Value: ScalarType.UINT64,
};
