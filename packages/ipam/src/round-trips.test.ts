import { type AddressUnits, createIpam, createMemoryStore, type Ipam, type Store } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

/** Counts calls, and how many of them wait for one another: calls that are under way at once are one round trip. */
function measure(store: Store): { readonly store: Store; take(): { readonly calls: number; readonly trips: number } } {
  let calls = 0;
  let trips = 0;
  let underWay = 0;
  const watched = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (underWay++ === 0) trips += 1;
    // Calls of the same moment come before the first answer.
    for (let turn = 0; turn < 10; turn += 1) await undefined;
    try {
      return await call();
    } finally {
      underWay -= 1;
    }
  };
  const measured: Store = Object.assign(Object.create(store) as Store, {
    limits: store.limits,
    get: (...args: Parameters<Store["get"]>) => watched(() => store.get(...args)),
    range: (...args: Parameters<Store["range"]>) => watched(() => store.range(...args)),
    txn: (...args: Parameters<Store["txn"]>) => watched(() => store.txn(...args)),
  });
  const take = (): { calls: number; trips: number } => {
    const now = { calls, trips };
    calls = 0;
    trips = 0;
    return now;
  };
  return { store: measured, take };
}

async function open(units: Partial<AddressUnits>): Promise<{ ipam: Ipam; take: ReturnType<typeof measure>["take"] }> {
  const base = createMemoryStore();
  await createIpam({ store: base }).createPool({
    name: "lab",
    prefix: parsePrefix("10.0.0.0/16"),
    units: { kind: "addresses", ...units },
  });
  const { store, take } = measure(base);
  return { ipam: createIpam({ store }), take };
}

describe.each(["shared", "preferred", "strict"] as const)("round trips to the store with %s blocks", (affinity) => {
  it("are 3 for the first block of a node, then 1", async () => {
    const { ipam, take } = await open({ affinity });
    await ipam.allocate({ handle: "first", node: "n1" });
    expect(take().trips).toBe(3);
    const held = await ipam.allocate({ handle: "warm", node: "n1" });
    expect(take()).toEqual({ calls: 1, trips: 1 });
    await ipam.release(held);
    expect(take()).toEqual({ calls: 1, trips: 1 });
    await ipam.releaseByHandle("first");
    expect(take()).toEqual({ calls: 1, trips: 1 });
    expect(await ipam.allocate({ handle: "batch", node: "n1", count: 62 })).toHaveLength(62);
    expect(take().calls).toBe(1);
    await ipam.allocate({ handle: "next block", node: "n1" });
    expect(take().trips).toBeLessThanOrEqual(2);
  });

  it("are 1 for a lease that is renewed, and for the holder of an address", async () => {
    const { ipam, take } = await open({ affinity });
    const held = await ipam.allocate({ handle: "a", node: "n1", ttlMs: 60_000 });
    take();
    await ipam.renew(held, 60_000);
    expect(take()).toEqual({ calls: 1, trips: 1 });
    const [address] = held.map((one) => one.address);
    if (address === undefined) throw new Error("nothing was allocated");
    await ipam.getAllocation(address);
    expect(take()).toEqual({ calls: 1, trips: 1 });
  });
});

it("a warm dual-stack allocation is one transaction", async () => {
  const base = createMemoryStore();
  const operator = createIpam({ store: base });
  await operator.createPool({ name: "v4", prefix: parsePrefix("10.0.0.0/16"), units: { kind: "addresses" } });
  await operator.createPool({ name: "v6", prefix: parsePrefix("fd00::/64"), units: { kind: "addresses" } });
  const { store, take } = measure(base);
  const ipam = createIpam({ store });
  await ipam.allocate({ handle: "a", families: [4, 6] });
  expect(take().trips).toBe(4);
  await ipam.allocate({ handle: "b", families: [4, 6] });
  expect(take()).toEqual({ calls: 1, trips: 1 });
});

it("a release by handle in another process is three round trips", async () => {
  const base = createMemoryStore();
  const operator = createIpam({ store: base });
  await operator.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/16"), units: { kind: "addresses" } });
  await operator.allocate({ handle: "a" });
  const { store, take } = measure(base);
  const ipam = createIpam({ store });
  await ipam.listPools();
  take();
  expect((await ipam.releaseByHandle("a")).released).toHaveLength(1);
  expect(take().trips).toBe(3);
});
