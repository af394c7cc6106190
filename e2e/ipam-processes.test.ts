import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createIpam, type Ipam, type Suspects } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { seededRandom } from "@netmason/ipam/testing";
import { parsePrefix } from "@netmason/net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "./ipam/build-program.js";
import { operationsOf, readHistory } from "./ipam/history.js";
import { Markers } from "./ipam/markers.js";
import type { WorkerOptions } from "./ipam/worker-options.js";

const OPERATIONS = process.env.SOAK === "1" ? 100_000 : 5_000;
const KILLS = 20;
const LEASE_MS = 1_500;
/** Longer than the lease of the worker that is frozen. */
const FREEZE_MS = 2_500;

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-processes-"));
const historyFolder = join(folder, "history");
const killedAt = new Map<string, number>();
const random = seededRandom(41);
let program = "";

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

function start(options: Omit<WorkerOptions, "folder">): Running {
  const child = spawn(process.execPath, [program, JSON.stringify({ ...options, folder })], { stdio: "inherit" });
  return { name: options.name, child, ended: new Promise((resolve) => child.once("exit", resolve)) };
}

/** Starts a worker again and again, killing it so many times before it may finish. */
async function runKilled(markers: Markers, node: string): Promise<void> {
  let done = 0;
  for (let life = 0; ; life++) {
    const name = `${node}.${life}`;
    const worker = start({ name, node, seed: 100 + life, operationCount: OPERATIONS - done });
    if (life === KILLS) {
      expect(await worker.ended).toBe(0);
      return;
    }
    await waitForHistory(name);
    await sleep(20 + random() * 150);
    worker.child.kill("SIGKILL");
    await worker.ended;
    killedAt.set(name, monotonicMs());
    markers.removeOf(`${name}/`);
    done = Math.min(OPERATIONS - 50, done + operationsOf(historyFolder, name));
  }
}

/** Stops a worker for longer than its leases and lets it go on. */
async function runFrozen(markers: Markers, node: string): Promise<void> {
  const worker = start({ name: node, node, seed: 7, operationCount: OPERATIONS, ttlMs: LEASE_MS });
  await waitForHistory(node);
  await sleep(300);
  worker.child.kill("SIGSTOP");
  await sleep(LEASE_MS + 100);
  // All processes have one clock, so there is no skew to wait for.
  markers.removeOf(`${node}/`);
  await sleep(FREEZE_MS - LEASE_MS);
  worker.child.kill("SIGCONT");
  expect(await worker.ended).toBe(0);
}

async function waitForHistory(name: string): Promise<void> {
  while (!existsSync(join(historyFolder, name)) || operationsOf(historyFolder, name) === 0) await sleep(5);
}

/** Frees what belongs to workers that were killed, looking twice. */
async function collectTheDead(ipam: Ipam): Promise<void> {
  let suspects: Suspects = [];
  for (let look = 0; look < 2; look++) {
    const report = await ipam.collect({
      suspects,
      graceMs: 1,
      maxFreedRatio: 1,
      liveness: async () => ({ asOf: Date.now(), handles: new Set<string>() }),
    });
    suspects = report.suspects;
    await sleep(10);
  }
}

describe("four processes on one LMDB store", () => {
  const store = createLmdbStore({ path: join(folder, "store") });
  const ipam = createIpam({ store });
  const markers = new Markers(join(folder, "markers"));

  beforeAll(async () => {
    program = buildProgram("worker");
    mkdirSync(historyFolder);
    const units = { kind: "addresses", blockLength: 28, affinity: "preferred", maxBlocksPerNode: 12 } as const;
    await ipam.createPool({ name: "pods", prefix: parsePrefix("10.0.0.0/23"), units });
  });

  afterAll(async () => {
    await ipam.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("hand out no address twice while one is killed twenty times and one is frozen past its leases", {
    timeout: process.env.SOAK === "1" ? 7_200_000 : 180_000,
  }, async () => {
    const steady = ["n1", "n2"].map((node, i) => start({ name: node, node, seed: i, operationCount: OPERATIONS }));
    const ends = steady.map(async ({ ended }) => expect(await ended).toBe(0));
    await Promise.all([...ends, runKilled(markers, "n3"), runFrozen(markers, "n4")]);
    const history = readHistory(historyFolder, killedAt);
    expect(history.violations).toEqual([]);
    expect(killedAt.size).toBe(KILLS);
    expect(history.operationCount).toBeGreaterThanOrEqual(4 * OPERATIONS - KILLS * 6);
    expect(history.refusedCount).toBeGreaterThan(0);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("leak nothing that collect does not find", async () => {
    await collectTheDead(ipam);
    const left: string[] = [];
    for await (const allocation of ipam.listAllocations()) left.push(allocation.handle);
    expect(left).toEqual([]);
    expect(markers.addresses()).toEqual([]);
    expect((await ipam.audit()).findings).toEqual([]);
  });
});
