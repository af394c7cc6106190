import { createIpam, createMemoryStore, type Ipam, type Store, type StoreEntry } from "@netmason/ipam";
import { createFaultyStore, type ScheduleContext, type ScheduleWorld } from "@netmason/ipam/testing";
import { HoldLedger, whatOf } from "./hold-ledger.js";
import { ScheduleNode, type Shared } from "./schedule-node.js";
import type { Operation, Plan } from "./schedule-plans.js";

/** How nodes share a store. */
export interface WorldOptions {
  readonly plan: Plan;
  readonly nodeCount: number;
  readonly operationCount: number;
  readonly maxClockSkewMs?: number;
  /** How many schedules end with an audit, which costs more than the schedule itself; default all. */
  readonly auditRatio?: number;
  /** Counted up: what came to its end with an effect. */
  readonly done?: Map<Operation, number>;
}

/**
 * Nodes, each with an Ipam of its own, that take and give back what a few small pools have at the same time. Whoever was
 * told that it holds something is written down, and nobody else may be told the same before it began to give it back.
 */
export async function createScheduleWorld(context: ScheduleContext, options: WorldOptions): Promise<ScheduleWorld> {
  const { plan, maxClockSkewMs = 5_000, auditRatio = 1, done = new Map() } = options;
  const store = await storeWithPools(plan);
  const operator = createIpam({ store, now: () => context.now(), random: context.random, maxClockSkewMs });
  const ledger = new HoldLedger(plan.cooldownMs);
  const shared: Shared = { context, plan, ledger, takers: new Map(), done, maxClockSkewMs };
  const nodes = Array.from({ length: options.nodeCount }, (_, i) => {
    const own = createFaultyStore(store, {
      random: context.random,
      gate: context.gate(`n${i}`),
      ...faultsOf(context, i, plan.crashRatio),
    });
    return new ScheduleNode(shared, own, `n${i}`, plan.skews?.[i] ?? 0);
  });
  const check = async (): Promise<void> => {
    for (const node of nodes) await node.store.settle();
    if (context.random() < auditRatio) await checkAudit(operator, plan);
    await checkStore(operator, store, ledger);
  };
  return { actors: nodes.map((node) => () => node.act(options.operationCount)), check };
}

const fresh = new Map<string, readonly StoreEntry[]>();

/** A store with the pools; what `createPool` writes is kept, because most of a short schedule would be spent on it. */
async function storeWithPools({ pools, absent }: Plan): Promise<Store> {
  const store = createMemoryStore();
  const key = JSON.stringify([pools, absent]);
  const known = fresh.get(key);
  if (known === undefined) {
    const ipam = createIpam({ store });
    for (const pool of pools) if (pool.name !== absent) await ipam.createPool(pool);
    fresh.set(key, await store.range({ from: "", to: "~~" }));
  } else {
    await store.txn({ compares: [], ops: known.map(({ key, value }) => ({ kind: "put", key, value })) });
  }
  return store;
}

/** Some nodes crash on their way. */
function faultsOf({ random }: ScheduleContext, index: number, crashRatio = 0.25): object {
  const crashAfterCount = index > 0 && random() < crashRatio ? Math.floor(random() * 25) : Number.POSITIVE_INFINITY;
  return { conflictRatio: 0.03, unknownOutcomeRatio: 0.06, unavailableRatio: 0.03, crashAfterCount };
}

/** No invariant is broken. That nobody has cleared leases that are over is none: nobody may have asked for room since. */
async function checkAudit(operator: Ipam, { ttlMs }: Plan): Promise<void> {
  const { findings } = await operator.audit();
  const broken = findings.filter(({ message }) => ttlMs === undefined || !message.endsWith("nobody cleared it"));
  if (broken.length > 0) throw new RangeError(`audit: ${JSON.stringify(broken)}`);
}

/** What the store says when all is done, against what the nodes were told. */
async function checkStore(operator: Ipam, store: Store, ledger: HoldLedger): Promise<void> {
  const live = new Map<string, string>();
  for await (const one of operator.listAllocations()) live.set(whatOf(one), `${one.handle} ${one.sequence}`);
  ledger.compare(live);
  await store.close();
}
