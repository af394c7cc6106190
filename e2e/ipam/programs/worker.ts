// One process on a shared store: random operations, each address it owns marked by a file, everything written down.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Allocation, createIpam, isIpamError } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { seededRandom } from "@netmason/ipam/testing";
import { addToAddress, parseAddress, subnets } from "@netmason/net";
import { Markers } from "../markers.js";
import { UNIT_LENGTH, type WorkerOptions } from "../worker-options.js";

const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
const { name, node, operationCount, folder, ttlMs } = options;
const random = seededRandom(options.seed);
const store = createLmdbStore({ path: join(folder, "store") });
const ipam = createIpam({ store });
const markers = new Markers(join(folder, "markers"));
const log = openSync(join(folder, "history", name), "a");
const AT_ONCE = 6;
/** What a worker may hold at once; the pools have room for four of them. */
const MOST_HANDLES = 20;

const lease = ttlMs === undefined ? {} : { ttlMs };
const held = new Map<string, readonly Allocation[]>();
/** What has a file of this worker, and when its lease ends. */
const owned = new Map<string, { readonly sequence: string; readonly expiresAt: number | undefined }>();
let handles = 0;

// An owner that runs knows when its lease is over; one that is frozen does not.
const watch = setInterval(() => {
  for (const [unit, { sequence, expiresAt = Number.POSITIVE_INFINITY }] of owned) {
    if (Date.now() >= expiresAt) disownUnit(unit, sequence);
  }
}, 10);

for (let left = operationCount; left > 0; left -= AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, operate));
  write({ kind: "operations", count: Math.min(left, AT_ONCE) });
}
for (const handle of [...held.keys()]) await release(handle);
clearInterval(watch);
await ipam.close();
await store.close();
closeSync(log);

async function operate(): Promise<void> {
  try {
    for (const [handle, allocations] of [...held]) if (isOver(allocations)) await comeLate(handle);
    await draw(random());
  } catch (error) {
    const expected = ["pool_exhausted", "address_in_use", "address_unavailable", "contention", "lease_lost"] as const;
    if (!expected.some((code) => isIpamError(error, code))) throw error;
  }
}

function draw(chance: number): Promise<unknown> {
  const isFull = held.size >= MOST_HANDLES;
  if (chance < 0.26 && !isFull) return allocate([4]);
  if (chance < 0.36 && !isFull) return allocate([4, 6]);
  if (chance < 0.43 && !isFull) return allocatePrefix();
  if (chance < 0.5 && !isFull) return allocateExact();
  if (chance < 0.6 && ttlMs !== undefined) return renew();
  if (chance < 0.62) return ipam.releaseBlocks({ node, when: "empty" });
  if (chance < 0.624) return collect();
  return release([...held.keys()][Math.floor(random() * held.size)]);
}

function newHandle(): string {
  return `${name}/${handles++}`;
}

async function allocate(families: readonly (4 | 6)[]): Promise<void> {
  const handle = newHandle();
  const count = 1 + Math.floor(random() * 3);
  const allocations = await ipam.allocate({ handle, node, count, families, pools: ["pods", "pods6"], ...lease });
  for (const family of families) {
    const got = allocations.filter(({ address }) => address.family === family).length;
    if (got !== count) write({ kind: "violation", handle, family, count, got });
  }
  write({ kind: "done", operation: families.length === 2 ? "both families" : "one family" });
  await own(handle, allocations);
}

async function allocateExact(): Promise<void> {
  const handle = newHandle();
  const address = addToAddress(parseAddress("10.0.0.0"), Math.floor(random() * 512));
  await own(handle, [await ipam.allocateExact({ handle, node, address, ...lease })]);
}

async function allocatePrefix(): Promise<void> {
  const handle = newHandle();
  const want = UNIT_LENGTH - Math.floor(random() * 3);
  const allocation = await ipam.allocatePrefix({ handle, pool: "nets", want });
  write({ kind: "done", operation: "prefix" });
  await own(handle, [allocation]);
}

async function collect(): Promise<void> {
  await ipam.collect({});
  write({ kind: "done", operation: "collect" });
}

async function renew(): Promise<void> {
  const [handle, allocations] = [...held][Math.floor(random() * held.size)] ?? [];
  if (handle === undefined || allocations === undefined || isOver(allocations)) return;
  await renewAll(handle, allocations);
}

async function renewAll(handle: string, allocations: readonly Allocation[]): Promise<void> {
  const leases = allocations.filter((one) => one.kind === "address");
  if (ttlMs === undefined || leases.length < allocations.length) return;
  held.delete(handle);
  disown(allocations);
  try {
    await own(handle, await ipam.renew(leases, ttlMs));
  } catch (error) {
    if (!isIpamError(error, "lease_lost")) throw error;
    refused("renew", allocations);
    // The others of the handle may be held still.
    await releaseAll(handle, allocations);
  }
}

/** What a holder does that was away for longer than its lease: it does not know, and goes on with the old sequence. */
async function comeLate(handle: string): Promise<void> {
  const allocations = held.get(handle);
  if (allocations === undefined) return;
  if (random() < 0.5) return renewAll(handle, allocations);
  await release(handle);
}

async function release(handle: string | undefined): Promise<void> {
  const allocations = handle === undefined ? undefined : held.get(handle);
  if (handle === undefined || allocations === undefined) return;
  held.delete(handle);
  disown(allocations);
  await releaseAll(handle, allocations);
}

async function releaseAll(handle: string, allocations: readonly Allocation[]): Promise<void> {
  const { stale, notHeld } = await ipam.release(allocations);
  const gone = allocations.filter((one) => [...stale, ...notHeld].includes(one));
  if (gone.length === 0) return;
  if (isOver(gone)) refused("release", gone);
  else write({ kind: "lost", handle });
}

/** From now on, until `disown` or the end of the lease, nobody else may own these. */
async function own(handle: string, allocations: readonly Allocation[]): Promise<void> {
  for (const one of allocations) {
    const { sequence } = one;
    const expiresAt = endOf(one);
    const marker = { handle, sequence, ...(expiresAt !== undefined && { expiresAt }) };
    for (const unit of unitsOf(one)) {
      // Frozen between the answer and this line: the lease is over, and the address may be somebody else's.
      if (expiresAt !== undefined && Date.now() >= expiresAt) continue;
      const other = await markers.take(unit, marker);
      const lastsMs = expiresAt === undefined ? undefined : expiresAt - Date.now() - 1;
      if (lastsMs !== undefined && lastsMs <= 0) {
        markers.remove(unit, sequence);
        continue;
      }
      if (other !== undefined) write({ kind: "violation", address: unit, marker, other });
      owned.set(unit, { sequence, expiresAt });
      write({ kind: "own", address: unit, lastsMs, ...marker });
    }
  }
  held.set(handle, allocations);
}

function disown(allocations: readonly Allocation[]): void {
  for (const one of allocations) {
    for (const unit of unitsOf(one)) disownUnit(unit, one.sequence);
  }
}

function disownUnit(unit: string, sequence: string): void {
  if (owned.get(unit)?.sequence !== sequence) return;
  owned.delete(unit);
  write({ kind: "disown", address: unit, sequence });
  markers.remove(unit, sequence);
}

function refused(operation: string, allocations: readonly Allocation[]): void {
  for (const one of allocations) {
    for (const address of unitsOf(one)) write({ kind: "refused", operation, address, sequence: one.sequence });
  }
}

/** What of an allocation can be owned by one only, as names of files. */
function unitsOf(one: Allocation): readonly string[] {
  if (one.kind === "address") return [String(one.address)];
  return [...subnets(one.prefix, UNIT_LENGTH)].map((unit) => String(unit).replace("/", "-"));
}

function endOf(one: Allocation): number | undefined {
  return one.kind === "address" ? one.expiresAt : undefined;
}

function isOver(allocations: readonly Allocation[]): boolean {
  return allocations.some((one) => Date.now() >= (endOf(one) ?? Number.POSITIVE_INFINITY));
}

/** One line; the clock is one for all processes of the machine. */
function write(event: object): void {
  writeSync(log, `${JSON.stringify({ at: Number(process.hrtime.bigint()) / 1e6, ...event })}\n`);
}
