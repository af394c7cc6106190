import { equalAddresses } from "@netmason/net";
import type { AuditFinding } from "../audit.js";
import type { CallOptions } from "../store.js";
import { poolSegment } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf, nameOf } from "./keys.js";
import type { AffinityRow } from "./records.js";
import { reindexPool } from "./reindex.js";
import { dropStaleRow } from "./row-repair.js";
import { findingsIn } from "./run-audit.js";
import { encodeRun, type Run } from "./run-record.js";
import { readSnapshot, type StoreSnapshot } from "./store-snapshot.js";
import { isInside, wholeRun, withoutBlock } from "./unclaimed.js";
import { WriteSet } from "./write-set.js";

/**
 * Repairs what a crash of a writer, or of a change of pools, can leave behind: index rows, handles that name too much or
 * too little, affinities without a block. Each repair compares what it was derived from. Returns how many there were.
 */
export async function repairIndex(engine: Engine, options?: CallOptions): Promise<number> {
  let count = 0;
  for (const name of (await engine.freshPolicy(options)).reindex.keys()) {
    await reindexPool(engine, name, { everyList: true }, options);
    count += 1;
  }
  const snapshot = await readSnapshot(engine, options);
  const done = new Set<string>();
  for (const finding of findingsIn(engine, snapshot)) {
    const id = `${finding.rule} ${finding.path}`;
    if (done.has(id)) continue;
    done.add(id);
    options?.signal?.throwIfAborted();
    if (await repairOne(engine, snapshot, finding)) count += 1;
  }
  return count;
}

async function repairOne(engine: Engine, snapshot: StoreSnapshot, { rule, path }: AuditFinding): Promise<boolean> {
  if (rule === "A5" || rule === "A6") return repairHandle(engine, snapshot, path);
  if (rule === "A7" && path.startsWith("a/")) return repairAffinity(engine, snapshot, path);
  if (rule === "A10" && (path.startsWith("o/") || path.startsWith("e/"))) return repairRow(engine, snapshot, path);
  if (rule === "A10" && path.startsWith("u/")) return repairRuns(engine, snapshot, path.split("/")[3] ?? "");
  if (rule === "A10" && path.startsWith("b/")) {
    const fixed = await repairBlock(engine, snapshot, path);
    return (await repairRuns(engine, snapshot, poolSegment(path))) || fixed;
  }
  return false;
}

/** Makes a handle name what the snapshot found of it, if nothing of that has changed since. */
async function repairHandle(engine: Engine, snapshot: StoreSnapshot, key: string): Promise<boolean> {
  const name = nameOf(key.split("/")[2] ?? "");
  const state = snapshot.handles.get(key);
  const writes = new WriteSet(engine, snapshot.policy, engine.now());
  engine.cache.putHandle(key, state);
  const change = writes.handle(name);
  const places = new Set(state?.record.at);
  for (const { key: blockKey, record } of snapshot.blocks.values()) {
    if (record.live.some(({ h }) => h === name)) places.add(blockKey);
  }
  for (const { key: childKey, record } of snapshot.children.values()) {
    if (record.handle === name && record.releasedAt === undefined) places.add(childKey);
  }
  change.at = [];
  for (const place of places) {
    const block = snapshot.blocks.get(place);
    const child = snapshot.children.get(place);
    writes.compare(place, block?.revision ?? child?.revision);
    const held = block?.record.live.some(({ h }) => h === name) ?? false;
    if (held || (child?.record.handle === name && child.record.releasedAt === undefined)) change.add(place);
  }
  return (await writes.commit()).kind === "committed";
}

/** Takes rows out of an affinity that no block confirms. */
async function repairAffinity(engine: Engine, snapshot: StoreSnapshot, key: string): Promise<boolean> {
  const stored = snapshot.affinities.get(key);
  if (stored === undefined) return false;
  const segment = key.split("/")[3] ?? "";
  const writes = new WriteSet(engine, snapshot.policy, engine.now());
  for (const row of stored.rows) {
    const blockKey = engine.keys.blockOf(segment, row.prefix);
    const block = snapshot.blocks.get(blockKey);
    if (isTrue(row, block?.record.node, stored.node)) continue;
    writes.compare(blockKey, block?.revision);
    writes.removeAffinity(stored, row.prefix);
  }
  return (await writes.commit()).kind === "committed";
}

function isTrue({ state }: AffinityRow, owner: string | undefined, node: string): boolean {
  return state === "confirmed" && owner === node;
}

/** A row that is missing, or leads nowhere: the block is written anew with its rows, or the row goes. */
async function repairRow(engine: Engine, snapshot: StoreSnapshot, row: string): Promise<boolean> {
  const parts = row.split("/");
  const hex = parts[parts.length - 1] ?? "";
  // e/<vrf>/<family>/<pool>/…, o/<vrf>/<list>/<family>/<class>/<pool>/…; the list of a node has two segments.
  const pool = snapshot.policy.bySegment.get(parts[parts[0] === "e" ? 3 : parts[2] === "n" ? 6 : 5] ?? "");
  if (pool === undefined || pool.pool.units.kind !== "addresses") return dropOrphan(engine, snapshot, row);
  const key = `${engine.keys.blocksOf(pool.segment)}${hex}-${pool.pool.units.blockLength}`;
  if (snapshot.rows.has(row)) {
    const [state] = await engine.readBlocks([key]);
    await dropStaleRow(engine, pool, row, key, state);
    return true;
  }
  return repairBlock(engine, snapshot, key);
}

/** A row of a pool that is gone. */
async function dropOrphan(engine: Engine, snapshot: StoreSnapshot, row: string): Promise<boolean> {
  const writes = new WriteSet(engine, snapshot.policy, engine.now());
  writes.delete(row);
  return (await writes.commit()).kind === "committed";
}

async function repairBlock(engine: Engine, snapshot: StoreSnapshot, key: string): Promise<boolean> {
  const state = snapshot.blocks.get(key);
  const pool = snapshot.policy.bySegment.get(key.split("/")[2] ?? "");
  if (state === undefined || pool === undefined) return false;
  await engine.locks.acquire([key]);
  try {
    const writes = new WriteSet(engine, snapshot.policy, engine.now());
    writes.everyList = true;
    writes.open(pool, state).touch();
    return (await writes.commit()).kind === "committed";
  } finally {
    engine.locks.release([key]);
  }
}

/**
 * Puts the unclaimed runs of a pool where no block is. Nobody can claim meanwhile what the new runs add, because only a run
 * is claimed from, and what the old ones had is compared.
 */
async function repairRuns(engine: Engine, snapshot: StoreSnapshot, segment: string): Promise<boolean> {
  const pool = snapshot.policy.bySegment.get(segment);
  if (pool?.pool.units.kind !== "addresses") return false;
  const { prefix, units } = pool.pool;
  const root = `${engine.keys.unclaimedOf(prefix.family)}${segment}/`;
  let runs: readonly Run[] = [wholeRun(prefix, units.blockLength)];
  const blockRoot = engine.keys.blocksOf(segment);
  for (const [key, block] of snapshot.blocks) {
    if (key.startsWith(blockRoot))
      runs = runs.flatMap((run) => (isInside(run, block.prefix) ? withoutBlock(run, block.prefix) : [run]));
  }
  const writes = new WriteSet(engine, snapshot.policy, engine.now());
  const wanted = new Map(runs.map((run) => [root + hexOf(run.last), run]));
  let wrong = 0;
  for (const { key, revision, first } of snapshot.runs) {
    if (!key.startsWith(root)) continue;
    const run = wanted.get(key);
    wanted.delete(key);
    if (run !== undefined && equalAddresses(run.first, first)) continue;
    wrong += 1;
    writes.compare(key, revision);
    if (run === undefined) writes.delete(key);
    else writes.put(key, encodeRun(run, writes.writer));
  }
  for (const [key, run] of wanted) {
    writes.compare(key, undefined);
    writes.put(key, encodeRun(run, writes.writer));
  }
  if (wrong + wanted.size === 0 || !writes.fits(0)) return false;
  return (await writes.commit()).kind === "committed";
}
