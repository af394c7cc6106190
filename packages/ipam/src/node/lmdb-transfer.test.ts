import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIpam, createMemoryStore, type Ipam, type PoolExportLine, type Store } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { parseAddress, parsePrefix } from "@netmason/net";
import { afterAll, afterEach, expect, it } from "vitest";

const NOW = 1_700_000_000_000;
const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-transfer-"));
const opened: Store[] = [];
let folders = 0;

afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));
afterAll(() => rmSync(folder, { recursive: true }));

type Kind = "memory" | "lmdb";

function openIpam(kind: Kind): Ipam {
  const path = join(folder, String(++folders));
  const store = kind === "memory" ? createMemoryStore({ now: () => NOW }) : createLmdbStore({ path, now: () => NOW });
  opened.push(store);
  return createIpam({ store });
}

/** Blocks of nodes, leases, attributes, limits, what rests, both families, child prefixes. */
async function fill(ipam: Ipam): Promise<void> {
  const units = { kind: "addresses", blockLength: 28, affinity: "preferred", cooldownMs: 60_000 } as const;
  await ipam.createPool({ name: "pods", prefix: parsePrefix("10.0.0.0/22"), units, attributes: { site: "ä" } });
  await ipam.createPool({ name: "v6", prefix: parsePrefix("fd00::/112"), units: { kind: "addresses" } });
  await ipam.createPool({
    name: "nets",
    prefix: parsePrefix("10.1.0.0/16"),
    units: { kind: "prefixes", cooldownMs: 60_000 },
  });
  for (let index = 0; index < 120; index += 1) {
    const lease = index % 5 === 0 ? { ttlMs: 600_000 } : {};
    await ipam.allocate({
      handle: `pod-${index}`,
      node: `n${index % 3}`,
      families: [4, 6],
      attributes: { n: `${index}` },
      ...lease,
    });
  }
  await ipam.allocate({ handle: "limited", node: "n1", count: 2, maxPerHandle: 2 });
  for (let index = 0; index < 120; index += 4) await ipam.releaseByHandle(`pod-${index}`);
  for (let index = 0; index < 30; index += 1) {
    await ipam.allocatePrefix({ handle: `net-${index}`, pool: "nets", want: 20 + (index % 9) });
  }
  for (let index = 0; index < 30; index += 3) await ipam.releaseByHandle(`net-${index}`);
}

async function move(source: Ipam, target: Ipam): Promise<void> {
  for (const { name } of await source.listPools()) {
    const lines: string[] = [];
    for await (const line of source.exportPool(name)) lines.push(JSON.stringify(line));
    await target.importPool(lines.map((line) => JSON.parse(line) as PoolExportLine));
  }
}

/** Everything a user can see, without the sequences of blocks and the like, which are the store's own. */
async function visible(ipam: Ipam): Promise<unknown> {
  const held: unknown[] = [];
  for await (const each of ipam.listAllocations()) held.push(each);
  const blocks: unknown[] = [];
  for await (const each of ipam.listBlocks()) blocks.push(each);
  const text = JSON.stringify(
    [await ipam.listPools(), await ipam.utilization(), held, blocks],
    (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value),
  );
  return JSON.parse(text);
}

it.each([
  ["memory", "lmdb", "memory"],
  ["lmdb", "lmdb", "memory"],
  ["lmdb", "memory", "lmdb"],
] as const)("a pool moves from %s to %s to %s, with all that is held and all that rests", async (...kinds) => {
  const [first, second, third] = kinds.map(openIpam) as [Ipam, Ipam, Ipam];
  await fill(first);
  const before = await visible(first);
  await move(first, second);
  await move(second, third);
  for (const ipam of [second, third]) {
    expect(await visible(ipam)).toEqual(before);
    const { checkedCount, findings } = await ipam.audit();
    expect(findings).toEqual([]);
    expect(checkedCount).toBe((await first.audit()).checkedCount);
  }
  // What moved is held: it is found, counted, refused, renewed and released as if it had been allocated there.
  expect(await third.allocate({ handle: "pod-1", node: "n1", families: [4, 6] })).toHaveLength(2);
  await expect(third.allocate({ handle: "limited", node: "n1", count: 3 })).rejects.toMatchObject({
    code: "handle_limit",
  });
  const [leased] = await third.allocate({ handle: "pod-5", node: "n2" });
  if (leased === undefined) throw new Error("pod-5 holds nothing");
  expect((await third.renew([leased], 900_000))[0]).toMatchObject({ expiresAt: NOW + 900_000 });
  const resting = third.allocateExact({ handle: "x", node: "n0", address: parseAddress("10.0.0.1") });
  await expect(resting).rejects.toMatchObject({ code: "address_unavailable", details: { reason: "cooling" } });
  expect((await third.releaseByHandle("net-1")).released).toHaveLength(1);
  expect((await third.releaseByHandle("pod-1")).released).toHaveLength(2);
  expect((await third.audit()).findings).toEqual([]);
});
