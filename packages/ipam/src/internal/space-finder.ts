import { addToAddress, equalAddresses, type Family, firstAddress, type Prefix } from "@netmason/net";
import type { CallOptions } from "../store.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import type { Engine } from "./engine.js";
import { TIME_DIGITS, under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { type AffinityRow, checkRecord } from "./records.js";
import { decodeRun, type StoredRun } from "./run-record.js";
import { BORROW_LIST, nodeList, RELEASE, SHARED_LIST } from "./space-rows.js";
import { usableBlock } from "./unclaimed.js";
import type { StoredAffinity } from "./write-set.js";

/** How long an empty block stays with its node before another one may take it. */
export const RECLAIM_AGE_MS = 60_000;

/** What a search is for: room for one family. */
export interface SpaceQuery {
  /** Eligible pools of the family, in the order of their segments. */
  readonly pools: readonly PoolPolicy[];
  readonly family: Family;
  readonly node: string | undefined;
  /** Keys of blocks that are known already. */
  readonly exclude: ReadonlySet<string>;
  /** Blocks to be claimed already, by pool: they count against the limit of the node. */
  readonly planned: ReadonlyMap<PoolPolicy, number>;
  /** Where in a run of unclaimed blocks to claim, 0 to 1; 0 unless others were faster. */
  readonly share: number;
  readonly now: number;
}

/** Where there is room. */
export type Space =
  | {
      readonly kind: "block";
      readonly policy: PoolPolicy;
      readonly key: string;
      readonly row: string;
      readonly reclaim: boolean;
    }
  | {
      readonly kind: "claim";
      readonly policy: PoolPolicy;
      readonly key: string;
      readonly prefix: Prefix;
      readonly run: StoredRun;
      readonly affinity: StoredAffinity | undefined;
    };

interface Row {
  readonly policy: PoolPolicy;
  readonly key: string;
  readonly row: string;
  readonly time: number;
  /** Whether the time is of a release. */
  readonly released: boolean;
}

/**
 * Finds room by the index rows alone, never by listing blocks: one round trip of three reads while some block is open or
 * unclaimed, one more of four when room must be waited for, reclaimed or borrowed. The numbers depend on nothing but, at
 * worst, on how many pools hold room that this query may not have.
 */
export async function findSpace(engine: Engine, query: SpaceQuery, options?: CallOptions): Promise<Space | undefined> {
  const affine = query.node === undefined ? [] : query.pools.filter(({ pool }) => affinityOf(pool) !== "shared");
  const shared = query.pools.filter(({ pool }) => affinityOf(pool) === "shared");
  const own = query.node === undefined ? "" : nodeList(query.node);
  const usable = [...shared, ...affine].sort((a, b) => (a.segment < b.segment ? -1 : 1));
  const affinitiesRead = readAffinities(engine, query.node, affine, options);
  const [sharedRow, ownRow, affinities, claim] = await Promise.all([
    firstRow(engine, query, SHARED_LIST, shared, 0, options),
    firstRow(engine, query, own, affine, 0, options),
    affinitiesRead,
    firstClaim(engine, query, usable, affinitiesRead, options),
  ]);
  const open = earlier(sharedRow, ownRow);
  const openFirst = claim === undefined || (open !== undefined && open.policy.segment <= claim.policy.segment);
  if (open !== undefined && openFirst && (claim === undefined || query.share === 0)) return blockAt(open);
  if (claim !== undefined) return claim;
  return laterSpace(engine, query, { shared, affine, own, affinities }, options);
}

/** Room that is not simply there: rested since, reclaimable, or another node's. */
async function laterSpace(
  engine: Engine,
  query: SpaceQuery,
  {
    shared,
    affine,
    own,
    affinities,
  }: {
    readonly shared: readonly PoolPolicy[];
    readonly affine: readonly PoolPolicy[];
    readonly own: string;
    readonly affinities: ReadonlyMap<PoolPolicy, StoredAffinity>;
  },
  options?: CallOptions,
): Promise<Space | undefined> {
  const lenders = affine.filter(({ pool }) => affinityOf(pool) === "preferred");
  const claimers = affine.filter((policy) => mayClaim(policy, affinities.get(policy), query.planned.get(policy)));
  const [sharedRow, ownRow, empty, lent, lentLater] = await Promise.all([
    firstRow(engine, query, SHARED_LIST, shared, 1, options),
    firstRow(engine, query, own, affine, 1, options),
    firstEmpty(engine, query, claimers, options),
    firstRow(engine, query, BORROW_LIST, lenders, 0, options),
    firstRow(engine, query, BORROW_LIST, lenders, 1, options),
  ]);
  const rested = earlier(sharedRow, ownRow);
  if (rested !== undefined) return blockAt(rested);
  if (empty !== undefined) return { ...blockAt(empty), reclaim: true };
  const borrowed = lent ?? lentLater;
  return borrowed === undefined ? undefined : blockAt(borrowed);
}

function affinityOf({ units }: PoolPolicy["pool"]): "shared" | "preferred" | "strict" {
  return units.kind === "addresses" ? units.affinity : "shared";
}

function earlier(a: Row | undefined, b: Row | undefined): Row | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.policy.segment <= b.policy.segment ? a : b;
}

function blockAt({ policy, key, row }: Row): Space & { readonly kind: "block" } {
  return { kind: "block", policy, key, row, reclaim: false };
}

/** Whether a node may own one more block. */
export function mayClaim({ pool }: PoolPolicy, affinity: StoredAffinity | undefined, planned = 0): boolean {
  if (pool.units.kind !== "addresses") return false;
  if (pool.units.affinity === "shared") return true;
  return affinity !== undefined && affinity.rows.length + planned < pool.units.maxBlocksPerNode;
}

/** The first row of a list that one of these pools may use now. */
async function firstRow(
  engine: Engine,
  query: SpaceQuery,
  list: string,
  pools: readonly PoolPolicy[],
  timed: 0 | 1,
  options: CallOptions | undefined,
): Promise<Row | undefined> {
  const root = engine.keys.space(list, query.family, timed);
  return scanRows(engine, root, pools, query.exclude.size + 1, options, (found) => {
    if (query.exclude.has(found.key)) return "next";
    const { units } = found.policy.pool;
    const cooldownMs = units.kind === "addresses" ? units.cooldownMs : 0;
    if (timed === 0 || found.time + cooldownMs + engine.skewMs <= query.now) return "take";
    // A release to come: a clock has stepped back. Whoever looks at the block lets the rest start again.
    return found.released && found.time > query.now + engine.skewMs ? "take" : "next_pool";
  });
}

/** The block that has been empty for longest, if that is long enough. */
async function firstEmpty(
  engine: Engine,
  query: SpaceQuery,
  pools: readonly PoolPolicy[],
  options: CallOptions | undefined,
): Promise<Row | undefined> {
  const root = engine.keys.emptyOf(query.family);
  return scanRows(engine, root, pools, query.exclude.size + 1, options, (found) => {
    if (query.exclude.has(found.key)) return "next";
    return found.time + RECLAIM_AGE_MS + engine.skewMs <= query.now ? "take" : "next_pool";
  });
}

/** Walks rows `<root><pool>/[<time>/]<hex>`, from pool to pool; leaps over what the query may not use. */
async function scanRows(
  engine: Engine,
  root: string,
  pools: readonly PoolPolicy[],
  limit: number,
  options: CallOptions | undefined,
  judge: (row: Row) => "take" | "next" | "next_pool",
): Promise<Row | undefined> {
  const last = pools[pools.length - 1];
  if (last === undefined) return undefined;
  const to = under(`${root}${last.segment}/`).to;
  for (let from = `${root}${(pools[0] as PoolPolicy).segment}/`; ; ) {
    const rows = await engine.range({ from, to, limit, select: "keys" }, options);
    let leap: string | undefined;
    for (const { key: row } of rows) {
      leap = undefined;
      const parts = row.slice(root.length).split("/");
      const policy = pools.find(({ segment }) => segment === parts[0]);
      if (policy === undefined) {
        const next = pools.find(({ segment }) => segment > (parts[0] as string));
        if (next === undefined) return undefined;
        leap = `${root}${next.segment}/`;
        break;
      }
      const found = rowOf(engine, policy, row, parts);
      const verdict = judge(found);
      if (verdict === "take") return found;
      if (verdict === "next_pool") {
        leap = under(`${root}${policy.segment}/`).to;
        break;
      }
    }
    const end = rows[rows.length - 1];
    if (leap !== undefined) from = leap;
    else if (end === undefined || rows.length < limit) return undefined;
    else from = `${end.key}!`;
  }
}

function rowOf(engine: Engine, policy: PoolPolicy, row: string, parts: readonly string[]): Row {
  const hex = parts[parts.length - 1] as string;
  const time = parts.length > 2 ? Number.parseInt((parts[1] as string).slice(0, TIME_DIGITS), 16) : 0;
  const { units } = policy.pool;
  const length = units.kind === "addresses" ? units.blockLength : 0;
  const released = parts[1]?.endsWith(RELEASE) === true;
  return { policy, key: `${engine.keys.blocksOf(policy.segment)}${hex}-${length}`, row, time, released };
}

/** A block to claim, out of the first run of a pool that has one with an address to hand out. */
async function firstClaim(
  engine: Engine,
  query: SpaceQuery,
  pools: readonly PoolPolicy[],
  affinitiesRead: Promise<ReadonlyMap<PoolPolicy, StoredAffinity>>,
  options: CallOptions | undefined,
): Promise<Space | undefined> {
  const root = engine.keys.unclaimedOf(query.family);
  const last = pools[pools.length - 1];
  if (last === undefined) return undefined;
  const to = under(`${root}${last.segment}/`).to;
  for (let from = `${root}${(pools[0] as PoolPolicy).segment}/`; ; ) {
    // Asked before it is known which pools the node is full in, to spare a round trip.
    const [[entry], affinities] = await Promise.all([engine.range({ from, to, limit: 1 }, options), affinitiesRead]);
    if (entry === undefined) return undefined;
    const name = entry.key.slice(root.length).split("/")[0] as string;
    const policy = pools.find(({ segment }) => segment === name);
    if (policy === undefined || !mayClaim(policy, affinities.get(policy), query.planned.get(policy))) {
      const next = pools.find(
        (each) => each.segment > name && mayClaim(each, affinities.get(each), query.planned.get(each)),
      );
      if (next === undefined) return undefined;
      from = `${root}${next.segment}/`;
      continue;
    }
    const claim = claimFrom(engine, policy, decodeRun(entry), query, affinities.get(policy));
    if (claim !== undefined) return claim;
    from = `${entry.key}!`;
  }
}

function claimFrom(
  engine: Engine,
  policy: PoolPolicy,
  run: StoredRun,
  query: SpaceQuery,
  affinity: StoredAffinity | undefined,
): Space | undefined {
  const { units } = policy.pool;
  if (units.kind !== "addresses") return undefined;
  let first = run.first;
  // Blocks that this very search has claimed already.
  for (;;) {
    const left = { ...run, first };
    const prefix = usableBlock(policy, units.blockLength, left, first === run.first ? query.share : 0);
    if (prefix === undefined) return undefined;
    const key = engine.keys.block(policy.segment, prefix);
    if (!query.exclude.has(key)) return { kind: "claim", policy, key, prefix, run, affinity };
    if (equalAddresses(run.last, firstAddress(prefix))) return undefined;
    const length = (prefix.family === 4 ? 32 : 128) - units.blockLength;
    first = addToAddress(firstAddress(prefix), 2 ** length);
  }
}

/** A block of a pool that a node may come to own: one nobody claimed, else one that stayed empty with another node. */
export async function findUnowned(
  engine: Engine,
  pool: PoolPolicy,
  node: string,
  options?: CallOptions,
): Promise<Space | undefined> {
  const query: SpaceQuery = {
    pools: [pool],
    family: pool.pool.prefix.family,
    node,
    exclude: new Set(),
    planned: new Map(),
    share: 0,
    now: engine.now(),
  };
  const affinitiesRead = readAffinities(engine, node, [pool], options);
  const claim = await firstClaim(engine, query, [pool], affinitiesRead, options);
  if (claim !== undefined) return claim;
  if (!mayClaim(pool, (await affinitiesRead).get(pool))) return undefined;
  const empty = await firstEmpty(engine, query, [pool], options);
  return empty === undefined ? undefined : { ...blockAt(empty), reclaim: true };
}

/** The next block of the run that a claim in the making is from, without a read; `undefined`: search. */
export function nextClaim(
  engine: Engine,
  claim: Space & { readonly kind: "claim" },
  query: SpaceQuery,
): Space | undefined {
  const { policy, run, affinity } = claim;
  if (!mayClaim(policy, affinity, query.planned.get(policy))) return undefined;
  return claimFrom(engine, policy, run, query, affinity);
}

/** Which blocks a node owns in each of these pools: one read. */
export async function readAffinities(
  engine: Engine,
  node: string | undefined,
  pools: readonly PoolPolicy[],
  options?: CallOptions,
): Promise<ReadonlyMap<PoolPolicy, StoredAffinity>> {
  if (node === undefined || pools.length === 0) return new Map();
  const keys = pools.map(({ segment }) => engine.keys.affinity(node, segment));
  const entries = await engine.get(keys, options);
  return new Map(pools.map((policy, index) => [policy, decodeAffinity(node, keys[index] as string, entries[index])]));
}

/** Reads what a node owns; an absent record: nothing. */
export function decodeAffinity(node: string, key: string, entry: StoreEntry | undefined): StoredAffinity {
  if (entry === undefined) return { node, key, revision: undefined, rows: [], record: undefined };
  const record = checkRecord<StoreRecord & { readonly blocks: readonly AffinityRow[] }>(entry, { blocks: "array" });
  return { node, key, revision: entry.revision, rows: record.blocks, record };
}
