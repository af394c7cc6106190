import {
  type AddressAllocation,
  type Allocation,
  createIpam,
  type Ipam,
  type IpamErrorCode,
  isIpamError,
  type PrefixAllocation,
  type ReleaseReport,
  type ReleaseTarget,
  type Suspects,
} from "@netmason/ipam";
import type { FaultyStore, ScheduleContext } from "@netmason/ipam/testing";
import { addToAddress, firstAddress, prefixOf } from "@netmason/net";
import { type Hold, type HoldLedger, whatOf } from "./hold-ledger.js";
import { EXTRA, NETS, type Operation, type Plan, V4, V6 } from "./schedule-plans.js";

/** The call says that it has done nothing. */
const REFUSALS: readonly IpamErrorCode[] = [
  "pool_exhausted",
  "no_pool",
  "unknown_pool",
  "address_in_use",
  "address_unavailable",
  "prefix_unavailable",
  "contention",
  "store_unavailable",
];
/** What a node of a real network has to live with beside; everything else fails the schedule. */
const EXPECTED: readonly IpamErrorCode[] = [
  ...REFUSALS,
  "store_outcome_unknown",
  "lease_lost",
  "prefix_in_use",
  "pool_exists",
  "pool_overlap",
  "pool_not_empty",
  "collect_refused",
];

/** What all nodes of a schedule share. */
export interface Shared {
  readonly context: ScheduleContext;
  readonly plan: Plan;
  readonly ledger: HoldLedger;
  /** Who took a handle, and who crashed since. */
  readonly takers: Map<string, ScheduleNode>;
  /** How often each operation came to its end with an effect. */
  readonly done: Map<Operation, number>;
  readonly maxClockSkewMs: number;
}

/** One node with an Ipam of its own that does what is drawn, and tells the ledger. */
export class ScheduleNode {
  readonly store: FaultyStore;
  readonly name: string;
  hasCrashed = false;
  readonly #shared: Shared;
  readonly #now: () => number;
  readonly #ipam: Ipam;
  /** Handles, with what they are known to hold. */
  readonly #held = new Map<string, readonly Allocation[]>();
  /** Pools inside child prefixes of this node. */
  readonly #nested: string[] = [];
  /** Handles of which something could not be undone. */
  readonly #leaking = new Set<string>();
  readonly #operations: Readonly<Record<Operation, () => Promise<unknown>>>;

  constructor(shared: Shared, store: FaultyStore, name: string, skew: number) {
    const { context, maxClockSkewMs } = shared;
    this.#shared = shared;
    this.store = store;
    this.name = name;
    this.#now = () => context.now() + skew;
    this.#ipam = createIpam({
      store,
      now: this.#now,
      random: context.random,
      sleep: (ms, signal) => context.sleep(ms, signal),
      maxClockSkewMs,
      retryCount: 6,
      onEvent: (event) => {
        if (event.kind === "undo_failed") this.#leaking.add(event.handle);
      },
    });
    this.#operations = {
      allocate: () => this.#allocate(this.#newHandle(), [4]),
      allocateBoth: () => this.#allocate(this.#newHandle(), [4, 6]),
      repeat: () => this.#repeat(),
      allocateExact: () => this.#allocateExact(),
      allocatePrefix: () => this.#allocatePrefix(28 + this.#draw(4)),
      allocateThisPrefix: () => this.#allocateThisPrefix(),
      allocateInside: () => this.#allocateInside(),
      renew: () => this.#renew(),
      release: () => this.#release(),
      releaseSome: () => this.#releaseSome((one) => one),
      releaseUnguarded: () =>
        this.#releaseSome((one) => (one.kind === "address" ? { address: one.address } : { prefix: one.prefix })),
      collect: () => this.#ipam.collect({}),
      collectDead: () => this.#collectDead(),
      freeDead: () => this.#collectDead(),
      beginAnew: () => this.#repeat(),
      claimBlocks: () => this.#claimBlocks(),
      releaseBlocks: () =>
        this.#ipam.releaseBlocks({ node: this.name, when: this.#draw(4) === 0 ? "always" : "empty" }),
      createPool: () => this.#createExtra(),
      deletePool: () => this.#deletePool(),
      drain: () => this.#ipam.updatePool(this.#pool(), { state: "draining" }),
      enable: () => this.#ipam.updatePool(this.#pool(), { state: "enabled" }),
      reserve: () => this.#reserve(),
      unreserve: () => this.#ipam.unreserve("some"),
      nestPool: () => this.#nestPool(),
    };
  }

  async act(operationCount: number): Promise<void> {
    const { context, plan } = this.#shared;
    for (let i = 0; i < operationCount; i++) {
      if (plan.stepMs !== undefined) context.advance(context.random() * plan.stepMs);
      try {
        await this.#run(this.#next());
      } catch (error) {
        if (isIpamError(error, "store_closed")) {
          this.hasCrashed = true;
          return;
        }
        if (!EXPECTED.some((code) => isIpamError(error, code))) throw error;
      }
    }
  }

  async #run(operation: Operation): Promise<void> {
    if ((await this.#operations[operation]()) !== NOTHING_TO_DO) this.#count(operation);
  }

  #count(operation: Operation): void {
    const { done } = this.#shared;
    done.set(operation, (done.get(operation) ?? 0) + 1);
  }

  #next(): Operation {
    const weights = Object.entries(this.#shared.plan.weights) as [Operation, number][];
    let left = this.#shared.context.random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [operation, weight] of weights) {
      left -= weight;
      if (left < 0) return operation;
    }
    return "collect";
  }

  #draw(count: number): number {
    return Math.floor(this.#shared.context.random() * count);
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#draw(list.length)];
  }

  #pool(): string {
    return this.#pick(this.#shared.plan.pools)?.name ?? V4;
  }

  #newHandle(): string {
    const { takers } = this.#shared;
    const handle = `${this.name}-${takers.size}`;
    takers.set(handle, this);
    return handle;
  }

  #lease(): { readonly ttlMs?: number } {
    const { ttlMs } = this.#shared.plan;
    return ttlMs === undefined ? {} : { ttlMs };
  }

  async #allocate(handle: string, families: readonly (4 | 6)[], pool?: string): Promise<unknown> {
    const count = 1 + this.#draw(3);
    const pools = pool === undefined ? {} : { pools: [pool] };
    const request = { handle, node: this.name, count, families, ...pools, ...this.#lease() };
    const allocations = await this.#taking(handle, () => this.#ipam.allocate(request));
    for (const family of families) {
      const got = allocations.filter(({ address }) => address.family === family).length;
      if (got < count) throw new RangeError(`${handle} asked for ${count} of IPv${family} and got ${got}`);
    }
    return undefined;
  }

  /** The same handle again: what it holds, and more if it asks for more. */
  async #repeat(): Promise<unknown> {
    const handle = this.#pick([...this.#held].flatMap(([name, [one]]) => (one?.kind === "prefix" ? [] : [name])));
    if (handle === undefined) return NOTHING_TO_DO;
    const held = this.#held.get(handle)?.[0];
    if (held?.kind === "address" && this.#draw(4) === 0) return this.#takeExact(handle, held.address);
    const hasSix = this.#shared.plan.pools.some(({ name }) => name === V6);
    return this.#allocate(handle, hasSix && this.#draw(2) === 0 ? [4, 6] : [4]);
  }

  #allocateExact(): Promise<unknown> {
    const prefix = this.#shared.plan.pools[0]?.prefix;
    if (prefix === undefined) throw new RangeError("a plan without pools");
    const size = 2 ** (32 - prefix.length);
    return this.#takeExact(this.#newHandle(), addToAddress(firstAddress(prefix), 1 + this.#draw(size - 2)));
  }

  #takeExact(handle: string, address: AddressAllocation["address"]): Promise<unknown> {
    const request = { handle, node: this.name, address, ...this.#lease() };
    return this.#taking(handle, async () => [await this.#ipam.allocateExact(request)]);
  }

  #allocatePrefix(want: number | PrefixAllocation["prefix"], handle = this.#newHandle()): Promise<unknown> {
    return this.#taking(handle, async () => [await this.#ipam.allocatePrefix({ handle, pool: NETS, want })]);
  }

  /** One that somebody may hold; now and then its own again. */
  #allocateThisPrefix(): Promise<unknown> {
    const own = this.#draw(3) === 0 ? this.#pick(this.#children()) : undefined;
    if (own !== undefined) return this.#allocatePrefix(own.prefix, own.handle);
    const prefix = this.#shared.plan.pools[0]?.prefix;
    if (prefix === undefined) throw new RangeError("a plan without pools");
    return this.#allocatePrefix(prefixOf(addToAddress(firstAddress(prefix), this.#draw(16)), 28 + this.#draw(4)));
  }

  #children(): readonly PrefixAllocation[] {
    return [...this.#held.values()].flat().filter((one) => one.kind === "prefix");
  }

  async #nestPool(): Promise<unknown> {
    const child = this.#pick(this.#children().filter(({ prefix }) => prefix.length <= 30));
    if (child === undefined) return NOTHING_TO_DO;
    const name = `in-${String(child.prefix).replace("/", "-")}`;
    const { cooldownMs } = this.#shared.plan;
    this.#nested.push(name);
    await this.#ipam.createPool({ name, prefix: child.prefix, units: { kind: "addresses", cooldownMs } });
    return this.#run("allocateInside");
  }

  async #allocateInside(): Promise<unknown> {
    const pool = this.#pick(this.#nested);
    return pool === undefined ? NOTHING_TO_DO : this.#allocate(this.#newHandle(), [4], pool);
  }

  async #createExtra(): Promise<unknown> {
    const extra = this.#shared.plan.pools.find(({ name }) => name === EXTRA);
    return extra === undefined ? NOTHING_TO_DO : this.#ipam.createPool(extra);
  }

  async #deletePool(): Promise<unknown> {
    const pool = this.#pick(this.#nested) ?? (this.#pool() === NETS ? undefined : EXTRA);
    return pool === undefined ? NOTHING_TO_DO : this.#ipam.deletePool(pool);
  }

  async #claimBlocks(): Promise<unknown> {
    const units = this.#shared.plan.pools[0]?.units;
    if (units?.kind !== "addresses" || units.affinity === "shared") return NOTHING_TO_DO;
    return this.#ipam.claimBlocks({ node: this.name, pool: V4, available: 4 });
  }

  #reserve(): Promise<unknown> {
    const pool = this.#pick(this.#shared.plan.pools);
    if (pool === undefined) throw new RangeError("a plan without pools");
    const first = addToAddress(firstAddress(pool.prefix), 2 * this.#draw(4));
    return this.#ipam.reserve({ name: "some", addresses: prefixOf(first, pool.prefix.family === 4 ? 31 : 127) });
  }

  /** A handle whose call failed without saying so is written down as one that may hold something. */
  async #taking<T extends Allocation>(handle: string, call: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const { ledger, context } = this.#shared;
    const wasCertain = ledger.isCertain(handle);
    const before = this.#held.get(handle) ?? [];
    if (!this.#held.has(handle)) this.#held.set(handle, []);
    ledger.doubt(handle);
    const begun = this.#now();
    let taken: readonly T[];
    try {
      taken = await call();
    } catch (error) {
      const isRefused = REFUSALS.some((code) => isIpamError(error, code));
      if (isRefused && wasCertain && !this.#leaking.has(handle)) ledger.trust(handle);
      throw error;
    }
    if (wasCertain) ledger.trust(handle);
    if (ledger.hold(taken, this.#now, context.now(), begun) > 0) this.#count("beginAnew");
    const now = new Set(taken.map(whatOf));
    this.#held.set(handle, [...before.filter((one) => !now.has(whatOf(one))), ...taken]);
    return taken;
  }

  async #renew(): Promise<unknown> {
    const { ledger, context, plan } = this.#shared;
    const [handle, list] =
      this.#pick([...this.#held].filter(([name, { length }]) => length > 0 && ledger.isCertain(name))) ?? [];
    if (handle === undefined || list === undefined) return NOTHING_TO_DO;
    const leases = list.filter((one) => one.kind === "address");
    const begun = this.#now();
    ledger.doubt(handle);
    try {
      const renewed = await this.#ipam.renew(leases, plan.ttlMs ?? 1);
      ledger.trust(handle);
      ledger.hold(renewed, this.#now, context.now(), begun);
      this.#held.set(handle, renewed);
      return undefined;
    } catch (error) {
      if (!isIpamError(error, "lease_lost")) throw error;
      ledger.trust(handle);
      if (!ledger.hasEnded(leases)) throw new RangeError(`${handle} has lost a lease before its end: ${error.message}`);
      return undefined;
    }
  }

  async #release(): Promise<unknown> {
    const handle = this.#pick([...this.#held.keys()]);
    if (handle === undefined) return NOTHING_TO_DO;
    this.#held.delete(handle);
    const { ledger } = this.#shared;
    return this.#releasing(handle, ledger.heldBy(handle), () => this.#ipam.releaseByHandle(handle));
  }

  async #releaseSome(toTarget: (one: Allocation) => ReleaseTarget): Promise<unknown> {
    const { ledger } = this.#shared;
    const [handle, list] =
      this.#pick([...this.#held].filter(([name, { length }]) => length > 0 && ledger.isCertain(name))) ?? [];
    if (handle === undefined || list === undefined) return NOTHING_TO_DO;
    const some = list.filter((_, index) => index === 0 || this.#draw(2) === 0);
    this.#held.set(
      handle,
      list.filter((one) => !some.includes(one)),
    );
    const names = new Set(some.map((one) => `${whatOf(one)} ${one.sequence}`));
    const holds = ledger.heldBy(handle).filter(({ what, sequence }) => names.has(`${what} ${sequence}`));
    return this.#releasing(handle, holds, () => this.#ipam.release(some.map(toTarget)));
  }

  async #releasing(handle: string, holds: readonly Hold[], call: () => Promise<ReleaseReport>): Promise<unknown> {
    const { ledger, context, plan } = this.#shared;
    const wasCertain = ledger.isCertain(handle);
    ledger.beginRelease(holds, context.now());
    ledger.doubt(handle);
    let isWhole = true;
    try {
      const report = await call();
      // Leases may end on the way: then they are not released, and end in the store by themselves.
      if (plan.ttlMs !== undefined) isWhole = report.released.length >= holds.length;
      else if (wasCertain) checkReport(report, holds);
    } catch (error) {
      if (!isIpamError(error, "prefix_in_use")) throw error;
      ledger.restore(holds, context.now());
      this.#held.set(handle, [
        ...(this.#held.get(handle) ?? []),
        ...holds.flatMap(({ one }) => (one.kind === "prefix" ? [one] : [])),
      ]);
      if (wasCertain) ledger.trust(handle);
      throw error;
    }
    // By handle or not: nothing of it is left that is not known.
    if (isWhole && (wasCertain || !this.#held.has(handle))) ledger.trust(handle);
    return undefined;
  }

  /** Two looks at once, which free what belongs to nodes that have crashed. */
  async #collectDead(): Promise<unknown> {
    const { ledger, context, takers } = this.#shared;
    let suspects: Suspects = [];
    const liveness = async (): Promise<{ asOf: number; handles: ReadonlySet<string> }> => {
      const handles = new Set<string>();
      for (const [handle, node] of takers) {
        if (!node.hasCrashed) handles.add(handle);
        else {
          ledger.doubt(handle);
          ledger.beginRelease(ledger.heldBy(handle), context.now());
        }
      }
      // Time may stand still, and what is as young as the look is no suspect.
      return { asOf: context.now() + 1, handles };
    };
    let freedCount = 0;
    for (let look = 0; look < 2; look++) {
      const report = await this.#ipam.collect({ liveness, suspects, graceMs: 0, maxFreedRatio: 1 });
      suspects = report.suspects;
      for (const { handle } of report.released) {
        const isDead = takers.get(handle)?.hasCrashed === true;
        if (isDead) freedCount += 1;
        if (!isDead && this.#shared.plan.ttlMs === undefined) throw new RangeError(`${handle} lives and was collected`);
      }
    }
    if (freedCount > 0) this.#count("freeDead");
    return undefined;
  }
}

const NOTHING_TO_DO = Symbol("nothing to do");

/** All that was held was released, and nothing else. */
function checkReport({ released, notHeld, stale }: ReleaseReport, holds: readonly Hold[]): void {
  const wanted = holds.map(({ what, sequence }) => `${what} ${sequence}`).sort();
  const got = released.map((one) => `${whatOf(one)} ${one.sequence}`).sort();
  if (wanted.join() === got.join() && notHeld.length + stale.length === 0) return;
  throw new RangeError(`released ${got}, not held ${notHeld.length}, stale ${stale.length}, instead of ${wanted}`);
}
