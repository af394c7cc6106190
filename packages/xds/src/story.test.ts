import {
  assertCompile,
  cluster,
  compile,
  endpoints,
  formatIssues,
  httpFilter,
  listener,
  perFilter,
  recompile,
  retry,
  route,
  routeConfiguration,
  typeUrls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";

const shop = virtualHost({
  name: "shop",
  domains: ["shop.example.com"],
  routes: [
    route.to("shop-v2", { match: { pathPrefix: "/cart", headers: { "x-canary": "true" } } }),
    route.split(
      [
        { name: "shop-v1", weight: 95 },
        { name: "shop-v2", weight: 5 },
      ],
      {
        match: { prefix: "/" },
        timeout: "10s",
        retry: retry({ on: ["5xx", "reset"], count: 2, backoff: { base: "0.1s", max: "1s" } }),
        perFilter: perFilter.cors({ allowMethods: "GET,POST", allowOriginStringMatch: [{ suffix: ".example.com" }] }),
      },
    ),
  ],
});
const routes = routeConfiguration({ name: "shop", virtualHosts: [shop] });
const web = listener.http({
  name: "web",
  address: "0.0.0.0:8080",
  routes: { rds: "shop" },
  filters: [httpFilter.cors()],
});
const v1 = cluster.eds({ name: "shop-v1" });
const v2 = cluster.eds({ name: "shop-v2", serviceName: "v2" });
const endpointsOf = (name: string) => endpoints({ cluster: name, endpoints: [{ address: "10.0.0.7:8080" }] });

describe("a canary", () => {
  it("compiles to a snapshot whose resources know what they need", () => {
    const graph = {
      listeners: [web],
      routes: [routes],
      clusters: [v1, v2],
      endpoints: [endpointsOf("shop-v1"), endpointsOf("v2")],
    };
    const { snapshot, issues } = compile(graph);
    expect(formatIssues(issues)).toBe("");
    expect(snapshot?.get(typeUrls.listener, "web")?.refs).toEqual([{ typeUrl: typeUrls.route, name: "shop" }]);
    expect(snapshot?.get(typeUrls.route, "shop")?.refs.map(({ name }) => name)).toEqual([
      "shop-v2",
      "shop-v1",
      "shop-v2",
    ]);
    expect(snapshot?.get(typeUrls.cluster, "shop-v2")?.refs).toEqual([{ typeUrl: typeUrls.endpoints, name: "v2" }]);
    expect(assertCompile({ ...graph, clusters: [v2, v1] }).version).toBe(snapshot?.version);
  });

  it("says all that is wrong at once, each with its place", () => {
    const bad = { ...web, name: "bad", address: { socketAddress: { address: "0.0.0.0", portValue: 65_536 } } };
    const { snapshot, issues } = compile({
      listeners: [web, bad],
      routes: [routes],
      clusters: [v1],
      endpoints: [endpointsOf("lost")],
    });
    expect(snapshot).toBeUndefined();
    expect(issues.map(({ severity, rule, resource, path }) => `${severity} ${rule} ${resource.name} ${path}`)).toEqual([
      "error field_rule bad /address/socketAddress/portValue",
      "warning missing_reference shop /virtualHosts/0/routes/0/route/cluster",
      "warning missing_reference shop /virtualHosts/0/routes/1/route/weightedClusters/clusters/1/name",
      "error missing_reference shop-v1 /edsClusterConfig",
      "warning unused_resource lost ",
    ]);
  });

  it("recompiles what changed", () => {
    const first = compile({
      routes: [routes],
      listeners: [web],
      clusters: [v1, v2],
      endpoints: [endpointsOf("shop-v1")],
    });
    expect(first.issues.map(({ rule, path }) => [rule, path])).toEqual([
      ["missing_reference", "/edsClusterConfig/serviceName"],
    ]);
    const second = recompile(first, { put: { endpoints: [endpointsOf("v2")] } });
    expect(second.issues).toEqual([]);
    expect(second.snapshot?.count(typeUrls.endpoints)).toBe(2);
    const third = recompile(second, { remove: [{ typeUrl: typeUrls.cluster, name: "shop-v1" }] });
    expect(third.issues.map(({ rule, path }) => [rule, path])).toEqual([
      ["missing_reference", "/virtualHosts/0/routes/1/route/weightedClusters/clusters/0/name"],
      ["unused_resource", ""],
    ]);
  });
});
