import {
  createIpam,
  createMemoryStore,
  type Ipam,
  type IpamChange,
  type IpamEvent,
  type PoolExportLine,
} from "@netmason/ipam";
import { createFaultyStore } from "@netmason/ipam/testing";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

function textOf(event: IpamChange): string {
  if (event.kind === "pool_changed") return `pool ${event.name} ${event.pool?.state ?? "gone"}`;
  if (event.kind === "block_changed")
    return `block ${event.prefix} ${event.block === undefined ? "gone" : (event.block.node ?? "")}`;
  if (event.kind === "synced") return "synced";
  const { allocation } = event;
  return `${event.kind} ${allocation.kind === "address" ? allocation.address : allocation.prefix} ${allocation.handle}`;
}

async function collect(ipam: Ipam, count: number, signal: AbortSignal): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of ipam.watch({ signal })) {
    seen.push(textOf(event));
    if (seen.length === count) break;
  }
  return seen;
}

const POOL = {
  name: "lab",
  prefix: parsePrefix("10.0.0.0/24"),
  units: { kind: "addresses", affinity: "preferred" },
} as const;

describe("watch", () => {
  it("tells the state, then every change of pools, blocks, addresses and children", async () => {
    const ipam = createIpam({ store: createMemoryStore() });
    await ipam.createPool(POOL);
    await ipam.createPool({ name: "nets", prefix: parsePrefix("10.1.0.0/16"), units: { kind: "prefixes" } });
    await ipam.allocate({ handle: "a", node: "n1" });
    await ipam.allocatePrefix({ handle: "b", pool: "nets", want: 24 });
    const seen = collect(ipam, 15, new AbortController().signal);
    const state = [
      "pool lab enabled",
      "pool nets enabled",
      "block 10.0.0.0/26 n1",
      "allocated 10.0.0.1 a",
      "allocated 10.1.0.0/24 b",
    ];
    for (let turn = 0; turn < 50; turn += 1) await undefined;
    await ipam.allocate({ handle: "c", node: "n2" });
    await ipam.releaseByHandle("a");
    await ipam.releaseByHandle("b");
    await ipam.releaseBlocks({ node: "n1", when: "always" });
    await ipam.updatePool("lab", { state: "disabled" });
    await ipam.releaseByHandle("c");
    await ipam.updatePool("lab", { state: "draining" });
    const events = await seen;
    expect(events.slice(0, 5).sort()).toEqual([...state].sort());
    expect(events[5]).toBe("synced");
    expect(events.slice(6)).toEqual([
      "block 10.0.0.64/26 n2",
      "allocated 10.0.0.64 c",
      "released 10.0.0.1 a",
      "released 10.1.0.0/24 b",
      "block 10.0.0.0/26 gone",
      "pool lab disabled",
      "released 10.0.0.64 c",
      "pool lab draining",
      "block 10.0.0.64/26 gone",
    ]);
  });

  it("tells a renewed lease again, and ends with its signal", async () => {
    const ipam = createIpam({ store: createMemoryStore() });
    await ipam.createPool({ ...POOL, units: { kind: "addresses" } });
    const held = await ipam.allocate({ handle: "a", ttlMs: 60_000 });
    const abort = new AbortController();
    const seen = collect(ipam, 99, abort.signal);
    for (let turn = 0; turn < 50; turn += 1) await undefined;
    await ipam.renew(held, 120_000);
    for (let turn = 0; turn < 50; turn += 1) await undefined;
    abort.abort();
    expect((await seen).filter((text) => text === "allocated 10.0.0.1 a")).toHaveLength(2);
  });
});

describe("metrics and onEvent", () => {
  it("count and tell what happened in this instance", async () => {
    const base = createMemoryStore();
    const events: IpamEvent[] = [];
    let fail = 0;
    const store = createFaultyStore(base, { random: () => fail, unknownOutcomeRatio: 0.5, conflictRatio: 0.2 });
    const ipam = createIpam({
      store,
      now: () => 1_000_000,
      random: () => 0.5,
      sleep: async () => {},
      onEvent: (event) => {
        events.push(event);
        throw new Error("a listener that fails changes nothing");
      },
    });
    fail = 1;
    await ipam.createPool({ ...POOL, prefix: parsePrefix("10.0.0.0/30") });
    await ipam.allocate({ handle: "a", node: "n1", count: 2 });
    await ipam.allocate({ handle: "b", node: "n1" }).catch(() => undefined);
    await ipam.releaseByHandle("a");
    await ipam.releaseBlocks({ node: "n1", when: "empty" });
    await ipam.allocateExact({ handle: "c", node: "n2", address: parseAddress("10.0.0.2") });
    expect(events.map(({ kind }) => kind)).toEqual(["block_claimed", "exhausted", "block_released", "block_claimed"]);
    expect(events[0]).toMatchObject({ pool: "lab", node: "n1" });
    expect(events[3]).toMatchObject({ pool: "lab", node: "n2" });
    expect(ipam.metrics()).toMatchObject({ allocatedCount: 3, releasedCount: 2, exhaustedCount: 1, conflictCount: 0 });
    const { txnCount, readCount } = ipam.metrics();
    const { txnCount: sent, getCount, rangeCount } = store.counts();
    expect({ txnCount, readCount }).toEqual({ txnCount: sent, readCount: getCount + rangeCount });
  });

  it("tell every conflict, until the call gives up and has written nothing", async () => {
    const base = createMemoryStore();
    await createIpam({ store: base }).createPool({ ...POOL, units: { kind: "addresses" } });
    const before = await base.range({ from: "!", to: "~" });
    const events: IpamEvent[] = [];
    const waits: number[] = [];
    const ipam = createIpam({
      store: createFaultyStore(base, { random: () => 0.1, conflictRatio: 0.5 }),
      retryCount: 4,
      random: () => 0.5,
      sleep: async (ms) => void waits.push(ms),
      onEvent: (event) => events.push(event),
    });
    await expect(ipam.allocate({ handle: "a" })).rejects.toMatchObject({ code: "contention", retryable: true });
    expect(events.map(({ kind }) => kind)).toEqual(["conflict", "conflict", "conflict", "conflict", "conflict"]);
    // Not after the first, then three quarters of 5, 10 and 20 ms.
    expect(waits).toEqual([3.75, 7.5, 15]);
    expect(ipam.metrics()).toMatchObject({ conflictCount: 5, txnCount: 5, allocatedCount: 0 });
    expect(await base.range({ from: "!", to: "~" })).toEqual(before);
  });
});

describe("exportPool and importPool", () => {
  async function lines(ipam: Ipam, name: string): Promise<PoolExportLine[]> {
    const all: PoolExportLine[] = [];
    for await (const line of ipam.exportPool(name)) all.push(JSON.parse(JSON.stringify(line)) as PoolExportLine);
    return all;
  }

  async function createSource(): Promise<Ipam> {
    const ipam = createIpam({ store: createMemoryStore(), now: () => 1_000_000 });
    await ipam.createPool({
      ...POOL,
      attributes: { site: "a" },
      units: { ...POOL.units, blockLength: 28, cooldownMs: 5_000 },
    });
    for (let index = 0; index < 40; index += 1)
      await ipam.allocate({ handle: `h${index % 7}`, node: `n${index % 3}`, ifHeld: { addUpTo: 99 } });
    await ipam.releaseByHandle("h3");
    await ipam.createPool({
      name: "nets",
      prefix: parsePrefix("10.1.0.0/16"),
      units: { kind: "prefixes", cooldownMs: 5_000 },
    });
    const gone = await ipam.allocatePrefix({ handle: "gone", pool: "nets", want: 24 });
    await ipam.allocatePrefix({ handle: "h1", pool: "nets", want: 20 });
    await ipam.release([gone]);
    return ipam;
  }

  async function all(ipam: Ipam): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const one of ipam.listAllocations()) found.push(JSON.parse(JSON.stringify(one)));
    return found;
  }

  it.each([128, 16])("move a pool with all that is held to a store of %i keys a transaction", async (txnKeyCount) => {
    const source = await createSource();
    const target = createIpam({ store: createMemoryStore({ txnKeyCount }), now: () => 1_000_000 });
    for (const name of ["lab", "nets"]) await target.importPool(await lines(source, name));
    expect(await all(target)).toEqual(await all(source));
    expect(await target.listPools()).toEqual(await source.listPools());
    const counts = async (ipam: Ipam): Promise<unknown> =>
      (await ipam.utilization()).map((use) => [use.counts, use.nodes]);
    expect(await counts(target)).toEqual(await counts(source));
    expect((await target.audit()).findings).toEqual([]);
    expect(await target.allocate({ handle: "next", node: "n1" })).toHaveLength(1);
    expect((await target.releaseByHandle("h1")).released).toHaveLength(7);
    expect((await target.audit()).findings).toEqual([]);
  });

  it("leave a pool that was cut short disabled, until the same import completes it", async () => {
    const source = await createSource();
    const whole = await lines(source, "lab");
    const target = createIpam({ store: createMemoryStore(), now: () => 1_000_000 });
    await expect(target.importPool(whole.slice(0, 3))).rejects.toMatchObject({
      code: "invalid_pool",
      details: { path: "/3" },
    });
    expect((await target.listPools())[0]?.state).toBe("disabled");
    await expect(target.importPool(whole.toSpliced(2, 1))).rejects.toMatchObject({ code: "invalid_pool" });
    expect(await target.importPool(whole)).toMatchObject({ pool: "lab", blockCount: 3 + (whole.length - 5) });
    expect((await target.listPools())[0]?.state).toBe("enabled");
    await expect(target.importPool(whole)).rejects.toMatchObject({ code: "pool_exists" });
    const newer = whole.map((line) => (line.kind === "pool" ? { ...line, format: 99 } : line));
    await expect(target.importPool(newer)).rejects.toMatchObject({ code: "store_format" });
    await expect(target.importPool(whole.slice(1))).rejects.toMatchObject({
      code: "invalid_pool",
      details: { path: "/0" },
    });
    expect((await target.audit()).findings).toEqual([]);
  });
});
