import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatResult, type NetworkConfigList } from "@netmason/cni";
import { hostLocal } from "@netmason/cni/host-local";
import { attachAll, type CniEvent, createCni, createFileCache, createPluginExec, LOOPBACK } from "@netmason/cni/node";
import { createNetns, type Netns } from "@netmason/cni/testing";
import { createBridgePlugin, loopback, run } from "./plugins.js";

const missing = ["ip -V", "nsenter -V", "flock -V"].filter((line) => spawnSync(line, { shell: true }).status !== 0);
if (process.getuid?.() !== 0 || missing.length > 0) {
  console.log(`This makes network namespaces, a bridge and veth pairs in them, for which it needs Linux and root; it makes them
with \`ip\` and \`nsenter\`, and locks its leases with \`flock\`. Here it would attach two containers, let one talk to the
other, CHECK one, collect the other, and take everything away again.
Nothing was done. Try: sudo npm start`);
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), "cni-runtime-"));
const namespaces: Netns[] = [];
try {
  const [host, web, db] = [await namespace(), await namespace(), await namespace()];
  const plugins = { bridge: createBridgePlugin(host.path), loopback, "host-local": hostLocal() };
  const onEvent = (event: CniEvent): void => {
    if (event.kind !== "call") return;
    console.log(`  ${event.verb.padEnd(6)} ${event.plugin.padEnd(10)} ${event.durationMs.toFixed(1).padStart(6)} ms`);
  };
  const cni = createCni({
    pluginDirs: ["/opt/cni/bin"],
    exec: createPluginExec(plugins),
    cache: createFileCache({ dir }),
    onEvent,
  });
  const ipam = { type: "host-local", subnet: "10.77.0.0/24", dataDir: join(dir, "leases") };
  const network: NetworkConfigList = {
    name: "lab",
    cniVersion: "1.1.0",
    plugins: [{ type: "bridge", bridge: "lab0", isGateway: true, ipam }],
  };

  for (const [containerId, netns] of [
    ["web", web.path],
    ["db", db.path],
  ] as const) {
    console.log(`attaching ${containerId}`);
    const [, result] = await attachAll(cni, [
      { network: LOOPBACK, attachment: { containerId, netns, ifname: "lo" } },
      { network, attachment: { containerId, netns, ifname: "eth0" } },
    ]);
    if (result !== undefined) console.log(`  ${formatResult(result)}`);
  }

  const server = await startServer(db, 8080, "hello from db");
  const ask = `require("net").connect(8080, "10.77.0.3").on("data", (text) => console.log(String(text)))`;
  console.log(`web asks db: ${run("nsenter", `--net=${web.path}`, process.execPath, "-e", ask).trim()}`);
  server.kill();

  console.log("is web as it was left?");
  await cni.check(network, { containerId: "web", netns: web.path, ifname: "eth0" });
  console.log("db is gone without a word: collecting what nobody uses");
  const valid = [{ containerId: "web", ifname: "eth0" }];
  for (const { attachment } of await cni.gc(network, valid)) console.log(`  collected ${attachment.containerId}`);
  console.log("detaching web");
  await cni.del(network, { containerId: "web", netns: web.path, ifname: "eth0" });
  console.log(cni.metrics());
} finally {
  for (const netns of namespaces.reverse()) await netns[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
}

async function namespace(): Promise<Netns> {
  const netns = await createNetns();
  namespaces.push(netns);
  return netns;
}

/** Answers each connection in the namespace with the text. */
async function startServer(netns: Netns, port: number, text: string): Promise<ChildProcess> {
  const listen = `require("net").createServer((s) => s.end("${text}")).listen(${port}, () => console.log("ready"))`;
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const server = spawn("nsenter", [`--net=${netns.path}`, process.execPath, "-e", listen], { stdio: [...stdio] });
  if (server.stdout !== null) await once(server.stdout, "data");
  return server;
}
