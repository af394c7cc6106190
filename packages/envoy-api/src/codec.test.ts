import { EnvoyApiError, envoyVersion, isEnvoyApiError } from "@netmason/envoy-api";
import { createCodec, defaultCodec } from "@netmason/envoy-api/codec";
import { describe, expect, it } from "vitest";

const url = (typeName: string): string => `type.googleapis.com/${typeName}`;
const clusterUrl = url("envoy.config.cluster.v3.Cluster");
const assignmentUrl = url("envoy.config.endpoint.v3.ClusterLoadAssignment");
const anyUrl = url("google.protobuf.Any");
const structUrl = url("google.protobuf.Struct");
const nodeUrl = url("envoy.config.core.v3.Node");
const codec = defaultCodec();

function encode(typeUrl: string, json: unknown): Uint8Array {
  return codec.encode(typeUrl, json);
}

function fault(run: () => unknown): EnvoyApiError {
  try {
    run();
  } catch (error) {
    if (isEnvoyApiError(error)) return error;
    throw error;
  }
  throw new TypeError("nothing was refused");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

describe("encode", () => {
  it("writes fields by number, whatever the order and spelling of their keys", () => {
    const bytes = encode(clusterUrl, { name: "a", connectTimeout: "5s", lbPolicy: "RANDOM" });
    expect(hex(bytes)).toBe("0a016122020805" + "3003");
    expect(encode(clusterUrl, { lb_policy: 3, connect_timeout: "5s", name: "a" })).toEqual(bytes);
  });

  it("sorts the keys of maps", () => {
    const node = (keys: readonly string[]): string =>
      hex(encode(nodeUrl, { metadata: Object.fromEntries(keys.map((key) => [key, 1])) }));
    expect(node(["b", "a", "é"])).toBe(node(["é", "b", "a"]));
  });

  it("leaves out null and undefined, and zeros of fields without presence", () => {
    const empty = {
      name: "",
      lbPolicy: "ROUND_ROBIN",
      connectTimeout: null,
      healthChecks: undefined,
      useTcpForDnsLookups: false,
    };
    expect(encode(clusterUrl, empty)).toEqual(new Uint8Array());
    expect(encode(url("google.protobuf.Value"), null)).toEqual(new Uint8Array([8, 0]));
  });

  it("takes a message of an unknown type as its bytes, and gives it back", () => {
    const document = { "@type": url("acme.Unknown"), value: "CgFh" };
    const bytes = encode(anyUrl, document);
    expect(codec.decode(anyUrl, bytes)).toEqual(document);
    expect(encode(anyUrl, {})).toEqual(new Uint8Array());
    expect(codec.decode(anyUrl, new Uint8Array())).toEqual({});
  });

  it("writes documents larger than its buffer, and small ones after them", () => {
    const address = (port: number) => ({
      endpoint: { address: { socketAddress: { address: "10.0.0.1", portValue: port } } },
    });
    const endpoints = [{ lbEndpoints: Array.from({ length: 60_000 }, (_, index) => address(index)) }];
    const small = encode(assignmentUrl, { clusterName: "a" });
    expect(encode(assignmentUrl, { clusterName: "a", endpoints }).length).toBeGreaterThan(1 << 20);
    expect(encode(assignmentUrl, { clusterName: "a" })).toEqual(small);
    expect(encode(assignmentUrl, { clusterName: "x".repeat(100_000) }).length).toBe(100_004);
  });

  it("keeps no more plans than it needs for objects in any order", () => {
    const keys = ["name", "altStatName", "connectTimeout", "lbPolicy", "respectDnsTtl", "lrsReportEndpointMetrics"];
    const values = ["a", "b", "1s", "RANDOM", true, ["x"]];
    const whole = encode(clusterUrl, Object.fromEntries(keys.map((key, index) => [key, values[index]])));
    const permute = (rest: readonly number[]): number[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((first) => permute(rest.filter((each) => each !== first)).map((tail) => [first, ...tail]));
    const orders = permute([0, 1, 2, 3, 4, 5]);
    expect(orders.length).toBe(720);
    for (const order of orders) {
      expect(encode(clusterUrl, Object.fromEntries(order.map((index) => [keys[index], values[index]])))).toEqual(whole);
    }
  });

  it("can be called while it reads a document", () => {
    const inner = encode(clusterUrl, { name: "inner" });
    const outer = {
      get name(): string {
        expect(encode(clusterUrl, { name: "inner" })).toEqual(inner);
        return "outer";
      },
    };
    expect(codec.decode(clusterUrl, encode(clusterUrl, outer))).toEqual({ name: "outer" });
  });

  it.each([
    ["a document that is no object", clusterUrl, [], ""],
    ["a number for text", clusterUrl, { name: 5 }, "/name"],
    ["half of a surrogate pair", clusterUrl, { name: "a\ud800" }, "/name"],
    ["half of a pair in a long text", clusterUrl, { name: `${"é".repeat(80)}\udc00` }, "/name"],
    ["a field that does not exist", clusterUrl, { names: "a" }, "/names"],
    ["a type where none is wanted", clusterUrl, { "@type": clusterUrl }, "/@type"],
    ["both spellings", clusterUrl, { connectTimeout: "1s", connect_timeout: "1s" }, "/connect_timeout"],
    ["two members of a oneof", clusterUrl, { type: "EDS", clusterType: {} }, "/clusterType"],
    ["a duration without a unit", clusterUrl, { connectTimeout: "5" }, "/connectTimeout"],
    ["a duration with ten decimals", clusterUrl, { connectTimeout: "0.0000000001s" }, "/connectTimeout"],
    ["a duration that is too long", clusterUrl, { connectTimeout: "315576000001s" }, "/connectTimeout"],
    ["a duration too long by its decimals", clusterUrl, { connectTimeout: "315576000000.1s" }, "/connectTimeout"],
    ["an enum value that does not exist", clusterUrl, { lbPolicy: "FASTEST" }, "/lbPolicy"],
    ["an enum value with a fraction", clusterUrl, { lbPolicy: 0.5 }, "/lbPolicy"],
    [
      "a number that is too large",
      clusterUrl,
      { perConnectionBufferLimitBytes: 4_294_967_296 },
      "/perConnectionBufferLimitBytes",
    ],
    ["a negative unsigned number", clusterUrl, { perConnectionBufferLimitBytes: -1 }, "/perConnectionBufferLimitBytes"],
    ["a list for an object", clusterUrl, { edsClusterConfig: [] }, "/edsClusterConfig"],
    ["an object for a list", clusterUrl, { healthChecks: {} }, "/healthChecks"],
    ["null in a list", clusterUrl, { healthChecks: [null] }, "/healthChecks/0"],
    ["null in a map", clusterUrl, { typedExtensionProtocolOptions: { x: null } }, "/typedExtensionProtocolOptions/x"],
    ["a list for a map", clusterUrl, { typedExtensionProtocolOptions: [] }, "/typedExtensionProtocolOptions"],
    ["infinity where JSON has none", url("google.protobuf.Value"), Number.POSITIVE_INFINITY, ""],
    ["a boolean as text", url("google.protobuf.BoolValue"), "true", ""],
    ["base64 with a wrong digit", url("google.protobuf.BytesValue"), "a*==", ""],
    ["base64 with one digit left", url("google.protobuf.BytesValue"), "AAAAA", ""],
    ["an int64 with a fraction", url("google.protobuf.Int64Value"), "1.5", ""],
    ["an int64 that is too large", url("google.protobuf.Int64Value"), "9223372036854775808", ""],
    ["a negative uint64", url("google.protobuf.UInt64Value"), "-1", ""],
    ["an int64 that a number cannot hold", url("google.protobuf.Int64Value"), 2 ** 53, ""],
    ["a float beyond floats", url("google.protobuf.FloatValue"), 1e300, ""],
    ["a day that does not exist", url("google.protobuf.Timestamp"), "2026-02-30T00:00:00Z", ""],
    ["a time before the first year", url("google.protobuf.Timestamp"), "0001-01-01T00:00:00+01:00", ""],
    ["a path in snake_case", url("google.protobuf.FieldMask"), "a_b", ""],
    ["a list for a struct", structUrl, [], ""],
    ["an object for a list of values", url("google.protobuf.ListValue"), {}, ""],
    ["an any without a type", anyUrl, { name: "a" }, "/@type"],
    ["an any whose type is a number", anyUrl, { "@type": 1 }, "/@type"],
    ["an any that is text", anyUrl, "a", ""],
    ["a duration without a value in an any", anyUrl, { "@type": url("google.protobuf.Duration") }, "/value"],
    ["more than a value in an any", anyUrl, { "@type": url("google.protobuf.Duration"), value: "1s", a: 1 }, "/a"],
  ])("refuses %s and says where", (_, typeUrl, json, path) => {
    const { code, details, message } = fault(() => encode(typeUrl, json));
    expect([code, details]).toEqual(["invalid_json", { typeUrl, path }]);
    expect(message).toContain(path === "" ? "the document: must" : path);
  });

  it("refuses types that it does not know, of the document and inside of it", () => {
    expect(fault(() => encode(url("acme.Unknown"), {})).details).toEqual({ typeUrl: url("acme.Unknown"), path: "" });
    const { code, details } = fault(() => encode(anyUrl, { "@type": url("acme.Unknown"), name: "a" }));
    expect([code, details]).toEqual(["unknown_type", { typeUrl: anyUrl, path: "/@type" }]);
    for (const call of [() => codec.decode("acme.X", new Uint8Array()), () => codec.redact("acme.X", {})]) {
      expect(fault(call).code).toBe("unknown_type");
    }
    expect(codec.check("acme.X", {}).map(({ rule, path }) => [rule, path])).toEqual([["unknown_type_url", ""]]);
    expect(codec.normalize("acme.X", { a_b: 1 })).toMatchObject({
      value: { a_b: 1 },
      issues: [{ rule: "unknown_type_url" }],
    });
  });

  it("refuses what is nested too deep, with a path and without overflowing", () => {
    let value: unknown = "x";
    for (let i = 0; i < 20_000; i++) value = [value];
    expect(fault(() => encode(url("google.protobuf.Value"), value)).code).toBe("invalid_json");
    let matcher: unknown = {};
    for (let i = 0; i < 200; i++) matcher = { notMatcher: matcher };
    const predicate = url("envoy.config.common.matcher.v3.Matcher.MatcherList.Predicate");
    expect(fault(() => encode(predicate, matcher)).message).toContain("nested deeper");
    const cycle: Record<string, unknown> = {};
    cycle.notMatcher = cycle;
    expect(fault(() => encode(predicate, cycle)).code).toBe("invalid_json");
  });

  it("is not disturbed by a document that was refused", () => {
    const whole = encode(clusterUrl, { name: "a", connectTimeout: "5s" });
    fault(() => encode(clusterUrl, { name: "a", healthChecks: [{ timeout: "1s" }, 5] }));
    expect(encode(clusterUrl, { name: "a", connectTimeout: "5s" })).toEqual(whole);
  });

  it("passes on what a document throws", () => {
    const document = {
      get name(): string {
        throw new RangeError("mine");
      },
    };
    expect(() => encode(clusterUrl, document)).toThrow(new RangeError("mine"));
  });
});

describe("createCodec", () => {
  const quota = {
    typeName: "acme.Quota",
    fields: [
      {
        name: "per_second",
        jsonName: "perSecond",
        number: 300,
        kind: "scalar",
        element: "scalar",
        type: "sint32",
        mapKey: undefined,
        packed: false,
        hasPresence: false,
        oneof: undefined,
        deprecated: false,
        sensitive: true,
        disallowed: false,
        rules: { "sint32.gt": 0 },
      },
    ],
    oneofs: [],
    requiredOneofs: [],
  } as const;
  const extended = createCodec({
    extend: [
      {
        message: (name) => (name === quota.typeName ? quota : undefined),
        enum: () => undefined,
        messageNames: () => [quota.typeName],
      },
    ],
  });

  it("knows types that were added, also inside of others", () => {
    const document = { "@type": url("acme.Quota"), perSecond: -3 };
    const bytes = extended.encode(anyUrl, document as never);
    expect(extended.decode(anyUrl, bytes)).toEqual(document);
    expect(extended.check(url("acme.Quota"), { perSecond: 0 })[0]?.constraint).toBe("sint32.gt");
    expect(extended.redact(url("acme.Quota"), { perSecond: 1 })).toEqual({});
    expect(extended.schema.messageNames()).toContain("acme.Quota");
    expect(codec.schema.message("acme.Quota")).toBeUndefined();
  });

  it("does not let them replace Envoy's", () => {
    const taken = { ...quota, typeName: "envoy.config.cluster.v3.Cluster" };
    const codecOfBoth = createCodec({
      extend: [{ message: () => taken, enum: () => undefined, messageNames: () => [] }],
    });
    expect(codecOfBoth.schema.message("envoy.config.cluster.v3.Cluster")?.fields.length).toBeGreaterThan(40);
  });

  it("gives one codec to all who ask for the default", () => {
    expect(defaultCodec()).toBe(codec);
    expect(createCodec()).not.toBe(codec);
  });
});

describe("EnvoyApiError", () => {
  it("is told by its name and code, whichever copy of the package threw it", () => {
    const error = new EnvoyApiError("unknown_type", "none", { typeUrl: "a", path: "" }, { cause: 1 });
    expect([error.message, error.cause, isEnvoyApiError(error), isEnvoyApiError(error, "unknown_type")]).toEqual([
      "[unknown_type] none",
      1,
      true,
      true,
    ]);
    expect(isEnvoyApiError(error, "invalid_json")).toBe(false);
    expect(
      isEnvoyApiError(Object.assign(new Error("x"), { name: "EnvoyApiError", code: "invalid_json" }), "invalid_json"),
    ).toBe(true);
    expect([isEnvoyApiError(new Error("x")), isEnvoyApiError("x")]).toEqual([false, false]);
  });

  it("belongs to the release of Envoy that the package says", () => {
    expect(envoyVersion).toBe("1.40.0");
  });
});
