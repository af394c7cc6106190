import { type AddressUnits, createIpam, createMemoryStore, type Ipam, isIpamError, type Store } from "@netmason/ipam";
import { createFaultyStore } from "@netmason/ipam/testing";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.js";

interface World {
  readonly store: Store;
  readonly ipam: Ipam;
  readonly clock: { now: number };
}

/** Four blocks of four addresses. */
async function createWorld(units: Partial<AddressUnits>): Promise<World> {
  const store = createMemoryStore();
  const clock = { now: 1_000_000 };
  const ipam = createIpam({ store, now: () => clock.now });
  const base = { kind: "addresses", blockLength: 30, skipFirst: 0, skipLast: 0 } as const;
  await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/28"), units: { ...base, ...units } });
  return { store, ipam, clock };
}

const blocksOf = async (ipam: Ipam, node: string): Promise<string[]> => {
  const blocks: string[] = [];
  for await (const { prefix } of ipam.listBlocks({ node })) blocks.push(String(prefix));
  return blocks;
};

const sound = async (ipam: Ipam): Promise<void> => expect((await ipam.audit()).findings).toEqual([]);

describe("a preferred pool", () => {
  it("gives each node blocks of its own, and lends when none is left to claim", async () => {
    const { ipam } = await createWorld({ affinity: "preferred" });
    for (const node of ["n1", "n2", "n3", "n4"]) await ipam.allocate({ handle: node, node, count: 3 });
    expect(await blocksOf(ipam, "n2")).toEqual(["10.0.0.4/30"]);
    const more = await ipam.allocate({ handle: "more", node: "n1", count: 3 });
    // The last of its own block first, then the blocks of others.
    expect(more.map(({ block }) => `${block}`)).toEqual(["10.0.0.0/30", "10.0.0.4/30", "10.0.0.8/30"]);
    expect(more.every(({ node }) => node === "n1")).toBe(true);
    const [use] = await ipam.utilization();
    expect(use?.nodes.n1).toEqual({ blockCount: 1, liveCount: 6, borrowedCount: 2 });
    await sound(ipam);
    // Either node may give a borrowed address back.
    await ipam.releaseByHandle("more");
    await sound(ipam);
  });

  it("borrows at the limit of blocks a node may own", async () => {
    const { ipam } = await createWorld({ affinity: "preferred", maxBlocksPerNode: 1 });
    await ipam.allocate({ handle: "other", node: "n2" });
    const held = await ipam.allocate({ handle: "a", node: "n1", count: 7 });
    expect(await blocksOf(ipam, "n1")).toEqual(["10.0.0.4/30"]);
    expect(held.filter(({ block }) => String(block) === "10.0.0.0/30")).toHaveLength(3);
    const error = await ipam.allocate({ handle: "b", node: "n1" }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "pool_exhausted") && error.details.explanation.pools[0]?.verdict).toBe("block_limit");
  });
});

describe("a strict pool", () => {
  it("never takes from a block of another node", async () => {
    const { ipam } = await createWorld({ affinity: "strict", maxBlocksPerNode: 2 });
    await ipam.allocate({ handle: "other", node: "n2" });
    expect(await ipam.allocate({ handle: "a", node: "n1", count: 8 })).toHaveLength(8);
    const error = await ipam.allocate({ handle: "b", node: "n1" }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "pool_exhausted") && error.details.explanation.pools[0]).toMatchObject({
      verdict: "block_limit",
      counts: { freeCount: 7n },
    });
    await sound(ipam);
  });

  it("made of a preferred one lets borrowed addresses live, and lends no more", async () => {
    const { ipam, clock } = await createWorld({ affinity: "preferred", maxBlocksPerNode: 1 });
    await ipam.allocate({ handle: "lender", node: "n2" });
    await ipam.allocate({ handle: "borrower", node: "n1", count: 6 });
    clock.now += 1_000;
    await ipam.updatePool("lab", { units: { affinity: "strict" } });
    await sound(ipam);
    expect(
      isIpamError(await ipam.allocate({ handle: "c", node: "n1" }).catch((e: unknown) => e), "pool_exhausted"),
    ).toBe(true);
    const [own] = await ipam.allocate({ handle: "d", node: "n2" });
    expect(String(own?.block)).toBe("10.0.0.0/30");
    await ipam.releaseByHandle("borrower");
    await ipam.updatePool("lab", { units: { affinity: "preferred" } });
    expect(await ipam.allocate({ handle: "c", node: "n1", count: 5 })).toHaveLength(5);
    await sound(ipam);
  });

  it("asks for a node", async () => {
    const { ipam } = await createWorld({ affinity: "strict" });
    const error = await ipam.allocate({ handle: "a" }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "no_pool") && error.details.explanation.pools[0]?.verdict).toBe("node_required");
  });
});

describe("claimBlocks and releaseBlocks", () => {
  it("keep a node ready, count no resting addresses, and stop at the limit", async () => {
    const { ipam, clock } = await createWorld({ affinity: "strict", maxBlocksPerNode: 3, cooldownMs: 60_000 });
    const claimed = await ipam.claimBlocks({ node: "n1", pool: "lab", available: 5 });
    expect(claimed.map(({ prefix, node, liveCount }) => `${prefix} ${node} ${liveCount}`)).toEqual([
      "10.0.0.0/30 n1 0",
      "10.0.0.4/30 n1 0",
    ]);
    expect(await ipam.claimBlocks({ node: "n1", pool: "lab", available: 8 })).toEqual([]);
    await ipam.allocate({ handle: "a", node: "n1", count: 4 });
    await ipam.releaseByHandle("a");
    expect(await ipam.claimBlocks({ node: "n1", pool: "lab", available: 8 })).toHaveLength(1);
    expect(await ipam.claimBlocks({ node: "n1", pool: "lab", available: 16 })).toEqual([]);
    await sound(ipam);

    const empty = await ipam.releaseBlocks({ node: "n1", when: "empty" });
    expect(empty.map(({ prefix }) => String(prefix))).toEqual(["10.0.0.4/30", "10.0.0.8/30"]);
    expect(await ipam.releaseBlocks({ node: "n1", when: "always" })).toMatchObject([{ coolingCount: 4 }]);
    expect(await blocksOf(ipam, "n1")).toEqual([]);
    await sound(ipam);
    clock.now += 65_000;
    expect((await ipam.collect({ graceMs: 0 })).blocks).toEqual([]);
    const { suspects } = await ipam.collect({ graceMs: 0 });
    expect((await ipam.collect({ graceMs: 0, suspects })).blocks).toHaveLength(1);
    await sound(ipam);
  });

  it("refuse a pool whose blocks have no node", async () => {
    const { ipam } = await createWorld({ affinity: "shared" });
    await expect(ipam.claimBlocks({ node: "n1", pool: "lab", available: 1 })).rejects.toThrow(/^pool:/);
    await expect(ipam.claimBlocks({ node: "n1", pool: "lab", available: -1 })).rejects.toThrow(/^available:/);
  });
});

describe("an empty block of another node", () => {
  it("is reclaimed once it has been empty for a minute", async () => {
    const { ipam, clock } = await createWorld({ affinity: "strict" });
    await ipam.allocate({ handle: "idle", node: "n2", count: 16 });
    await ipam.releaseByHandle("idle");
    clock.now += 64_999;
    expect(
      isIpamError(await ipam.allocate({ handle: "a", node: "n1" }).catch((e: unknown) => e), "pool_exhausted"),
    ).toBe(true);
    clock.now += 1;
    const [held] = await ipam.allocate({ handle: "a", node: "n1" });
    expect(await blocksOf(ipam, "n1")).toEqual([String(held?.block)]);
    expect(await blocksOf(ipam, "n2")).toHaveLength(3);
    await sound(ipam);
  });

  it("is used no more by the node that lost it, which remembers it", async () => {
    const { store, ipam, clock } = await createWorld({ affinity: "strict" });
    const other = createIpam({ store, now: () => clock.now });
    await ipam.allocate({ handle: "a", node: "n1" });
    await ipam.releaseByHandle("a");
    await ipam.allocate({ handle: "rest", node: "n3", count: 12 });
    clock.now += 65_000;
    const [taken] = await other.allocate({ handle: "b", node: "n2" });
    expect(String(taken?.block)).toBe("10.0.0.0/30");
    const error = await ipam.allocate({ handle: "c", node: "n1" }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "pool_exhausted")).toBe(true);
    await sound(ipam);
  });

  it("is not reclaimed when only a row says that it is empty, and the row goes", async () => {
    const { store, ipam, clock } = await createWorld({ affinity: "strict" });
    await ipam.allocate({ handle: "a", node: "n2", count: 13 });
    const row = "e/default/4/lab/00000000000001/0a00000c";
    await plant(store, { [row]: { v: 1 } });
    clock.now += 3_600_000;
    const error = await ipam.allocate({ handle: "b", node: "n1" }).catch((caught: unknown) => caught);
    expect(isIpamError(error, "pool_exhausted")).toBe(true);
    expect(await blocksOf(ipam, "n2")).toHaveLength(4);
    expect(await store.get([row])).toEqual([undefined]);
    await sound(ipam);
  });

  it("is not reclaimed while something in it rests", async () => {
    const { ipam, clock } = await createWorld({ affinity: "strict", cooldownMs: 600_000 });
    await ipam.allocate({ handle: "idle", node: "n2", count: 16 });
    await ipam.releaseByHandle("idle");
    clock.now += 120_000;
    expect(
      isIpamError(await ipam.allocate({ handle: "a", node: "n1" }).catch((e: unknown) => e), "pool_exhausted"),
    ).toBe(true);
  });
});

describe("an affinity that is not confirmed", () => {
  it.each(["pending", "pendingDeletion"] as const)(
    "(%s) is neither owned nor used, and collect clears it",
    async (state) => {
      const { store, ipam, clock } = await createWorld({ affinity: "strict" });
      const claimedAt = clock.now;
      await plant(store, { "a/default/n1/lab": { v: 1, blocks: [{ prefix: "10.0.0.12/30", state, claimedAt }] } });
      const [held] = await ipam.allocate({ handle: "a", node: "n1" });
      expect(String(held?.block)).toBe("10.0.0.0/30");
      expect(await blocksOf(ipam, "n1")).toEqual(["10.0.0.0/30"]);
      clock.now += 120_000;
      expect(await ipam.collect({})).toMatchObject({ repairedCount: 1 });
      await sound(ipam);
    },
  );
});

describe("several instances", () => {
  it("racing for one free block: one owner, and the losers leave nothing", async () => {
    const { store, ipam } = await createWorld({ affinity: "strict" });
    await ipam.allocate({ handle: "most", node: "n0", count: 12 });
    const nodes = ["n1", "n2", "n3", "n4", "n5"];
    const results = await Promise.allSettled(
      nodes.map((node) => createIpam({ store, now: () => 1_000_000 }).allocate({ handle: node, node })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await store.range({ from: "a/default/n1", to: "a/default/n9" })).toHaveLength(1);
    await sound(ipam);
  });

  it("never pass the limit of one node together", async () => {
    const { store, ipam } = await createWorld({ affinity: "strict", maxBlocksPerNode: 2 });
    const calls = Array.from({ length: 6 }, (_, index) =>
      createIpam({ store, now: () => 1_000_000 }).allocate({
        handle: `h${index}`,
        node: "n1",
        count: 3,
        shortfall: "accept",
      }),
    );
    await Promise.allSettled(calls);
    expect(await blocksOf(ipam, "n1")).toHaveLength(2);
    await sound(ipam);
  });

  it("of one process share transactions: 64 calls need no more than 4", async () => {
    const { store } = await createWorld({ blockLength: 28 });
    const big = createIpam({ store });
    await big.createPool({ name: "big", prefix: parsePrefix("10.1.0.0/24"), units: { kind: "addresses" } });
    const counting = createFaultyStore(store, { random: () => 1 });
    const ipam = createIpam({ store: counting });
    await ipam.allocate({ handle: "warm", pools: ["big"] });
    const before = counting.counts().txnCount;
    const held = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ipam.allocate({ handle: `h${index}`, pools: ["big"] })),
    );
    expect(new Set(held.map(([one]) => String(one?.address))).size).toBe(60);
    expect(counting.counts().txnCount - before).toBeLessThanOrEqual(4);
    expect(ipam.metrics().batchedCount).toBeGreaterThanOrEqual(56);
  });
});
