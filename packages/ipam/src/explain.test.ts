import { createIpam, createMemoryStore, type ExplainRequest, type Ipam, isIpamError } from "@netmason/ipam";
import { parseAddress, parsePrefix } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What a call throws, without the explanation: what `explain` must have foreseen. */
async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error === undefined) return undefined;
  if (!isIpamError(error)) throw error;
  const { explanation: _, ...details } = error.details as { explanation?: unknown };
  return { code: error.code, message: error.message, details };
}

function call(ipam: Ipam, request: ExplainRequest): Promise<unknown> {
  if ("want" in request) return ipam.allocatePrefix(request);
  return "address" in request ? ipam.allocateExact(request) : ipam.allocate(request);
}

const NOW = 1_000_000;

async function openWorld(): Promise<{ readonly ipam: Ipam; wait(ms: number): void }> {
  let now = NOW;
  const ipam = createIpam({ store: createMemoryStore(), now: () => now, maxClockSkewMs: 0 });
  const small = { kind: "addresses", blockLength: 30, skipFirst: 0, skipLast: 0 } as const;
  await ipam.createPool({
    name: "lab",
    prefix: parsePrefix("10.0.0.0/28"),
    units: { ...small, cooldownMs: 1_000, gateway: parseAddress("10.0.0.1"), skipFirst: 1 },
  });
  const strict = { ...small, affinity: "strict", maxBlocksPerNode: 1 } as const;
  await ipam.createPool({ name: "nodes", prefix: parsePrefix("10.1.0.0/29"), units: strict });
  await ipam.createPool({
    name: "tunnels",
    prefix: parsePrefix("10.2.0.0/30"),
    units: small,
    eligibility: { uses: ["tunnel"] },
  });
  const nets = { kind: "prefixes", maxLength: 28, cooldownMs: 1_000 } as const;
  await ipam.createPool({ name: "nets", prefix: parsePrefix("10.3.0.0/24"), units: nets });
  await ipam.reserve({ name: "kept", addresses: parsePrefix("10.0.0.12/31") });
  await ipam.reserve({ name: "cut", addresses: parsePrefix("10.3.0.128/28") });
  const wait = (ms: number): void => {
    now += ms;
  };
  return { ipam, wait };
}

describe("explain", () => {
  it("says of every refusal of an address what is in the way, and counts the pool around it", async () => {
    const { ipam } = await openWorld();
    await ipam.allocateExact({ handle: "web", address: parseAddress("10.0.0.4"), attributes: { ns: "shop" } });
    await ipam.allocateExact({ handle: "gone", address: parseAddress("10.0.0.5") });
    await ipam.releaseByHandle("gone");
    await ipam.allocateExact({ handle: "n1/a", node: "n1", address: parseAddress("10.1.0.0") });
    const cases = [
      ["10.0.0.4", "address_in_use", { handle: "web", holder: { handle: "web", attributes: { ns: "shop" } } }],
      ["10.0.0.5", "address_unavailable", { reason: "cooling", until: NOW + 1_000 }],
      ["10.0.0.1", "address_unavailable", { reason: "gateway" }],
      ["10.0.0.0", "address_unavailable", { reason: "skipped" }],
      ["10.0.0.12", "address_unavailable", { reason: "reserved" }],
      ["10.1.0.1", "address_unavailable", { reason: "node_required" }],
      ["10.2.0.1", "address_unavailable", { reason: "use_mismatch" }],
      ["10.9.0.1", "address_unavailable", { reason: "no_pool" }],
    ] as const;
    for (const [text, code, details] of cases) {
      const request = { handle: "x", address: parseAddress(text) };
      const explanation = await ipam.explain(request);
      expect(explanation).toMatchObject({ satisfiable: false, refusal: { code, details } });
      expect(await thrownBy(ipam.allocateExact(request))).toEqual(explanation.refusal);
      expect(explanation.pools).toHaveLength(text === "10.9.0.1" ? 0 : 1);
    }
    const [lab] = (await ipam.explain({ handle: "x", address: parseAddress("10.0.0.4") })).pools;
    expect(lab).toMatchObject({
      name: "lab",
      verdict: "usable",
      counts: { capacity: 16n, liveCount: 1, coolingCount: 1, reservedCount: 4n, disabledCount: 0n, freeCount: 10n },
      topHolders: [{ handle: "web", count: 1 }],
      reclaimable: [{ kind: "cooling", count: 1 }],
      nextFreeAt: NOW + 1_000,
    });
    expect(await ipam.explain({ handle: "web", address: parseAddress("10.0.0.4") })).toMatchObject({
      satisfiable: true,
    });
  });

  it("tells blocks of other nodes from a node that may own no more", async () => {
    const { ipam } = await openWorld();
    await ipam.allocate({ handle: "n1/a", node: "n1", pools: ["nodes"] });
    for (const [node, address, reason] of [
      ["n2", "10.1.0.1", "other_node"],
      ["n1", "10.1.0.5", "block_limit"],
    ] as const) {
      const request = { handle: "x", node, address: parseAddress(address) };
      const { refusal } = await ipam.explain(request);
      expect(refusal).toMatchObject({ code: "address_unavailable", details: { reason } });
      expect(await thrownBy(ipam.allocateExact(request))).toEqual(refusal);
    }
  });

  it("counts what a pool has and does not hand out as disabled", async () => {
    const { ipam } = await openWorld();
    await ipam.allocate({ handle: "web", pools: ["lab"], count: 3 });
    await ipam.allocatePrefix({ handle: "web", pool: "nets", want: 25 });
    for (const state of ["disabled", "draining"] as const) {
      for (const name of ["lab", "nets"]) await ipam.updatePool(name, { state });
      const uses = await ipam.utilization();
      expect(uses.map(({ counts }) => [counts.freeCount, counts.disabledCount])).toEqual([
        [0n, 9n],
        [0n, 7n],
        [8n, 0n],
        [4n, 0n],
      ]);
      for (const { counts } of uses) {
        const { capacity, liveCount, coolingCount, reservedCount, disabledCount, freeCount } = counts;
        expect(BigInt(liveCount) + BigInt(coolingCount) + reservedCount + disabledCount + freeCount).toBe(capacity);
      }
      const request = { handle: "x", pools: ["lab"] };
      const { refusal, pools } = await ipam.explain(request);
      expect(refusal?.code).toBe("no_pool");
      expect(pools).toMatchObject([{ verdict: state, counts: { disabledCount: 9n }, topHolders: [{ handle: "web" }] }]);
      expect(await thrownBy(ipam.allocate(request))).toEqual(refusal);
    }
  });

  it("foresees what any call is refused with, and none that is not", async () => {
    const handle = fc.constantFrom("a", "b", "c");
    const node = fc.constantFrom(undefined, "n1", "n2");
    const limits = fc.constantFrom({}, { maxPerHandle: 2 }, { ifHeld: "fail" }, { ifHeld: { addUpTo: 3 } });
    const many = fc.record({
      handle,
      node,
      limits,
      pools: fc.constantFrom(undefined, ["lab"], ["nodes"], ["lab", "nodes"], ["tunnels"], ["nets"]),
      count: fc.integer({ min: 1, max: 7 }),
      use: fc.constantFrom(undefined, "tunnel"),
    });
    const exact = fc.record({ handle, node, pool: fc.nat(3), host: fc.nat(17) });
    const prefix = fc.record({ handle, length: fc.integer({ min: 24, max: 28 }), at: fc.option(fc.nat(15)) });
    const change = fc.constantFrom("release", "wait", "disable", "enable", "drain");
    const step = fc.oneof(
      { weight: 4, arbitrary: many.map((of) => ({ kind: "many" as const, of })) },
      { weight: 4, arbitrary: exact.map((of) => ({ kind: "exact" as const, of })) },
      { weight: 4, arbitrary: prefix.map((of) => ({ kind: "prefix" as const, of })) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("change" as const), change, handle }) },
    );
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { ipam, wait } = await openWorld();
        for (const each of steps) {
          if (each.kind === "change") {
            if (each.change === "release") await ipam.releaseByHandle(each.handle);
            else if (each.change === "wait") wait(700);
            else {
              const state = { disable: "disabled", enable: "enabled", drain: "draining" }[each.change] as "disabled";
              for (const name of ["lab", "nets"]) await ipam.updatePool(name, { state });
            }
            continue;
          }
          const request = requestOf(each);
          const { satisfiable, refusal } = await ipam.explain(request);
          const thrown = await thrownBy(call(ipam, request));
          expect({ request, refusal }).toEqual({ request, refusal: thrown });
          expect(satisfiable).toBe(thrown === undefined);
          if (refusal !== undefined) codes.add(refusal.code);
        }
        expect((await ipam.audit()).findings).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect([...codes].sort()).toEqual(
      [
        "address_in_use",
        "address_unavailable",
        "handle_limit",
        "no_pool",
        "pool_exhausted",
        "prefix_unavailable",
      ].sort(),
    );
  });
});

type Step =
  | {
      readonly kind: "many";
      readonly of: {
        readonly handle: string;
        readonly node: string | undefined;
        readonly limits: object;
        readonly pools: readonly string[] | undefined;
        readonly count: number;
        readonly use: string | undefined;
      };
    }
  | {
      readonly kind: "exact";
      readonly of: {
        readonly handle: string;
        readonly node: string | undefined;
        readonly pool: number;
        readonly host: number;
      };
    }
  | {
      readonly kind: "prefix";
      readonly of: { readonly handle: string; readonly length: number; readonly at: number | null };
    };

function requestOf(step: Step): ExplainRequest {
  if (step.kind === "prefix") {
    const { handle, length, at } = step.of;
    const want = at === null ? length : parsePrefix(`10.3.0.${at * 16}/${length}`, { hostBits: "mask" });
    return { handle, pool: "nets", want };
  }
  const { node, ...rest } = step.of;
  const asking = node === undefined ? {} : { node };
  if ("host" in rest) {
    return { handle: rest.handle, ...asking, address: parseAddress(`10.${rest.pool}.0.${rest.host}`) };
  }
  const { handle, pools, count, use, limits } = rest;
  return {
    handle,
    count,
    ...asking,
    ...(pools !== undefined && { pools }),
    ...(use !== undefined && { use }),
    ...limits,
  };
}
