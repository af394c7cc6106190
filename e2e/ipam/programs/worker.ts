// One process on a shared store: random operations, each address it owns marked by a file, everything written down.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type AddressAllocation, createIpam, isIpamError } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { seededRandom } from "@netmason/ipam/testing";
import { addToAddress, parseAddress } from "@netmason/net";
import { Markers } from "../markers.js";
import type { WorkerOptions } from "../worker-options.js";

const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
const { name, node, operationCount, folder, ttlMs } = options;
const random = seededRandom(options.seed);
const store = createLmdbStore({ path: join(folder, "store") });
const ipam = createIpam({ store });
const markers = new Markers(join(folder, "markers"));
const log = openSync(join(folder, "history", name), "a");
const AT_ONCE = 6;
/** What a worker may hold at once; the pool has room for four of them. */
const MOST_HANDLES = 20;

const held = new Map<string, AddressAllocation[]>();
let handles = 0;

for (let left = operationCount; left > 0; left -= AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, operate));
  write({ kind: "operations", count: Math.min(left, AT_ONCE) });
}
for (const handle of [...held.keys()]) await release(handle);
await ipam.close();
await store.close();
closeSync(log);

async function operate(): Promise<void> {
  const chance = random();
  const isFull = held.size >= MOST_HANDLES;
  try {
    if (chance < 0.4 && !isFull) await allocate();
    else if (chance < 0.5 && !isFull) await allocateExact();
    else if (chance < 0.6 && ttlMs !== undefined) await renew();
    else if (chance < 0.62) await ipam.releaseBlocks({ node, when: "empty" });
    else await release([...held.keys()][Math.floor(random() * held.size)]);
  } catch (error) {
    const expected = ["pool_exhausted", "address_in_use", "address_unavailable", "contention", "lease_lost"] as const;
    if (!expected.some((code) => isIpamError(error, code))) throw error;
  }
}

async function allocate(): Promise<void> {
  const handle = `${name}/${handles++}`;
  const count = 1 + Math.floor(random() * 3);
  own(handle, await ipam.allocate({ handle, node, count, ...(ttlMs !== undefined && { ttlMs }) }));
}

async function allocateExact(): Promise<void> {
  const handle = `${name}/${handles++}`;
  const address = addToAddress(parseAddress("10.0.0.0"), Math.floor(random() * 512));
  own(handle, [await ipam.allocateExact({ handle, node, address, ...(ttlMs !== undefined && { ttlMs }) })]);
}

async function renew(): Promise<void> {
  const [handle, allocations] = [...held][Math.floor(random() * held.size)] ?? [];
  if (handle === undefined || allocations === undefined || ttlMs === undefined || isOver(allocations)) return;
  held.delete(handle);
  disown(allocations);
  try {
    own(handle, await ipam.renew(allocations, ttlMs));
  } catch (error) {
    if (!isIpamError(error, "lease_lost")) throw error;
    write({ kind: "refused", handle });
  }
}

async function release(handle: string | undefined): Promise<void> {
  const allocations = handle === undefined ? undefined : held.get(handle);
  if (handle === undefined || allocations === undefined) return;
  held.delete(handle);
  disown(allocations);
  const { stale, notHeld } = await ipam.release(allocations);
  if (stale.length + notHeld.length === 0) return;
  if (!isOver(allocations)) write({ kind: "lost", handle });
  else write({ kind: "refused", handle });
}

/** From now on, until `disown` or the end of the lease, nobody else may own these. */
function own(handle: string, allocations: readonly AddressAllocation[]): void {
  held.set(handle, [...allocations]);
  for (const { address, sequence, expiresAt } of allocations) {
    const marker = { handle, sequence, ...(expiresAt !== undefined && { expiresAt }) };
    const other = markers.take(String(address), marker);
    if (expiresAt !== undefined && Date.now() >= expiresAt) {
      // Frozen between the answer and this line: the lease is over and the address may be somebody else's.
      markers.remove(String(address), sequence);
      continue;
    }
    if (other !== undefined) write({ kind: "violation", address: String(address), marker, other });
    const lastsMs = expiresAt === undefined ? undefined : expiresAt - Date.now();
    write({ kind: "own", address: String(address), lastsMs, ...marker });
  }
}

function disown(allocations: readonly AddressAllocation[]): void {
  for (const { address, sequence } of allocations) {
    write({ kind: "disown", address: String(address), sequence });
    markers.remove(String(address), sequence);
  }
}

function isOver(allocations: readonly AddressAllocation[]): boolean {
  return allocations.some(({ expiresAt }) => expiresAt !== undefined && Date.now() >= expiresAt);
}

/** One line; the clock is one for all processes of the machine. */
function write(event: object): void {
  writeSync(log, `${JSON.stringify({ at: Number(process.hrtime.bigint()) / 1e6, ...event })}\n`);
}
