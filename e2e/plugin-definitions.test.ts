import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonObject } from "@netmason/cni";
import { createNetns, type Netns } from "@netmason/cni/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mutation, type PluginExample, pluginExamples } from "../packages/cni/test/plugin-examples.js";
import { ip } from "./cni-lab.js";
import { describeWith } from "./components.js";

const PREV_RESULT: JsonObject = {
  cniVersion: "1.1.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/none" }],
  ips: [{ address: "10.0.0.2/24", interface: 0 }],
};
const MANAGERS = new Set(["host-local", "static", "dhcp"]);

describeWith(["cni-plugins", "iproute2"], "what our definitions refuse", (hostLocal) => {
  const plugins = dirname(hostLocal);
  let host: Netns;
  let container: Netns;
  let dir = "";
  beforeAll(async () => {
    [host, container] = [await createNetns(), await createNetns()];
    dir = mkdtempSync(join(tmpdir(), "netmason-plugins-"));
    // So that host-device has one that is not lo.
    writeFileSync(join(dir, "none"), "");
    spawnSync(ip, ["-n", host.name, "link", "add", "enp0s1", "type", "veth", "peer", "name", "p0"]);
  });
  afterAll(async () => {
    for (const netns of [container, host]) await netns[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The error's message of an ADD, `""` when it succeeds; it is deleted again. */
  function add(type: string, config: JsonObject, chained: boolean): string {
    const ipam = config.ipam === undefined ? {} : { ipam: withDataDir(config.ipam as JsonObject) };
    const previous = chained && !("prevResult" in config) ? { prevResult: PREV_RESULT } : {};
    const input = JSON.stringify({ ...previous, ...config, ...ipam, cniVersion: "1.1.0", name: "lab" });
    const run = (CNI_COMMAND: string): ReturnType<typeof spawnSync> => {
      const cni = {
        CNI_COMMAND,
        CNI_CONTAINERID: "c1",
        CNI_NETNS: container.path,
        CNI_IFNAME: "eth0",
        CNI_PATH: plugins,
      };
      const env = { PATH: process.env.PATH ?? "", ...cni };
      return spawnSync(ip, ["netns", "exec", host.name, join(plugins, type)], {
        env,
        input,
        encoding: "utf8",
        timeout: 20_000,
      });
    };
    const { stdout, status } = run("ADD");
    run("DEL");
    if (status === 0) return "";
    return (JSON.parse(String(stdout)) as { readonly msg: string }).msg;
  }

  function withDataDir(ipam: JsonObject): JsonObject {
    return ipam.type === "host-local" ? { dataDir: join(dir, "leases"), ...ipam } : ipam;
  }

  const chained = new Set(["portmap", "bandwidth", "tuning", "firewall", "sbr", "vrf"]);
  const reference = pluginExamples.filter((example) => example.isReference === true);

  describe.each(reference)("$type refuses it too", ({ type, config, mutations }: PluginExample) => {
    const wrap = (part: JsonObject): JsonObject => (MANAGERS.has(type) ? { type, ipam: withDataDir(part) } : part);
    let right = "";
    beforeAll(() => {
      right = add(type, wrap(config), chained.has(type));
    });

    it.each(mutations.filter(({ unreleased }) => unreleased !== true))("$change", ({ change }: Mutation) => {
      const message = add(type, wrap({ ...config, ...change }), chained.has(type));
      expect(message).not.toBe("");
      // What this kernel or machine lacks fails later, and otherwise.
      expect(message).not.toBe(right);
    });
  });
});
