import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createCni, createFileCache } from "@netmason/cni/node";
import { createIpam } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { expect, it } from "vitest";
import { type CniLab, createLab } from "./cni-lab.js";
import { describeWith } from "./components.js";

const root = join(import.meta.dirname, "..");
const example = join(root, "examples/cni-plugin");

/** The plugin, built by the example's own script. @returns a folder with a link to it, as its README says */
function buildPlugin(): string {
  // In the repository, or the program would not find `lmdb`.
  mkdirSync(join(root, ".cache/e2e"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache/e2e/cni-plugin-"));
  const { scripts } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  const [command = ""] = String(scripts.build).split(" && ");
  const outfile = join(folder, "lmdb-bridge.cjs");
  const elsewhere = command.replace(/--outfile=\S+/, `--outfile=${outfile} --log-level=warning`);
  execFileSync("npm", ["exec", "--offline", "-c", elsewhere], { cwd: example, stdio: "pipe" });
  chmodSync(outfile, 0o755);
  mkdirSync(join(folder, "bin"));
  symlinkSync(outfile, join(folder, "bin/lmdb-bridge"));
  return folder;
}

async function leasesOf(lab: CniLab): Promise<readonly string[]> {
  const store = createLmdbStore({ path: join(lab.dir, "leases") });
  const held: string[] = [];
  for await (const each of createIpam({ store, vrf: "lab" }).listAllocations()) {
    if (each.kind === "address") held.push(`${each.address} ${each.handle}`);
  }
  await store.close();
  return held;
}

const linksOf = (lab: CniLab): readonly string[] =>
  lab
    .run(lab.host, "ip", "-br", "link")
    .split("\n")
    .filter((line) => line.startsWith("nm"))
    .map((line) => line.slice(0, 15));

describeWith(["iproute2", "ping"], "the plugin of examples/cni-plugin", () => {
  it("runs its demonstration and leaves the machine as it was", () => {
    const args = ["--import", "tsx", "--conditions=@netmason/source", join(example, "src/main.ts")];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: root });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ping +64 bytes from 10\.78\.0\.3/m);
    expect(stdout).toMatch(/^left +0 leases, 0 links in the bridge$/m);
    const spaces = [...stdout.matchAll(/"sandbox":"([^"]+)"/g)].map(([, path = ""]) => path);
    expect(spaces.map((path) => existsSync(path))).toEqual([false, false]);
    expect(readdirSync("/sys/class/net").filter((name) => /^(nm[\da-f]{13}|lab0)$/.test(name))).toEqual([]);
  });

  it("attaches at the same time, undoes, checks, collects and detaches, as one built file", async () => {
    const folder = buildPlugin();
    try {
      await using lab = await createLab([join(folder, "bin")]);
      const cni = createCni({ pluginDirs: [lab.pluginDir], cache: createFileCache({ dir: lab.cacheDir }) });
      const plugin = { type: "lmdb-bridge", bridge: "lab0", subnet: "10.78.0.0/24", dataDir: join(lab.dir, "leases") };
      const network = { name: "lab", cniVersion: "1.1.0", plugins: [plugin] };
      const attachments = [];
      for (const containerId of ["a", "b", "c", "d"]) {
        const netns = await lab.addContainer();
        attachments.push({ containerId, netns: netns.path, ifname: "eth0", space: netns });
      }
      const results = await Promise.all(attachments.map((each) => cni.add(network, each)));
      const [a, b, c, d] = attachments;
      if (a === undefined || b === undefined || c === undefined || d === undefined) throw new RangeError("attachments");
      const addresses = results.map((each) => ("ips" in each ? each.ips?.[0]?.address : undefined));
      expect(new Set(addresses).size).toBe(4);
      for (const each of addresses.slice(1)) {
        const target = String(each).replace("/24", "");
        expect(lab.run(a.space, "ping", "-c1", "-W5", target)).toContain("1 received");
      }
      for (const each of attachments) await cni.check(network, each);
      const [leases, links] = [await leasesOf(lab), linksOf(lab)];
      expect([leases.length, links.length]).toEqual([4, 4]);

      // Its interface is there already.
      await expect(cni.add(network, { ...a, containerId: "late" })).rejects.toMatchObject({
        code: "plugin_failed",
        details: { specCode: 999, rollback: [] },
      });
      expect([await leasesOf(lab), linksOf(lab)]).toEqual([leases, links]);
      await cni.check(network, a);

      lab.run(b.space, "ip", "address", "flush", "dev", "eth0");
      await expect(cni.check(network, b)).rejects.toThrow("is not set");
      await cni.gc(
        network,
        [a, c].map(({ containerId, ifname }) => ({ containerId, ifname })),
      );
      expect([(await leasesOf(lab)).length, linksOf(lab).length]).toEqual([2, 2]);
      for (const each of [a, c, d, a]) await cni.del(network, each);
      expect([await leasesOf(lab), linksOf(lab)]).toEqual([[], []]);
      await cni.status(network);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
