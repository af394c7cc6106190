import { createIpam, createMemoryStore, type Ipam, IpamError, type Store } from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import { expect, it } from "vitest";

const POOL = {
  name: "nets",
  prefix: parsePrefix("10.0.0.0/24"),
  units: { kind: "prefixes", minLength: 24, maxLength: 32 },
} as const;

async function held(ipam: Ipam): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const each of ipam.listAllocations()) {
    if (each.kind === "prefix") lines.push(`${each.handle} ${each.prefix}`);
  }
  return lines.sort();
}

it("a pool deleted and created again by another instance gives no child out twice", async () => {
  const store = createMemoryStore();
  const [a, b] = [createIpam({ store }), createIpam({ store })];
  await a.createPool(POOL);
  await b.allocatePrefix({ pool: "nets", handle: "before", want: 28 });
  await b.releaseByHandle("before");
  await a.deletePool("nets");
  await a.createPool(POOL);
  await a.allocatePrefix({ pool: "nets", handle: "alice", want: 28 });
  await b.allocatePrefix({ pool: "nets", handle: "bob", want: 28 });
  await b.allocatePrefix({ pool: "nets", handle: "carol", want: 27 });
  expect(await held(a)).toEqual(["alice 10.0.0.0/28", "bob 10.0.0.16/28", "carol 10.0.0.32/27"]);
  expect((await a.audit()).findings).toEqual([]);
});

it("a lost answer gives the handle one child, even if the guard was written by another since", async () => {
  const store = createMemoryStore();
  const b = createIpam({ store });
  await b.createPool(POOL);
  let sent = 0;
  const lossy: Store = Object.assign(Object.create(store) as Store, {
    limits: store.limits,
    get: (...call: Parameters<Store["get"]>) => store.get(...call),
    range: (...call: Parameters<Store["range"]>) => store.range(...call),
    txn: async (...call: Parameters<Store["txn"]>) => {
      const result = await store.txn(...call);
      if (sent++ > 0) return result;
      await b.allocatePrefix({ pool: "nets", handle: "other", want: 30 });
      throw new IpamError("store_outcome_unknown", "the answer was lost", { key: "p" });
    },
  });
  const a = createIpam({ store: lossy, sleep: async () => {} });
  const { prefix } = await a.allocatePrefix({ pool: "nets", handle: "alice", want: 28 });
  expect(String(prefix)).toBe("10.0.0.0/28");
  await a.allocatePrefix({ pool: "nets", handle: "alice", want: 30 });
  expect(await held(b)).toEqual(["alice 10.0.0.0/28", "alice 10.0.0.20/30", "other 10.0.0.16/30"]);
  expect((await b.audit()).findings).toEqual([]);
});

it("a pool is deleted however many children have rested in it", async () => {
  const store = createMemoryStore({ txnKeyCount: 64 });
  let now = 1_000_000;
  const ipam = createIpam({ store, now: () => now });
  await ipam.createPool({ ...POOL, units: { ...POOL.units, cooldownMs: 1_000 } });
  for (let each = 0; each < 100; each += 1) await ipam.allocatePrefix({ pool: "nets", handle: `h${each}`, want: 32 });
  for (let each = 0; each < 100; each += 1) await ipam.releaseByHandle(`h${each}`);
  await expect(ipam.deletePool("nets")).rejects.toMatchObject({ code: "pool_not_empty" });
  expect(await ipam.listPools()).toMatchObject([{ state: "enabled" }]);
  now += 60_000;
  await ipam.deletePool("nets");
  expect(await ipam.listPools()).toEqual([]);
  expect((await ipam.audit()).findings).toEqual([]);
});

it("a deletion that is aborted lets the pool go on", async () => {
  const store = createMemoryStore();
  const stop = new AbortController();
  let txns = 0;
  const stopping: Store = Object.assign(Object.create(store) as Store, {
    limits: store.limits,
    get: (...call: Parameters<Store["get"]>) => store.get(...call),
    range: (...call: Parameters<Store["range"]>) => store.range(...call),
    txn: async (...call: Parameters<Store["txn"]>) => {
      const result = await store.txn(...call);
      if (++txns === 2) stop.abort(new Error("enough"));
      return result;
    },
  });
  const ipam = createIpam({ store: stopping });
  await ipam.createPool(POOL);
  await expect(ipam.deletePool("nets", { signal: stop.signal })).rejects.toThrow("enough");
  expect(await ipam.listPools()).toMatchObject([{ state: "enabled" }]);
});

it("a refusal names the reason the pool has", async () => {
  const ipam = createIpam({ store: createMemoryStore() });
  await ipam.createPool(POOL);
  await ipam.allocatePrefix({ pool: "nets", handle: "all", want: 24 });
  const refused = (verdict: string): object => ({
    code: "pool_exhausted",
    details: { explanation: { pools: [{ verdict }] } },
  });
  const more = { pool: "nets", handle: "more", want: 32 } as const;
  await expect(ipam.allocatePrefix(more)).rejects.toMatchObject(refused("exhausted"));
  await ipam.updatePool("nets", { state: "draining" });
  await expect(ipam.allocatePrefix(more)).rejects.toMatchObject(refused("draining"));
  const eligibility = { uses: ["tunnel"] } as const;
  await ipam.createPool({ name: "lab", prefix: parsePrefix("10.1.0.0/28"), units: { kind: "addresses" }, eligibility });
  const exact = { handle: "a", address: parseAddress("10.1.0.3") };
  const unavailable = (reason: string): object => ({ code: "address_unavailable", details: { reason } });
  await expect(ipam.allocateExact(exact)).rejects.toMatchObject(unavailable("use_mismatch"));
  for (const state of ["draining", "disabled"] as const) {
    await ipam.updatePool("lab", { state });
    await expect(ipam.allocateExact(exact)).rejects.toMatchObject(unavailable(state));
  }
});
