import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIpam, isIpamError, type Liveness, type Suspects } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { startFleet, stopFleet, type Worker } from "./fleet.js";
import { measureFlush } from "./flush.js";
import { applyPlan, parsePlan } from "./pool-file.js";
import { createProgress } from "./progress.js";
import { describeRefusal, describeStore } from "./report.js";

const folder = mkdtempSync(join(tmpdir(), "ipam-service-"));
const path = join(folder, "store");
const plan = parsePlan(readFileSync(new URL("../data/pools.yaml", import.meta.url), "utf8"));
const store = createLmdbStore({ path });
const ipam = createIpam({ store });

try {
  await applyPlan(ipam, plan);
  console.log(`${plan.pools.length} pools, ${plan.reservations.length} reservations, ${plan.nodes.length} nodes`);
  const workers = await fillNodes();
  await releaseSome(workers);
  await collectTheDead(workers);
  console.log("\nThe address plan (█ live, ▒ cooling, · free):");
  for (const line of await describeStore(ipam, 32)) console.log(line);
  await showRefusal();
  const { checkedCount, findings } = await ipam.audit();
  console.log(`\nAudit of ${checkedCount} records: ${findings.length === 0 ? "sound" : JSON.stringify(findings)}`);
  console.log(`A write reaches this disk in ${(await measureFlush(join(folder, "flush"))).toFixed(2)} ms (median)`);
  await stopFleet(workers);
} finally {
  await ipam.close();
  await store.close();
  rmSync(folder, { recursive: true });
}

/** Every node allocates for its containers; the second one is killed on its way. */
async function fillNodes(): Promise<readonly Worker[]> {
  const wanted = plan.nodes.reduce((sum, { containers }) => sum + containers, 0);
  const begun = performance.now();
  const progress = createProgress(wanted, "containers have their addresses", process.stdout);
  const workers = startFleet(path, plan.nodes, () => {
    const started = workers.reduce((sum, worker) => sum + worker.started.size, 0);
    const victim = workers[1];
    if (victim?.isAlive && victim.started.size >= victim.node.containers / 2) victim.process.kill("SIGKILL");
    progress(started);
  });
  await Promise.all(workers.map(({ finished }) => finished));
  const started = workers.reduce((sum, worker) => sum + worker.started.size, 0);
  const seconds = (performance.now() - begun) / 1_000;
  const rate = Math.round((2 * started) / seconds);
  console.log(`${process.stdout.isTTY ? "\r" : ""}${started} of ${wanted} containers have an IPv4 and an IPv6 address`);
  console.log(`${workers.length} processes took ${seconds.toFixed(1)} s, start included: ${rate} durable addresses/s`);
  const dead = workers.find(({ isAlive }) => !isAlive);
  console.log(`${dead?.node.name} was killed with ${dead?.started.size} containers reported`);
  return workers;
}

/** A hundred containers of the first node end in an orderly way. */
async function releaseSome([worker]: readonly Worker[]): Promise<void> {
  const handles = [...(worker?.started ?? [])].slice(0, 100);
  const reports = await Promise.all(handles.map((handle) => ipam.releaseByHandle(handle)));
  for (const handle of handles) worker?.started.delete(handle);
  console.log(`${reports.reduce((sum, { released }) => sum + released.length, 0)} addresses were released in order`);
}

/** What the killed node left is freed when two looks agree that it is gone: first its addresses, then its blocks. */
async function collectTheDead(workers: readonly Worker[]): Promise<void> {
  const alive = workers.filter(({ isAlive }) => isAlive);
  const liveness = async (): Promise<Liveness> => ({
    asOf: Date.now(),
    handles: new Set(alive.flatMap(({ started }) => [...started])),
    nodes: new Set(alive.map(({ node }) => node.name)),
  });
  let suspects: Suspects = [];
  for (const look of ["first", "second", "third", "fourth"]) {
    const report = await ipam.collect({ liveness, suspects, graceMs: 100 });
    suspects = report.suspects;
    console.log(`${look} look: ${report.released.length} addresses and ${report.blocks.length} blocks collected`);
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}

/** Asks for more than the small pool has left. */
async function showRefusal(): Promise<void> {
  try {
    await ipam.allocate({ handle: "too-many", pools: ["lab"], count: 60 });
  } catch (error) {
    if (!isIpamError(error, "pool_exhausted")) throw error;
    console.log(`\nRefused, and why: ${error.message}`);
    for (const line of describeRefusal(error.details.explanation)) console.log(line);
  }
}
