import { isEnvoyApiError } from "@netmason/envoy-api";
import { defaultCodec } from "@netmason/envoy-api/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const url = (typeName: string): string => `type.googleapis.com/${typeName}`;
const codec = defaultCodec();

function decode(typeName: string, text: string): unknown {
  return codec.decode(url(typeName), Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex")));
}

describe("decode", () => {
  it.each([
    ["a zero of a field without presence", "envoy.config.cluster.v3.Cluster", "0a00", {}],
    ["a zero after a value", "envoy.config.cluster.v3.Cluster", "0a0161 0a00", {}],
    ["the last of two values", "envoy.config.cluster.v3.Cluster", "0a0161 0a0162", { name: "b" }],
    ["a message in two parts", "envoy.config.core.v3.Locality", "0a0161 12017a", { region: "a", zone: "z" }],
    [
      "a message that stands twice, merged",
      "envoy.config.cluster.v3.Cluster",
      "1a03 12 01 61 1a04 0a02 1a00",
      { edsClusterConfig: { serviceName: "a", edsConfig: { ads: {} } } },
    ],
    ["the last member of a oneof", "envoy.config.core.v3.ConfigSource", "0a0161 1a00", { ads: {} }],
    [
      "two parts of a member, without what stood before another",
      "envoy.config.core.v3.ConfigSource",
      "12020801 0a0161 12024001 12023801",
      { apiConfigSource: { transportApiVersion: "V2", setNodeOnFirstMessageOnly: true } },
    ],
    [
      "a member that stands again after another",
      "envoy.config.core.v3.ConfigSource",
      "12023001 0a0161 12024001",
      { apiConfigSource: { transportApiVersion: "V2" } },
    ],
    ["packed numbers", "envoy.config.listener.v3.FilterChainMatch", "3a02 8203", { sourcePorts: [386] }],
    [
      "numbers one by one where packed is the rule",
      "envoy.config.listener.v3.FilterChainMatch",
      "3801 3802",
      { sourcePorts: [1, 2] },
    ],
    [
      "an unknown field of each wire type",
      "envoy.config.cluster.v3.Cluster",
      "c83e01 c93e0000000000000000 ca3e0161 cb3e c83e01 cb3ecc3e cc3e cd3e00000000 0a0161",
      { name: "a" },
    ],
    ["a known field of another wire type", "envoy.config.cluster.v3.Cluster", "0801", {}],
    ["an enum value without a name", "envoy.config.cluster.v3.Cluster", "3063", { lbPolicy: 99 }],
    ["a map entry without a value", "envoy.config.core.v3.Metadata", "0a03 0a0161", { filterMetadata: { a: {} } }],
    ["a map entry without a key", "envoy.config.core.v3.Metadata", "0a02 1200", { filterMetadata: { "": {} } }],
    ["a field mask", "google.protobuf.FieldMask", "0a03615f62 0a0163", "aB,c"],
    ["an empty field mask", "google.protobuf.FieldMask", "", ""],
    ["a value without a kind", "google.protobuf.Value", "", null],
    ["an any without a value", "google.protobuf.Any", "0a01 61", { "@type": "a", value: "" }],
    ["a bool of many bits", "google.protobuf.BoolValue", "088080808010", true],
    ["a negative int32", "google.protobuf.Int32Value", "08ffffffffffffffffff01", -1],
    ["the least int64", "google.protobuf.Int64Value", "0880808080808080808001", "-9223372036854775808"],
    ["the most uint64", "google.protobuf.UInt64Value", "08ffffffffffffffffff01", "18446744073709551615"],
    ["the shortest text of a float", "google.protobuf.FloatValue", "0dcdcccc3d", 0.1],
    ["a negative zero", "google.protobuf.DoubleValue", "090000000000000080", -0],
    ["a negative duration", "google.protobuf.Duration", "10809be588ffffffffff01", "-0.250s"],
  ])("reads %s", (_, typeName, text, json) => {
    expect(decode(typeName, text)).toEqual(json);
  });

  it("reads the field masks that encode writes", () => {
    const typeUrl = url("google.protobuf.FieldMask");
    for (const mask of ["", "a", "aB.cD,e"]) expect(codec.decode(typeUrl, codec.encode(typeUrl, mask))).toBe(mask);
  });

  it("keeps `__proto__` a key like any other", () => {
    const json = JSON.parse('{ "metadata": { "__proto__": { "x": 1 }, "a": 2 } }');
    const typeUrl = url("envoy.config.core.v3.Node");
    const decoded = codec.decode(typeUrl, codec.encode(typeUrl, json)) as { metadata: object };
    expect(Object.keys(decoded.metadata).sort()).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(decoded.metadata)).toBe(Object.prototype);
  });

  it.each([
    ["a length beyond the end", "envoy.config.cluster.v3.Cluster", "0a05 61"],
    ["a message that ends inside of a field", "envoy.config.cluster.v3.Cluster", "1a01 12"],
    ["a varint without an end", "google.protobuf.UInt32Value", "08ff"],
    ["a varint of eleven bytes", "google.protobuf.UInt64Value", "08ffffffffffffffffffff01"],
    ["a uint32 of eleven bytes", "google.protobuf.UInt32Value", "08ffffffffffffffffffff01"],
    ["a field of number zero", "envoy.config.cluster.v3.Cluster", "0001"],
    ["a field of number zero in a duration", "google.protobuf.Duration", "0001"],
    ["text that is not UTF-8", "envoy.config.cluster.v3.Cluster", "0a01ff"],
    ["half of a double", "google.protobuf.DoubleValue", "0900000000"],
    ["a wire type that does not exist", "envoy.config.cluster.v3.Cluster", "cf3e"],
    ["a group that is not closed", "envoy.config.cluster.v3.Cluster", "cb3e"],
    ["a group closed by another", "envoy.config.cluster.v3.Cluster", "cb3ed43e"],
    ["packed numbers that overrun", "envoy.config.listener.v3.FilterChainMatch", "3a01 82"],
    ["a duration that JSON cannot tell", "google.protobuf.Duration", "080110ffffffffffffffffff01"],
    ["a duration beyond numbers", "google.protobuf.Duration", "08ffffffffffffffff7f"],
    ["a time after the last year", "google.protobuf.Timestamp", "0880dcbaced707"],
    ["a field mask that JSON cannot tell", "google.protobuf.FieldMask", "0a0141"],
    ["a value without a type in an any", "google.protobuf.Any", "120161"],
  ])("refuses %s", (_, typeName, text) => {
    expect(() => decode(typeName, text)).toThrow("[invalid_bytes]");
  });

  it("refuses what is nested too deep", () => {
    const nested = (depth: number): Uint8Array => {
      let inner: number[] = [];
      for (let i = 0; i < depth; i++) {
        const list = [0x0a, ...lengthOf(inner.length), ...inner];
        inner = [0x32, ...lengthOf(list.length), ...list];
      }
      return Uint8Array.from(inner);
    };
    expect(() => codec.decode(url("google.protobuf.Value"), nested(90))).not.toThrow();
    expect(() => codec.decode(url("google.protobuf.Value"), nested(150))).toThrow("[invalid_bytes]");
  });

  it("never fails in another way, whatever the bytes", () => {
    const types = [
      "envoy.config.cluster.v3.Cluster",
      "envoy.config.listener.v3.Listener",
      "google.protobuf.Any",
      "google.protobuf.Struct",
    ];
    const valid = codec.encode(url("envoy.config.cluster.v3.Cluster"), {
      name: "a",
      connectTimeout: "5s",
      healthChecks: [{ timeout: "1s", tcpHealthCheck: { send: { text: "aa" } } }],
      metadata: { filterMetadata: { x: { y: [1, "z", null] } } },
    });
    const damaged = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = valid.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const bytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.constantFrom(...types), bytes, (typeName, input) => {
        try {
          const json = codec.decode(url(typeName), input);
          const once = codec.encode(url(typeName), json);
          expect(codec.encode(url(typeName), codec.decode(url(typeName), once))).toEqual(once);
        } catch (error) {
          if (!isEnvoyApiError(error, "invalid_bytes")) throw error;
          expect(error.details.offset).toBeLessThanOrEqual(input.length);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

function lengthOf(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
}
