import { type Allocation, createIpam, createMemoryStore, type Ipam, isIpamError, type PoolSpec } from "@netmason/ipam";
import { createFaultyStore, type FaultOptions, type ScheduleContext, type ScheduleWorld } from "@netmason/ipam/testing";
import { parseAddress, parsePrefix } from "@netmason/net";

/** Codes that say no, or not now: an actor goes on. */
const EXPECTED = new Set([
  "pool_exhausted",
  "address_in_use",
  "address_unavailable",
  "contention",
  "store_unavailable",
  "store_outcome_unknown",
  "prefix_unavailable",
  "store_closed",
  "handle_limit",
]);

/** What everybody holds by what they were told: at most one holder an address, at any time. */
export class Holds {
  readonly #holders = new Map<string, string>();

  take(actor: string, allocations: readonly Allocation[]): void {
    for (const one of allocations) {
      const what = String(one.kind === "address" ? one.address : one.prefix);
      const by = `${actor} ${one.handle} ${one.sequence}`;
      const other = this.#holders.get(what);
      if (other !== undefined && other !== by) throw new Error(`${what} is held by ${other} and was given to ${by}`);
      this.#holders.set(what, by);
    }
  }

  /** Called before a release is sent: from then on somebody else may have it. */
  drop(allocations: readonly Allocation[]): void {
    for (const one of allocations) this.#holders.delete(String(one.kind === "address" ? one.address : one.prefix));
  }

  get size(): number {
    return this.#holders.size;
  }

  entries(): readonly (readonly [string, string])[] {
    return [...this.#holders];
  }
}

/** Pools small enough to run full. */
export const TIGHT_POOLS: readonly PoolSpec[] = [
  {
    name: "shared",
    prefix: parsePrefix("10.0.0.0/29"),
    units: { kind: "addresses", blockLength: 30, skipFirst: 0, skipLast: 0 },
  },
  {
    name: "strict",
    prefix: parsePrefix("10.1.0.0/28"),
    units: { kind: "addresses", blockLength: 30, affinity: "strict", maxBlocksPerNode: 2, skipFirst: 0, skipLast: 0 },
  },
  {
    name: "v6",
    prefix: parsePrefix("fd00::/124"),
    units: { kind: "addresses", blockLength: 126, affinity: "preferred", maxBlocksPerNode: 1, skipFirst: 0 },
  },
  { name: "subnets", prefix: parsePrefix("10.2.0.0/28"), units: { kind: "prefixes", maxLength: 30 } },
];

/** One actor: an instance of its own, and random calls of it. */
export class Actor {
  readonly name: string;
  readonly ipam: Ipam;
  readonly #holds: Holds;
  readonly #random: () => number;
  readonly #held = new Map<string, readonly Allocation[]>();
  /** Handles whose last call failed, so that it is not known what they hold. */
  readonly #doubtful = new Set<string>();

  constructor(name: string, ipam: Ipam, holds: Holds, random: () => number) {
    this.name = name;
    this.ipam = ipam;
    this.#holds = holds;
    this.#random = random;
  }

  async act(): Promise<void> {
    const handle = `${this.name}-${Math.floor(this.#random() * 2)}`;
    try {
      if (this.#doubtful.has(handle)) await this.#clear(handle);
      else await this.#draw(handle);
    } catch (error) {
      if (!isIpamError(error) || !EXPECTED.has(error.code)) throw error;
      const unsure = error.code === "store_outcome_unknown" || error.code === "store_closed";
      if (unsure) {
        this.#doubtful.add(handle);
        this.#holds.drop(this.#held.get(handle) ?? []);
        this.#held.delete(handle);
      }
    }
  }

  async #draw(handle: string): Promise<void> {
    const node = this.name;
    const call = Math.floor(this.#random() * 7);
    const held = this.#held.get(handle) ?? [];
    if (call <= 1) {
      const families = call === 0 ? ([4] as const) : ([4, 6] as const);
      const count = 1 + Math.floor(this.#random() * 3);
      const pools = ["shared", "v6"].concat(this.#random() < 0.5 ? ["strict"] : []);
      this.#gained(handle, await this.ipam.allocate({ handle, node, families, count, pools, ifHeld: { addUpTo: 4 } }));
    } else if (call === 2) {
      const address = parseAddress(`10.0.0.${Math.floor(this.#random() * 8)}`);
      this.#gained(handle, [await this.ipam.allocateExact({ handle, node, address })]);
    } else if (call === 3) {
      const want = this.#random() < 0.5 ? 30 : 29;
      this.#gained(handle, [await this.ipam.allocatePrefix({ handle, pool: "subnets", want })]);
    } else if (call === 4 && held.length > 0) {
      const some = held.filter(() => this.#random() < 0.5);
      this.#holds.drop(some);
      this.#held.set(
        handle,
        held.filter((one) => !some.includes(one)),
      );
      await this.ipam.release(some);
    } else {
      await this.#clear(handle);
    }
  }

  #gained(handle: string, now: readonly Allocation[]): void {
    this.#holds.take(this.name, now);
    const before = this.#held.get(handle) ?? [];
    const known = new Set(before.map((one) => String(one.kind === "address" ? one.address : one.prefix)));
    const fresh = now.filter((one) => !known.has(String(one.kind === "address" ? one.address : one.prefix)));
    this.#held.set(handle, [...before, ...fresh]);
  }

  async #clear(handle: string): Promise<void> {
    this.#holds.drop(this.#held.get(handle) ?? []);
    this.#held.delete(handle);
    this.#doubtful.add(handle);
    await this.ipam.releaseByHandle(handle);
    this.#doubtful.delete(handle);
  }
}

/** Several instances over one store with faults, and what must hold when they have ended. */
export async function createSharedWorld(
  context: ScheduleContext,
  options: {
    readonly actorCount: number;
    readonly actCount: number;
    readonly faults: Omit<FaultOptions, "random" | "gate">;
  },
): Promise<ScheduleWorld> {
  const base = createMemoryStore();
  const now = (): number => context.now();
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => context.sleep(ms, signal);
  const random = (): number => context.random();
  const plain = createIpam({ store: base, now, sleep, random });
  for (const spec of TIGHT_POOLS) await plain.createPool(spec);
  const holds = new Holds();
  const stores: { settle(): Promise<void> }[] = [];
  const actors = Array.from({ length: options.actorCount }, (_, index) => {
    const name = `n${index}`;
    const crashAfterCount = index === 0 && random() < 0.3 ? Math.floor(random() * 20) : undefined;
    const store = createFaultyStore(base, {
      random,
      gate: context.gate(name),
      ...options.faults,
      ...(crashAfterCount !== undefined && { crashAfterCount }),
    });
    stores.push(store);
    return new Actor(name, createIpam({ store, now, sleep, random, retryCount: 40 }), holds, random);
  });
  return {
    actors: actors.map((actor) => async () => {
      for (let count = 0; count < options.actCount; count += 1) await actor.act();
    }),
    check: async () => {
      for (const store of stores) await store.settle();
      await checkStore(plain, holds);
    },
  };
}

async function checkStore(ipam: Ipam, holds: Holds): Promise<void> {
  const { findings } = await ipam.audit();
  if (findings.length > 0)
    throw new Error(findings.map(({ rule, path, message }) => `${rule} ${path}: ${message}`).join("; "));
  const live = new Map<string, string>();
  for await (const one of ipam.listAllocations()) {
    live.set(String(one.kind === "address" ? one.address : one.prefix), `${one.handle} ${one.sequence}`);
  }
  for (const [what, by] of holds.entries()) {
    if (live.get(what) !== by.split(" ").slice(1).join(" "))
      throw new Error(`${what} was given to ${by} and is not live`);
  }
}
