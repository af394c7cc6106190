import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { createCodec, defaultCodec } from "@netmason/envoy-api/codec";
import { ClusterSchema } from "@netmason/envoy-api/pb/envoy/config/cluster/v3/cluster";
import { RouterSchema } from "@netmason/envoy-api/pb/envoy/extensions/filters/http/router/v3/router";
import { fromMessage, registry, schemaOf, toMessage } from "@netmason/envoy-api/registry";
import { describe, expect, it } from "vitest";

const codec = defaultCodec();
const clusterUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

describe("registry", () => {
  it("is made once", () => {
    expect(registry()).toBe(registry());
    expect(registry().getMessage("envoy.config.cluster.v3.Cluster")?.fields.length).toBeGreaterThan(40);
  });

  it("takes generated messages to JSON and back, with what stands in any", () => {
    const config = anyPack(RouterSchema, create(RouterSchema, { suppressEnvoyHeaders: true }));
    const message = create(ClusterSchema, {
      name: "a",
      connectTimeout: { seconds: 5n },
      typedExtensionProtocolOptions: { x: config },
    });
    const json = fromMessage(ClusterSchema, message);
    expect(json).toEqual({
      name: "a",
      connectTimeout: "5s",
      typedExtensionProtocolOptions: {
        x: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
          suppressEnvoyHeaders: true,
        },
      },
    });
    const bytes = codec.encode(clusterUrl, json as object);
    expect(bytes).toEqual(toBinary(ClusterSchema, message));
    expect(toBinary(ClusterSchema, toMessage(ClusterSchema, json))).toEqual(bytes);
  });
});

describe("schemaOf", () => {
  const messages = [...registry()].filter((type): type is DescMessage => type.kind === "message");
  const schema = schemaOf(messages);

  it("says of every type what the field table says, but for the rules and options", () => {
    const names = codec.schema.messageNames().filter((name) => !name.startsWith("google.protobuf."));
    expect(names.length).toBeGreaterThan(1_480);
    for (const name of names) {
      const fromTable = codec.schema.message(name);
      const withoutOptions = fromTable?.fields.map((field) => ({
        ...field,
        rules: {},
        sensitive: false,
        disallowed: false,
      }));
      expect({ ...fromTable, fields: withoutOptions, requiredOneofs: [] }).toEqual(schema.message(name));
      for (const { element, type } of fromTable?.fields ?? []) {
        if (element === "enum") expect(codec.schema.enum(type)).toEqual(schema.enum(type));
      }
    }
    expect(schema.messageNames()).toEqual(expect.arrayContaining(names));
  });

  it("makes a codec of its own that writes the same bytes", () => {
    const own = createCodec({ extend: [schemaOf([ClusterSchema])] });
    expect(own.encode(clusterUrl, { name: "a" })).toEqual(codec.encode(clusterUrl, { name: "a" }));
  });
});
