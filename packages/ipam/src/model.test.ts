import { type AddressUnits, type Counts, createIpam, createMemoryStore, type Ipam, isIpamError } from "@netmason/ipam";
import { addToAddress, firstAddress, type parseAddress, parsePrefix } from "@netmason/net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const SIZE = 32;
const PREFIX = parsePrefix("10.0.0.0/27");

/** A pool as a plain map: who holds what, what rests until when, what is reserved. */
class Model {
  readonly live = new Map<number, { readonly handle: string; readonly until: number }>();
  readonly released = new Map<number, number>();
  readonly reserved = new Set<number>();
  now = 1_000_000;
  readonly #cooldownMs: number;

  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs;
  }

  /** Leases end five seconds late, for clocks that differ, and then rest. */
  expire(): void {
    for (const [ordinal, { until }] of this.live) {
      if (until + 5_000 > this.now) continue;
      this.live.delete(ordinal);
      this.released.set(ordinal, until);
    }
  }

  isCooling(ordinal: number): boolean {
    const at = this.released.get(ordinal);
    return at !== undefined && this.#cooldownMs > 0 && this.now - at < this.#cooldownMs + 5_000;
  }

  isFree(ordinal: number): boolean {
    return !this.live.has(ordinal) && !this.reserved.has(ordinal) && !this.isCooling(ordinal);
  }

  counts(): Omit<Counts, "capacity"> {
    const all = Array.from({ length: SIZE }, (_, ordinal) => ordinal);
    const cooling = all.filter((ordinal) => !this.live.has(ordinal) && this.isCooling(ordinal));
    const free = all.filter((ordinal) => this.isFree(ordinal));
    const reserved = SIZE - this.live.size - cooling.length - free.length;
    return {
      liveCount: this.live.size,
      coolingCount: cooling.length,
      reservedCount: BigInt(reserved),
      disabledCount: 0n,
      freeCount: BigInt(free.length),
    };
  }
}

const handle = fc.integer({ min: 0, max: 5 }).map((n) => `h${n}`);
const ordinal = fc.integer({ min: 0, max: SIZE - 1 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("take" as const),
      handle,
      count: fc.integer({ min: 1, max: 9 }),
      leased: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("exact" as const), handle, ordinal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), ordinal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), handle }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reserve" as const), ordinal }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unreserve" as const), ordinal }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const ordinalOf = (address: unknown): number => Number(String(address).split(".")[3]);
const addressOf = (n: number): ReturnType<typeof parseAddress> => addToAddress(firstAddress(PREFIX), n);

async function apply(ipam: Ipam, model: Model, one: Step): Promise<void> {
  const { live, released } = model;
  if (one.kind === "wait") {
    model.now += one.ms;
    return;
  }
  model.expire();
  if (one.kind === "take") {
    const free = Array.from({ length: SIZE }, (_, n) => n).filter((n) => model.isFree(n));
    const request = {
      handle: one.handle,
      count: one.count,
      ifHeld: { addUpTo: 99 },
      ...(one.leased && { ttlMs: 10_000 }),
    };
    const held = await ipam.allocate(request).catch((error: unknown) => {
      expect(isIpamError(error, "pool_exhausted") && error.details.obtainedCount).toBe(free.length);
      return undefined;
    });
    expect(held === undefined).toBe(free.length < one.count);
    const fresh = (held ?? [])
      .map(({ address }) => ordinalOf(address))
      .filter((n) => live.get(n)?.handle !== one.handle);
    expect(fresh).toHaveLength(held === undefined ? 0 : one.count);
    for (const n of fresh) {
      expect(free).toContain(n);
      live.set(n, { handle: one.handle, until: one.leased ? model.now + 10_000 : Number.POSITIVE_INFINITY });
      released.delete(n);
    }
  } else if (one.kind === "exact") {
    const mine = live.get(one.ordinal)?.handle === one.handle;
    const possible = mine || model.isFree(one.ordinal);
    const held = await ipam
      .allocateExact({ handle: one.handle, address: addressOf(one.ordinal) })
      .catch((error: unknown) => {
        const code = live.has(one.ordinal) ? "address_in_use" : "address_unavailable";
        expect(error).toMatchObject({ code });
        return undefined;
      });
    expect(held !== undefined).toBe(possible);
    if (possible && !mine) {
      live.set(one.ordinal, { handle: one.handle, until: Number.POSITIVE_INFINITY });
      released.delete(one.ordinal);
    }
  } else if (one.kind === "release") {
    const report = await ipam.release([{ address: addressOf(one.ordinal) }]);
    expect(report.released).toHaveLength(live.has(one.ordinal) ? 1 : 0);
    if (live.delete(one.ordinal)) released.set(one.ordinal, model.now);
  } else if (one.kind === "drop") {
    const mine = [...live].filter(([, each]) => each.handle === one.handle).map(([n]) => n);
    const report = await ipam.releaseByHandle(one.handle);
    expect(report.released.map((each) => (each.kind === "address" ? ordinalOf(each.address) : -1)).sort()).toEqual(
      mine.sort(),
    );
    for (const n of mine) {
      live.delete(n);
      released.set(n, model.now);
    }
  } else if (one.kind === "reserve") {
    const report = await ipam.reserve({ name: `r${one.ordinal}`, addresses: parsePrefix(`10.0.0.${one.ordinal}/32`) });
    expect(report.live).toHaveLength(live.has(one.ordinal) ? 1 : 0);
    model.reserved.add(one.ordinal);
  } else {
    await ipam.unreserve(`r${one.ordinal}`);
    model.reserved.delete(one.ordinal);
  }
}

describe("an instance", () => {
  it.each([
    ["oldest", 0, 30],
    ["lowest", 30_000, 29],
    ["next", 30_000, 30],
    ["oldest", 30_000, 32],
  ] as const)(
    "agrees with a plain map after every step (%s, cooldown %i, blocks of /%i)",
    async (order, cooldownMs, blockLength) => {
      const units: AddressUnits = { kind: "addresses", order, cooldownMs, blockLength, skipFirst: 0, skipLast: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
          const model = new Model(cooldownMs);
          const store = createMemoryStore();
          const ipam = createIpam({ store, now: () => model.now });
          await ipam.createPool({ name: "lab", prefix: PREFIX, units });
          // What a second instance reads is what the first one wrote.
          const reader = createIpam({ store, now: () => model.now });
          for (const one of steps) {
            await apply(ipam, model, one);
            model.expire();
            const [use] = await reader.utilization();
            expect(use?.counts).toEqual({ capacity: BigInt(SIZE), ...model.counts() });
          }
          const { findings } = await reader.audit();
          expect(findings.filter(({ rule }) => rule !== "A13")).toEqual([]);
        }),
        { numRuns: process.env.SOAK === "1" ? 2_000 : 60 },
      );
    },
  );
});
