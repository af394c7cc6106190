import type { DescMessage } from "@bufbuild/protobuf";
import { defaultCodec } from "@netmason/envoy-api/codec";
import { registry } from "@netmason/envoy-api/registry";
import { describe, expect, it } from "vitest";
import { createDocumentSource, createDraw } from "../test/random-documents.js";

const codec = defaultCodec();
const clusterUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const url = (typeName: string): string => `type.googleapis.com/${typeName}`;

describe("normalize", () => {
  it("brings what a YAML file of Envoy holds to canonical form", () => {
    const { value, issues } = codec.normalize(clusterUrl, {
      name: "a",
      connect_timeout: "00.2500s",
      lb_policy: 3,
      dns_lookup_family: "1",
      per_connection_buffer_limit_bytes: "32768",
      respect_dns_ttl: "true",
      maglev_lb_config: { table_size: 65_537 },
      outlier_detection: null,
      typed_extension_protocol_options: {
        x: { "@type": url("google.protobuf.UInt64Value"), value: 5 },
        y: { "@type": url("google.protobuf.Empty"), value: {} },
        z: { "@type": url("envoy.config.core.v3.Node"), user_agent_name: "n" },
      },
      load_assignment: {
        endpoints: [{ lb_endpoints: [{ health_status: 1, load_balancing_weight: "10" }], priority: "2.0" }],
      },
    });
    expect(issues).toEqual([]);
    expect(value).toEqual({
      name: "a",
      connectTimeout: "0.250s",
      lbPolicy: "RANDOM",
      dnsLookupFamily: "V4_ONLY",
      perConnectionBufferLimitBytes: 32_768,
      respectDnsTtl: true,
      maglevLbConfig: { tableSize: "65537" },
      typedExtensionProtocolOptions: {
        x: { "@type": url("google.protobuf.UInt64Value"), value: "5" },
        y: { "@type": url("google.protobuf.Empty") },
        z: { "@type": url("envoy.config.core.v3.Node"), userAgentName: "n" },
      },
      loadAssignment: {
        endpoints: [{ lbEndpoints: [{ healthStatus: "HEALTHY", loadBalancingWeight: 10 }], priority: 2 }],
      },
    });
  });

  it("leaves what it cannot read and says where, in the spelling of the input", () => {
    const input = {
      connect_timeout: "soon",
      lb_policy: "FASTEST",
      "no/such": 1,
      health_checks: [{ http_health_check: { expected_statuses: { start: 1 } } }, 5],
      maglev_lb_config: { table_size: "1.5" },
      metadata: "x",
      typed_extension_protocol_options: {
        "a/b": { "@type": 5 },
        c: { "@type": "type.googleapis.com/acme.X", q: 1 },
        d: 5,
      },
    };
    const { value, issues } = codec.normalize(clusterUrl, input);
    expect(issues.map(({ path, rule }) => `${rule} ${path}`)).toEqual([
      "wrong_type /connect_timeout",
      "wrong_type /lb_policy",
      "unknown_field /no~1such",
      "wrong_type /health_checks/0/http_health_check/expected_statuses",
      "wrong_type /health_checks/1",
      "wrong_type /maglev_lb_config/table_size",
      "wrong_type /metadata",
      "wrong_type /typed_extension_protocol_options/a~1b/@type",
      "unknown_type_url /typed_extension_protocol_options/c/@type",
      "wrong_type /typed_extension_protocol_options/d",
    ]);
    expect(value).toMatchObject({ connectTimeout: "soon", lbPolicy: "FASTEST", "no/such": 1, metadata: "x" });
  });

  it("loses nothing of a field given in both spellings", () => {
    for (const input of [
      { connect_timeout: "1s", connectTimeout: "2s" },
      { connectTimeout: "2s", connect_timeout: "1s" },
    ]) {
      const { value, issues } = codec.normalize(clusterUrl, input);
      expect(Object.values(value).sort()).toEqual(["1s", "2s"]);
      expect(issues.map(({ message }) => message)).toEqual(["must not be given in both spellings"]);
    }
  });

  it.each([
    ["google.protobuf.Int64Value", "007", "7"],
    ["google.protobuf.Int64Value", 1e3, "1000"],
    ["google.protobuf.Int64Value", "1e3", "1000"],
    ["google.protobuf.Int64Value", true, true],
    ["google.protobuf.Int64Value", 0.5, 0.5],
    ["google.protobuf.UInt32Value", "12", 12],
    ["google.protobuf.UInt32Value", "0x12", "0x12"],
    ["google.protobuf.DoubleValue", "NaN", "NaN"],
    ["google.protobuf.DoubleValue", "1.5e3", 1_500],
    ["google.protobuf.BoolValue", "false", false],
    ["google.protobuf.BoolValue", "no", "no"],
    ["google.protobuf.BytesValue", "_-8", "/+8="],
    ["google.protobuf.BytesValue", 5, 5],
    ["google.protobuf.StringValue", 5, 5],
    ["google.protobuf.Duration", "-0s", "0s"],
    ["google.protobuf.Duration", "1.100000s", "1.100s"],
    ["google.protobuf.Duration", "1.0000001s", "1.000000100s"],
    ["google.protobuf.Duration", 5, 5],
    ["google.protobuf.Value", null, null],
    ["google.protobuf.Any", "x", "x"],
  ])("reads %s of %j as %j", (typeName, loose, canonical) => {
    expect(codec.normalize(url(typeName), loose).value).toEqual(canonical);
  });

  it("changes no bytes, and nothing the second time", () => {
    const source = createDocumentSource(registry(), createDraw(Number(process.env.PROPERTY_SEED ?? 1)));
    const types = [...registry()].filter(
      (type): type is DescMessage => type.kind === "message" && type.typeName.startsWith("envoy.config."),
    );
    for (let i = 0; i < 5_000; i++) {
      const desc = types[i % types.length] as DescMessage;
      const typeUrl = url(desc.typeName);
      const json = source.document(desc);
      const { value, issues } = codec.normalize(typeUrl, json);
      expect(issues).toEqual([]);
      const bytes = codec.encode(typeUrl, value);
      if (Buffer.compare(bytes, codec.encode(typeUrl, json)) !== 0) expect.fail(JSON.stringify(json));
      expect(codec.normalize(typeUrl, value).value).toEqual(value);
    }
  });

  it("changes nothing of its input", () => {
    const input = Object.freeze({ health_checks: Object.freeze([Object.freeze({ timeout: "1.0s" })]) });
    expect(codec.normalize(clusterUrl, input).value).toEqual({ healthChecks: [{ timeout: "1s" }] });
  });
});
