import {
  type AddressUnits,
  createIpam,
  createMemoryStore,
  type Ipam,
  isIpamError,
  type Store,
  type StoreEntry,
} from "@netmason/ipam";
import { createFaultyStore, type FaultyStore, type ScheduleContext, type ScheduleWorld } from "@netmason/ipam/testing";
import { addToAddress, firstAddress, type Prefix, parsePrefix } from "@netmason/net";
import { HoldLedger } from "./hold-ledger.js";

/** How a world differs from the usual one. */
export interface WorldOptions {
  readonly nodeCount: number;
  readonly operationCount: number;
  /** Clocks of the nodes against true time, in ms. */
  readonly skews?: readonly number[];
  readonly maxClockSkewMs?: number;
  readonly cooldownMs?: number;
  /** Leases of this length; absent: none. */
  readonly ttlMs?: number;
  /** Time that passes at random between operations. */
  readonly stepMs?: number;
  readonly areStoresFaulty?: boolean;
  /** How many schedules end with an audit, which costs more than the schedule itself; default all. */
  readonly auditRatio?: number;
}

const POOL: Prefix = parsePrefix("10.0.0.0/28");
const AFFINITIES = ["shared", "preferred", "strict"] as const;
/** What a node of a real network has to live with; everything else fails the schedule. */
const EXPECTED = new Set([
  "pool_exhausted",
  "contention",
  "store_unavailable",
  "store_outcome_unknown",
  "store_closed",
  "address_in_use",
  "address_unavailable",
  "lease_lost",
]);

/**
 * Nodes, each with an Ipam of its own, that take and give back addresses of one small pool at the same time. Whoever was
 * told that it holds an address is written down, and nobody else may be told the same before it began to give it back.
 */
export async function createScheduleWorld(context: ScheduleContext, options: WorldOptions): Promise<ScheduleWorld> {
  const { skews = [], maxClockSkewMs = 5_000, cooldownMs = 0, areStoresFaulty = true, auditRatio = 1 } = options;
  const affinity = AFFINITIES[Math.floor(context.random() * AFFINITIES.length)] ?? "shared";
  const store = await storeWithPool({ kind: "addresses", blockLength: 30, affinity, cooldownMs, maxBlocksPerNode: 3 });
  const operator = createIpam({ store, now: () => context.now(), random: context.random, maxClockSkewMs });
  const ledger = new HoldLedger(cooldownMs);
  const nodes = Array.from({ length: options.nodeCount }, (_, i) => {
    const faults = areStoresFaulty ? faultsOf(context, i) : {};
    const own = createFaultyStore(store, { random: context.random, gate: context.gate(`n${i}`), ...faults });
    return new ScheduleNode(context, own, ledger, `n${i}`, skews[i] ?? 0, maxClockSkewMs, options);
  });
  const check = async (): Promise<void> => {
    for (const node of nodes) await node.store.settle();
    await checkStore(operator, store, ledger, context.random() < auditRatio);
  };
  return { actors: nodes.map((node) => () => node.act()), check };
}

const fresh = new Map<string, readonly StoreEntry[]>();

/** A store with one pool; what `createPool` writes is kept, because most of a short schedule would be spent on it. */
async function storeWithPool(units: AddressUnits): Promise<Store> {
  const store = createMemoryStore();
  const known = fresh.get(JSON.stringify(units));
  if (known === undefined) {
    await createIpam({ store }).createPool({ name: "p", prefix: POOL, units });
    fresh.set(JSON.stringify(units), await store.range({ from: "", to: "~~" }));
  } else {
    await store.txn({ compares: [], ops: known.map(({ key, value }) => ({ kind: "put", key, value })) });
  }
  return store;
}

/** Every fourth node crashes somewhere on its way. */
function faultsOf({ random }: ScheduleContext, index: number): object {
  const crashAfterCount = index > 0 && random() < 0.25 ? Math.floor(random() * 25) : Number.POSITIVE_INFINITY;
  return { conflictRatio: 0.03, unknownOutcomeRatio: 0.06, unavailableRatio: 0.03, crashAfterCount };
}

class ScheduleNode {
  readonly store: FaultyStore;
  readonly #context: ScheduleContext;
  readonly #ledger: HoldLedger;
  readonly #ipam: Ipam;
  readonly #name: string;
  readonly #now: () => number;
  readonly #options: WorldOptions;
  readonly #held: string[] = [];
  #handles = 0;

  constructor(
    context: ScheduleContext,
    store: FaultyStore,
    ledger: HoldLedger,
    name: string,
    skew: number,
    maxClockSkewMs: number,
    options: WorldOptions,
  ) {
    this.store = store;
    this.#context = context;
    this.#ledger = ledger;
    this.#name = name;
    this.#now = () => context.now() + skew;
    this.#options = options;
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> => context.sleep(ms, signal);
    const { random } = context;
    this.#ipam = createIpam({ store, now: this.#now, random, sleep, maxClockSkewMs, retryCount: 6 });
  }

  async act(): Promise<void> {
    for (let i = 0; i < this.#options.operationCount; i++) {
      if (this.#options.stepMs) this.#context.advance(this.#context.random() * this.#options.stepMs);
      try {
        await this.#operate(this.#context.random());
      } catch (error) {
        if (!isIpamError(error) || !EXPECTED.has(error.code)) throw error;
        if (error.code === "store_closed") return;
      }
    }
  }

  #operate(chance: number): Promise<unknown> {
    if (chance < 0.45) return this.#allocate();
    if (chance < 0.55) return this.#allocateExact();
    if (chance < 0.9) return this.#release();
    if (chance < 0.95) return this.#ipam.collect({});
    return this.#ipam.releaseBlocks({ node: this.#name, when: "empty" });
  }

  async #allocate(): Promise<void> {
    const isRepeated = this.#held.length > 0 && this.#context.random() < 0.2;
    const handle = (isRepeated ? this.#held[0] : undefined) ?? this.#newHandle();
    const count = 1 + Math.floor(this.#context.random() * 3);
    const { ttlMs } = this.#options;
    const request = { handle, node: this.#name, count, ...(ttlMs === undefined ? {} : { ttlMs }) };
    const begun = this.#now();
    const allocations = await this.#attempt(handle, () => this.#ipam.allocate(request));
    this.#ledger.hold(allocations, this.#now, this.#context.now(), begun);
  }

  async #allocateExact(): Promise<void> {
    const handle = this.#newHandle();
    const address = addToAddress(firstAddress(POOL), 1 + Math.floor(this.#context.random() * 14));
    const begun = this.#now();
    const allocation = await this.#attempt(handle, () =>
      this.#ipam.allocateExact({ handle, node: this.#name, address }),
    );
    this.#ledger.hold([allocation], this.#now, this.#context.now(), begun);
  }

  /** A handle whose call failed without saying so is written down as one that may hold something. */
  async #attempt<T>(handle: string, call: () => Promise<T>): Promise<T> {
    this.#ledger.beginTaking(handle);
    const result = await call();
    this.#ledger.endTaking(handle);
    return result;
  }

  async #release(): Promise<void> {
    const handle = this.#held.splice(Math.floor(this.#context.random() * this.#held.length), 1)[0];
    if (handle === undefined) return;
    this.#ledger.beginRelease(handle, this.#context.now());
    await this.#ipam.releaseByHandle(handle);
    this.#ledger.endRelease(handle);
  }

  #newHandle(): string {
    const handle = `${this.#name}-${this.#handles++}`;
    this.#held.push(handle);
    return handle;
  }
}

/** What the store says when all is done, against what the nodes were told. */
async function checkStore(operator: Ipam, store: Store, ledger: HoldLedger, isAudited: boolean): Promise<void> {
  if (isAudited) {
    const { findings } = await operator.audit();
    if (findings.length > 0) throw new RangeError(`audit: ${JSON.stringify(findings)}`);
  }
  const live = new Map<string, string>();
  for await (const allocation of operator.listAllocations()) {
    if (allocation.kind === "address")
      live.set(String(allocation.address), `${allocation.handle} ${allocation.sequence}`);
  }
  ledger.compare(live);
  await store.close();
}
