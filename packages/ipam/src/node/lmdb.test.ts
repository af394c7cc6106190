import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIpam, isIpamError, type Store, type StoreRecord, type StoreTxn } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { storeContract } from "@netmason/ipam/testing";
import { parsePrefix } from "@netmason/net";
import { open, type RootDatabase } from "lmdb";
import { afterAll, describe, expect, it } from "vitest";

// In memory where there is such a folder: what is asked here does not depend on the disk.
const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-lmdb-"));
let folders = 0;
const freshPath = (): string => join(folder, String(++folders));

afterAll(() => rmSync(folder, { recursive: true }));

const paths = new WeakMap<Store, string>();

function openPath(path: string): Store {
  const store = createLmdbStore({ path, pollMs: 5 });
  paths.set(store, path);
  return store;
}

describe("a store in a folder", () => {
  const openAgain = async (store: Store): Promise<Store> => openPath(paths.get(store) ?? "");
  const cases = storeContract(async () => openPath(freshPath()), { openAgain });

  it.each(cases)("keeps the contract: $name", ({ run }) => run());
});

describe("a store in an environment that was opened before", () => {
  const environments = new WeakMap<Store, RootDatabase>();
  const use = async (environment: RootDatabase): Promise<Store> => {
    const store = createLmdbStore({ environment, pollMs: 5 });
    environments.set(store, environment);
    return store;
  };
  const openAgain = (store: Store): Promise<Store> => use(environments.get(store) as RootDatabase);
  const cases = storeContract(() => use(open({ path: freshPath(), overlappingSync: false })), { openAgain });

  it.each(cases)("keeps the contract: $name", ({ run }) => run());
});

const put = (store: Store, key: string, value: StoreRecord): ReturnType<Store["txn"]> =>
  store.txn({ compares: [], ops: [{ kind: "put", key, value }] });

/** Opens a path that must be refused. */
function refusal(path: string): unknown {
  try {
    void openPath(path).close();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("createLmdbStore", () => {
  it("grows far beyond the map it started with, for several users at once", async () => {
    const path = freshPath();
    const [a, b] = [createLmdbStore({ path, mapSizeBytes: 0x20000 }), openPath(path)];
    const text = "x".repeat(100_000);
    for (let i = 0; i < 60; i++) await put(i % 2 === 0 ? a : b, `k/${i}`, { v: 1, i, text });
    for (const store of [a, b]) expect(await store.range({ from: "k/", to: "k0", select: "keys" })).toHaveLength(60);
    await a.close();
    await b.close();
    const { size } = statSync(join(path, "data.mdb"));
    expect(size).toBeGreaterThan(6_000_000);
    expect(size % 0x100000).toBe(0);
  });

  it("commits together what is asked for together", async () => {
    const path = freshPath();
    const store = openPath(path);
    const results = await Promise.all(Array.from({ length: 2_000 }, (_, i) => put(store, `k/${i}`, { v: 1, i })));
    expect(new Set(results.map((result) => result.kind === "committed" && result.revision)).size).toBe(2_000);
    await store.close();
    const environment = open({ path, overlappingSync: false });
    const { lastTxnId } = environment.getStats() as { lastTxnId: number };
    expect(lastTxnId).toBeLessThan(12);
    await environment.close();
  });

  it("lets an abort take out what waits, and only stops waiting for what is under way", async () => {
    const store = openPath(freshPath());
    const gone = new AbortController();
    const first = put(store, "a", { v: 1 });
    await Promise.resolve();
    await Promise.resolve();
    const ops = (key: string): StoreTxn => ({ compares: [], ops: [{ kind: "put", key, value: { v: 1 } }] });
    const second = store.txn(ops("b"), { signal: gone.signal });
    gone.abort("enough");
    await expect(second).rejects.toBe("enough");
    await first;
    await put(store, "z", { v: 1 });
    expect(await store.get(["a", "b"])).toMatchObject([{ key: "a" }, undefined]);
    const third = store.txn(ops("c"), { signal: AbortSignal.timeout(60_000) });
    expect((await third).kind).toBe("committed");
    await store.close();
  });

  it("waits for what is under way when it is closed", async () => {
    const path = freshPath();
    const store = openPath(path);
    const writes = Array.from({ length: 50 }, (_, i) => put(store, `k/${i}`, { v: 1 }));
    await store.close();
    expect((await Promise.all(writes)).every(({ kind }) => kind === "committed")).toBe(true);
    const again = openPath(path);
    expect(await again.range({ from: "k/", to: "k0" })).toHaveLength(50);
    await again.close();
  });

  it("starts a watch over when the log of changes no longer reaches back", async () => {
    const path = freshPath();
    const [watching, writing] = [createLmdbStore({ path, pollMs: 3_000 }), openPath(path)];
    const watch = watching.watch("k/")[Symbol.asyncIterator]();
    expect((await watch.next()).value).toEqual({ kind: "snapshot", entries: [] });
    for (let i = 0; i < 1_100; i++) await put(writing, `k/${i % 10}`, { v: 1, i });
    const { value } = await watch.next();
    expect(value.kind).toBe("snapshot");
    expect(value.entries).toHaveLength(10);
    await watch.return?.();
    await Promise.all([watching.close(), writing.close()]);
  });

  it("ends a watch with the reason when changes cannot be read", async () => {
    const path = freshPath();
    const environment = open({ path, overlappingSync: false, eventTurnBatching: false });
    const store = createLmdbStore({ environment, pollMs: 5 });
    const watch = store.watch("k/")[Symbol.asyncIterator]();
    await watch.next();
    const db = environment.openDB<Buffer, Buffer>("netmason-ipam", { keyEncoding: "binary", encoding: "binary" });
    await db.put(Buffer.from([0]), Buffer.from("no state"));
    await expect(watch.next()).rejects.toThrow(SyntaxError);
    await store.close();
    await environment.close();
  });

  it("has the clock of the machine, or the one it is given", async () => {
    const [system, own] = [openPath(freshPath()), createLmdbStore({ path: freshPath(), now: () => 5 })];
    expect(Math.abs((system.now?.() ?? 0) - Date.now())).toBeLessThan(1_000);
    expect(own.now?.()).toBe(5);
    await Promise.all([system.close(), own.close()]);
  });

  it("refuses options that cannot be", () => {
    expect(() => createLmdbStore({ path: freshPath(), pollMs: 0 })).toThrow("pollMs: 0 is not 1 or more");
    expect(() => createLmdbStore({ path: freshPath(), mapSizeBytes: 1 })).toThrow("mapSizeBytes: 1 is not 131072");
  });

  it.each([
    ["overlappingSync", {}],
    ["overlappingSync", { overlappingSync: true }],
    ["noSync", { noSync: true }],
    ["noMetaSync", { noMetaSync: true, overlappingSync: false }],
    ["mapAsync", { mapAsync: true, useWritemap: true, overlappingSync: false }],
  ])(
    "refuses an environment that shows or answers commits before they are on disk: %s, of %o",
    async (wrong, options) => {
      const path = freshPath();
      const environment = open({ path, ...options } as Parameters<typeof open>[0]);
      const text = `environment: ${wrong} is true; it must be opened for writing, with overlappingSync: false`;
      expect(() => createLmdbStore({ environment })).toThrow(new RegExp(`^${text}`));
      await environment.close();
    },
  );

  it("refuses an environment that is only read", async () => {
    const path = freshPath();
    await open({ path, overlappingSync: false }).close();
    const environment = open({ path, readOnly: true });
    expect(() => createLmdbStore({ environment })).toThrow("environment: readOnly is true");
    await environment.close();
  });
});

describe("a store on a damaged disk", () => {
  async function filled(): Promise<{ readonly path: string; readonly file: string }> {
    const path = freshPath();
    const store = openPath(path);
    for (let i = 0; i < 40; i++) await put(store, `k/${i}`, { v: 1, i, text: "x".repeat(20_000) });
    await store.close();
    return { path, file: join(path, "data.mdb") };
  }

  it("tells a file that was cut short, and is whole again with the rest", async () => {
    const { path, file } = await filled();
    const whole = readFileSync(file);
    for (const size of [700_000, 100_000, 20_000]) {
      truncateSync(file, size);
      const error = refusal(path);
      expect(isIpamError(error, "store_damaged") && error.details.reason).toMatch(
        new RegExp(`has ${size} bytes of \\d+$`),
      );
      expect(statSync(file).size).toBe(size);
      writeFileSync(file, whole);
    }
    const again = openPath(path);
    expect(await again.range({ from: "k/", to: "k0", select: "keys" })).toHaveLength(40);
    await again.close();
  });

  it("tells a file that is cut short while it is open, writes nothing more, and goes on with the whole one", async () => {
    const { path, file } = await filled();
    const store = openPath(path);
    const ipam = createIpam({ store });
    await ipam.createPool({ name: "p", prefix: parsePrefix("10.0.0.0/24"), units: { kind: "addresses" } });
    await ipam.allocate({ handle: "a" });
    const whole = readFileSync(file);
    for (const size of [whole.length - 1, 20_000, 0]) {
      const watch = store.watch("k/")[Symbol.asyncIterator]();
      await watch.next();
      truncateSync(file, size);
      const reason = `${file} has ${size} bytes of ${whole.length}`;
      const damaged = { code: "store_damaged", details: { path, reason } };
      await expect(store.get(["k/1"])).rejects.toMatchObject(damaged);
      await expect(store.range({ from: "k/", to: "k0" })).rejects.toMatchObject(damaged);
      await expect(put(store, "k/1", { v: 1 })).rejects.toMatchObject(damaged);
      await expect(ipam.allocate({ handle: "b" })).rejects.toMatchObject(damaged);
      await expect(ipam.audit()).rejects.toMatchObject(damaged);
      await expect(watch.next()).rejects.toMatchObject(damaged);
      expect(statSync(file).size).toBe(size);
      writeFileSync(file, whole, { flag: "r+" });
    }
    expect(await ipam.allocate({ handle: "b" })).toHaveLength(1);
    expect((await ipam.audit()).findings).toEqual([]);
    rmSync(file);
    await expect(store.get(["k/1"])).rejects.toMatchObject({ details: { reason: `${file} is gone` } });
    await store.close();
  });

  it("tells a file without content, or none, from a new store", async () => {
    const { path, file } = await filled();
    truncateSync(file, 0);
    expect(isIpamError(refusal(path), "store_damaged")).toBe(true);
    rmSync(file);
    const error = refusal(path);
    expect(isIpamError(error, "store_damaged") && error.details).toEqual({ path, reason: `${file} is gone` });
  });

  it("tells a file that is none of LMDB", async () => {
    const { path, file } = await filled();
    writeFileSync(file, Buffer.alloc(100_000, "no database "));
    expect(isIpamError(refusal(path), "store_damaged")).toBe(true);
  });

  it("finds what it wrote in a file whose room to grow was cut away", async () => {
    const { path, file } = await filled();
    const environment = open({ path, overlappingSync: false });
    const stats = environment.getStats() as { lastPageNumber: number; root: { pageSize: number } };
    await environment.close();
    truncateSync(file, (stats.lastPageNumber + 1) * stats.root.pageSize);
    const again = openPath(path);
    expect(await again.range({ from: "k/", to: "k0", select: "keys" })).toHaveLength(40);
    for (let i = 0; i < 10; i++) await put(again, `k/${i}`, { v: 1, text: "y".repeat(50_000) });
    await again.close();
  });

  it("refuses the layout of a newer version and leaves it alone", async () => {
    const path = freshPath();
    await openPath(path).close();
    const environment = open({ path, overlappingSync: false });
    const db = environment.openDB<Buffer, Buffer>("netmason-ipam", { keyEncoding: "binary", encoding: "binary" });
    await db.put(Buffer.from([0]), Buffer.from('{"format":2,"revision":7,"batch":7}'));
    await environment.close();
    const error = refusal(path);
    expect(isIpamError(error, "store_format") && error.details).toEqual({ key: "lmdb", version: 2 });
  });

  it("says store_unavailable when the folder cannot be made", () => {
    const file = freshPath();
    writeFileSync(file, "a file");
    expect(isIpamError(refusal(join(file, "below")), "store_unavailable")).toBe(true);
  });
});
