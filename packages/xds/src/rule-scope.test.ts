import { createCodec } from "@netmason/envoy-api/codec";
import { compile } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { type Loose, ROUTER, tcpProxy, url, withChains, withFilter, withManager } from "../test/graph-parts.js";

const lines = (graph: Parameters<typeof compile>[0]): readonly string[] =>
  compile(graph)
    .issues.filter(({ rule }) => rule !== "unused_resource" && rule !== "deprecated_field")
    .map(({ rule, path }) => `${rule} ${path.replace(/^.*(?=\/upgradeConfigs|\/httpService)/, "")}`);

describe("names of filters", () => {
  const upgrade = (upgradeType: string, ...filters: readonly Loose[]): Loose => ({ upgradeType, filters });

  it("may be the same in several upgrades", () => {
    const upgradeConfigs = [upgrade("websocket", ROUTER), upgrade("CONNECT", ROUTER)];
    expect(lines(withManager({ upgradeConfigs }))).toEqual([]);
  });

  it("may not be the same in one", () => {
    const cors = { name: "router", typedConfig: { "@type": url("extensions.filters.http.cors.v3.Cors") } };
    expect(lines(withManager({ upgradeConfigs: [upgrade("websocket", cors, ROUTER)] }))).toEqual([
      "duplicate_name /upgradeConfigs/0/filters/1/name",
    ]);
  });
});

it("a wrong value beside them says nothing about the headers of a service that Envoy calls", () => {
  const httpUri = { uri: "http://a", cluster: "a", timeout: 5 };
  const requestHeadersToAdd = [{ header: { key: ":path", value: "x" } }, { header: { key: "host", value: "x" } }];
  const httpService = { httpService: { httpUri, requestHeadersToAdd } };
  expect(lines(withFilter("extensions.filters.http.ext_proc.v3.ExternalProcessor", { httpService }))).toEqual([
    "wrong_type /httpService/httpUri/timeout",
  ]);
});

it("says nothing of the place of types that Envoy's own API has not", () => {
  const contrib = "envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker";
  const shape = { typeName: contrib, fields: [], oneofs: [], requiredOneofs: [] };
  const schema = {
    message: (typeName: string) => (typeName === contrib ? shape : undefined),
    enum: () => undefined,
    messageNames: () => [contrib],
  };
  const kafka = { name: "kafka", typedConfig: { "@type": `type.googleapis.com/${contrib}` } };
  const { issues } = compile(withChains({ filters: [kafka, tcpProxy({})] }), {
    codec: createCodec({ extend: [schema] }),
  });
  expect(issues).toEqual([]);
});
