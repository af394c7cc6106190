import { createIpam, createMemoryStore, type Ipam, isIpamError, type PrefixUnits, type Store } from "@netmason/ipam";
import { overlaps, parsePrefix } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

async function withPool(
  units: Partial<PrefixUnits> = {},
  options: { readonly store?: Store; readonly now?: () => number } = {},
): Promise<Ipam> {
  const { store = createMemoryStore(), now = () => 1_000_000 } = options;
  const ipam = createIpam({ store, now });
  await ipam.createPool({
    name: "nets",
    prefix: parsePrefix("10.0.0.0/16"),
    units: { kind: "prefixes", maxLength: 28, ...units },
  });
  return ipam;
}

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => (isIpamError(error) ? { code: error.code, ...error.details } : error),
  );

describe("allocatePrefix", () => {
  it("takes the smallest free prefix that fits, the lowest among equals, and merges on release", async () => {
    const ipam = await withPool();
    const take = async (want: number): Promise<string> =>
      String((await ipam.allocatePrefix({ handle: `w${want}`, pool: "nets", want })).prefix);
    expect(await take(24)).toBe("10.0.0.0/24");
    expect(await take(18)).toBe("10.0.64.0/18");
    expect(await take(25)).toBe("10.0.1.0/25");
    expect(await take(24)).toBe("10.0.2.0/24");
    expect((await ipam.audit()).findings).toEqual([]);
    for (const handle of ["w24", "w18", "w25"]) await ipam.releaseByHandle(handle);
    expect(await take(16)).toBe("10.0.0.0/16");
    expect((await ipam.utilization())[0]).toMatchObject({
      prefixCount: 1,
      counts: { capacity: 4096n, liveCount: 4096, freeCount: 0n },
    });
  });

  it("takes this very prefix, or names what is in the way", async () => {
    const ipam = await withPool();
    const want = parsePrefix("10.0.4.0/22");
    const held = await ipam.allocatePrefix({ handle: "a", pool: "nets", want, attributes: { vni: "7" } });
    expect(held).toMatchObject({ kind: "prefix", pool: "nets", attributes: { vni: "7" } });
    expect(await ipam.allocatePrefix({ handle: "a", pool: "nets", want })).toEqual(held);
    await ipam.reserve({ name: "kept", addresses: parsePrefix("10.0.128.0/24") });
    for (const [text, blocker] of [
      ["10.0.4.0/22", "10.0.4.0/22"],
      ["10.0.0.0/20", "10.0.4.0/22"],
      ["10.0.5.0/24", "10.0.4.0/22"],
      ["10.0.128.0/20", "reservation"],
    ] as const) {
      const error = await reasonOf(ipam.allocatePrefix({ handle: "b", pool: "nets", want: parsePrefix(text) }));
      expect(error).toMatchObject({ code: "prefix_unavailable" });
      expect(String((error as { blocker: unknown }).blocker)).toBe(blocker);
    }
    expect(await reasonOf(ipam.allocatePrefix({ handle: "b", pool: "nets", want: 16 }))).toMatchObject({
      code: "pool_exhausted",
      explanation: { pools: [{ largestFree: 18, topHolders: [{ handle: "a", count: 1 }] }] },
    });
    await expect(ipam.allocatePrefix({ handle: "b", pool: "nets", want: 29 })).rejects.toThrow(/^want:/);
    await expect(ipam.allocatePrefix({ handle: "b", pool: "nets", want: parsePrefix("10.1.0.0/24") })).rejects.toThrow(
      /^want:/,
    );
    expect(await reasonOf(ipam.allocatePrefix({ handle: "b", pool: "x", want: 24 }))).toMatchObject({
      code: "unknown_pool",
    });
  });

  it("lets a prefix rest where the pool has a cooldown", async () => {
    const clock = { now: 1_000_000 };
    const ipam = await withPool({ minLength: 16, cooldownMs: 60_000 }, { now: () => clock.now });
    await ipam.allocatePrefix({ handle: "a", pool: "nets", want: 16 });
    await ipam.releaseByHandle("a");
    expect((await ipam.audit()).findings).toEqual([]);
    const error = await reasonOf(ipam.allocatePrefix({ handle: "b", pool: "nets", want: 24 }));
    expect(error).toMatchObject({
      explanation: { pools: [{ nextFreeAt: 1_065_000, counts: { coolingCount: 4096 } }] },
    });
    clock.now += 65_000;
    expect(String((await ipam.allocatePrefix({ handle: "b", pool: "nets", want: 24 })).prefix)).toBe("10.0.0.0/24");
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("by several instances gives no two the same, and each finds what the others did", async () => {
    const store = createMemoryStore();
    await withPool({}, { store });
    const instances = Array.from({ length: 3 }, () => createIpam({ store, now: () => 1_000_000 }));
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (instances[index % 3] as Ipam).allocatePrefix({ handle: `h${index}`, pool: "nets", want: 24 + (index % 3) }),
      ),
    );
    for (const [index, { prefix }] of taken.entries()) {
      for (const other of taken.slice(index + 1)) expect(overlaps(prefix, other.prefix)).toBe(false);
    }
    await Promise.all(taken.map((one, index) => (instances[(index + 1) % 3] as Ipam).release([one])));
    expect(String((await instances[0]?.allocatePrefix({ handle: "all", pool: "nets", want: 16 }))?.prefix)).toBe(
      "10.0.0.0/16",
    );
  });

  it("keeps up over more changes than the guard remembers", async () => {
    const store = createMemoryStore();
    const slow = await withPool({}, { store });
    await slow.allocatePrefix({ handle: "slow", pool: "nets", want: 24 });
    const quick = createIpam({ store, now: () => 1_000_000 });
    for (let index = 0; index < 100; index += 1) {
      await quick.allocatePrefix({ handle: "quick", pool: "nets", want: 28 });
    }
    const next = await slow.allocatePrefix({ handle: "slow", pool: "nets", want: 24 });
    expect(String(next.prefix)).toBe("10.0.8.0/24");
    expect((await slow.audit()).findings).toEqual([]);
  });

  it("agrees with a list of what is live after any calls", async () => {
    const call = fc.oneof(
      fc.record({ kind: fc.constant("take" as const), want: fc.integer({ min: 16, max: 22 }) }),
      fc.record({ kind: fc.constant("release" as const), at: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
        const ipam = await withPool({ maxLength: 22 });
        const live: Awaited<ReturnType<Ipam["allocatePrefix"]>>[] = [];
        for (const step of calls) {
          if (step.kind === "release") {
            const [gone] = live.splice(step.at, 1);
            if (gone !== undefined) expect((await ipam.release([gone])).released).toEqual([gone]);
            continue;
          }
          const units = live.reduce((sum, { prefix }) => sum + 2 ** (22 - prefix.length), 0);
          const one = await ipam
            .allocatePrefix({ handle: "h", pool: "nets", want: step.want })
            .catch((error: unknown) => {
              // Only a pool without room may refuse; without fragments that is a matter of counting.
              expect(isIpamError(error, "pool_exhausted")).toBe(true);
              expect(live.length > 0 && units + 2 ** (22 - step.want) > 0).toBe(true);
              return undefined;
            });
          if (one === undefined) continue;
          for (const { prefix } of live) expect(overlaps(prefix, one.prefix)).toBe(false);
          expect(one.prefix.length).toBe(step.want);
          live.push(one);
        }
        expect((await ipam.audit()).findings).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a pool inside a child prefix", () => {
  it("is allowed while the child lives, keeps it from being released, and goes first", async () => {
    const ipam = await withPool();
    const vpc = await ipam.allocatePrefix({ handle: "tenant", pool: "nets", want: 20 });
    const outside = { name: "outside", prefix: parsePrefix("10.0.64.0/24"), units: { kind: "addresses" } } as const;
    expect(await reasonOf(ipam.createPool(outside))).toMatchObject({ code: "pool_overlap", other: "nets" });
    await ipam.createPool({ name: "tenant", prefix: vpc.prefix, units: { kind: "addresses" } });
    const [held] = await ipam.allocate({ handle: "web", pools: ["tenant"] });
    expect(String(held?.address)).toBe("10.0.0.1");
    expect((await ipam.audit()).findings).toEqual([]);
    expect(await reasonOf(ipam.release([vpc]))).toMatchObject({ code: "prefix_in_use", pool: "tenant" });
    expect(await reasonOf(ipam.releaseByHandle("tenant"))).toMatchObject({ code: "prefix_in_use", pool: "tenant" });
    await ipam.releaseByHandle("web");
    await ipam.deletePool("tenant");
    expect(await ipam.releaseByHandle("tenant")).toMatchObject({ released: [vpc] });
  });

  it.each(["a", "z"])("named %s may be as large as the pool of the child", async (name) => {
    const ipam = await withPool();
    const { prefix } = await ipam.allocatePrefix({ handle: "tenant", pool: "nets", want: 16 });
    await ipam.createPool({ name, prefix, units: { kind: "addresses" } });
    expect((await ipam.audit()).findings).toEqual([]);
    expect(await ipam.allocate({ handle: "web", pools: [name] })).toHaveLength(1);
    expect(await reasonOf(ipam.releaseByHandle("tenant"))).toMatchObject({ code: "prefix_in_use", pool: name });
  });
});
