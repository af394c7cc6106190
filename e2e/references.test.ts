// What compile says of references, on a live Envoy that reads its configuration from files: what it calls an error is
// refused or never becomes active, what it calls a warning is taken.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  bootstrap,
  cluster,
  compile,
  endpoints,
  type Graph,
  grpcBootstrap,
  listener,
  route,
  routeConfiguration,
  tls,
  typeUrls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { EnvoyValidator, type RunningEnvoy, startEnvoy } from "./xds/envoy-process.js";

/** A folder that Envoy watches: a file is moved into it as a whole. */
class Delivery implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "netmason-files-"));

  source(name: string) {
    return { pathConfigSource: { path: join(this.folder, `${name}.json`) }, resourceApiVersion: "V3" } as const;
  }

  deliver(name: string, typeUrl: string, resources: readonly object[]): void {
    const target = join(this.folder, `${name}.json`);
    writeFileSync(
      `${target}.new`,
      JSON.stringify({ resources: resources.map((resource) => ({ "@type": typeUrl, ...resource })) }),
    );
    renameSync(`${target}.new`, target);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function statistics(envoy: RunningEnvoy): Promise<ReadonlyMap<string, number>> {
  const text = await envoy.admin("/stats?filter=update_(success|rejected)|warming");
  return new Map(
    text
      .trim()
      .split("\n")
      .map((line) => [line.split(": ")[0] ?? "", Number(line.split(": ")[1])]),
  );
}

async function until(envoy: RunningEnvoy, name: string, least: number): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const value = (await statistics(envoy)).get(name) ?? 0;
    if (value >= least) return value;
    await sleep(25);
  }
  throw new Error(`${name} stays below ${least}: ${JSON.stringify([...(await statistics(envoy))])}`);
}

const toLost = route.to("lost", { match: { prefix: "/" } });
const configuration = routeConfiguration({
  name: "routes",
  virtualHosts: [virtualHost({ name: "all", domains: ["*"], routes: [toLost] })],
});
const inline = listener.http({ name: "web", address: "127.0.0.1:0", routes: configuration });
const worst = (graph: Graph): string | undefined =>
  compile(graph).issues.find(({ rule }) => rule === "missing_reference")?.severity;

describeWith("envoy", "references", (program) => {
  it("of routes in a listener are errors: Envoy rejects the listener", async () => {
    expect(worst({ listeners: [inline] })).toBe("error");
    using files = new Delivery();
    files.deliver("cds", typeUrls.cluster, []);
    files.deliver("lds", typeUrls.listener, [inline]);
    await using envoy = await startEnvoy(
      program,
      bootstrap({ node: { id: "n", cluster: "c" }, xds: { files: files.folder } }),
    );
    expect(await until(envoy, "listener_manager.lds.update_rejected", 1)).toBe(1);
  });

  it("of routes by RDS are warnings: Envoy takes them", async () => {
    expect(worst({ routes: [configuration] })).toBe("warning");
    using files = new Delivery();
    const web = listener.http({
      name: "web",
      address: "127.0.0.1:0",
      routes: { rds: "routes", source: files.source("rds") },
    });
    files.deliver("cds", typeUrls.cluster, []);
    files.deliver("rds", typeUrls.route, [configuration]);
    files.deliver("lds", typeUrls.listener, [web]);
    await using envoy = await startEnvoy(
      program,
      bootstrap({ node: { id: "n", cluster: "c" }, xds: { files: files.folder } }),
    );
    expect(await until(envoy, "http.web.rds.routes.update_success", 1)).toBe(1);
    expect((await statistics(envoy)).get("http.web.rds.routes.update_rejected")).toBe(0);
  });

  it("of EDS are errors: the cluster has no endpoints until they come", async () => {
    const source = { self: {}, resourceApiVersion: "V3" } as const;
    expect(worst({ clusters: [cluster.eds({ name: "a", source })] })).toBe("error");
    using files = new Delivery();
    files.deliver("lds", typeUrls.listener, []);
    files.deliver("eds", typeUrls.endpoints, [endpoints({ cluster: "other", endpoints: [] })]);
    files.deliver("cds", typeUrls.cluster, []);
    await using envoy = await startEnvoy(
      program,
      bootstrap({ node: { id: "n", cluster: "c" }, xds: { files: files.folder } }),
    );
    files.deliver("cds", typeUrls.cluster, [cluster.eds({ name: "a", source: files.source("eds") })]);
    expect(await until(envoy, "cluster.a.update_rejected", 1)).toBe(1);
    expect((await statistics(envoy)).get("cluster.a.update_success")).toBe(0);
    files.deliver("eds", typeUrls.endpoints, [endpoints({ cluster: "a", endpoints: [{ address: "127.0.0.1:1" }] })]);
    expect(await until(envoy, "cluster.a.update_success", 1)).toBe(1);
  });

  describe("of a bootstrap", () => {
    const node = { id: "n", cluster: "c" };
    const system = tls.upstream({ trust: "system", serverName: "xds" });

    it.each([
      ["a control plane, delta", bootstrap({ node, admin: "127.0.0.1:0", xds: { address: "127.0.0.1:18000" } })],
      [
        "a control plane, state of the world, by TLS",
        bootstrap({ node, xds: { address: "localhost:18000", mode: "sotw", tls: system } }),
      ],
      [
        "nothing but static resources",
        bootstrap({ node, static: { clusters: [cluster.dns({ name: "a", host: "localhost", port: 1 })] } }),
      ],
    ])("are met: %s", (_, made) => {
      using envoy = new EnvoyValidator(program);
      expect(envoy.validate(made).message).toBe("");
    });

    it("of gRPC are in its own JSON, with the locality that its client requires", () => {
      expect(JSON.stringify(grpcBootstrap({ node: { id: "g" }, server: "127.0.0.1:18000" }))).toBe(
        '{"xds_servers":[{"server_uri":"127.0.0.1:18000","channel_creds":[{"type":"insecure"}],"server_features":["xds_v3"]}],"node":{"id":"g","locality":{}}}',
      );
    });
  });
});
