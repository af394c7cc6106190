// Envoy refuses what compile says that it refuses, and takes what compile finds no fault in.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, compile, formatIssues, tls } from "@netmason/xds";
import { afterAll, describe, expect, it } from "vitest";
import { soundBootstraps } from "../packages/xds/test/broken-bootstraps.js";
import { brokenTables } from "../packages/xds/test/broken-tables.js";
import { builderGraphs } from "../packages/xds/test/builder-graphs.js";
import { longestDurations } from "../packages/xds/test/durations.js";
import { acceptedExpressions, programSizes, refusedExpressions } from "../packages/xds/test/expressions.js";
import { formatPlaces, lacking, plainPlaces } from "../packages/xds/test/format-places.js";
import { host, withHosts, withListener, withRoute } from "../packages/xds/test/graph-parts.js";
import { nearMisses } from "../packages/xds/test/near-misses.js";
import { nearMissesUpstream } from "../packages/xds/test/near-misses-upstream.js";
import { soundGraphs } from "../packages/xds/test/sound-graphs.js";
import { describeWith } from "./components.js";
import { EnvoyValidator, startEnvoy } from "./xds/envoy-process.js";
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

  it.each(Object.entries(soundGraphs))("takes what looks wrong and is not: %s", (_, graph) => {
    expect(envoy.validate(staticBootstrap(graph)).message).toBe("");
  });

  it.each([
    ["nothing", { admin: "127.0.0.1:0" }],
    ["a control plane by delta", { xds: { address: "localhost:18000" } }],
    ["a control plane of the state of the world", { xds: { address: "127.0.0.1:18000", mode: "sotw" } }],
    [
      "a control plane over TLS",
      { xds: { address: "localhost:18000", tls: tls.upstream({ trust: "system", serverName: "xds" }) } },
    ],
    ["files", { xds: { files: envoy.folder } }],
  ] as const)("takes a bootstrap that asks %s", (_, input) => {
    for (const name of ["lds.json", "cds.json"]) writeFileSync(join(envoy.folder, name), '{"resources":[]}');
    expect(envoy.validate(bootstrap({ node: { id: "n", cluster: "c" }, ...input })).message).toBe("");
  });

  it.each([...nearMisses, ...nearMissesUpstream, ...longestDurations])(
    "takes what comes near to a fault: %s",
    (_, graph) => {
      expect(envoy.validate(staticBootstrap(graph)).message).toBe("");
    },
  );

  it.each(soundBootstraps)("takes a bootstrap that %s", (_, graph) => {
    expect(envoy.validate(staticBootstrap(graph)).message).toBe("");
  });

  it("refuses a node of no name when it asks for listeners, which it leaves out where it only validates", async () => {
    const ldsConfig = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" };
    const nameless = { node: { cluster: "c" }, dynamicResources: { ldsConfig } };
    expect(envoy.validate(nameless).message).toBe("");
    await expect(startEnvoy(program, nameless)).rejects.toThrow("node 'id' and 'cluster' are required");
  });

  it.each(formatPlaces)("reads a format where Envoy does: in %s", (name, _path, graphWith) => {
    expect(envoy.validate(staticBootstrap(graphWith("%DURATION%"))).message).toMatch(lacking.get(name) ?? /^$/);
    expect(envoy.validate(staticBootstrap(graphWith("%NOSUCH%"))).message).toContain(
      "Not supported field in StreamInfo: NOSUCH",
    );
  });

  it.each(plainPlaces)("reads none where Envoy does not: in %s", (_name, graphWith) => {
    expect(envoy.validate(staticBootstrap(graphWith("%NOSUCH%"))).message).toBe("");
  });

  it("takes the operator that headers alone have", () => {
    const [, , graphWith] = formatPlaces[0] as (typeof formatPlaces)[number];
    expect(envoy.validate(staticBootstrap(graphWith("a%PER_REQUEST_STATE(x.y)%%DURATION%"))).message).toBe("");
    expect(envoy.validate(staticBootstrap(graphWith("%PER_REQUEST_STATE()%"))).accepted).toBe(false);
  });

  it("takes the regular expressions that compile takes", () => {
    const routes = acceptedExpressions.map((regex) => ({ match: { safeRegex: { regex } }, route: { cluster: "a" } }));
    expect(envoy.validate(staticBootstrap(withHosts(host({ routes })))).message).toBe("");
  });

  it.each(programSizes)("makes a program of %j with %i instructions", (regex, size) => {
    const graph = withRoute({ match: { safeRegex: { regex } }, route: { cluster: "a" } });
    const runtime = { "re2.max_program_size.error_level": 0 };
    const layeredRuntime = { layers: [{ name: "a", staticLayer: runtime }] };
    expect(envoy.validate({ ...staticBootstrap(graph), layeredRuntime }).message).toContain(
      `RE2 program size of ${size} > max program size of 0`,
    );
    expect(envoy.validate(staticBootstrap(graph)).accepted).toBe(size <= 100);
  });

  it.each(refusedExpressions)("refuses the regular expression %j", (regex) => {
    const graph = withRoute({ match: { safeRegex: { regex } }, route: { cluster: "a" } });
    expect(envoy.validate(staticBootstrap(graph)).accepted).toBe(false);
  });

  describe.each(Object.entries(brokenTables))("on faults of %s", (_, rows) => {
    it.each(rows.map((row) => [row.name, row] as const))(
      "agrees with Envoy: %s",
      (_name, { graph, envoy: expected }) => {
        const { accepted, message } = envoy.validate(staticBootstrap(graph));
        expect(accepted ? "accepts" : "refuses", message).toBe(expected);
      },
    );
  });
});
