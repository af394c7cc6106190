import { Allocator } from "./internal/allocate.js";
import { allocateExact } from "./internal/allocate-exact.js";
import { ChildMirrors } from "./internal/child-mirror.js";
import { allocatePrefix } from "./internal/child-prefix.js";
import { Engine } from "./internal/engine.js";
import { explainCall } from "./internal/explain-call.js";
import { claimBlocks, releaseBlocks } from "./internal/node-blocks.js";
import { createPool, deletePool, updatePool } from "./internal/pool-admin.js";
import { exportPool, importPool } from "./internal/pool-transfer.js";
import { getAllocation, listAllocations, listBlocks, utilization } from "./internal/read-side.js";
import { Releaser } from "./internal/release.js";
import { renew } from "./internal/renew.js";
import { reserve, unreserve } from "./internal/reservation-admin.js";
import { runAudit } from "./internal/run-audit.js";
import { runCollect } from "./internal/run-collect.js";
import { runWatch } from "./internal/run-watch.js";
import type { Ipam, IpamOptions } from "./ipam.js";

/**
 * Opens one VRF of a store. Nothing is read until the first call.
 *
 * A warm `allocate` or `release` is one transaction; calls that come while one is in flight share the next one. Where
 * there is room is found by index rows in the store, so the number of reads depends neither on how many blocks are full
 * nor on how many pools there are.
 *
 * @example
 * ```ts
 * import { createIpam, createMemoryStore } from "@netmason/ipam";
 * import { parsePrefix } from "@netmason/net";
 *
 * const ipam = createIpam({ store: createMemoryStore() });
 * await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/16"), units: { kind: "addresses" } });
 * const [held] = await ipam.allocate({ handle: "container-1" });
 * String(held?.address); // => "10.0.0.1"
 * (await ipam.allocate({ handle: "container-1" })).map(String).length; // => 1
 * (await ipam.releaseByHandle("container-1")).released.length; // => 1
 * ```
 * @throws RangeError when an option is out of its range
 * @category Ipam
 */
export function createIpam(options: IpamOptions): Ipam {
  const engine = new Engine(options);
  const mirrors = new ChildMirrors(engine);
  const allocator = new Allocator(engine);
  const releaser = new Releaser(engine, mirrors);
  return {
    createPool: (spec, call) => engine.run(call, () => createPool(engine, spec, call)),
    updatePool: (name, change, call) => engine.run(call, () => updatePool(engine, name, change, call)),
    deletePool: (name, call) => engine.run(call, () => deletePool(engine, name, call)),
    listPools: (call) => engine.run(call, async () => (await engine.freshPolicy(call)).pools.map(({ pool }) => pool)),
    reserve: (spec, call) => engine.run(call, () => reserve(engine, spec, call)),
    unreserve: (name, call) => engine.run(call, () => unreserve(engine, name, call)),
    listReservations: (call) => engine.run(call, async () => (await engine.freshPolicy(call)).reservations),
    allocate: (request, call) => allocator.allocate(request, call),
    allocateExact: (request, call) => engine.run(call, () => allocateExact(engine, request, call)),
    allocatePrefix: (request, call) => engine.run(call, () => allocatePrefix(mirrors, engine, request, call)),
    release: (targets, call) => releaser.release(targets, call),
    releaseByHandle: (handle, call) => releaser.releaseByHandle(handle, call),
    renew: (allocations, ttlMs, call) => engine.run(call, () => renew(engine, allocations, ttlMs, call)),
    getAllocation: (address, call) => engine.run(call, () => getAllocation(engine, address, call)),
    listAllocations: (filter = {}, call) => listAllocations(engine, filter, call),
    claimBlocks: (request, call) => engine.run(call, () => claimBlocks(engine, request, call)),
    releaseBlocks: (request, call) => engine.run(call, () => releaseBlocks(engine, request, call)),
    listBlocks: (filter = {}, call) => listBlocks(engine, filter, call),
    utilization: (call) => engine.run(call, () => utilization(engine, call)),
    explain: (request, call) => engine.run(call, () => explainCall(mirrors, engine, request, call)),
    collect: (request, call) => engine.run(call, () => runCollect(engine, releaser, request, call)),
    audit: (call) => engine.run(call, () => runAudit(engine, call)),
    watch: (call) => runWatch(engine, call),
    exportPool: (name, call) => exportPool(engine, name, call),
    importPool: (lines, call) => engine.run(call, () => importPool(engine, mirrors, lines, call)),
    metrics: () => ({ ...engine.counters }),
    close: () => engine.close(),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}
