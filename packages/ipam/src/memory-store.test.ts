import { createMemoryStore, isIpamError, type Store } from "@netmason/ipam";
import { storeContract } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";

describe("a memory store", () => {
  it.each(storeContract(async () => createMemoryStore()))("keeps the contract: $name", ({ run }) => run());
});

describe("a memory store of single keys", () => {
  const open = async (): Promise<Store> => createMemoryStore({ txnKeyCount: 1, valueBytes: 65_536 });

  it.each(storeContract(open))("keeps the contract: $name", ({ run }) => run());
});

describe("createMemoryStore", () => {
  it("refuses limits no store has", () => {
    expect(() => createMemoryStore({ txnKeyCount: 2 })).toThrow("txnKeyCount: 2 is neither 1 nor 8 or more");
    expect(() => createMemoryStore({ txnKeyCount: 8.5 })).toThrow(RangeError);
    expect(() => createMemoryStore({ valueBytes: 10 })).toThrow("valueBytes: 10 is not 1024 or more");
  });

  it("has a clock only when it is given one", () => {
    expect(createMemoryStore().now).toBeUndefined();
    expect(createMemoryStore({ now: () => 5 }).now?.()).toBe(5);
  });

  it("keeps the very record it was given", async () => {
    const store = createMemoryStore();
    const value = { v: 1, list: [1, 2] };
    await store.txn({ compares: [], ops: [{ kind: "put", key: "a", value }] });
    expect((await store.get(["a"]))[0]?.value).toBe(value);
  });

  it("measures records in bytes of UTF-8 when they have a limit", async () => {
    const store = createMemoryStore({ valueBytes: 1_024 });
    const overhead = JSON.stringify({ v: 1, text: "" }).length;
    const put = (text: string): ReturnType<Store["txn"]> =>
      store.txn({ compares: [], ops: [{ kind: "put", key: "a", value: { v: 1, text } }] });
    const room = 1_024 - overhead;
    await put("a".repeat(room));
    await expect(put("a".repeat(room + 1))).rejects.toThrow("1025 bytes are more than the limit of 1024");
    await put("é".repeat(room >> 1));
    await expect(put("€".repeat(room >> 1))).rejects.toThrow(RangeError);
    await expect(put("🚀".repeat((room >> 2) + 1))).rejects.toThrow(RangeError);
  });

  it("gives a slow reader a new snapshot instead of ever more changes", async () => {
    const store = createMemoryStore();
    const watch = store.watch("w/")[Symbol.asyncIterator]();
    await watch.next();
    const keys = Array.from({ length: 20_000 }, (_, i) => `w/${i}`);
    for (const key of keys) await store.txn({ compares: [], ops: [{ kind: "put", key, value: { v: 1 } }] });
    const { value } = await watch.next();
    expect(value.kind).toBe("snapshot");
    expect(value.entries).toHaveLength(20_000);
    await watch.return?.();
  });

  it("names the store_closed error's key nowhere: no key is at fault", async () => {
    const store = createMemoryStore();
    await store.close();
    const error = await store.get(["a"]).catch((reason: unknown) => reason);
    expect(isIpamError(error, "store_closed") && error.details).toEqual({});
    expect(isIpamError(error) && error.retryable).toBe(false);
  });
});
