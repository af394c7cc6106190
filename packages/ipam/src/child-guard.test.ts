import { createIpam, createMemoryStore, type Ipam } from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
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
