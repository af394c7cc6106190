import { createIpam, createMemoryStore, isIpamError } from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";

describe("an address plan over its life", () => {
  it("hands out, explains, gives back, and stays sound", async () => {
    const store = createMemoryStore();
    let now = 1_000_000;
    const ipam = createIpam({ store, now: () => now });

    // An operator makes two pools and keeps some addresses for machines of his own.
    const units = { kind: "addresses", gateway: parseAddress("10.0.0.1"), cooldownMs: 60_000 } as const;
    const lab = await ipam.createPool({ name: "lab", prefix: parsePrefix("10.0.0.0/28"), units });
    expect(lab.units).toMatchObject({
      blockLength: 28,
      affinity: "shared",
      order: "oldest",
      skipFirst: 1,
      skipLast: 1,
    });
    await ipam.createPool({ name: "v6", prefix: parsePrefix("fd00::/64"), units: { kind: "addresses" } });
    await ipam.reserve({ name: "printers", addresses: parsePrefix("10.0.0.8/30") });

    // A container gets one address of each family, and the same ones when its runtime asks again.
    const web = await ipam.allocate({ handle: "web", families: [4, 6], attributes: { ns: "shop" } });
    expect(web.map(({ address }) => `${address}`)).toEqual(["10.0.0.2", "fd00::1"]);
    expect(await ipam.allocate({ handle: "web", families: [4, 6] })).toEqual(web);
    expect(await ipam.getAllocation(parseAddress("10.0.0.2"))).toEqual(web[0]);

    // The pool of 16: network, gateway, four printers, broadcast; nine are left, one of them held.
    const many = await ipam.allocate({ handle: "batch", count: 8 });
    expect(new Set(many.map(({ address }) => `${address}`)).size).toBe(8);
    const refused = await ipam.allocate({ handle: "late" }).catch((error: unknown) => error);
    expect(isIpamError(refused, "pool_exhausted") && refused.details.explanation.pools[0]).toMatchObject({
      name: "lab",
      verdict: "exhausted",
      counts: { capacity: 16n, liveCount: 9, coolingCount: 0, reservedCount: 7n, freeCount: 0n },
      topHolders: [
        { handle: "batch", count: 8 },
        { handle: "web", count: 1 },
      ],
    });

    // What is released rests for a minute, and five seconds for clocks that differ.
    expect((await ipam.releaseByHandle("web")).released).toEqual(web);
    now += 64_999;
    const tooEarly = await ipam.explain({ handle: "late" });
    expect(tooEarly).toMatchObject({
      satisfiable: false,
      pools: [{ nextFreeAt: 1_065_000, counts: { coolingCount: 1 } }],
    });
    now += 1;
    const [late] = await ipam.allocate({ handle: "late" });
    expect(`${late?.address}`).toBe("10.0.0.2");
    expect(late?.sequence).not.toBe(web[0]?.sequence);

    // The first holder comes late with a release of its own: the address has a new one.
    expect(await ipam.release(web)).toMatchObject({ released: [], stale: [web[0]], notHeld: [web[1]] });

    expect(await ipam.audit()).toMatchObject({ findings: [] });
    await ipam.close();
  });
});
