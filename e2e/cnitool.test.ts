import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createCni, createFileCache, loadNetwork } from "@netmason/cni/node";
import type { Netns } from "@netmason/cni/testing";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { type CniLab, createLab, ip } from "./cni-lab.js";
import { buildPrograms } from "./cni-programs.js";
import { describeWith } from "./components.js";

const CHATTY = `
import { execFileSync } from "node:child_process";
import { writeSync } from "node:fs";
import { runPlugin } from "@netmason/cni/node";
const chat = () => {
  console.log("said");
  writeSync(1, "written");
  execFileSync("echo", ["by a child"], { stdio: "inherit" });
  setInterval(() => {}, 60_000);
};
const add = ({ ifname }) => (chat(), { cniVersion: "1.1.0", interfaces: [{ name: ifname }] });
void runPlugin({ versions: ["1.1.0"], about: "chatty", add, del: chat, check: chat });
`;

/** One configuration, either manager of addresses, one cache: libcni's own place, which only the lab sees. */
interface ToolLab extends CniLab {
  readonly netns: Netns;
  /** Runs cnitool, or our `cni`, in the lab's host. */
  tool(program: string, verb: string, ...args: readonly string[]): string;
  cached(): readonly string[];
  leases(): readonly string[];
}

async function createToolLab(plugins: string): Promise<ToolLab> {
  const lab = await createLab([plugins]);
  await buildPrograms(join(lab.dir, "programs"));
  execFileSync("cp", [join(lab.dir, "programs/netmason-host-local"), lab.pluginDir]);
  const ipam = { type: "netmason-host-local", subnet: "10.99.0.0/24", dataDir: join(lab.dir, "leases") };
  const list = {
    cniVersion: "1.1.0",
    name: "lab",
    plugins: [
      { type: "bridge", bridge: "br0", isGateway: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  for (const folder of ["net.d", "lib/cni"]) mkdirSync(join(lab.dir, folder), { recursive: true });
  writeFileSync(join(lab.dir, "net.d/10-lab.conflist"), JSON.stringify(list));
  const netns = await lab.addContainer();
  const environment = {
    CNI_PATH: lab.pluginDir,
    NETCONFPATH: join(lab.dir, "net.d"),
    CAP_ARGS: '{"portMappings":[{"hostPort":8081,"containerPort":80,"protocol":"tcp"}]}',
    CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=web",
    PATH: process.env.PATH ?? "",
  };
  return {
    ...lab,
    netns,
    tool(program, verb, ...args) {
      // /var/lib is the lab's own for this command alone.
      const script = `mount --bind ${lab.dir}/lib /var/lib && exec "$@"`;
      const command = ["unshare", "--mount", "sh", "-c", script, "sh", program, verb, "lab", netns.path, ...args];
      return execFileSync(ip, ["netns", "exec", lab.host.name, ...command], {
        encoding: "utf8",
        env: environment,
        stdio: "pipe",
      });
    },
    cached: () => readdirSync(join(lab.dir, "lib/cni/results")),
    leases: () => readdirSync(join(lab.dir, "leases/lab")).filter((name) => name.startsWith("10.")),
  };
}

describeWith(["cnitool", "cni-plugins", "iproute2", "iptables"], "libcni's cnitool and we", (cnitool, hostLocal) => {
  const plugins = dirname(hostLocal);
  const pairs = [
    ["cnitool", "cni"],
    ["cni", "cnitool"],
    ["cnitool", "cnitool"],
    ["cni", "cni"],
  ] as const;

  it.each(pairs)("ADD by %s, everything after it by %s, with our host-local", async (first, second) => {
    await using lab = await createToolLab(plugins);
    const programs = { cnitool, cni: join(lab.dir, "programs/cni") };
    const added = JSON.parse(lab.tool(programs[first], "add"));
    expect(added).toMatchObject({ cniVersion: "1.1.0", ips: [{ address: "10.99.0.2/24", gateway: "10.99.0.1" }] });
    expect(lab.cached()).toEqual([expect.stringMatching(/^lab-cnitool-[0-9a-f]{20}-eth0$/)]);
    const before = JSON.parse(readFileSync(join(lab.dir, "lib/cni/results", lab.cached()[0] ?? ""), "utf8"));
    expect(before.result).toEqual(added);
    lab.tool(programs[second], "check");
    lab.tool(programs[second], "status");
    lab.tool(programs[second], "del");
    expect([lab.cached(), lab.leases()]).toEqual([[], []]);
    lab.tool(programs[second], "del");
    expect(lab.run(lab.netns, "ip", "-br", "link")).not.toContain("eth0");
  });

  it("write the same cache file, key by key", async () => {
    await using lab = await createToolLab(plugins);
    const file = (): string => readFileSync(join(lab.dir, "lib/cni/results", lab.cached()[0] ?? ""), "utf8");
    const withoutLinks = (text: string): string =>
      text.replace(/"mac":"[^"]*"/g, '"mac"').replace(/veth[0-9a-f]+/g, "veth");
    lab.tool(cnitool, "add");
    const theirs = file();
    lab.tool(cnitool, "del");
    // The next address but for this is another one.
    writeFileSync(join(lab.dir, "leases/lab/last_reserved_ip.0"), "10.99.0.1");
    lab.tool(join(lab.dir, "programs/cni"), "add");
    const ours = file();
    const configOf = (text: string): unknown => JSON.parse(Buffer.from(JSON.parse(text).config, "base64").toString());
    expect(configOf(ours)).toEqual(configOf(theirs));
    const rest = (text: string): string => withoutLinks(text).replace(/"config":"[^"]*"/, '"config"');
    expect(rest(ours)).toBe(rest(theirs));
  });

  it("GC: cnitool's deletes what we added, ours what cnitool added, and ours only with --all", async () => {
    await using lab = await createToolLab(plugins);
    const cni = join(lab.dir, "programs/cni");
    lab.tool(cni, "add");
    lab.tool(cnitool, "gc");
    expect([lab.cached(), lab.leases()]).toEqual([[], []]);
    lab.tool(cnitool, "add");
    expect(lab.tool(cni, "gc")).toMatch(/^would delete 1\n/);
    expect(lab.leases()).toHaveLength(1);
    expect(lab.tool(cni, "gc", "--all")).toMatch(/^deleted 1\n/);
    expect([lab.cached(), lab.leases()]).toEqual([[], []]);
  });

  it("reads one document from a plugin that writes to stdout, lets a child do so, and leaves a timer", async () => {
    await using lab = await createToolLab(plugins);
    await build({
      stdin: { contents: CHATTY, resolveDir: import.meta.dirname, loader: "ts" },
      outfile: join(lab.pluginDir, "chatty"),
      bundle: true,
      platform: "node",
      format: "cjs",
      banner: { js: "#!/usr/bin/env node" },
      conditions: ["@netmason/source"],
      logLevel: "warning",
    });
    chmodSync(join(lab.pluginDir, "chatty"), 0o755);
    const list = { cniVersion: "1.1.0", name: "lab", plugins: [{ type: "chatty" }] };
    writeFileSync(join(lab.dir, "net.d/10-lab.conflist"), JSON.stringify(list));
    expect(JSON.parse(lab.tool(cnitool, "add"))).toEqual({ cniVersion: "1.1.0", interfaces: [{ name: "eth0" }] });
    expect(lab.tool(cnitool, "check")).toBe("");
    lab.tool(cnitool, "del");
  });

  it("the library takes up what cnitool has left", async () => {
    await using lab = await createToolLab(plugins);
    lab.tool(cnitool, "add");
    const cni = createCni({ pluginDirs: [lab.pluginDir], cache: createFileCache({ dir: join(lab.dir, "lib/cni") }) });
    const network = await loadNetwork(join(lab.dir, "net.d"), "lab");
    const [entry] = await cni.list();
    expect(entry?.attachment).toMatchObject({
      ifname: "eth0",
      netns: lab.netns.path,
      args: [
        ["IgnoreUnknown", "1"],
        ["K8S_POD_NAME", "web"],
      ],
    });
    expect(entry?.network).toEqual(network);
    expect(await cni.gc(network, [])).toHaveLength(1);
    expect([lab.cached(), lab.leases()]).toEqual([[], []]);
  });
});
