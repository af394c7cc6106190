import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCni, createFileCache, createProcessExec } from "@netmason/cni/node";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { findFences } from "../tools/examples.js";
import { createLab } from "./cni-lab.js";
import { buildPrograms } from "./cni-programs.js";
import { describeWith } from "./components.js";

const GUIDE = join(import.meta.dirname, "../docs/guides/cni-plugins.md");

/** The name on the host that the guide gives an interface of container c1. */
const hostNameOf = (ifname: string): string =>
  `ve${createHash("sha256").update(`c1/${ifname}`).digest("hex").slice(0, 13)}`;

/** The guide's plugin as a program, built as the guide says. @returns its lines of code */
async function buildPlugin(outfile: string): Promise<number> {
  const [fence] = findFences(readFileSync(GUIDE, "utf8"), false);
  const code = fence?.code ?? [];
  // What the guide says of CommonJS.
  const contents = code.join("\n").replace("await runPlugin(plugin);", "void runPlugin(plugin);");
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    conditions: ["@netmason/source"],
    logLevel: "warning",
  });
  chmodSync(outfile, 0o755);
  return code.filter((line) => line !== "").length;
}

describeWith(["iproute2", "ping"], "the guide's plugin", () => {
  it("attaches, checks, collects and detaches, and leaks nothing when it fails", async () => {
    await using programs = await createLab([]);
    expect(await buildPlugin(join(programs.dir, "programs/tiny-veth"))).toBeLessThanOrEqual(60);
    await buildPrograms(join(programs.dir, "programs"));
    await using lab = await createLab([join(programs.dir, "programs")]);
    const container = await lab.addContainer();
    const ipam = {
      type: "netmason-host-local",
      subnet: "10.9.0.0/24",
      dataDir: join(lab.dir, "leases"),
      routes: [{ dst: "10.9.0.0/24" }],
    };
    const network = { name: "lab", cniVersion: "1.1.0", plugins: [{ type: "tiny-veth", ipam }] };
    const cni = createCni({ pluginDirs: [lab.pluginDir], cache: createFileCache({ dir: lab.cacheDir }) });
    const attachment = { containerId: "c1", netns: container.path, ifname: "eth0" };
    const leases = (): string[] => readdirSync(join(lab.dir, "leases/lab")).filter((name) => name.startsWith("10."));

    const result = await cni.add(network, attachment);
    expect(result).toEqual({
      cniVersion: "1.1.0",
      interfaces: [{ name: hostNameOf("eth0") }, { name: "eth0", sandbox: container.path }],
      ips: [{ address: "10.9.0.2/24", gateway: "10.9.0.1", interface: 1 }],
      routes: [{ dst: "10.9.0.0/24" }],
    });
    expect(lab.run(lab.host, "ping", "-c1", "-W5", "10.9.0.2")).toContain("1 received");
    await cni.check(network, attachment);

    // The interface is there already: the address taken for the second one goes back.
    const again = cni.add(network, { ...attachment, containerId: "c2" });
    await expect(again).rejects.toMatchObject({ code: "plugin_failed", details: { specCode: 999, rollback: [] } });
    expect(leases()).toEqual(["10.9.0.2"]);

    // A second interface of the container has a link and a lease of its own.
    const second = { ...attachment, ifname: "eth1" };
    await cni.add(network, second);
    expect(lab.run(lab.host, "ip", "-br", "link")).toContain(hostNameOf("eth1"));
    await cni.del(network, second);
    expect(lab.run(lab.host, "ip", "-br", "link")).toContain(hostNameOf("eth0"));
    expect(leases()).toEqual(["10.9.0.2"]);

    // A link that cannot be deleted keeps its lease, and the error is told.
    const refusing = join(lab.dir, "refusing");
    mkdirSync(refusing);
    const script = "#!/bin/sh\necho 'RTNETLINK answers: Operation not permitted' >&2\nexit 2\n";
    writeFileSync(join(refusing, "ip"), script, { mode: 0o755 });
    const environment = () => ({ ...process.env, PATH: `${refusing}:${process.env.PATH}` });
    const exec = createProcessExec({ environment });
    const hindered = createCni({ pluginDirs: [lab.pluginDir], exec, cache: createFileCache({ dir: lab.cacheDir }) });
    await expect(hindered.del(network, attachment)).rejects.toThrow("Operation not permitted");
    expect(leases()).toEqual(["10.9.0.2"]);

    await cni.gc(network, [{ containerId: "c1", ifname: "eth0" }]);
    expect(leases()).toEqual(["10.9.0.2"]);
    await cni.del(network, attachment);
    await cni.del(network, attachment);
    expect(leases()).toEqual([]);
    expect(lab.run(lab.host, "ip", "-br", "link")).not.toContain(hostNameOf("eth0"));
    await expect(cni.check(network, attachment)).rejects.toMatchObject({ code: "plugin_failed" });
  });
});
