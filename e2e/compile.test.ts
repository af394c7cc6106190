// Envoy refuses what compile says that it refuses, and takes what compile finds no fault in.
import { compile, formatIssues } from "@netmason/xds";
import { afterAll, describe, expect, it } from "vitest";
import { brokenClusters } from "../packages/xds/test/broken-clusters.js";
import { brokenExtensions } from "../packages/xds/test/broken-extensions.js";
import { brokenListeners, brokenRoutes } from "../packages/xds/test/broken-routes.js";
import { brokenUpstreams } from "../packages/xds/test/broken-upstreams.js";
import { builderGraphs } from "../packages/xds/test/builder-graphs.js";
import { formatPlaces, plainPlaces } from "../packages/xds/test/format-places.js";
import { withListener } from "../packages/xds/test/graph-parts.js";
import { describeWith } from "./components.js";
import { EnvoyValidator } from "./xds/envoy-process.js";
import { staticBootstrap } from "./xds/static-bootstrap.js";

describeWith("envoy", "compile", (program) => {
  const envoy = new EnvoyValidator(program);
  afterAll(() => envoy[Symbol.dispose]());

  it("agrees with Envoy on a graph without fault", () => {
    const graph = withListener({});
    expect(formatIssues(compile(graph).issues)).toBe("");
    expect(envoy.validate(staticBootstrap(graph)).message).toBe("");
  });

  it.each(Object.entries(builderGraphs))("takes what the builders make: %s", (_, graph) => {
    expect(envoy.validate(staticBootstrap(graph)).message).toBe("");
  });

  it.each(formatPlaces)("reads a format where Envoy does: in %s", (_name, _path, graphWith) => {
    expect(envoy.validate(staticBootstrap(graphWith("%DURATION%"))).message).toBe("");
    expect(envoy.validate(staticBootstrap(graphWith("%NOSUCH%"))).accepted).toBe(false);
  });

  it.each(plainPlaces)("reads none where Envoy does not: in %s", (_name, graphWith) => {
    expect(envoy.validate(staticBootstrap(graphWith("%NOSUCH%"))).message).toBe("");
  });

  it("takes the operator that headers alone have", () => {
    const [, , graphWith] = formatPlaces[0] as (typeof formatPlaces)[number];
    expect(envoy.validate(staticBootstrap(graphWith("a%PER_REQUEST_STATE(x.y)%%DURATION%"))).message).toBe("");
    expect(envoy.validate(staticBootstrap(graphWith("%PER_REQUEST_STATE()%"))).accepted).toBe(false);
  });

  describe.each([
    ["listeners", brokenListeners],
    ["routes", brokenRoutes],
    ["clusters", brokenClusters],
    ["extensions", brokenExtensions],
    ["upstreams", brokenUpstreams],
  ] as const)("on faults of %s", (_, rows) => {
    it.each(rows.map((row) => [row.name, row] as const))(
      "agrees with Envoy: %s",
      (_name, { graph, envoy: expected }) => {
        const { accepted, message } = envoy.validate(staticBootstrap(graph));
        expect(accepted ? "accepts" : "refuses", message).toBe(expected);
      },
    );
  });
});
