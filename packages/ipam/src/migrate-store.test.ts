import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createIpam, createMemoryStore, migrateStore, type Store, type StoreRecord } from "@netmason/ipam";
import { createFaultyStore } from "@netmason/ipam/testing";
import { parseAddress } from "@netmason/net";
import { describe, expect, it } from "vitest";

/** When the last record of the fixtures was written. */
const THEN = 1_700_000_038_000;

interface FixtureRecord {
  readonly key: string;
  readonly value: StoreRecord;
}

/** A store as a version of this package left it. */
async function storeOf(format: number): Promise<Store> {
  const file = join(import.meta.dirname, `../test/fixtures/store-format-${format}.json`);
  const store = createMemoryStore();
  for (const { key, value } of JSON.parse(readFileSync(file, "utf8")) as FixtureRecord[]) {
    await store.txn({ compares: [], ops: [{ kind: "put", key, value }] });
  }
  return store;
}

async function everything(store: Store): Promise<FixtureRecord[]> {
  return (await store.range({ from: "!", to: "~" })).map(({ key, value }) => ({ key, value }));
}

/** What the fixtures hold, however they are laid out. */
async function checkContent(store: Store): Promise<void> {
  const ipam = createIpam({ store, now: () => THEN });
  expect((await ipam.audit()).findings).toEqual([]);
  expect((await ipam.listPools()).map(({ name }) => name)).toEqual(["pods", "services/ä", "tenant-1", "vpcs"]);
  const counts = (await ipam.utilization()).map((use) => [
    use.counts.liveCount,
    use.counts.coolingCount,
    use.prefixCount,
  ]);
  expect(counts).toEqual([
    [43, 8, 0],
    [7, 0, 0],
    [1, 0, 0],
    [16, 1, 1],
  ]);
  expect(await ipam.getAllocation(parseAddress("10.64.0.250"))).toMatchObject({ handle: "exact", node: "n2" });
  expect((await ipam.listReservations())[0]).toMatchObject({ name: "printers", reason: "machines of the office" });
  // It can be used and emptied.
  const labels = { node: { pods: "yes" } };
  await expect(ipam.allocate({ handle: "batch", labels, node: "n1", count: 41 })).rejects.toMatchObject({
    code: "handle_limit",
  });
  expect(await ipam.allocate({ handle: "new", labels, node: "n3", families: [4, 6] })).toHaveLength(2);
  expect((await ipam.releaseByHandle("pod-1/eth0")).released).toMatchObject([{ attributes: { ns: "shop" } }]);
  expect((await ipam.audit()).findings).toEqual([]);
}

describe("a store of format 1", () => {
  it("is read, found sound and used as it is", async () => {
    const store = await storeOf(1);
    const before = await everything(store);
    expect(await migrateStore(store)).toEqual({ from: 1, to: 1, rewrittenCount: 0 });
    expect(await everything(store)).toEqual(before);
    await checkContent(store);
  });
});

describe("a store of format 0", () => {
  it("is refused until it is migrated", async () => {
    const store = await storeOf(0);
    await expect(createIpam({ store }).listPools()).rejects.toMatchObject({
      code: "store_format",
      details: { version: 0 },
    });
    const { from, to, rewrittenCount } = await migrateStore(store);
    expect({ from, to, rewrittenCount }).toEqual({
      from: 0,
      to: 1,
      rewrittenCount: (await everything(store)).length - 1,
    });
    await checkContent(store);
  });

  it("is migrated by a second run when the first one crashed", async () => {
    const store = await storeOf(0);
    const dying = createFaultyStore(store, { random: () => 0.9, crashAfterCount: 20 });
    await expect(migrateStore(dying)).rejects.toMatchObject({ code: "store_closed" });
    expect((await migrateStore(store)).from).toBe(0);
    await checkContent(store);
  });
});

describe("a store of a format to come", () => {
  it("is refused, and nothing is written", async () => {
    const store = await storeOf(1);
    const value = { v: 1, format: 2, minReader: 2 };
    await store.txn({ compares: [], ops: [{ kind: "put", key: "meta", value }] });
    const before = await everything(store);
    const refused = { code: "store_format", details: { key: "meta", version: 2 } };
    await expect(migrateStore(store)).rejects.toMatchObject(refused);
    await expect(createIpam({ store }).allocate({ handle: "h" })).rejects.toMatchObject(refused);
    await expect(createIpam({ store }).listPools()).rejects.toMatchObject(refused);
    expect(await everything(store)).toEqual(before);
  });

  it("that says this version may read it is used, with its unknown fields kept", async () => {
    const store = await storeOf(1);
    const [block] = (await store.range({ from: "b/", to: "b0" })).filter(({ key }) => key.includes("/pods/"));
    if (block === undefined) throw new Error("there is no block");
    const live = (block.value.live as object[]).map((one) => ({ ...one, zone: "x" }));
    const value = { ...block.value, live, colour: "blue" };
    const meta = { v: 1, format: 2, minReader: 1 };
    await store.txn({
      compares: [],
      ops: [
        { kind: "put", key: block.key, value },
        { kind: "put", key: "meta", value: meta },
      ],
    });
    const ipam = createIpam({ store, now: () => THEN });
    const address = parseAddress(
      String(block.value.prefix).replace(/\d+\/28$/, (last) => String(Number.parseInt(last, 10) + 15)),
    );
    await ipam.allocateExact({ handle: "new", node: "n0", address });
    const [after] = await store.get([block.key]);
    expect(after?.value).toMatchObject({ colour: "blue", live: [...live, { h: "new" }] });
  });
});
