import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createIpam, createMemoryStore, type Ipam } from "@netmason/ipam";
import { createFaultyStore } from "@netmason/ipam/testing";
import { describe, expect, it } from "vitest";
import { createIpamServer } from "./http-service.js";
import { applyPlan, parsePlan } from "./pool-file.js";
import { createProgress } from "./progress.js";
import { describeRefusal, describeStore, drawBlock } from "./report.js";

const text = readFileSync(new URL("../data/pools.yaml", import.meta.url), "utf8");

async function openIpam(): Promise<Ipam> {
  const ipam = createIpam({ store: createMemoryStore() });
  await applyPlan(ipam, parsePlan(text));
  return ipam;
}

describe("the pool file", () => {
  it("has pools in our words and in Calico's", async () => {
    const ipam = await openIpam();
    const pools = await ipam.listPools();
    expect(pools.map(({ name, prefix, state }) => `${name} ${prefix} ${state}`)).toEqual([
      "all-ipv6 fd00:64::/108 enabled",
      "core 10.64.64.0/20 enabled",
      "edge-ipv4 10.64.0.0/20 enabled",
      "lab 10.99.0.0/26 enabled",
      "old-ipv4 192.168.0.0/16 disabled",
    ]);
    expect(pools[2]?.units).toMatchObject({ blockLength: 25, affinity: "preferred", skipFirst: 0 });
    expect(pools[2]?.eligibility).toMatchObject({ uses: ["workload", "tunnel"], assignment: "automatic" });
    await applyPlan(ipam, parsePlan(text));
    expect(await ipam.listPools()).toEqual(pools);
  });

  it("is applied by several processes that start at once, and a pool that is disabled never hands out", async () => {
    const plan = parsePlan(text);
    const store = createMemoryStore();
    const ipams = [1, 2, 3].map(() => createIpam({ store }));
    const states = new Set<string>();
    const watched = new AbortController();
    const watching = (async () => {
      for await (const change of createIpam({ store }).watch({ signal: watched.signal }))
        if (change.kind === "pool_changed" && change.name === "old-ipv4") states.add(change.pool?.state ?? "gone");
    })();
    await Promise.all(ipams.map((ipam) => applyPlan(ipam, plan)));
    watched.abort();
    await watching;
    expect(await ipams[0]?.listPools()).toHaveLength(plan.pools.length);
    expect(states).not.toContain("enabled");
    expect((await ipams[0]?.audit())?.findings).toEqual([]);
  });

  it("disables a pool in the write that makes it", async () => {
    const store = createFaultyStore(createMemoryStore(), { random: () => 1 });
    const ipam = createIpam({ store });
    const pools = parsePlan(text).pools.filter(({ name }) => name === "old-ipv4");
    await applyPlan(ipam, { nodes: [], pools, reservations: [] });
    expect(store.counts().txnCount).toBe(1);
    expect((await ipam.listPools()).map(({ state }) => state)).toEqual(["disabled"]);
  });

  it("is refused where YAML or an address is wrong", () => {
    expect(() => parsePlan("pools: [")).toThrow();
    expect(() => parsePlan("pools: [{ name: a, prefix: 10.0.0.1/8 }]")).toThrow("[host_bits_set]");
  });
});

describe("the report", () => {
  it("draws blocks and says why a request is refused", async () => {
    const ipam = await openIpam();
    await ipam.allocate({ handle: "a", pools: ["lab"], count: 16 });
    const lines = await describeStore(ipam, 10);
    expect(lines).toContain("lab        10.99.0.0/26       16 live, 0 cooling, 19 reserved of 64, 1 blocks");
    expect(lines).toContain(`    10.99.0.0/26         ${"█".repeat(8)}${"·".repeat(24)}   16 of 64 `);
    const refusal = describeRefusal(await ipam.explain({ handle: "b", pools: ["lab"], count: 60 }));
    expect(refusal.join("\n")).toContain("29 free, 19 reserved, a holds 16");
    for await (const block of ipam.listBlocks()) expect(drawBlock({ ...block, coolingCount: 8 })).toContain("█▒▒▒▒·");
  });
});

describe("progress", () => {
  const told = (isTTY: boolean): readonly string[] => {
    const written: string[] = [];
    const progress = createProgress(40, "done", { isTTY, write: (line) => written.push(line) });
    for (let done = 1; done <= 40; done += 1) progress(done);
    return written;
  };

  it("is one line on a terminal, and ten lines in a log", () => {
    expect(told(true)).toHaveLength(40);
    expect(told(true).at(-1)).toBe("\r40 of 40 done");
    expect(told(false)).toEqual(Array.from({ length: 10 }, (_, tenth) => `${4 * (tenth + 1)} of 40 done\n`));
  });
});

describe("the HTTP service", () => {
  it("allocates, repeats, refuses and releases", async () => {
    const server = createIpamServer(await openIpam()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`${base}${path}`, init);
      return [response.status, await response.json()];
    };
    try {
      const [status, first] = await call("POST", "/allocations", { handle: "c 1", pools: ["lab"] });
      expect([status, first]).toMatchObject([200, [{ handle: "c 1", pool: "lab", address: "10.99.0.2" }]]);
      expect(await call("POST", "/allocations", { handle: "c 1", pools: ["lab"] })).toEqual([200, first]);
      expect((await call("POST", "/allocations", { handle: "c 2", pools: ["lab"], count: 60 }))[0]).toBe(409);
      expect((await call("POST", "/allocations", { handle: "" }))[0]).toBe(400);
      expect((await call("GET", "/nothing"))[0]).toBe(404);
      const malformed = { error: "RangeError: the path ends in %zz, which is no percent-encoded text" };
      expect(await call("DELETE", "/allocations/%zz")).toEqual([400, malformed]);
      expect(await call("GET", "/audit")).toMatchObject([200, { findings: [] }]);
      expect(await call("DELETE", "/allocations/c%201")).toMatchObject([200, { released: [{ address: "10.99.0.2" }] }]);
      expect(await call("GET", "/metrics")).toMatchObject([200, { allocatedCount: 1, releasedCount: 1 }]);
      expect((await call("GET", "/utilization"))[0]).toBe(200);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
