// Programs as users write them, over the memory store: they compile, run, and leave the store sound.
import {
  createBitmap,
  createIpam,
  createMemoryStore,
  createPrefixAllocator,
  type Explanation,
  type Ipam,
  isIpamError,
  type Store,
  type Suspects,
} from "@netmason/ipam";
import {
  addToAddress,
  createAddressSet,
  firstAddress,
  overlaps,
  parseAddress,
  parsePrefix,
  parseRange,
} from "@netmason/net";
import { expect, it } from "vitest";

it("carves an address plan offline", () => {
  const used = createAddressSet([parsePrefix("10.0.0.0/16"), parseRange("10.9.0.5-10.9.0.77")]);
  const free = createAddressSet([parsePrefix("10.0.0.0/8")]).subtract(used);
  const racks = createPrefixAllocator(free.prefixes());
  expect(String(racks.allocate(20))).toBe("10.9.16.0/20");
});

it("serves addresses with leases: the same handle again gets the same address", async () => {
  const ipam = createIpam({ store: createMemoryStore() });
  async function serve(method: string, handle: string, signal: AbortSignal): Promise<{ status: number; body: string }> {
    try {
      if (method === "GET") return { status: 200, body: JSON.stringify(ipam.metrics()) };
      if (method === "DELETE") return { status: 200, body: JSON.stringify(await ipam.releaseByHandle(handle)) };
      const held = await ipam.allocate({ handle, ttlMs: 3_600_000 }, { signal });
      return { status: 200, body: JSON.stringify(await ipam.renew(held, 3_600_000)) };
    } catch (e) {
      const status = isIpamError(e) && e.retryable ? 503 : isIpamError(e, "pool_exhausted") ? 409 : 500;
      return { status, body: String(e) };
    }
  }
  if ((await ipam.listPools()).length === 0) {
    const gateway = parseAddress("10.0.0.1");
    await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/30"), units: { kind: "addresses", gateway } });
  }
  const { signal } = new AbortController();
  const first = await serve("POST", "c1", signal);
  expect(JSON.parse(first.body)).toMatchObject([{ address: "10.0.0.2", block: "10.0.0.0/30", handle: "c1" }]);
  const again = JSON.parse((await serve("POST", "c1", signal)).body) as { address: string; sequence: string }[];
  expect(again[0]?.sequence).toBe((JSON.parse(first.body) as typeof again)[0]?.sequence);
  expect((await serve("POST", "c2", signal)).status).toBe(409);
  expect(JSON.parse((await serve("DELETE", "c1", signal)).body)).toMatchObject({ released: [{ handle: "c1" }] });
  expect((await serve("POST", "c2", AbortSignal.abort())).status).toBe(500);
  expect(JSON.parse((await serve("GET", "", signal)).body)).toMatchObject({ allocatedCount: 1, exhaustedCount: 1 });
});

it("runs an agent on each of three nodes: a block per node, dual stack, routes from events", async () => {
  const store = createMemoryStore();
  async function nodeAgent(
    node: string,
    containers: Iterable<string>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const ipam = createIpam({ store, cacheCount: 4096 });
    const units = { kind: "addresses", affinity: "strict", maxBlocksPerNode: 8 } as const;
    if (node === "n1") {
      for (const [name, text] of [
        ["v4", "10.64.0.0/14"],
        ["v6", "fd00:64::/48"],
      ] as const) {
        await ipam.createPool({ name, prefix: parsePrefix(text), units, eligibility: { nodeSelector: "has(pods)" } });
      }
    }
    await ipam.claimBlocks({ node, pool: "v6", available: 32 });
    const lines: string[] = [];
    for (const handle of containers) {
      const labels = { node: { pods: "yes" } };
      for (const a of await ipam.allocate(
        { handle, node, families: [4, 6], labels, attributes: { ns: "default" } },
        { signal },
      )) {
        lines.push(`${handle} ${a.address} from ${a.pool}`);
      }
    }
    await ipam.releaseBlocks({ node, when: "empty" });
    await ipam.close();
    return lines;
  }
  const stop = new AbortController();
  const routes: string[] = [];
  const first = await nodeAgent("n1", ["a"], stop.signal);
  const watching = (async () => {
    for await (const e of createIpam({ store }).watch({ signal: stop.signal })) {
      if (e.kind === "block_changed") routes.push(`${e.prefix} via ${e.block?.node ?? "none"}`);
    }
  })();
  const others = [await nodeAgent("n2", ["b"], stop.signal), await nodeAgent("n3", ["c"], stop.signal)];
  for (let turn = 0; turn < 500; turn += 1) await undefined;
  stop.abort();
  await watching;
  expect(first).toEqual(["a 10.64.0.1 from v4", "a fd00:64::1 from v6"]);
  expect(others.flat()).toEqual([
    "b 10.64.0.64 from v4",
    "b fd00:64::40 from v6",
    "c 10.64.0.128 from v4",
    "c fd00:64::80 from v6",
  ]);
  expect([...routes].sort()).toEqual([
    "10.64.0.0/26 via n1",
    "10.64.0.128/26 via n3",
    "10.64.0.64/26 via n2",
    "fd00:64::/122 via n1",
    "fd00:64::40/122 via n2",
    "fd00:64::80/122 via n3",
  ]);
});

it("gives each tenant a prefix, addresses inside, and a VRF of its own", async () => {
  const store = createMemoryStore();
  const fabric = createIpam({ store });
  await fabric.createPool({
    name: "vpcs",
    prefix: parsePrefix("10.0.0.0/8"),
    units: { kind: "prefixes", minLength: 16, maxLength: 24 },
  });
  const vnis = createBitmap({ size: 1 << 24, order: "next" });
  async function addTenant(id: string, requested?: string): Promise<void> {
    const want = requested === undefined ? 20 : parsePrefix(requested);
    const vpc = await fabric.allocatePrefix({
      handle: id,
      pool: "vpcs",
      want,
      attributes: { vni: String(vnis.take()) },
    });
    const base = firstAddress(vpc.prefix);
    const gateway = addToAddress(base, 1);
    await fabric.createPool({ name: id, prefix: vpc.prefix, units: { kind: "addresses", gateway } });
    await fabric.allocateExact({ handle: `${id}/dns`, address: addToAddress(base, 2) });
    const legacy = createIpam({ store, vrf: id });
    const lab = parsePrefix("192.168.0.0/16");
    if (!overlaps(lab, vpc.prefix)) await legacy.createPool({ name: "lab", prefix: lab, units: { kind: "addresses" } });
  }
  async function dropTenant(id: string): Promise<void> {
    await fabric.releaseByHandle(`${id}/dns`);
    try {
      await fabric.releaseByHandle(id);
    } catch (e) {
      if (!isIpamError(e, "prefix_in_use")) throw e;
      await fabric.deletePool(e.details.pool);
      await fabric.releaseByHandle(id);
    }
  }
  await addTenant("red");
  await addTenant("blue", "10.8.0.0/16");
  for (const vrf of ["red", "blue"]) {
    const [one] = await createIpam({ store, vrf }).allocate({ handle: "printer" });
    expect(String(one?.address)).toBe("192.168.0.1");
  }
  expect((await fabric.listPools()).map(({ name, prefix }) => `${name} ${prefix}`)).toEqual([
    "blue 10.8.0.0/16",
    "red 10.0.0.0/20",
    "vpcs 10.0.0.0/8",
  ]);
  await dropTenant("red");
  expect((await fabric.listPools()).map(({ name }) => name)).toEqual(["blue", "vpcs"]);
  expect((await fabric.audit()).findings).toEqual([]);
});

it("collects as a cron job that keeps its suspects in a file", async () => {
  const store = createMemoryStore();
  const clock = { now: 1_000_000 };
  let file = "[]";
  async function collectOnce(over: Store, running: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const ipam = createIpam({ store: over, now: () => clock.now });
    const report = await ipam.collect({
      suspects: JSON.parse(file) as Suspects,
      graceMs: 900_000,
      maxFreedRatio: 0.3,
      liveness: async () => {
        const asOf = clock.now;
        return { asOf, handles: new Set(await running()) };
      },
    });
    file = JSON.stringify(report.suspects);
    return report.released.map((a) => `${a.handle} ${a.kind}`);
  }
  const ipam = createIpam({ store, now: () => clock.now });
  await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/24"), units: { kind: "addresses" } });
  await ipam.allocate({ handle: "dead" });
  const freed: string[] = [];
  for (const at of [1, 10, 20]) {
    clock.now += at * 60_000;
    freed.push(...(await collectOnce(store, async () => [])));
  }
  expect(freed).toEqual(["dead address"]);
});

it("tells an operator why a pool is full, and what to do", async () => {
  const lines: string[] = [];
  function print(why: Explanation): void {
    for (const p of why.pools) {
      lines.push(`${p.name} ${p.verdict} free ${p.counts.freeCount}`);
      for (const r of p.reclaimable) lines.push(`${r.kind} ${r.prefix} ${r.count} ${r.node ?? ""}`);
    }
  }
  async function operator(ipam: Ipam): Promise<void> {
    try {
      await ipam.allocate({ handle: "x", node: "n1", count: 64, shortfall: "fail" });
    } catch (e) {
      if (isIpamError(e, "pool_exhausted")) print(e.details.explanation);
      else throw e;
    }
    print(await ipam.explain({ handle: "x", node: "n2", families: [4] }));
    for await (const a of ipam.listAllocations({ node: "n1" })) if (a.kind === "address") await ipam.release([a]);
    for await (const b of ipam.listBlocks({ pool: "lab" })) lines.push(`${b.prefix} ${b.node} ${b.liveCount}`);
    await ipam.updatePool("lab", { state: "draining" });
    for (const { pool, blockCount } of await ipam.utilization()) lines.push(`${pool.name} ${pool.state} ${blockCount}`);
    for (const f of (await ipam.audit()).findings) lines.push(`${f.rule} ${f.path} ${f.message}`);
  }
  const ipam = createIpam({ store: createMemoryStore() });
  await ipam.createPool({
    name: "lab",
    prefix: parsePrefix("10.0.0.0/27"),
    units: { kind: "addresses", affinity: "preferred", blockLength: 28 },
  });
  await ipam.claimBlocks({ node: "n2", pool: "lab", available: 8 });
  await ipam.allocate({ handle: "a", node: "n1", count: 3 });
  await operator(ipam);
  expect(lines).toEqual([
    "lab usable free 27",
    "empty_block 10.0.0.0/28 15 n2",
    "lab usable free 27",
    "empty_block 10.0.0.0/28 15 n2",
    "10.0.0.0/28 n2 0",
    "10.0.0.16/28 n1 0",
    "lab draining 0",
  ]);
});
