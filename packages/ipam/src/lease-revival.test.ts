import {
  type AddressAllocation,
  type AllocateRequest,
  createIpam,
  createMemoryStore,
  type Ipam,
  isIpamError,
  type Store,
} from "@netmason/ipam";
import { parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { createLosingStore } from "../test/losing-store.js";

const START = 1_000_000_000;
const SKEW = 5_000;
const LEASE = 1_000;

interface World {
  readonly ipam: Ipam;
  readonly store: Store;
  readonly clock: { now: number };
}

/** Four addresses of each family. */
async function createWorld(store: Store = createMemoryStore()): Promise<World> {
  const clock = { now: START };
  const ipam = createIpam({ store, now: () => clock.now, sleep: async () => {} });
  const units = { kind: "addresses", skipFirst: 0, skipLast: 0 } as const;
  await ipam.createPool({ name: "v4", prefix: parsePrefix("10.0.0.0/30"), units });
  await ipam.createPool({ name: "v6", prefix: parsePrefix("fd00::/126"), units });
  return { ipam, store, clock };
}

function only(list: readonly AddressAllocation[]): AddressAllocation {
  const [one] = list;
  if (one === undefined || list.length !== 1) throw new RangeError(`${list.length} allocations`);
  return one;
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "answered",
    (error: unknown) => (isIpamError(error) ? error.code : error),
  );

describe("a call repeated for a lease that has ended", () => {
  const again = 7_000;
  const moments = {
    "before its end": LEASE - 1,
    "at its end": LEASE,
    "just within the skew": LEASE + SKEW - 1,
    "after the skew": LEASE + SKEW,
  };
  // What was held, what is asked for, when; the answer: what is held as it is, begun anew, or another allocation.
  const table: readonly (readonly [number | undefined, number | undefined, keyof typeof moments, string])[] = [
    [LEASE, again, "before its end", "held"],
    [LEASE, again, "at its end", "anew"],
    [LEASE, again, "just within the skew", "anew"],
    [LEASE, again, "after the skew", "other"],
    [LEASE, undefined, "before its end", "held"],
    [LEASE, undefined, "at its end", "anew"],
    [LEASE, undefined, "just within the skew", "anew"],
    [LEASE, undefined, "after the skew", "other"],
    [undefined, again, "after the skew", "held"],
  ];
  const calls: Readonly<Record<string, (ipam: Ipam, first: AddressAllocation, ttlMs?: number) => Promise<unknown>>> = {
    allocate: async (ipam, _, ttlMs) => only(await ipam.allocate({ handle: "a", ...(ttlMs && { ttlMs }) })),
    allocateExact: (ipam, { address }, ttlMs) =>
      ipam.allocateExact({ handle: "a", address, ...(ttlMs !== undefined && { ttlMs }) }),
  };

  for (const [name, call] of Object.entries(calls)) {
    it.each(table)(`${name}: a lease of %s, asked with %s %s: %s`, async (before, asked, moment, answer) => {
      const { ipam, clock } = await createWorld();
      const held = only(await ipam.allocate({ handle: "a", ...(before && { ttlMs: before }) }));
      clock.now += moments[moment];
      const { expiresAt: _, ...unleased } = held;
      const now = await call(ipam, held, asked);
      const end = asked === undefined ? {} : { expiresAt: clock.now + asked };
      if (answer === "held") expect(now).toEqual(held);
      else if (answer === "anew") expect(now).toEqual({ ...unleased, ...end });
      else {
        expect(now).toMatchObject({ handle: "a", allocatedAt: clock.now, ...end });
        expect((now as AddressAllocation).sequence).not.toBe(held.sequence);
      }
      expect(await ipam.getAllocation((now as AddressAllocation).address)).toEqual(now);
      expect((await ipam.audit()).findings).toEqual([]);
    });
  }

  it("keeps the address from everybody else until the new end and the skew", async () => {
    const { ipam, clock } = await createWorld();
    const all = { handle: "a", count: 4, ttlMs: LEASE } as const;
    await ipam.allocate(all);
    clock.now += LEASE + SKEW - 1;
    const { txnCount } = ipam.metrics();
    expect(await ipam.allocate(all)).toHaveLength(4);
    expect(ipam.metrics().txnCount).toBe(txnCount + 1);
    clock.now += LEASE + SKEW - 1;
    expect(await codeOf(ipam.allocate({ handle: "b" }))).toBe("pool_exhausted");
    clock.now += 1;
    expect(await codeOf(ipam.allocate({ handle: "b" }))).toBe("answered");
  });

  it("begins anew in the family that has ended only, and only what is asked for", async () => {
    const { ipam, clock } = await createWorld();
    const both: AllocateRequest = { handle: "a", families: [4, 6], ttlMs: 20_000 };
    const four = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    const [, six] = await ipam.allocate(both);
    clock.now += LEASE;
    expect(await ipam.allocate({ ...both, families: [6] })).toEqual([six]);
    expect(await ipam.getAllocation(four.address)).toEqual(four);
    const anew = { ...four, expiresAt: clock.now + 20_000 };
    expect(await ipam.allocate(both)).toEqual([anew, six]);
    clock.now += 20_000 - 1;
    // IPv6 has ended a second ago, IPv4 will in a millisecond.
    expect(await ipam.allocate({ ...both, ttlMs: 60_000 })).toEqual([anew, { ...six, expiresAt: clock.now + 60_000 }]);
    clock.now += 1 + SKEW;
    const [other, same] = await ipam.allocate(both);
    expect(other?.sequence).not.toBe(four.sequence);
    expect(same?.sequence).toBe(six?.sequence);
    expect((await ipam.audit()).findings).toEqual([]);
  });

  it("adds what lacks to a batch, and leaves with the handle what it began anew if there is not enough", async () => {
    const { ipam, clock } = await createWorld();
    const held = await ipam.allocate({ handle: "a", count: 2, ttlMs: LEASE });
    await ipam.allocate({ handle: "b" });
    clock.now += LEASE;
    expect(await codeOf(ipam.allocate({ handle: "a", count: 4, ttlMs: LEASE }))).toBe("pool_exhausted");
    const anew = held.map((one) => ({ ...one, expiresAt: clock.now + LEASE }));
    for (const one of anew) expect(await ipam.getAllocation(one.address)).toEqual(one);
    clock.now += LEASE;
    const three = await ipam.allocate({ handle: "a", count: 3, ttlMs: LEASE });
    expect(three.map(({ expiresAt }) => expiresAt)).toEqual([clock.now + LEASE, clock.now + LEASE, clock.now + LEASE]);
    expect(three.slice(0, 2).map(({ sequence }) => sequence)).toEqual(held.map(({ sequence }) => sequence));
  });

  it("moves nothing when the handle may hold no more", async () => {
    const { ipam, clock } = await createWorld();
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE, maxPerHandle: 1 }));
    clock.now += LEASE;
    const more = { handle: "a", ttlMs: LEASE } as const;
    expect(await codeOf(ipam.allocate({ ...more, ifHeld: "fail" }))).toBe("handle_limit");
    expect(await codeOf(ipam.allocate({ ...more, ifHeld: { addUpTo: 1 } }))).toBe("handle_limit");
    expect(await codeOf(ipam.allocate({ ...more, count: 2 }))).toBe("handle_limit");
    expect(await ipam.getAllocation(held.address)).toEqual(held);
    // The address itself counts once.
    const exact = await ipam.allocateExact({ ...more, address: held.address });
    expect(exact).toEqual({ ...held, expiresAt: clock.now + LEASE });
  });

  it("takes this very address again after the skew once it has rested, as anybody would", async () => {
    const { ipam, clock } = await createWorld();
    await ipam.updatePool("v4", { units: { cooldownMs: 2 * SKEW } });
    const { address } = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    clock.now += LEASE + SKEW;
    const exact = { handle: "a", address } as const;
    expect(await codeOf(ipam.allocateExact(exact))).toBe("address_unavailable");
    clock.now += 2 * SKEW;
    expect(await ipam.allocateExact(exact)).toMatchObject({ address, allocatedAt: clock.now });
  });

  it("goes on in a pool that is disabled, as a renewal does", async () => {
    const { ipam, clock } = await createWorld();
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    await ipam.updatePool("v4", { state: "disabled" });
    clock.now += LEASE;
    expect(only(await ipam.allocate({ handle: "a", ttlMs: LEASE })).sequence).toBe(held.sequence);
  });

  it("is renewed and released by its sequence within the skew, by no one after it", async () => {
    const { ipam, clock } = await createWorld();
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    clock.now += LEASE + SKEW - 1;
    expect(await ipam.renew([held], LEASE)).toEqual([{ ...held, expiresAt: clock.now + LEASE }]);
    clock.now += LEASE;
    const anew = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    clock.now += LEASE + SKEW - 1;
    expect((await ipam.release([held])).released).toEqual([anew]);
    const next = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    clock.now += LEASE + SKEW;
    expect(await codeOf(ipam.renew([next], LEASE))).toBe("lease_lost");
    expect(await ipam.release([next])).toMatchObject({ released: [], stale: [next] });
  });

  it("knows no skew where the store has a clock", async () => {
    const time = { now: START };
    const { ipam } = await createWorld(createMemoryStore({ now: () => time.now }));
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    time.now += LEASE - 1;
    expect(only(await ipam.allocate({ handle: "a", ttlMs: LEASE }))).toEqual(held);
    time.now += 1;
    const other = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    expect(other).toMatchObject({ allocatedAt: time.now, expiresAt: time.now + LEASE });
    expect(other.sequence).not.toBe(held.sequence);
  });

  it("renews for an instance that does not know the pool yet", async () => {
    const { ipam, store, clock } = await createWorld();
    const late = createIpam({ store, now: () => clock.now });
    await late.listPools();
    const units = { kind: "addresses" } as const;
    await ipam.createPool({ name: "new", prefix: parsePrefix("10.1.0.0/28"), units });
    const held = only(await ipam.allocate({ handle: "a", pools: ["new"], ttlMs: LEASE }));
    expect(await late.renew([held], 2 * LEASE)).toEqual([{ ...held, expiresAt: clock.now + 2 * LEASE }]);
  });
});

describe("a lease that begins anew with its answer lost", () => {
  const repeats: Readonly<Record<string, (ipam: Ipam, held: AddressAllocation) => Promise<AddressAllocation>>> = {
    allocate: async (ipam) => only(await ipam.allocate({ handle: "a", ttlMs: LEASE })),
    allocateExact: (ipam, { address }) => ipam.allocateExact({ handle: "a", address, ttlMs: LEASE }),
    renew: async (ipam, held) => only(await ipam.renew([held], LEASE)),
  };

  for (const [name, repeat] of Object.entries(repeats)) {
    it.each([
      ["applied", "applied", false],
      ["not applied", "not applied", false],
      ["applied, and written over", "applied", true],
      ["not found at once", "late", false],
    ] as const)(`${name}: %s`, async (_, fate, isWrittenOver) => {
      const base = createMemoryStore();
      const { ipam: other, clock } = await createWorld(base);
      const store = createLosingStore(base);
      const ipam = createIpam({ store, now: () => clock.now, sleep: async () => {} });
      const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
      clock.now += LEASE;
      store.lose(fate, async () => isWrittenOver && other.allocate({ handle: "b" }));
      const anew = await repeat(ipam, held);
      expect(anew).toEqual({ ...held, expiresAt: clock.now + LEASE });
      expect(await other.getAllocation(held.address)).toEqual(anew);
      expect((await other.audit()).findings).toEqual([]);
    });
  }

  it("allocate: lost to another holder meanwhile, and given another address", async () => {
    const base = createMemoryStore();
    const { ipam: other, clock } = await createWorld(base);
    const store = createLosingStore(base);
    const ipam = createIpam({ store, now: () => clock.now, sleep: async () => {} });
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    clock.now += LEASE + SKEW - 1;
    store.lose("not applied", async () => {
      clock.now += 1;
      await other.allocateExact({ handle: "b", address: held.address });
    });
    const next = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    expect(next).toMatchObject({ expiresAt: clock.now + LEASE });
    expect(String(next.address)).not.toBe(String(held.address));
    expect(await other.getAllocation(held.address)).toMatchObject({ handle: "b" });
    expect((await other.audit()).findings).toEqual([]);
  });

  it("allocate: held before, lost to another holder while more is taken, and made up for", async () => {
    const base = createMemoryStore();
    const { ipam: other, clock } = await createWorld(base);
    const store = createLosingStore(base);
    const ipam = createIpam({ store, now: () => clock.now, sleep: async () => {} });
    const held = only(await ipam.allocate({ handle: "a", ttlMs: LEASE }));
    store.lose("not applied", async () => {
      clock.now += LEASE + SKEW;
      await other.allocateExact({ handle: "b", address: held.address });
    });
    const now = await ipam.allocate({ handle: "a", count: 2, ttlMs: LEASE });
    expect(now.map(({ expiresAt }) => expiresAt)).toEqual([clock.now + LEASE, clock.now + LEASE]);
    for (const one of now) expect(await other.getAllocation(one.address)).toEqual(one);
    expect((await other.audit()).findings).toEqual([]);
  });
});
