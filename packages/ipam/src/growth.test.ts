import { type AddressUnits, createIpam, createMemoryStore, type Ipam, type Store } from "@netmason/ipam";
import { createFaultyStore, type FaultyStore } from "@netmason/ipam/testing";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

/** Blocks of two addresses, so that thousands of them are full with little in them. */
const UNITS: AddressUnits = { kind: "addresses", blockLength: 31, skipFirst: 0, skipLast: 0, maxBlocksPerNode: 40_000 };

/** Full blocks of a busy node, evenly over some pools; the last pool has room for more. */
async function fill(
  store: Store,
  poolCount: number,
  fullCount: number,
  affinity: AddressUnits["affinity"],
): Promise<void> {
  const ipam = createIpam({ store });
  const each = Math.ceil(fullCount / poolCount);
  for (let index = 0; index < poolCount; index += 1) {
    const name = `p${String(index).padStart(2, "0")}`;
    const isLast = index === poolCount - 1;
    const length = 31 - Math.ceil(Math.log2(isLast ? each + 8 : each));
    const units = { ...UNITS, ...(affinity !== undefined && { affinity }) };
    await ipam.createPool({ name, prefix: parsePrefix(`10.${index * 8}.0.0/${length}`), units });
    const blocks = isLast ? each : 2 ** (31 - length);
    for (let left = blocks * 2; left > 0; left -= 500) {
      await ipam.allocate({ handle: `${name}-${left}`, node: "busy", pools: [name], count: Math.min(left, 500) });
    }
  }
}

/** How many calls of the store an instance needs. */
async function callsOf(
  store: Store,
  run: (ipam: Ipam, count: () => { reads: number; txns: number }) => Promise<void>,
): Promise<{ reads: number; txns: number }> {
  const counting: FaultyStore = createFaultyStore(store, { random: () => 1 });
  let from = counting.counts();
  const ipam = createIpam({ store: counting });
  const since = (): { reads: number; txns: number } => {
    const now = counting.counts();
    const reads = now.getCount + now.rangeCount - from.getCount - from.rangeCount;
    const txns = now.txnCount - from.txnCount;
    from = now;
    return { reads, txns };
  };
  await run(ipam, since);
  return since();
}

describe.each(["shared", "preferred", "strict"] as const)(
  "the store calls of an allocation from %s blocks",
  (affinity) => {
    const worlds = [
      [1, 1],
      [1, 100],
      [1, 16_000],
      [20, 20],
      [20, 16_000],
    ] as const;

    it("are the same with few and with many full blocks, in one pool and across twenty", async () => {
      const seen: Record<string, unknown>[] = [];
      for (const [poolCount, fullCount] of worlds) {
        const store = createMemoryStore();
        await fill(store, poolCount, fullCount, affinity);
        const first = await callsOf(store, async (ipam) => {
          await ipam.allocate({ handle: "first", node: "idle" });
        });
        const warm = await callsOf(store, async (ipam, count) => {
          await ipam.allocate({ handle: "a", node: "idle" });
          count();
          await ipam.allocate({ handle: "b", node: "idle" });
        });
        const next = await callsOf(store, async (ipam, count) => {
          await ipam.allocate({ handle: "c", node: "busy" });
          await ipam.allocate({ handle: "d", node: "busy" });
          count();
          await ipam.allocate({ handle: "e", node: "busy" });
        });
        const handle = await callsOf(store, async (ipam) => {
          await ipam.releaseByHandle("first");
        });
        seen.push({ first, warm, next, handle });
      }
      for (const each of seen) expect(each).toEqual(seen[0]);
      expect(seen[0]).toMatchObject({ first: { txns: 1 }, next: { txns: 1 }, handle: { txns: 1 } });
    });
  },
);
