import {
  type AllocateRequest,
  createIpam,
  createMemoryStore,
  type Ipam,
  isIpamError,
  type PoolEligibility,
  type PoolSpec,
} from "@netmason/ipam";
import { addToAddress, createRange, firstAddress, parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

const spec = (name: string, prefix: string, more: Partial<PoolSpec> = {}): PoolSpec => ({
  name,
  prefix: parsePrefix(prefix),
  units: { kind: "addresses" },
  ...more,
});

const open = (): Ipam => createIpam({ store: createMemoryStore(), now: () => 1_000_000 });

async function reasonOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => (isIpamError(error) ? { code: error.code, ...error.details } : error),
  );
}

describe("createPool", () => {
  it("fills in what is left out", async () => {
    const ipam = open();
    const small = await ipam.createPool(spec("small", "10.0.0.0/31"));
    expect(small).toMatchObject({ state: "enabled", units: { blockLength: 31, skipFirst: 0, skipLast: 0 } });
    const large = await ipam.createPool(spec("large", "10.1.0.0/16"));
    expect(large.units).toEqual({
      kind: "addresses",
      blockLength: 26,
      affinity: "shared",
      maxBlocksPerNode: 20,
      order: "oldest",
      cooldownMs: 0,
      skipFirst: 1,
      skipLast: 1,
    });
    const six = await ipam.createPool(spec("six", "fd00::/64"));
    expect(six.units).toMatchObject({ blockLength: 122, skipFirst: 1, skipLast: 0 });
    const nets = await ipam.createPool(spec("nets", "10.2.0.0/16", { units: { kind: "prefixes" } }));
    expect(nets.units).toEqual({ kind: "prefixes", minLength: 16, maxLength: 32, cooldownMs: 0 });
    expect(await ipam.listPools()).toEqual([large, nets, six, small]);
  });

  it.each([
    ["a name that is empty", spec("", "10.0.0.0/24"), "/name"],
    ["a name with half a character", spec("\ud800", "10.0.0.0/24"), "/name"],
    [
      "blocks larger than the pool",
      spec("a", "10.0.0.0/24", { units: { kind: "addresses", blockLength: 23 } }),
      "/units/blockLength",
    ],
    [
      "blocks of more than 4,096",
      spec("a", "10.0.0.0/8", { units: { kind: "addresses", blockLength: 19 } }),
      "/units/blockLength",
    ],
    [
      "a gateway elsewhere",
      spec("a", "10.0.0.0/24", { units: { kind: "addresses", gateway: parseAddress("10.0.1.1") } }),
      "/units/gateway",
    ],
    [
      "a cooldown below 0",
      spec("a", "10.0.0.0/24", { units: { kind: "addresses", cooldownMs: -1 } }),
      "/units/cooldownMs",
    ],
    [
      "children larger than the pool",
      spec("a", "10.0.0.0/24", { units: { kind: "prefixes", minLength: 23 } }),
      "/units/minLength",
    ],
    [
      "a selector that is none",
      spec("a", "10.0.0.0/24", { eligibility: { nodeSelector: "rack = 'a'" } }),
      "/eligibility/nodeSelector",
    ],
  ])("refuses %s", async (_, wrong, path) => {
    const ipam = open();
    expect(await reasonOf(ipam.createPool(wrong))).toMatchObject({ code: "invalid_pool", path });
    expect(await ipam.listPools()).toEqual([]);
  });

  it("refuses a name that is there, and addresses that are", async () => {
    const ipam = open();
    await ipam.createPool(spec("a", "10.0.0.0/16"));
    expect(await reasonOf(ipam.createPool(spec("a", "10.1.0.0/16")))).toMatchObject({ code: "pool_exists" });
    for (const prefix of ["10.0.0.0/16", "10.0.255.0/24", "10.0.0.0/8"]) {
      expect(await reasonOf(ipam.createPool(spec("b", prefix)))).toEqual({
        code: "pool_overlap",
        pool: "b",
        other: "a",
      });
    }
  });

  it("lets equal addresses live in two VRFs, which do not know each other", async () => {
    const store = createMemoryStore();
    const [red, blue] = ["red", "blue"].map((vrf) => createIpam({ store, vrf }));
    for (const ipam of [red, blue]) await ipam?.createPool(spec("lab", "10.0.0.0/24"));
    const [a] = (await red?.allocate({ handle: "h" })) ?? [];
    const [b] = (await blue?.allocate({ handle: "h" })) ?? [];
    expect(String(a?.address)).toBe(String(b?.address));
    await red?.releaseByHandle("h");
    expect(await blue?.allocate({ handle: "h" })).toEqual([b]);
    if (a !== undefined) expect(await blue?.release([a])).toMatchObject({ stale: [a] });
  });

  it("of two with the same prefix at the same time makes one", async () => {
    const store = createMemoryStore();
    const calls = ["a", "b", "c"].map((name) => createIpam({ store }).createPool(spec(name, "10.0.0.0/24")));
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("which pool serves", () => {
  const CASES: readonly (readonly [string, PoolEligibility, Omit<AllocateRequest, "handle">, string])[] = [
    ["no condition", {}, {}, "usable"],
    ["a node selector that matches", { nodeSelector: "rack == 'a'" }, { labels: { node: { rack: "a" } } }, "usable"],
    [
      "a node selector that does not",
      { nodeSelector: "rack == 'a'" },
      { labels: { node: { rack: "b" } } },
      "selector_mismatch",
    ],
    ["a node selector without labels", { nodeSelector: "has(rack)" }, {}, "selector_mismatch"],
    [
      "a namespace selector that matches",
      { namespaceSelector: "team in {'x'}" },
      { labels: { namespace: { team: "x" } } },
      "usable",
    ],
    [
      "a namespace selector that does not",
      { namespaceSelector: "team in {'x'}" },
      { labels: { node: { team: "x" } } },
      "selector_mismatch",
    ],
    [
      "both selectors, one of which does not match",
      { nodeSelector: "all()", namespaceSelector: "has(a)" },
      {},
      "selector_mismatch",
    ],
    ["a pool that must be named", { assignment: "manual" }, {}, "manual_only"],
    ["a pool that must be named, and is", { assignment: "manual" }, { pools: ["lab"] }, "usable"],
    ["a name instead of the selector", { nodeSelector: "has(rack)" }, { pools: ["lab"] }, "usable"],
    ["another use", { uses: ["tunnel"] }, {}, "use_mismatch"],
    ["another use, even when named", { uses: ["tunnel"] }, { pools: ["lab"] }, "use_mismatch"],
    ["the use that is asked for", { uses: ["tunnel", "workload"] }, { use: "tunnel" }, "usable"],
  ];

  it.each(CASES)("%s", async (_, eligibility, request, verdict) => {
    const ipam = open();
    await ipam.createPool(spec("lab", "10.0.0.0/24", { eligibility }));
    expect((await ipam.explain({ handle: "h", ...request })).pools[0]?.verdict).toBe(verdict);
    const result = await reasonOf(ipam.allocate({ handle: "h", ...request }));
    if (verdict === "usable") expect(result).toBeUndefined();
    else expect(result).toMatchObject({ code: "no_pool", explanation: { satisfiable: false, pools: [{ verdict }] } });
  });

  it("goes by name, in whatever order pools were made", async () => {
    for (const names of [
      ["a", "b", "c"],
      ["c", "b", "a"],
    ]) {
      const ipam = open();
      for (const name of names) await ipam.createPool(spec(name, `10.${name.charCodeAt(0)}.0.0/30`));
      const held = await ipam.allocate({ handle: "h", count: 5 });
      expect(held.map(({ pool }) => pool)).toEqual(["a", "a", "b", "b", "c"]);
    }
  });

  it("is known for a pool that is not there", async () => {
    const ipam = open();
    await ipam.createPool(spec("nets", "10.0.0.0/24", { units: { kind: "prefixes" } }));
    expect(await reasonOf(ipam.allocate({ handle: "h", pools: ["other"] }))).toEqual({
      code: "unknown_pool",
      pool: "other",
    });
    const error = await reasonOf(ipam.allocate({ handle: "h", pools: ["nets"] }));
    expect(error).toMatchObject({ code: "no_pool", explanation: { pools: [{ verdict: "prefixes_only" }] } });
  });
});

describe("a pool that is created with a state", () => {
  it.each(["enabled", "disabled", "draining"] as const)("is %s from its first moment", async (state) => {
    const store = createMemoryStore();
    const ipam = createIpam({ store });
    expect(await ipam.createPool({ ...spec("lab", "10.0.0.0/24"), state })).toMatchObject({ state });
    const other = createIpam({ store });
    expect(await other.listPools()).toMatchObject([{ state }]);
    const outcome = await reasonOf(other.allocate({ handle: "h" }));
    expect(outcome).toEqual(state === "enabled" ? undefined : expect.objectContaining({ code: "no_pool" }));
  });

  it("is refused in a state that there is not", async () => {
    const ipam = open();
    const state = "gone" as "disabled";
    const refused = { code: "invalid_pool", pool: "lab", path: "/state" };
    expect(await reasonOf(ipam.createPool({ ...spec("lab", "10.0.0.0/24"), state }))).toEqual(refused);
    await ipam.createPool(spec("lab", "10.0.0.0/24"));
    expect(await reasonOf(ipam.updatePool("lab", { state }))).toEqual(refused);
  });
});

describe("updatePool and deletePool", () => {
  it("stop a pool, drain it, and let it go when it is empty", async () => {
    const ipam = open();
    await ipam.createPool(spec("lab", "10.0.0.0/24"));
    const held = await ipam.allocate({ handle: "h", count: 2 });
    await ipam.updatePool("lab", { state: "disabled" });
    expect(await reasonOf(ipam.allocate({ handle: "x" }))).toMatchObject({ code: "no_pool" });
    expect(await ipam.release(held.slice(0, 1))).toMatchObject({ released: held.slice(0, 1) });
    await ipam.updatePool("lab", { state: "draining" });
    expect(await reasonOf(ipam.deletePool("lab"))).toEqual({
      code: "pool_not_empty",
      pool: "lab",
      liveCount: 1,
      coolingCount: 0,
      prefixCount: 0,
    });
    expect((await ipam.listPools())[0]?.state).toBe("draining");
    await ipam.releaseByHandle("h");
    // The block went with its last address.
    expect((await ipam.utilization())[0]).toMatchObject({ blockCount: 0, counts: { liveCount: 0 } });
    expect((await ipam.audit()).findings).toEqual([]);
    await ipam.deletePool("lab");
    expect(await ipam.listPools()).toEqual([]);
    expect(await reasonOf(ipam.deletePool("lab"))).toMatchObject({ code: "unknown_pool" });
    await ipam.createPool(spec("other", "10.0.0.0/24"));
    expect(await ipam.allocate({ handle: "h" })).toHaveLength(1);
  });

  it("reach instances that remember the pool as it was", async () => {
    const store = createMemoryStore();
    const [operator, warm] = [createIpam({ store }), createIpam({ store })];
    await operator.createPool(spec("lab", "10.0.0.0/24"));
    await warm.allocate({ handle: "a" });
    await operator.reserve({ name: "kept", addresses: parsePrefix("10.0.0.2/31") });
    expect((await warm.allocate({ handle: "b" })).map(({ address }) => String(address))).toEqual(["10.0.0.4"]);
    await operator.updatePool("lab", { state: "disabled" });
    expect(await reasonOf(warm.allocate({ handle: "c" }))).toMatchObject({ code: "no_pool" });
    await operator.createPool(spec("more", "10.1.0.0/24"));
    expect((await warm.allocate({ handle: "c" })).map(({ pool }) => pool)).toEqual(["more"]);
  });

  it("do not forget what rests", async () => {
    let now = 1_000_000;
    const ipam = createIpam({ store: createMemoryStore(), now: () => now });
    await ipam.createPool(spec("lab", "10.0.0.0/24", { units: { kind: "addresses", cooldownMs: 60_000 } }));
    await ipam.allocate({ handle: "h" });
    await ipam.releaseByHandle("h");
    expect(await reasonOf(ipam.deletePool("lab"))).toMatchObject({ code: "pool_not_empty", coolingCount: 1 });
    now += 65_000;
    await ipam.deletePool("lab");
    expect(await ipam.listPools()).toEqual([]);
  });

  it("leave no record of a pool behind but the generation", async () => {
    const store = createMemoryStore();
    const ipam = createIpam({ store });
    const units = { kind: "addresses", affinity: "preferred" } as const;
    await ipam.createPool(spec("lab", "10.0.0.0/24", { units }));
    await ipam.allocate({ handle: "h", node: "n1", count: 100 });
    await ipam.releaseByHandle("h");
    await ipam.deletePool("lab");
    expect((await store.range({ from: "!", to: "~" })).map(({ key }) => key)).toEqual(["meta", "p/default/gen"]);
  });

  it("change what is allowed to change", async () => {
    const ipam = open();
    await ipam.createPool(spec("lab", "10.0.0.0/24", { attributes: { site: "a" } }));
    const changed = await ipam.updatePool("lab", {
      units: { order: "lowest", cooldownMs: 5 },
      eligibility: { uses: ["x"] },
    });
    expect(changed).toMatchObject({
      attributes: { site: "a" },
      eligibility: { uses: ["x"] },
      units: { order: "lowest", cooldownMs: 5 },
    });
    expect(await ipam.listPools()).toEqual([changed]);
    const units = { blockLength: 27 } as object;
    expect(await reasonOf(ipam.updatePool("lab", { units }))).toMatchObject({
      code: "invalid_pool",
      path: "/units/blockLength",
    });
    expect(await reasonOf(ipam.updatePool("nope", {}))).toMatchObject({ code: "unknown_pool" });
  });
});

describe("reserve", () => {
  it("keeps addresses from being handed out, in overlapping and nested ranges, until the last one ends", async () => {
    const ipam = open();
    await ipam.createPool(spec("lab", "10.0.0.0/28", { units: { kind: "addresses", blockLength: 30 } }));
    const base = firstAddress(parsePrefix("10.0.0.0/28"));
    const before = await ipam.allocate({ handle: "early", count: 2 });
    const wide = createRange(addToAddress(base, 2), addToAddress(base, 13));
    expect(await ipam.reserve({ name: "wide", addresses: wide, reason: "plan" })).toEqual({ live: before.slice(1) });
    expect(await ipam.reserve({ name: "inner", addresses: parsePrefix("10.0.0.4/30") })).toEqual({ live: [] });
    expect((await ipam.listReservations()).map(({ name }) => name)).toEqual(["inner", "wide"]);
    expect((await ipam.utilization())[0]?.counts).toMatchObject({ liveCount: 2, reservedCount: 13n, freeCount: 1n });
    // The live one stays with its holder, and once released is not handed out again.
    await ipam.releaseByHandle("early");
    expect((await ipam.allocate({ handle: "late", count: 2 })).map(({ address }) => String(address))).toEqual([
      "10.0.0.1",
      "10.0.0.14",
    ]);
    expect(await reasonOf(ipam.allocate({ handle: "more" }))).toMatchObject({ code: "pool_exhausted" });
    await ipam.unreserve("wide");
    await ipam.unreserve("unknown");
    expect(await ipam.allocate({ handle: "more", count: 8 })).toHaveLength(8);
    expect(await reasonOf(ipam.allocate({ handle: "last" }))).toMatchObject({ code: "pool_exhausted" });
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("leaps over blocks that are wholly reserved, however many", async () => {
    const ipam = open();
    await ipam.createPool(spec("huge", "fd00::/40"));
    await ipam.reserve({ name: "half", addresses: parsePrefix("fd00::/41") });
    const [held] = await ipam.allocate({ handle: "h", families: [6] });
    expect(String(held?.address)).toBe("fd00:0:80::");
    expect(ipam.metrics().readCount).toBeLessThan(25);
  });

  it("of the same name replaces", async () => {
    const ipam = open();
    await ipam.createPool(spec("lab", "10.0.0.0/30"));
    await ipam.reserve({ name: "r", addresses: parsePrefix("10.0.0.1/32") });
    await ipam.reserve({ name: "r", addresses: parsePrefix("10.0.0.2/32") });
    expect((await ipam.allocate({ handle: "h" })).map(({ address }) => String(address))).toEqual(["10.0.0.1"]);
    await expect(ipam.reserve({ name: "", addresses: parsePrefix("10.0.0.2/32") })).rejects.toThrow(/^name:/);
  });

  it("cut short by a crash is finished by collect, and no search is led astray for long", async () => {
    const store = createMemoryStore();
    const ipam = createIpam({ store });
    await ipam.createPool(spec("lab", "10.0.0.0/28", { units: { kind: "addresses", blockLength: 30 } }));
    await ipam.allocate({ handle: "a" });
    const [gen] = await store.get(["p/default/gen"]);
    if (gen === undefined) throw new Error("there is no policy");
    await store.txn({
      compares: [],
      ops: [
        { kind: "put", key: "p/default/reservation/r", value: { v: 1, name: "r", addresses: "10.0.0.0/30" } },
        { kind: "put", key: "p/default/reindex/lab", value: { v: 1, w: "crashed" } },
        { kind: "put", key: "p/default/gen", value: { ...gen.value, n: 99 } },
      ],
    });
    const other = createIpam({ store });
    expect((await other.audit()).findings).not.toEqual([]);
    expect((await other.allocate({ handle: "b" })).map(({ address }) => String(address))).toEqual(["10.0.0.4"]);
    expect((await other.collect({})).repairedCount).toBe(1);
    expect((await other.audit()).findings).toEqual([]);
  });
});

describe("a huge sparse pool", () => {
  it.each(["::/0", "fd00::/64"])("%s costs the calls of a small one", async (prefix) => {
    const store = createMemoryStore();
    const ipam = createIpam({ store });
    await ipam.createPool(spec("huge", prefix));
    const before = ipam.metrics();
    const one = await ipam.allocate({ handle: "one", families: [6] });
    const last = prefix === "::/0" ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" : "fd00::ffff:ffff:ffff:fffe";
    await ipam.allocateExact({ handle: "last", address: parseAddress(last) });
    const middle = prefix === "::/0" ? "8000::7" : "fd00::8000:0:0:7";
    await ipam.allocateExact({ handle: "middle", address: parseAddress(middle) });
    // Two reads for the first block, three of one range and one block for an exact address, and a check of the policy.
    expect(ipam.metrics().readCount - before.readCount).toBeLessThan(15);
    expect(ipam.metrics().txnCount - before.txnCount).toBe(3);
    const many = await ipam.allocate({ handle: "many", families: [6], count: 1_000 });
    expect(new Set([...one, ...many].map(({ address }) => String(address))).size).toBe(1_001);
    const [use] = await ipam.utilization();
    expect(use?.counts.capacity).toBe(1n << (prefix === "::/0" ? 128n : 64n));
    // Blocks with room fill before another one is claimed: 1,003 live ones and the one that is left out.
    expect(use?.blockCount).toBe(Math.ceil(1_004 / 64));
    expect((await ipam.audit()).findings).toEqual([]);
    for (const handle of ["one", "last", "middle", "many"]) await ipam.releaseByHandle(handle);
    await ipam.updatePool("huge", { state: "draining" });
    // All places are one run again.
    expect(await store.range({ from: "u/", to: "u0" })).toHaveLength(1);
    await ipam.deletePool("huge");
  });

  it("of prefixes finds a thousand, and any one", async () => {
    const ipam = open();
    await ipam.createPool(spec("nets", "::/0", { units: { kind: "prefixes" } }));
    for (let index = 0; index < 300; index += 1) await ipam.allocatePrefix({ handle: "h", pool: "nets", want: 64 });
    const want = parsePrefix("ffff:ffff:ffff:ffff::/64");
    expect(String((await ipam.allocatePrefix({ handle: "last", pool: "nets", want })).prefix)).toBe(String(want));
    expect((await ipam.releaseByHandle("h")).released).toHaveLength(300);
    expect((await ipam.audit()).findings).toEqual([]);
  });
});
