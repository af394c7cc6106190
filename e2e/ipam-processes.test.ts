import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AddressAllocation,
  createIpam,
  type Ipam,
  isIpamError,
  type Liveness,
  type Suspects,
} from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { seededRandom } from "@netmason/ipam/testing";
import { parseAddress, parsePrefix } from "@netmason/net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "./ipam/build-program.js";
import { type History, operationsOf, readHistory } from "./ipam/history.js";
import { type Marker, Markers } from "./ipam/markers.js";
import { UNIT_LENGTH, type WorkerOptions } from "./ipam/worker-options.js";

const OPERATIONS = process.env.SOAK === "1" ? 100_000 : 5_000;
const KILLS = 20;
const LEASE_MS = 1_500;
/** How many addresses of the frozen worker somebody else must come to hold. */
const FEWEST_TAKEN = 3;

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-processes-"));
const historyFolder = join(folder, "history");
const killedAt = new Map<string, number>();
const random = seededRandom(41);
let program = "";
/** What was collected while the workers ran. */
let freedCount = 0;

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
    markers.removeOf(`${name}/`, () => true);
    // From here on its handles are collected.
    killedAt.set(name, monotonicMs());
    done = Math.min(OPERATIONS - 50, done + operationsOf(historyFolder, name));
  }
}

/** An address of the frozen worker that the harness took when its lease was over, and the sequence it had before. */
interface Taken {
  readonly allocation: AddressAllocation;
  readonly oldSequence: string;
}

/**
 * Stops a worker until its leases have run out, takes what addresses of it can be had, and lets it go on: it finds out that
 * it was away, and takes nothing back.
 */
async function runFrozen(ipam: Ipam, markers: Markers, node: string): Promise<readonly Taken[]> {
  const worker = start({ name: node, node, seed: 7, operationCount: OPERATIONS, ttlMs: LEASE_MS });
  await waitForHistory(node);
  await sleep(300);
  await freeze(worker, ipam);
  const taken: Taken[] = [];
  const isLeased = ({ expiresAt }: Marker): boolean => expiresAt !== undefined;
  while (markers.addresses().some((address) => isOf(markers.read(address), node, isLeased))) {
    for (const gone of markers.removeOf(`${node}/`, (owner) => markers.isOver(owner))) {
      const allocation = await takeOver(ipam, markers, gone.address);
      if (allocation !== undefined) taken.push({ allocation, oldSequence: gone.sequence });
    }
    await sleep(5);
  }
  worker.child.kill("SIGCONT");
  expect(await worker.ended).toBe(0);
  return taken;
}

function isOf(marker: Marker | undefined, node: string, passes: (marker: Marker) => boolean): boolean {
  if (marker === undefined) return false;
  return marker.handle.startsWith(`${node}/`) && passes(marker);
}

/** Stops a worker, but not while it has the lock of the store, which would stop everybody. */
async function freeze(worker: Running, ipam: Ipam): Promise<void> {
  for (;;) {
    worker.child.kill("SIGSTOP");
    const probe = ipam.allocate({ handle: "harness/probe", node: "harness", pools: ["pods"] });
    if ((await Promise.race([probe, sleep(1_000)])) !== undefined) {
      await ipam.releaseByHandle("harness/probe");
      return;
    }
    worker.child.kill("SIGCONT");
    await probe;
    await ipam.releaseByHandle("harness/probe");
    await sleep(20);
  }
}

/** The next holder of an address of the frozen worker; another worker may be quicker. */
async function takeOver(ipam: Ipam, markers: Markers, text: string): Promise<AddressAllocation | undefined> {
  const handle = `harness/${text}`;
  try {
    const allocation = await ipam.allocateExact({ handle, node: "harness", address: parseAddress(text) });
    expect(await markers.take(text, { handle, sequence: allocation.sequence })).toBeUndefined();
    return allocation;
  } catch (error) {
    if (isIpamError(error, "address_in_use") || isIpamError(error, "address_unavailable")) return undefined;
    throw error;
  }
}

async function waitForHistory(name: string): Promise<void> {
  while (!existsSync(join(historyFolder, name)) || operationsOf(historyFolder, name) === 0) await sleep(5);
}

/** Frees what belongs to workers that were killed, looking twice; meanwhile the others go on. */
async function collectTheDead(ipam: Ipam, before: Suspects, isDead: (worker: string) => boolean): Promise<Suspects> {
  const asOf = Date.now();
  const liveness = async (): Promise<Liveness> => {
    const handles = new Set<string>();
    for await (const { handle } of ipam.listAllocations()) {
      if (!isDead(handle.slice(0, handle.indexOf("/")))) handles.add(handle);
    }
    return { asOf, handles };
  };
  const report = await ipam.collect({ suspects: before, graceMs: 1, maxFreedRatio: 1, liveness });
  for (const { handle } of report.released) {
    // Beside the dead, only leases end.
    const isLease = handle.startsWith("n4/");
    expect(isDead(handle.slice(0, handle.indexOf("/"))) || isLease ? "dead" : handle).toBe("dead");
  }
  freedCount += report.released.length;
  return report.suspects;
}

/** Collects again and again until the signal. */
async function keepCollecting(ipam: Ipam, signal: AbortSignal): Promise<void> {
  let suspects: Suspects = [];
  while (!signal.aborted) {
    suspects = await collectTheDead(ipam, suspects, (worker) => killedAt.has(worker));
    await sleep(100);
  }
}

/** What the harness holds was refused to the worker that held it before, by its sequence, and is the harness's still. */
async function checkTaken(ipam: Ipam, markers: Markers, taken: readonly Taken[], history: History): Promise<void> {
  expect(taken.length).toBeGreaterThanOrEqual(FEWEST_TAKEN);
  const refused = new Set(history.refusals.map(({ worker, address, sequence }) => `${worker} ${address} ${sequence}`));
  for (const { allocation, oldSequence } of taken) {
    const text = String(allocation.address);
    expect(refused).toContain(`n4 ${text} ${oldSequence}`);
    expect(await ipam.getAllocation(allocation.address)).toEqual(allocation);
    expect(markers.read(text)?.sequence).toBe(allocation.sequence);
    markers.remove(text, allocation.sequence);
  }
  // Late releases and late renewals, both.
  expect(new Set(history.refusals.map(({ operation }) => operation))).toEqual(new Set(["release", "renew"]));
  const report = await ipam.release(taken.map(({ allocation }) => allocation));
  expect(report.released).toHaveLength(taken.length);
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
    const six = { ...units, blockLength: 124 } as const;
    await ipam.createPool({ name: "pods6", prefix: parsePrefix("fd00::/119"), units: six });
    const nets = { kind: "prefixes", minLength: 26, maxLength: UNIT_LENGTH } as const;
    await ipam.createPool({ name: "nets", prefix: parsePrefix("10.64.0.0/20"), units: nets });
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
    const stop = new AbortController();
    const collecting = keepCollecting(ipam, stop.signal);
    const [taken] = await Promise.all([runFrozen(ipam, markers, "n4"), runKilled(markers, "n3"), ...ends]);
    stop.abort();
    await collecting;
    const history = readHistory(historyFolder, killedAt);
    expect(history.violations).toEqual([]);
    expect(killedAt.size).toBe(KILLS);
    expect(history.operationCount).toBeGreaterThanOrEqual(4 * OPERATIONS - KILLS * 6);
    expect(freedCount).toBeGreaterThan(0);
    for (const operation of ["one family", "both families", "prefix", "collect"]) {
      expect(`${operation} ${(history.done.get(operation) ?? 0) > 10}`).toBe(`${operation} true`);
    }
    await checkTaken(ipam, markers, taken, history);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("leak nothing that collect does not find", async () => {
    let suspects: Suspects = [];
    for (let look = 0; look < 2; look++, await sleep(10)) suspects = await collectTheDead(ipam, suspects, () => true);
    const left: string[] = [];
    for await (const allocation of ipam.listAllocations()) left.push(allocation.handle);
    expect(left).toEqual([]);
    expect(markers.addresses()).toEqual([]);
    expect((await ipam.audit()).findings).toEqual([]);
  });
});
