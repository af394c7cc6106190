import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatResult } from "@netmason/cni";
import { createCni, createFileCache } from "@netmason/cni/node";
import { createNetns, type Netns } from "@netmason/cni/testing";
import { createIpam } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";

const missing = ["ip -V", "nsenter -V", "ping -V"].filter((line) => spawnSync(line, { shell: true }).status !== 0);
if (process.getuid?.() !== 0 || missing.length > 0) {
  console.log(`This makes network namespaces and links, for which it needs Linux, root, \`ip\`, \`nsenter\` and \`ping\`.
Here it would ADD two containers to a bridge, ping one from the other, CHECK both, DEL one, and let GC collect the other.
Nothing was done. Try: sudo npm start`);
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), "cni-plugin-"));
const namespaces: Netns[] = [];
const addNetns = async (): Promise<Netns> => {
  const netns = await createNetns();
  namespaces.push(netns);
  return netns;
};
const runIn = (netns: Netns, file: string, ...args: readonly string[]): string =>
  execFileSync("nsenter", [`--net=${netns.path}`, file, ...args], { encoding: "utf8" });
try {
  // `machine` stands for this machine: the bridge is made there, so nothing of yours is touched.
  const [machine, web, db] = [await addNetns(), await addNetns(), await addNetns()];
  // The plugin is a program; it runs on TypeScript sources as this one does.
  const command = [process.execPath, ...process.execArgv, join(import.meta.dirname, "plugin.ts")].join("' '");
  const script = `#!/bin/sh\nexec nsenter --net=${machine.path} '${command}'\n`;
  writeFileSync(join(dir, "lmdb-bridge"), script, { mode: 0o755 });

  const cni = createCni({ pluginDirs: [dir], cache: createFileCache({ dir: join(dir, "cache") }) });
  const dataDir = join(dir, "leases");
  const network = {
    name: "lab",
    cniVersion: "1.1.0",
    plugins: [{ type: "lmdb-bridge", bridge: "lab0", subnet: "10.78.0.0/24", dataDir }],
  };
  const attachmentOf = (containerId: string, { path: netns }: Netns) => ({ containerId, netns, ifname: "eth0" });
  const attachments = [attachmentOf("web", web), attachmentOf("db", db)] as const;

  await cni.status(network);
  console.log("STATUS  the plugin is ready");
  for (const attachment of attachments) {
    console.log(`ADD     ${attachment.containerId}: ${formatResult(await cni.add(network, attachment))}`);
  }
  console.log(`ping    ${runIn(web, "ping", "-c1", "-W5", "10.78.0.3").split("\n").at(1)}`);
  for (const attachment of attachments) await cni.check(network, attachment);
  console.log("CHECK   both are as they were left");
  await cni.del(network, attachments[0]);
  console.log("DEL     web");
  await cni.gc(network, []);
  console.log("GC      db, which no longer counts as valid");

  const store = createLmdbStore({ path: dataDir });
  let leaseCount = 0;
  for await (const _ of createIpam({ store, vrf: "lab" }).listAllocations()) leaseCount++;
  await store.close();
  const links = JSON.parse(runIn(machine, "ip", "-json", "link", "show", "master", "lab0"));
  console.log(`left    ${leaseCount} leases, ${links.length} links in the bridge`);
} finally {
  for (const netns of namespaces.reverse()) await netns[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
}
