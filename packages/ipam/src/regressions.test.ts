import { createIpam, createMemoryStore, type Ipam, IpamError, type Store } from "@netmason/ipam";
import { createFaultyStore, type FaultOptions } from "@netmason/ipam/testing";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

const POOL = {
  name: "lab",
  prefix: parsePrefix("10.0.0.0/28"),
  units: { kind: "addresses", blockLength: 30, skipFirst: 0, skipLast: 0 },
} as const;

async function withPool(store: Store = createMemoryStore(), vrf = "default"): Promise<Ipam> {
  const ipam = createIpam({ store, vrf, sleep: async () => {} });
  await ipam.createPool(POOL);
  return ipam;
}

const sound = async (ipam: Ipam): Promise<void> => expect((await ipam.audit()).findings).toEqual([]);

/** A store whose n-th transaction ends the process that sent it: applied or not, and no answer after it. */
function crashing(store: Store, atTxn: number, applied: boolean): Store {
  const options: FaultOptions = { random: () => 1 };
  const inner = createFaultyStore(store, options);
  let sent = 0;
  return Object.assign(Object.create(inner) as Store, {
    limits: store.limits,
    get: (...call: Parameters<Store["get"]>) => (sent >= atTxn ? dead() : store.get(...call)),
    range: (...call: Parameters<Store["range"]>) => (sent >= atTxn ? dead() : store.range(...call)),
    txn: async (...call: Parameters<Store["txn"]>) => {
      if (sent >= atTxn) return dead();
      sent += 1;
      if (sent < atTxn) return store.txn(...call);
      if (applied) await store.txn(...call);
      return dead();
    },
  });
}

const dead = async (): Promise<never> => Promise.reject(new IpamError("store_closed", "the process is gone", {}));

describe("defects of other implementations that this one must not have", () => {
  it("1a. two processes that read the same state do not both write theirs (go-ipam on etcd: compare in the client)", async () => {
    const store = createMemoryStore();
    await withPool(store);
    const processes = Array.from({ length: 8 }, () => createIpam({ store, sleep: async () => {} }));
    // Each has the same cached state before any of them writes.
    await Promise.all(processes.map((each) => each.explain({ handle: "x" })));
    const held = await Promise.all(processes.map((each, index) => each.allocate({ handle: `h${index}`, count: 2 })));
    expect(new Set(held.flat().map(({ address }) => String(address))).size).toBe(16);
    await sound(processes[0] as Ipam);
  });

  it('1b. a name that starts with another one is another one (go-ipam on etcd: "a" also reads "ab")', async () => {
    const store = createMemoryStore();
    const [a, ab] = [await withPool(store, "a"), await withPool(store, "ab")];
    await ab.allocate({ handle: "hx" });
    await a.allocate({ handle: "h" });
    expect(await a.releaseByHandle("hx")).toMatchObject({ released: [] });
    expect((await a.utilization())[0]).toMatchObject({ blockCount: 1, counts: { liveCount: 1 } });
    await a.createPool({ ...POOL, name: "labs", prefix: parsePrefix("10.1.0.0/28") });
    await a.allocate({ handle: "h", pools: ["labs"] });
    const names: string[] = [];
    for await (const { pool } of a.listBlocks({ pool: "lab" })) names.push(pool);
    expect(names).toEqual(["lab"]);
    await a.releaseByHandle("h");
    await a.deletePool("lab");
    expect((await a.listPools()).map(({ name }) => name)).toEqual(["labs"]);
    await sound(ab);
  });

  it("2. a transaction that was overtaken is tried again, not failed (go-ipam on Redis: the error is not mapped)", async () => {
    const store = createMemoryStore();
    await withPool(store);
    let overtaken = 0;
    const rival = createIpam({ store });
    const late = createFaultyStore(store, {
      random: () => 1,
      gate: async (call) => {
        if (call === "txn" && overtaken++ < 3) await rival.allocate({ handle: `rival${overtaken}` });
      },
    });
    const ipam = createIpam({ store: late, sleep: async () => {} });
    expect(await ipam.allocate({ handle: "h" })).toHaveLength(1);
    expect(ipam.metrics().conflictCount).toBeGreaterThan(0);
    await sound(ipam);
  });

  it("3. an IPv6 child is in use with a single address in it (go-ipam: only above two is)", async () => {
    const ipam = createIpam({ store: createMemoryStore() });
    await ipam.createPool({ name: "nets", prefix: parsePrefix("fd00::/48"), units: { kind: "prefixes" } });
    const child = await ipam.allocatePrefix({ handle: "tenant", pool: "nets", want: 64 });
    await ipam.createPool({ name: "inner", prefix: child.prefix, units: { kind: "addresses" } });
    await ipam.allocate({ handle: "one", pools: ["inner"] });
    await expect(ipam.release([child])).rejects.toMatchObject({ code: "prefix_in_use" });
    await expect(ipam.deletePool("inner")).rejects.toMatchObject({ code: "pool_not_empty", details: { liveCount: 1 } });
    const other = await ipam.allocatePrefix({ handle: "other", pool: "nets", want: 64 });
    expect(String(other.prefix)).not.toBe(String(child.prefix));
    await sound(ipam);
  });

  it.each([
    [1, false],
    [1, true],
  ])(
    "4. a child is never stranded by a crash at transaction %i, applied: %s (go-ipam: parent and child are two writes)",
    async (at, applied) => {
      const store = createMemoryStore();
      const operator = createIpam({ store });
      await operator.createPool({ name: "nets", prefix: parsePrefix("10.0.0.0/16"), units: { kind: "prefixes" } });
      const victim = createIpam({ store: crashing(store, at, applied) });
      await expect(victim.allocatePrefix({ handle: "h", pool: "nets", want: 24 })).rejects.toMatchObject({
        code: "store_closed",
      });
      await sound(operator);
      expect((await operator.releaseByHandle("h")).released).toHaveLength(applied ? 1 : 0);
      await operator.allocatePrefix({ handle: "all", pool: "nets", want: 16 });
      await sound(operator);
    },
  );

  it("5. a handle counts what it got, not what it asked for (Calico: assignFromExistingBlock, AssignIP)", async () => {
    const store = createMemoryStore();
    const operator = await withPool(store);
    await operator.allocate({ handle: "most", count: 14 });
    const ipam = createIpam({ store });
    expect(await ipam.allocate({ handle: "h", count: 5, shortfall: "accept" })).toHaveLength(2);
    await sound(ipam);
    const [one] = (await ipam.releaseByHandle("h")).released;
    // Conflicts on the way of an exact allocation do not count it again.
    let overtaken = 0;
    const rival = createIpam({ store });
    const slow = createFaultyStore(store, {
      random: () => 1,
      gate: async (call) => {
        if (call === "txn" && overtaken++ < 3)
          await rival.allocate({ handle: "rival", ifHeld: { addUpTo: 9 }, shortfall: "accept" }).catch(() => []);
      },
    });
    const exact = createIpam({ store: slow, sleep: async () => {} });
    if (one?.kind !== "address") throw new Error("nothing was released");
    await exact.allocateExact({ handle: "e", address: one.address }).catch(() => undefined);
    await exact.releaseByHandle("e");
    expect(await store.get(["h/default/e", "h/default/h"])).toEqual([undefined, undefined]);
    await sound(rival);
  });

  it("6. losing the race to claim a block is a retry, not an error (Calico: the error type is compared wrongly)", async () => {
    const store = createMemoryStore();
    await withPool(store);
    let overtaken = 0;
    const rival = createIpam({ store });
    const late = createFaultyStore(store, {
      random: () => 1,
      gate: async (call) => {
        if (call !== "txn" || overtaken++ > 0) return;
        await rival.allocateExact({ handle: "rival", address: parseAddress("10.0.0.10") });
      },
    });
    const ipam = createIpam({ store: late, sleep: async () => {} });
    const held = await ipam.allocateExact({ handle: "h", address: parseAddress("10.0.0.9") });
    expect(String(held.block)).toBe("10.0.0.8/30");
    expect(ipam.metrics().conflictCount).toBe(1);
    await sound(ipam);
  });

  it.each([
    [1, false],
    [1, true],
  ])(
    "7. pool and index change together: a crash at transaction %i, applied: %s, leaks nothing (whereabouts: two writes)",
    async (at, applied) => {
      const store = createMemoryStore();
      const operator = await withPool(store);
      await operator.reserve({ name: "kept", addresses: parsePrefix("10.0.0.0/30") });
      const victim = createIpam({ store: crashing(store, at, applied) });
      await expect(victim.allocate({ handle: "h", node: "n1", count: 3 })).rejects.toMatchObject({
        code: "store_closed",
      });
      await sound(operator);
      const after = createIpam({ store });
      const held = await after.allocate({ handle: "h", node: "n1", count: 3 });
      expect((await after.utilization())[0]?.counts.liveCount).toBe(3);
      // What is excluded stays so, with blocks of nodes too.
      expect(held.map(({ block }) => String(block))).not.toContain("10.0.0.0/30");
    },
  );

  it("8. a write that found no room leaves nothing that blocks the address (host-local: an empty file stays)", async () => {
    const store = createMemoryStore();
    const operator = await withPool(store);
    let full = true;
    const bounded: Store = Object.assign(Object.create(store) as Store, {
      limits: store.limits,
      get: (...call: Parameters<Store["get"]>) => store.get(...call),
      range: (...call: Parameters<Store["range"]>) => store.range(...call),
      txn: async (...call: Parameters<Store["txn"]>) => {
        if (full) throw new IpamError("store_full", "no space left on device", {});
        return store.txn(...call);
      },
    });
    const ipam = createIpam({ store: bounded });
    await expect(ipam.allocate({ handle: "h" })).rejects.toMatchObject({ code: "store_full", retryable: false });
    await sound(operator);
    full = false;
    expect((await ipam.allocate({ handle: "h" })).map(({ address }) => String(address))).toEqual(["10.0.0.0"]);
    expect(await operator.allocate({ handle: "rest", count: 15 })).toHaveLength(15);
  });
});
