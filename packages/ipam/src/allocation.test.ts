import {
  type AddressUnits,
  createIpam,
  createMemoryStore,
  type Ipam,
  IpamError,
  type IpamErrorCode,
  isIpamError,
  type PoolSpec,
  type Store,
} from "@netmason/ipam";
import { createFaultyStore, createManualClock } from "@netmason/ipam/testing";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

/** One pool of 16 addresses in blocks of 4, all of them handed out. */
async function withPool(units: Partial<AddressUnits> = {}, more: Partial<PoolSpec> = {}): Promise<Ipam> {
  const ipam = createIpam({ store: createMemoryStore(), now: () => 1_000_000 });
  await ipam.createPool({
    name: "lab",
    prefix: parsePrefix("10.0.0.0/28"),
    units: { kind: "addresses", blockLength: 30, skipFirst: 0, skipLast: 0, ...units },
    ...more,
  });
  return ipam;
}

const texts = (list: readonly { readonly address: unknown }[]): string[] => list.map(({ address }) => String(address));

async function codeOf(call: Promise<unknown>): Promise<IpamErrorCode | "none" | "other"> {
  return call.then(
    () => "none" as const,
    (error: unknown) => (isIpamError(error) ? error.code : "other"),
  );
}

describe("allocate", () => {
  it("hands out each address of a pool once, then tells what is in the way", async () => {
    const ipam = await withPool();
    const seen = new Set<string>();
    for (let index = 0; index < 16; index += 1) {
      for (const text of texts(await ipam.allocate({ handle: `h${index}` }))) seen.add(text);
    }
    expect(seen.size).toBe(16);
    const error = await ipam.allocate({ handle: "one more" }).catch((caught: unknown) => caught);
    if (!isIpamError(error, "pool_exhausted")) throw error;
    expect(error.details).toMatchObject({ requestedCount: 1, obtainedCount: 0, explanation: { satisfiable: false } });
    await ipam.releaseByHandle("h5");
    expect(await codeOf(ipam.allocate({ handle: "one more" }))).toBe("none");
    expect(await codeOf(ipam.allocate({ handle: "and another" }))).toBe("pool_exhausted");
    expect(ipam.metrics()).toMatchObject({ allocatedCount: 17, releasedCount: 1, exhaustedCount: 2 });
  });

  it("takes all or nothing from several blocks, or what there is when asked to", async () => {
    const ipam = await withPool();
    await ipam.allocate({ handle: "first", count: 10 });
    const error = await ipam.allocate({ handle: "second", count: 7 }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "pool_exhausted") && error.details).toMatchObject({
      requestedCount: 7,
      obtainedCount: 6,
    });
    const [use] = await ipam.utilization();
    expect(use?.counts).toMatchObject({ liveCount: 10, freeCount: 6n });
    expect(await ipam.allocate({ handle: "second", count: 7, shortfall: "accept" })).toHaveLength(6);
    expect(await codeOf(ipam.allocate({ handle: "third", shortfall: "accept" }))).toBe("pool_exhausted");
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("leaves nothing of one family when the other has no room", async () => {
    const ipam = await withPool();
    await ipam.createPool({
      name: "six",
      prefix: parsePrefix("fd00::/127"),
      units: { kind: "addresses", skipFirst: 0 },
    });
    expect(await ipam.allocate({ handle: "a", families: [6, 4], count: 2 })).toHaveLength(4);
    expect(await codeOf(ipam.allocate({ handle: "b", families: [4, 6] }))).toBe("pool_exhausted");
    for await (const one of ipam.listAllocations()) expect(one.handle).toBe("a");
    expect(texts(await ipam.allocate({ handle: "a", families: [6, 4], count: 2 }))).toEqual([
      "fd00::",
      "fd00::1",
      "10.0.0.0",
      "10.0.0.1",
    ]);
  });

  it("takes more addresses than one transaction can write, and gives all back when there are not enough", async () => {
    const ipam = await withPool({ blockLength: 32 }, { prefix: parsePrefix("10.0.0.0/24") });
    expect(await codeOf(ipam.allocate({ handle: "huge", count: 257 }))).toBe("pool_exhausted");
    const [use] = await ipam.utilization();
    expect(use?.counts.liveCount).toBe(0);
    const all = await ipam.allocate({ handle: "huge", count: 256 });
    expect(new Set(texts(all)).size).toBe(256);
    expect((await ipam.releaseByHandle("huge")).released).toHaveLength(256);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it.each([
    ["oldest", ["0", "1", "2", "3", "1", "0"]],
    ["lowest", ["0", "1", "2", "0", "1", "3"]],
    ["next", ["0", "1", "2", "3", "0", "1"]],
  ] as const)("hands out in the order %s", async (order, want) => {
    const ipam = await withPool({ order }, { prefix: parsePrefix("10.0.0.0/30") });
    const taken: string[] = [];
    const take = async (handle: string): Promise<void> => {
      taken.push(...texts(await ipam.allocate({ handle })).map((text) => text.slice(7)));
    };
    for (const handle of ["a", "b", "c"]) await take(handle);
    await ipam.releaseByHandle("b");
    await ipam.releaseByHandle("a");
    for (const handle of ["d", "e", "f"]) await take(handle);
    expect(taken).toEqual(want);
  });
});

describe("a block with large attributes", () => {
  it("counts as full before its record outgrows the store", async () => {
    const store = createMemoryStore({ valueBytes: 200_000 });
    const ipam = createIpam({ store });
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units: { kind: "addresses" } });
    const attributes = { note: "x".repeat(8_000) };
    for (let index = 0; index < 20; index += 1) await ipam.allocate({ handle: `h${index}`, attributes });
    const blocks: number[] = [];
    for await (const { liveCount } of ipam.listBlocks()) blocks.push(liveCount);
    expect(blocks).toHaveLength(2);
    expect(blocks.reduce((sum, count) => sum + count, 0)).toBe(20);
    const full = ipam.allocateExact({ handle: "exact", address: parseAddress("10.0.0.63") });
    await expect(full).rejects.toMatchObject({ details: { reason: "record_full" } });
    expect((await ipam.audit()).findings).toEqual([]);
    const attempt = ipam.allocate({ handle: "h", attributes: { note: "x".repeat(8_192) } });
    await expect(attempt).rejects.toThrow(/^attributes:/);
    await ipam.releaseByHandle("h0");
    expect(await ipam.allocateExact({ handle: "exact", address: parseAddress("10.0.0.63") })).toMatchObject({
      handle: "exact",
    });
  });
});

describe("what a handle holds", () => {
  it("is returned again, topped up, refused, or added to", async () => {
    const ipam = await withPool();
    const one = await ipam.allocate({ handle: "a" });
    expect(await ipam.allocate({ handle: "a" })).toEqual(one);
    const three = await ipam.allocate({ handle: "a", count: 3 });
    expect(texts(three).slice(0, 1)).toEqual(texts(one));
    expect(three).toHaveLength(3);
    expect(await codeOf(ipam.allocate({ handle: "a", ifHeld: "fail" }))).toBe("handle_limit");
    expect(await ipam.allocate({ handle: "a", ifHeld: { addUpTo: 4 } })).toHaveLength(4);
    expect(await codeOf(ipam.allocate({ handle: "a", ifHeld: { addUpTo: 4 } }))).toBe("handle_limit");
    expect(await ipam.allocate({ handle: "b", ifHeld: "fail" })).toHaveLength(1);
  });

  it("never passes its maximum, which is kept while it holds anything", async () => {
    const ipam = await withPool();
    await ipam.allocate({ handle: "a", maxPerHandle: 2 });
    const error = await ipam.allocate({ handle: "a", count: 3 }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "handle_limit") && error.details).toMatchObject({
      limitCount: 2,
      held: [{ handle: "a" }],
    });
    expect(await ipam.allocate({ handle: "a", count: 2 })).toHaveLength(2);
    expect(await codeOf(ipam.allocate({ handle: "a", ifHeld: { addUpTo: 9 } }))).toBe("handle_limit");
    expect(await codeOf(ipam.allocateExact({ handle: "a", address: parseAddress("10.0.0.9") }))).toBe("handle_limit");
    await ipam.releaseByHandle("a");
    expect(await ipam.allocate({ handle: "a", count: 3 })).toHaveLength(3);
    expect(await codeOf(ipam.allocate({ handle: "c", count: 2, maxPerHandle: 1 }))).toBe("handle_limit");
  });
});

describe("allocateExact", () => {
  const at = (text: string): { address: ReturnType<typeof parseAddress> } => ({ address: parseAddress(text) });

  it("takes this address, and returns it to who holds it", async () => {
    const ipam = await withPool();
    const held = await ipam.allocateExact({ handle: "a", ...at("10.0.0.9") });
    expect(`${held.address} ${held.block}`).toBe("10.0.0.9 10.0.0.8/30");
    expect(await ipam.allocateExact({ handle: "a", ...at("10.0.0.9") })).toEqual(held);
    expect((await ipam.audit()).findings).toEqual([]);
    // The blocks on both sides of the one that was cut out are still to be had.
    expect(await ipam.allocate({ handle: "rest", count: 15 })).toHaveLength(15);
  });

  it.each([
    ["held by another", "10.0.0.2", "address_in_use", { handle: "other" }],
    ["resting", "10.0.0.3", "address_unavailable", { reason: "cooling", until: 1_065_000 }],
    ["reserved", "10.0.0.10", "address_unavailable", { reason: "reserved" }],
    ["the gateway", "10.0.0.14", "address_unavailable", { reason: "gateway" }],
    ["the network address", "10.0.0.0", "address_unavailable", { reason: "skipped" }],
    ["the broadcast address", "10.0.0.15", "address_unavailable", { reason: "skipped" }],
    ["outside every pool", "10.0.1.1", "address_unavailable", { reason: "no_pool" }],
    ["in a disabled pool", "10.9.0.1", "address_unavailable", { reason: "disabled" }],
    ["in a block of another node", "10.8.0.1", "address_unavailable", { reason: "other_node" }],
    ["in a pool that needs a node", "10.8.0.9", "address_unavailable", { reason: "node_required" }],
  ] as const)("says why not when it is %s", async (name, text, code, details) => {
    const ipam = await withPool({ gateway: parseAddress("10.0.0.14"), skipFirst: 1, skipLast: 1, cooldownMs: 60_000 });
    await ipam.createPool({ name: "off", prefix: parsePrefix("10.9.0.0/24"), units: { kind: "addresses" } });
    await ipam.updatePool("off", { state: "disabled" });
    const strict = { kind: "addresses", affinity: "strict", blockLength: 30 } as const;
    await ipam.createPool({ name: "strict", prefix: parsePrefix("10.8.0.0/28"), units: strict });
    await ipam.allocateExact({ handle: "there", node: "n1", ...at("10.8.0.2") });
    await ipam.reserve({ name: "kept", addresses: parsePrefix("10.0.0.8/30") });
    await ipam.allocateExact({ handle: "other", ...at("10.0.0.2") });
    await ipam.allocateExact({ handle: "gone", ...at("10.0.0.3") });
    await ipam.releaseByHandle("gone");
    const node = name === "in a pool that needs a node" ? {} : { node: "n2" };
    const error = await ipam.allocateExact({ handle: "me", ...node, ...at(text) }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, details });
  });
});

describe("release", () => {
  it("reports what nobody holds and leaves what is guarded by another name", async () => {
    const ipam = await withPool();
    const [one] = await ipam.allocate({ handle: "a" });
    if (one === undefined) throw new Error("nothing was allocated");
    const free = { address: parseAddress("10.0.0.7") };
    const nowhere = { address: parseAddress("192.0.2.1") };
    const wrong = { address: one.address, handle: "b" };
    expect(await ipam.release([free, nowhere])).toEqual({ released: [], notHeld: [nowhere, free], stale: [] });
    expect(await ipam.release([wrong])).toEqual({ released: [], notHeld: [], stale: [wrong] });
    expect(await ipam.release([{ address: one.address }, one])).toEqual({ released: [one], notHeld: [], stale: [] });
    expect(await ipam.release([one])).toMatchObject({ notHeld: [one] });
    expect(await ipam.releaseByHandle("a")).toEqual({ released: [], notHeld: [], stale: [] });
    expect((await ipam.audit()).findings).toEqual([]);
  });
});

describe("a release of many addresses at once", () => {
  it.each([8, 16, 128])("is split over transactions of %i keys, each address once", async (txnKeyCount) => {
    const ipam = createIpam({ store: createMemoryStore({ txnKeyCount }) });
    const units = { kind: "addresses", blockLength: 24, affinity: "preferred" } as const;
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/22"), units });
    const handles = Array.from({ length: 300 }, (_, index) => `h${index}`);
    const held = (await Promise.all(handles.map((handle) => ipam.allocate({ handle, node: "n1" })))).flat();
    const report = await ipam.release([...held, ...held]);
    expect(report.released.map(({ handle }) => handle).sort()).toEqual([...handles].sort());
    expect((await ipam.utilization())[0]?.counts.liveCount).toBe(0);
    expect((await ipam.audit()).findings).toEqual([]);
  });
});

describe("a call that ends early", () => {
  it("does nothing when it was aborted before", async () => {
    const ipam = await withPool();
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(ipam.allocate({ handle: "a" }, { signal })).rejects.toThrow("gone");
    await expect(ipam.release([], { signal })).rejects.toThrow("gone");
    await expect(ipam.utilization({ signal })).rejects.toThrow("gone");
    expect(ipam.metrics().allocatedCount).toBe(0);
  });

  it("gives back what it took when it was aborted meanwhile", async () => {
    const store = createMemoryStore();
    const clock = createManualClock();
    const ipam = createIpam({ store, now: clock.now, sleep: clock.sleep });
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/28"), units: { kind: "addresses" } });
    await ipam.allocate({ handle: "first" });
    const abort = new AbortController();
    const calls = Array.from({ length: 5 }, (_, index) =>
      ipam.allocate({ handle: `h${index}` }, { signal: abort.signal }).catch((error: unknown) => error),
    );
    abort.abort("enough");
    expect(await Promise.all(calls)).toEqual(calls.map(() => "enough"));
    for await (const one of ipam.listAllocations()) expect(one.handle).toBe("first");
    expect(texts(await ipam.allocate({ handle: "next" }))).toEqual(["10.0.0.2"]);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("gives back what was sent already, while others use the same block", async () => {
    const ipam = await withPool({ blockLength: 28 });
    await ipam.allocate({ handle: "first" });
    for (let turn = 0; turn < 20; turn += 1) await undefined;
    const abort = new AbortController();
    const gone = ipam.allocate({ handle: "gone", count: 3 }, { signal: abort.signal }).catch((error: unknown) => error);
    const stays = ipam.allocate({ handle: "stays" });
    abort.abort("enough");
    expect(await gone).toBe("enough");
    expect(texts(await stays)).toEqual(["10.0.0.1"]);
    expect(texts(await ipam.allocate({ handle: "next", count: 3 }))).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4"]);
    // The pool, the first address, what was sent, its undoing, and the other two.
    expect(ipam.metrics().txnCount).toBe(6);
    expect(ipam.metrics().allocatedCount).toBe(5);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("gives back nothing that somebody else has by then", async () => {
    const store = createMemoryStore();
    const rival = createIpam({ store });
    await rival.createPool({ name: "lab", prefix: parsePrefix("10.0.0.1/32"), units: { kind: "addresses" } });
    const abort = new AbortController();
    let txns = 0;
    const watched = createFaultyStore(store, {
      random: () => 1,
      gate: async (call) => {
        if (call !== "txn") return;
        txns += 1;
        if (txns === 1) abort.abort("enough");
        if (txns !== 2) return;
        await rival.releaseByHandle("gone");
        await rival.allocate({ handle: "rival" });
      },
    });
    const ipam = createIpam({ store: watched });
    await expect(ipam.allocate({ handle: "gone" }, { signal: abort.signal })).rejects.toBe("enough");
    expect(await rival.getAllocation(parseAddress("10.0.0.1"))).toMatchObject({ handle: "rival" });
    expect((await rival.audit()).findings).toEqual([]);
  });

  it("gives back what it took from a block that it keeps, when there is not enough", async () => {
    const ipam = await withPool({ blockLength: 32 }, { prefix: parsePrefix("10.0.0.0/25") });
    await ipam.createPool({
      name: "more",
      prefix: parsePrefix("10.1.0.0/28"),
      units: { kind: "addresses", skipLast: 0 },
    });
    expect(await codeOf(ipam.allocate({ handle: "huge", count: 200 }))).toBe("pool_exhausted");
    expect(await ipam.allocate({ handle: "huge", count: 143 })).toHaveLength(143);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("is waited for by close, after which nothing more begins", async () => {
    const ipam = await withPool();
    const call = ipam.allocate({ handle: "a" });
    await ipam.close();
    expect(await call).toHaveLength(1);
    expect(await codeOf(ipam.allocate({ handle: "b" }))).toBe("store_closed");
  });
});

describe("a store that takes 8 keys a transaction", () => {
  it.each(["shared", "preferred", "strict"] as const)(
    "is enough for everything but atomicity over blocks (%s)",
    async (affinity) => {
      const ipam = createIpam({ store: createMemoryStore({ txnKeyCount: 8 }), now: () => 1_000_000 });
      const units = { kind: "addresses", affinity, skipFirst: 0, skipLast: 0, blockLength: 30 } as const;
      await ipam.createPool({ name: "four", prefix: parsePrefix("10.0.0.0/28"), units });
      await ipam.createPool({ name: "six", prefix: parsePrefix("fd00::/124"), units: { ...units, blockLength: 126 } });
      const node = "n1";
      expect(await ipam.allocate({ handle: "a", node, families: [4, 6], count: 5 })).toHaveLength(10);
      expect(await ipam.allocate({ handle: "a", node, families: [4, 6], count: 7 })).toHaveLength(14);
      expect(await codeOf(ipam.allocate({ handle: "b", node, families: [4, 6], count: 10 }))).toBe("pool_exhausted");
      await Promise.all(["c", "d", "e"].map((handle) => ipam.allocate({ handle, node, families: [4, 6], count: 3 })));
      expect((await ipam.audit()).findings).toEqual([]);
      expect((await ipam.releaseByHandle("a")).released).toHaveLength(14);
      await ipam.release([...(await ipam.allocate({ handle: "c", node, families: [4, 6] }))]);
      expect((await ipam.collect({})).repairedCount).toBe(0);
      expect((await ipam.utilization()).map(({ counts }) => counts.liveCount)).toEqual([6, 6]);
      expect((await ipam.audit()).findings).toEqual([]);
    },
  );
});

describe("a transaction without an answer", () => {
  /** A store that answers nothing to one transaction, after or without applying it. */
  function silent(store: Store, atTxn: number, applied: boolean): Store {
    let sent = 0;
    return Object.assign(Object.create(store) as Store, {
      limits: store.limits,
      get: (...call: Parameters<Store["get"]>) => store.get(...call),
      range: (...call: Parameters<Store["range"]>) => store.range(...call),
      txn: async (...call: Parameters<Store["txn"]>) => {
        sent += 1;
        if (sent !== atTxn) return store.txn(...call);
        if (applied) await store.txn(...call);
        throw new IpamError("store_outcome_unknown", "no answer", { key: "?" });
      },
    });
  }

  it.each([true, false])("has its effect once, applied: %s", async (applied) => {
    const store = createMemoryStore();
    const operator = createIpam({ store });
    await operator.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/28"), units: { kind: "addresses" } });
    await operator.createPool({ name: "nets", prefix: parsePrefix("10.1.0.0/16"), units: { kind: "prefixes" } });
    const calls: [name: string, call: (ipam: Ipam) => Promise<unknown>][] = [
      ["allocate", (ipam) => ipam.allocate({ handle: "a", ifHeld: { addUpTo: 9 } })],
      ["allocateExact", (ipam) => ipam.allocateExact({ handle: "b", address: parseAddress("10.0.0.9") })],
      ["allocatePrefix", (ipam) => ipam.allocatePrefix({ handle: "c", pool: "nets", want: 24 })],
      ["renew", async (ipam) => ipam.renew(await ipam.allocate({ handle: "b" }), 60_000)],
      ["release", (ipam) => ipam.releaseByHandle("b")],
    ];
    for (const [name, call] of calls) {
      const ipam = createIpam({ store: silent(store, 1, applied), sleep: async () => {} });
      await call(ipam);
      expect([name, ipam.metrics().unknownOutcomeCount]).toEqual([name, 1]);
    }
    const held: string[] = [];
    for await (const one of operator.listAllocations()) held.push(one.handle);
    expect(held).toEqual(["a", "c"]);
    expect((await operator.audit()).findings).toEqual([]);
  });
});

describe("wrong use", () => {
  it.each([
    [{ handle: "" }, "handle"],
    [{ handle: "x".repeat(513) }, "handle"],
    [{ handle: "\ud800" }, "handle"],
    [{ handle: "a", node: "" }, "node"],
    [{ handle: "a", count: 0 }, "count"],
    [{ handle: "a", count: 65_537 }, "count"],
    [{ handle: "a", ttlMs: 0 }, "ttlMs"],
    [{ handle: "a", families: [] }, "families"],
    [{ handle: "a", families: [4, 4] }, "families"],
    [{ handle: "a", maxPerHandle: 0 }, "maxPerHandle"],
  ] as const)("of %j names the argument", async (request, name) => {
    const ipam = await withPool();
    await expect(ipam.allocate(request)).rejects.toThrow(new RegExp(`^${name}:`));
    await expect(ipam.allocate(request)).rejects.toBeInstanceOf(RangeError);
  });

  it("of an option names it", () => {
    const store = createMemoryStore();
    expect(() => createIpam({ store, retryCount: -1 })).toThrow(/^retryCount:/);
    expect(() => createIpam({ store, vrf: "" })).toThrow(/^vrf:/);
    expect(() => createIpam({ store, maxClockSkewMs: 0.5 })).toThrow(/^maxClockSkewMs:/);
    expect(() => createIpam({ store: createMemoryStore({ txnKeyCount: 1 }) })).toThrow(/^store:/);
  });
});
