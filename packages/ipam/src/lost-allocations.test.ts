import { createIpam, createMemoryStore, type Ipam, isIpamError } from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { createLosingStore, type Fate, type LosingStore } from "../test/losing-store.js";

/** One block a node may own, of which four addresses can be had; a pool of child prefixes. */
async function createWorld(): Promise<{ readonly ipam: Ipam; readonly store: LosingStore; readonly other: Ipam }> {
  const base = createMemoryStore();
  const other = createIpam({ store: base });
  const ends = { skipFirst: 0, skipLast: 0 } as const;
  const units = { kind: "addresses", affinity: "strict", blockLength: 30, maxBlocksPerNode: 1, ...ends } as const;
  await other.createPool({ name: "v4", prefix: parsePrefix("10.0.0.0/28"), units });
  await other.createPool({ name: "nets", prefix: parsePrefix("10.1.0.0/28"), units: { kind: "prefixes" } });
  const store = createLosingStore(base);
  return { ipam: createIpam({ store, sleep: async () => {} }), store, other };
}

async function held(ipam: Ipam): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const one of ipam.listAllocations()) {
    lines.push(`${one.handle} ${one.kind === "address" ? one.address : one.prefix}`);
  }
  return lines.sort();
}

interface Taken {
  readonly handle: string;
  readonly address?: unknown;
  readonly prefix?: unknown;
}

const node = "n";
const calls: Readonly<Record<string, (ipam: Ipam) => Promise<readonly Taken[]>>> = {
  allocate: (ipam) => ipam.allocate({ handle: "a", node, count: 3 }),
  "allocate above what is held": (ipam) => ipam.allocate({ handle: "a", node, count: 3, ifHeld: { addUpTo: 3 } }),
  "allocate if nothing is held": (ipam) => ipam.allocate({ handle: "a", node, count: 3, ifHeld: "fail" }),
  "allocate at a maximum": (ipam) => ipam.allocate({ handle: "a", node, count: 3, maxPerHandle: 3 }),
  allocateExact: async (ipam) => [
    await ipam.allocateExact({ handle: "a", node, address: parseAddress("10.0.0.1"), maxPerHandle: 1 }),
  ],
  allocatePrefix: async (ipam) => [await ipam.allocatePrefix({ handle: "a", pool: "nets", want: 30 })],
  "allocatePrefix of all": async (ipam) => [await ipam.allocatePrefix({ handle: "a", pool: "nets", want: 28 })],
};

describe("an allocation whose answer is lost", () => {
  const fates: readonly Fate[] = ["applied", "not applied", "late"];
  const cases = Object.entries(calls).flatMap(([name, call]) => fates.map((fate) => ({ name, call, fate })));

  it.each(cases)("$name, $fate: takes once what it answers", async ({ call, fate }) => {
    const { ipam, store, other } = await createWorld();
    store.lose(fate);
    const taken = await call(ipam);
    expect(taken.map((one) => `${one.handle} ${one.address ?? one.prefix}`).sort()).toEqual(await held(other));
    expect(ipam.metrics().allocatedCount).toBe(taken.length);
    expect((await other.audit()).findings).toEqual([]);
  });

  it.each(Object.entries(calls))(
    "%s, late, and then out of reach: does not say that nothing was done",
    async (_, call) => {
      const { ipam, store, other } = await createWorld();
      store.lose("late");
      store.isBroken = true;
      const error: unknown = await call(ipam).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isIpamError(error, "store_outcome_unknown")).toBe(true);
      expect(isIpamError((error as Error).cause, "store_unavailable")).toBe(true);
      expect(await held(other)).not.toEqual([]);
    },
  );
});
