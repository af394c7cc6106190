import { readFileSync } from "node:fs";
import * as xds from "@netmason/xds";
import { bootstrap, compile, formatIssues, grpcBootstrap, grpcService, httpFilter, type Issue } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { builderGraphs } from "../test/builder-graphs.js";

/** What builders leave to the graph: names that nothing uses, and what one said on purpose. */
const EXPECTED = new Set<Issue["rule"]>(["unused_resource", "tls_unverified"]);

/** Files whose graphs are the goldens, which `e2e/compile.test.ts` asks Envoy about. */
const GRAPHS = ["builder-graphs", "discovery-graphs", "filter-graphs", "gateway-parts"];
/** Builders that are no member of a family; bootstraps are asked about by themselves. */
const ALONE = ["endpoints", "grpcService", "retry", "routeConfiguration", "virtualHost"];

describe("builders", () => {
  it("make the goldens", async () => {
    const lines = Object.entries(builderGraphs).map(([name, graph]) => `${name}\n${JSON.stringify(graph)}\n`);
    await expect(lines.join("\n")).toMatchFileSnapshot("../test/builder-goldens.txt");
  });

  it.each(Object.entries(builderGraphs))("make what compile finds no fault in: %s", (_, graph) => {
    const { issues, snapshot } = compile(graph);
    expect(formatIssues(issues.filter(({ rule }) => !EXPECTED.has(rule)))).toBe("");
    expect(snapshot).toBeDefined();
  });

  it.each([
    [undefined, undefined, undefined],
    ["allow", true, false],
    ["deny", false, true],
  ] as const)("turn the failure mode %s into what Envoy calls it", (failureMode, failureModeAllow, failureModeDeny) => {
    const mode = failureMode && { failureMode };
    const service = grpcService({ cluster: "a" });
    expect(httpFilter.extAuthz({ grpc: service, ...mode }).typedConfig).toMatchObject(
      failureModeAllow === undefined ? { transportApiVersion: "V3" } : { failureModeAllow },
    );
    expect(httpFilter.rateLimit({ domain: "d", service, ...mode }).typedConfig).toMatchObject(
      failureModeDeny === undefined ? { domain: "d" } : { failureModeDeny },
    );
  });

  it("are all in a graph that Envoy is asked about", () => {
    const text = GRAPHS.map((name) => readFileSync(new URL(`../test/${name}.ts`, import.meta.url), "utf8")).join();
    const used = (call: string): boolean => new RegExp(`\\b${call.replace(".", "\\.")}\\(`).test(text);
    const families = Object.entries(xds).filter(([, value]) => typeof value === "object" && value !== null);
    const members = families.flatMap(([family, value]) =>
      Object.entries(value)
        .filter(([, member]) => typeof member === "function")
        .map(([member]) => `${family}.${member}`),
    );
    expect(members.length).toBeGreaterThan(60);
    expect([...members, ...ALONE].filter((call) => !used(call))).toEqual([]);
  });

  it("make bootstraps", () => {
    const node = { id: "n", cluster: "c" };
    const sotw = bootstrap({ node, admin: "127.0.0.1:9901", xds: { address: "xds.internal:18000", mode: "sotw" } });
    expect(sotw.dynamicResources?.adsConfig?.apiType).toBe("GRPC");
    expect(sotw.staticResources?.clusters?.[0]?.typedExtensionProtocolOptions).toEqual({
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicitHttpConfig: { http2ProtocolOptions: {} },
      },
    });
    expect(bootstrap({ node, xds: { files: "/etc/envoy" } }).dynamicResources?.cdsConfig).toEqual({
      pathConfigSource: { path: "/etc/envoy/cds.json" },
      resourceApiVersion: "V3",
    });
    expect(grpcBootstrap({ node: { id: "g" }, server: "xds:1", ignoreResourceDeletion: true })).toEqual({
      xds_servers: [
        {
          server_uri: "xds:1",
          channel_creds: [{ type: "insecure" }],
          server_features: ["xds_v3", "ignore_resource_deletion"],
        },
      ],
      node: { id: "g", locality: {} },
    });
    const locality = { region: "eu", subZone: "a1" };
    expect(grpcBootstrap({ node: { id: "g", locality }, server: "xds:1" }).node).toEqual({
      id: "g",
      locality: { region: "eu", sub_zone: "a1" },
    });
  });
});
