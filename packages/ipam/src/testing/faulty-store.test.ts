import { createMemoryStore, isIpamError, type StoreTxn } from "@netmason/ipam";
import {
  createFaultyStore,
  type FaultOptions,
  type FaultyStore,
  seededRandom,
  storeContract,
} from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";

const random = seededRandom(5);
const create: StoreTxn = {
  compares: [{ key: "k", revision: undefined }],
  ops: [{ kind: "put", key: "k", value: { v: 1 } }],
};

function faulty(options: Omit<FaultOptions, "random">): FaultyStore {
  return createFaultyStore(createMemoryStore(), { random, ...options });
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((reason: unknown) => reason);
  return isIpamError(error) ? error.code : String(error);
}

describe("a faulty store without faults", () => {
  it.each(
    storeContract(async () => createFaultyStore(createMemoryStore(), { random: seededRandom(1) })).filter(
      ({ name }) => name !== "close ends a watch",
    ),
  )("keeps the contract: $name", ({ run }) => run());
});

describe("createFaultyStore", () => {
  it("counts calls and waits for the gate before each", async () => {
    const passed: string[] = [];
    const store = faulty({ gate: async (call) => void passed.push(call) });
    await store.get(["a"]);
    await store.range({ from: "a", to: "b" });
    await store.txn(create);
    await store.txn(create);
    expect(store.counts()).toEqual({ getCount: 1, rangeCount: 1, txnCount: 2 });
    expect(passed).toEqual(["get", "range", "txn", "txn"]);
  });

  it("answers conflicts with what is there, and writes nothing", async () => {
    const store = faulty({ conflictRatio: 1 });
    expect(await store.txn(create)).toEqual({ kind: "conflict", current: [undefined] });
    expect(await store.get(["k"])).toEqual([undefined]);
  });

  it("refuses calls without doing them", async () => {
    const store = faulty({ unavailableRatio: 1 });
    expect(await codeOf(store.get(["k"]))).toBe("store_unavailable");
    expect(await codeOf(store.txn(create))).toBe("store_unavailable");
  });

  it("leaves outcomes unknown in three ways", async () => {
    const fates = new Set<string>();
    for (let i = 0; i < 100; i++) {
      const base = createMemoryStore();
      const store = createFaultyStore(base, { random, unknownOutcomeRatio: 1 });
      expect(await codeOf(store.txn(create))).toBe("store_outcome_unknown");
      const [atOnce] = await base.get(["k"]);
      await store.settle();
      const [later] = await base.get(["k"]);
      fates.add(atOnce ? "applied" : later ? "late" : "lost");
    }
    expect([...fates].sort()).toEqual(["applied", "late", "lost"]);
  });

  it("lets a late write arrive only while its compares hold", async () => {
    let overtaken = 0;
    for (let i = 0; i < 100; i++) {
      const base = createMemoryStore();
      const store = createFaultyStore(base, { random, unknownOutcomeRatio: 1 });
      await codeOf(store.txn(create));
      const other = await base.txn({ ...create, ops: [{ kind: "put", key: "k", value: { v: 2 } }] });
      for (let call = 0; call < 3; call++) await store.get(["k"]);
      if (other.kind === "committed") {
        overtaken++;
        expect((await base.get(["k"]))[0]?.value).toEqual({ v: 2 });
      }
    }
    expect(overtaken).toBeGreaterThan(20);
  });

  it("crashes for good, before or after its last write", async () => {
    const last = new Set<boolean>();
    for (let i = 0; i < 50; i++) {
      const base = createMemoryStore();
      const store = createFaultyStore(base, { random, crashAfterCount: 2 });
      await store.get(["k"]);
      await store.get(["k"]);
      expect(await codeOf(store.txn(create))).toBe("store_closed");
      expect(await codeOf(store.get(["k"]))).toBe("store_closed");
      last.add((await base.get(["k"]))[0] !== undefined);
    }
    expect([...last].sort()).toEqual([false, true]);
  });

  it("freezes what is put, deeply", async () => {
    const value = { v: 1, list: [{ a: 1 }] };
    await faulty({}).txn({ compares: [], ops: [{ kind: "put", key: "k", value }] });
    expect(() => value.list.push({ a: 2 })).toThrow(TypeError);
    expect(() => Object.assign(value.list[0] ?? {}, { a: 2 })).toThrow(TypeError);
  });

  it("shows the clock of the store beneath", () => {
    expect(faulty({}).now).toBeUndefined();
    expect(createFaultyStore(createMemoryStore({ now: () => 7 }), { random }).now?.()).toBe(7);
  });
});
