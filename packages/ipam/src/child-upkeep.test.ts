import { createIpam, createMemoryStore, type Ipam, type PrefixUnits, type Store } from "@netmason/ipam";
import { createFaultyStore } from "@netmason/ipam/testing";
import { overlaps, parsePrefix } from "@netmason/net";
import fc from "fast-check";
import { expect, it } from "vitest";

const POOL = "nets";

async function createNets(ipam: Ipam, units: Partial<PrefixUnits> = {}): Promise<void> {
  await ipam.createPool({
    name: POOL,
    prefix: parsePrefix("10.0.0.0/8"),
    units: { kind: "prefixes", maxLength: 28, ...units },
  });
}

const take = (ipam: Ipam, handle: string, want: number): ReturnType<Ipam["allocatePrefix"]> =>
  ipam.allocatePrefix({ handle, pool: POOL, want });

/** An instance that counts what it asks of the store. */
function counted(store: Store): { readonly ipam: Ipam; since(): { reads: number; txns: number } } {
  const counting = createFaultyStore(store, { random: () => 1 });
  let from = counting.counts();
  const since = (): { reads: number; txns: number } => {
    const now = counting.counts();
    const reads = now.getCount + now.rangeCount - from.getCount - from.rangeCount;
    const txns = now.txnCount - from.txnCount;
    from = now;
    return { reads, txns };
  };
  return { ipam: createIpam({ store: counting }), since };
}

it("the store calls for a child prefix are the same with none, 100 and 10,000 children", async () => {
  const seen: Record<string, unknown>[] = [];
  for (const childCount of [0, 100, 10_000]) {
    const store = createMemoryStore();
    const other = createIpam({ store });
    await createNets(other);
    for (let index = 0; index < childCount; index += 1) await take(other, `h${index}`, 28);
    const { ipam, since } = counted(store);
    await take(ipam, "first", 28);
    since();
    await take(ipam, "warm", 20);
    const warm = since();
    // Another instance was here since: the guard names what it changed, and the mirror follows.
    for (const handle of ["o1", "o2", "o3"]) await take(other, handle, 24);
    await other.releaseByHandle("o2");
    since();
    await take(ipam, "after", 24);
    const after = since();
    await ipam.releaseByHandle("after");
    const release = since();
    // Pools that come elsewhere change nothing about the space of this one.
    await ipam.createPool({ name: "else", prefix: parsePrefix("192.168.0.0/24"), units: { kind: "addresses" } });
    since();
    await take(ipam, "policy", 28);
    seen.push({ warm, after, release, policy: since() });
    expect((await ipam.audit()).findings).toEqual([]);
  }
  for (const each of seen) expect(each).toEqual(seen[0]);
  expect(seen[0]).toMatchObject({ warm: { reads: 0, txns: 1 }, release: { txns: 1 } });
});

it("children that rested make room together, however few of them one transaction clears", async () => {
  let now = 1_000_000;
  const ipam = createIpam({ store: createMemoryStore({ txnKeyCount: 12 }), now: () => now });
  await createNets(ipam, { cooldownMs: 1_000, maxLength: 15 });
  for (let index = 0; index < 128; index += 1) await take(ipam, `h${index}`, 15);
  for (let index = 0; index < 128; index += 1) {
    now += 1;
    await ipam.releaseByHandle(`h${index}`);
  }
  await expect(take(ipam, "all", 8)).rejects.toMatchObject({ code: "pool_exhausted" });
  now += 60_000;
  expect(String((await take(ipam, "all", 8)).prefix)).toBe("10.0.0.0/8");
  expect((await ipam.audit()).findings).toEqual([]);
});

it("what rests longest is cleared first, and what still rests is not given out", async () => {
  let now = 1_000_000;
  const ipam = createIpam({ store: createMemoryStore(), now: () => now, maxClockSkewMs: 0 });
  await createNets(ipam, { cooldownMs: 1_000, minLength: 8, maxLength: 9 });
  for (const handle of ["low", "high"]) await take(ipam, handle, 9);
  await ipam.releaseByHandle("high");
  now += 500;
  await ipam.releaseByHandle("low");
  await expect(take(ipam, "next", 9)).rejects.toMatchObject({ code: "pool_exhausted" });
  now += 500;
  expect(String((await take(ipam, "next", 9)).prefix)).toBe("10.128.0.0/9");
  await expect(take(ipam, "more", 9)).rejects.toMatchObject({ code: "pool_exhausted" });
  now += 500;
  expect(String((await take(ipam, "more", 9)).prefix)).toBe("10.0.0.0/9");
});

it("instances that take turns, lose races and let children rest agree with what is held", async () => {
  const step = fc.record({
    who: fc.nat(2),
    what: fc.oneof(
      fc.record({ kind: fc.constant("take" as const), want: fc.integer({ min: 8, max: 13 }) }),
      fc.record({ kind: fc.constant("release" as const), at: fc.nat(12) }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 80 }) }),
      fc.record({ kind: fc.constant("reserve" as const), third: fc.nat(3) }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer(), async (steps, seed) => {
      let now = 1_000_000;
      let drawn = seed >>> 0;
      const random = (): number => {
        drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
        return drawn / 2 ** 32;
      };
      const base = createMemoryStore();
      const store = createFaultyStore(base, { random, conflictRatio: 0.2, unknownOutcomeRatio: 0.05 });
      const options = { now: () => now, random, sleep: async () => {}, maxClockSkewMs: 0 };
      const instances = [store, store, base].map((each) => createIpam({ store: each, ...options }));
      await createNets(instances[2] as Ipam, { cooldownMs: 100, maxLength: 13 });
      const held: Awaited<ReturnType<typeof take>>[] = [];
      for (const { who, what } of steps) {
        const ipam = instances[who] as Ipam;
        if (what.kind === "wait") now += what.ms;
        else if (what.kind === "reserve") {
          await ipam.reserve({ name: "moving", addresses: parsePrefix(`10.${what.third}.0.0/16`) });
        } else if (what.kind === "release") {
          const [gone] = held.splice(what.at, 1);
          if (gone !== undefined) await ipam.release([gone]);
        } else {
          const one = await take(ipam, "h", what.want).catch((error: unknown) => {
            if ((error as { code?: string }).code !== "pool_exhausted") throw error;
            return undefined;
          });
          if (one === undefined) continue;
          for (const { prefix } of held) expect(overlaps(prefix, one.prefix)).toBe(false);
          held.push(one);
        }
      }
      const listed: string[] = [];
      for await (const each of (instances[2] as Ipam).listAllocations())
        if (each.kind === "prefix") listed.push(`${each.prefix}`);
      expect(listed.sort()).toEqual(held.map(({ prefix }) => `${prefix}`).sort());
      expect((await (instances[2] as Ipam).audit()).findings).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it("a release that lies in the future rests once more from when it is met, no longer", async () => {
  const store = createMemoryStore();
  let now = 1_000_000;
  const ipam = createIpam({ store, now: () => now, maxClockSkewMs: 0 });
  await createNets(ipam, { cooldownMs: 1_000, maxLength: 15 });
  const ahead = createIpam({ store, now: () => now + 86_400_000_000, maxClockSkewMs: 0 });
  for (let index = 0; index < 128; index += 1) await take(ahead, `h${index}`, 15);
  for (let index = 0; index < 128; index += 1) await ahead.releaseByHandle(`h${index}`);
  await expect(take(ipam, "next", 15)).rejects.toMatchObject({ code: "pool_exhausted" });
  now += 999;
  await expect(take(ipam, "next", 15)).rejects.toMatchObject({ code: "pool_exhausted" });
  now += 1;
  expect(String((await take(ipam, "next", 8)).prefix)).toBe("10.0.0.0/8");
  expect((await ipam.audit()).findings).toEqual([]);
});

it("an abort after the commit gives the child back, without cooldown", async () => {
  const store = createMemoryStore();
  const gone = new AbortController();
  const late: Store = Object.assign(Object.create(store) as Store, {
    limits: store.limits,
    get: (...args: Parameters<Store["get"]>) => store.get(...args),
    range: (...args: Parameters<Store["range"]>) => store.range(...args),
    txn: async (...args: Parameters<Store["txn"]>) => {
      const result = await store.txn(...args);
      gone.abort(new Error("enough"));
      return result;
    },
  });
  await createNets(createIpam({ store }), { cooldownMs: 60_000 });
  const before = await store.range({ from: "c/", to: "i" });
  const ipam = createIpam({ store: late });
  const request = { handle: "h", pool: POOL, want: 24 };
  await expect(ipam.allocatePrefix(request, { signal: gone.signal })).rejects.toThrow("enough");
  expect(await store.range({ from: "c/", to: "i" })).toEqual(before);
  expect(ipam.metrics().allocatedCount).toBe(0);
  expect(String((await ipam.allocatePrefix(request)).prefix)).toBe("10.0.0.0/24");
  expect((await ipam.audit()).findings).toEqual([]);
});

it("a lost race leaves what was to be cleared as it was: the next try is the last one", async () => {
  let now = 1_000_000;
  const store = createMemoryStore({ now: () => now });
  const other = createIpam({ store });
  await createNets(other, { cooldownMs: 1_000 });
  const { ipam, since } = counted(store);
  await take(other, "between", 24);
  for (const handle of ["low", "high"]) await take(ipam, handle, 24);
  await ipam.releaseByHandle("low");
  now += 1_000;
  await other.releaseByHandle("between");
  since();
  expect(String((await take(ipam, "next", 24)).prefix)).toBe("10.0.1.0/24");
  expect(since().txns).toBe(2);
});
