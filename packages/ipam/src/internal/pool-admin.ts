import { containsPrefix, firstAddress, overlaps, prefixOf } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { PoolSpec } from "../pool.js";
import type { Pool, PoolChange } from "../pool-state.js";
import type { CallOptions } from "../store.js";
import { changePolicy, poolNamed } from "./change-policy.js";
import { firstGuard } from "./child-mirror.js";
import type { ChildRecord } from "./child-record.js";
import { clearChildren } from "./clear-children.js";
import { countHeld, dropIdleBlocks } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { hexOf, under } from "./keys.js";
import type { Policy, PoolPolicy } from "./policy.js";
import { changePool, completePool, encodePool } from "./pool-record.js";
import { reindexPool } from "./reindex.js";
import { encodeRun } from "./run-record.js";
import { wholeRun } from "./unclaimed.js";
import type { WriteSet } from "./write-set.js";

export async function createPool(engine: Engine, spec: PoolSpec, options?: CallOptions): Promise<Pool> {
  const pool = completePool(spec);
  await changePolicy(
    engine,
    async (policy, writes) => {
      if (policy.byName.has(pool.name)) {
        throw new IpamError("pool_exists", `there is a pool ${pool.name} already`, { pool: pool.name });
      }
      await addPool(engine, policy, writes, pool, options);
    },
    options,
  );
  return pool;
}

/** Adds a pool, all of it unclaimed, to a transaction. */
export async function addPool(
  engine: Engine,
  policy: Policy,
  writes: WriteSet,
  pool: Pool,
  options?: CallOptions,
): Promise<void> {
  const inside = await checkOverlaps(engine, policy, writes, pool, options);
  const { units } = pool;
  const strict = units.kind === "addresses" && units.affinity === "strict";
  const record = encodePool(pool, {
    ...(strict && { strictAt: writes.now }),
    ...(inside !== undefined && { inside }),
  });
  writes.put(engine.keys.pool(pool.name), record);
  const segment = encodeURIComponent(pool.name);
  if (units.kind === "prefixes") writes.put(engine.keys.guard(segment), firstGuard(writes.writer));
  else {
    const run = wholeRun(pool.prefix, units.blockLength);
    const key = engine.keys.unclaimed(pool.prefix.family, segment, hexOf(run.last));
    writes.put(key, encodeRun(run, writes.writer));
  }
}

/** Throws `pool_overlap` unless every overlap is one pool inside a live child of another; returns the key of the child. */
async function checkOverlaps(
  engine: Engine,
  policy: Policy,
  writes: WriteSet,
  pool: Pool,
  options?: CallOptions,
): Promise<string | undefined> {
  let inside: string | undefined;
  let innermost = -1;
  for (const other of policy.pools) {
    if (!overlaps(other.pool.prefix, pool.prefix)) continue;
    const child = await childAround(engine, other, pool, writes, options);
    if (child === undefined) {
      const text = `pool ${pool.name} (${pool.prefix}) overlaps pool ${other.pool.name} (${other.pool.prefix})`;
      throw new IpamError("pool_overlap", text, { pool: pool.name, other: other.pool.name });
    }
    if (other.pool.prefix.length > innermost) [inside, innermost] = [child, other.pool.prefix.length];
  }
  return inside;
}

async function childAround(
  engine: Engine,
  other: PoolPolicy,
  pool: Pool,
  writes: WriteSet,
  options?: CallOptions,
): Promise<string | undefined> {
  const { prefix, units } = other.pool;
  if (units.kind !== "prefixes" || !containsPrefix(prefix, pool.prefix)) return undefined;
  const first = firstAddress(pool.prefix);
  const keys: string[] = [];
  for (let length = prefix.length; length <= pool.prefix.length; length += 1) {
    keys.push(engine.keys.child(other.segment, prefixOf(first, length)));
  }
  const entries = await engine.get(keys, options);
  const found = entries.find((entry) => entry !== undefined && (entry.value as ChildRecord).releasedAt === undefined);
  if (found === undefined) return undefined;
  writes.compare(found.key, found.revision);
  return found.key;
}

export async function updatePool(
  engine: Engine,
  name: string,
  change: PoolChange,
  options?: CallOptions,
): Promise<Pool> {
  const { pool, index, everyList } = await changePolicy(
    engine,
    (policy, writes) => {
      const before = poolNamed(policy, name);
      checkKind(before.pool, change);
      const after = changePool(before.pool, change);
      const lists = affinityOf(after) !== affinityOf(before.pool);
      const strictAt = affinityOf(after) !== "strict" ? undefined : lists ? writes.now : before.record.strictAt;
      const { inside } = before.record;
      const extra = { ...(strictAt !== undefined && { strictAt }), ...(inside !== undefined && { inside }) };
      const record = { ...unknownFields(before), ...encodePool(after, extra) };
      writes.put(engine.keys.pool(name), record);
      const needed = after.units.kind === "addresses" && (lists || change.units !== undefined);
      if (needed) writes.put(engine.keys.reindex(name), { v: 1, w: writes.writer });
      return { pool: after, index: needed, everyList: lists };
    },
    options,
  );
  if (index) await reindexPool(engine, name, { everyList }, options);
  if (pool.state === "draining" && pool.units.kind === "addresses") await dropIdleBlocks(engine, name, options);
  return pool;
}

const POOL_FIELDS = new Set([
  "v",
  "name",
  "prefix",
  "state",
  "units",
  "eligibility",
  "attributes",
  "strictAt",
  "inside",
]);

/** Fields of a newer writer. */
function unknownFields({ record }: PoolPolicy): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !POOL_FIELDS.has(field)));
}

function affinityOf({ units }: Pool): string | undefined {
  return units.kind === "addresses" ? units.affinity : undefined;
}

function checkKind({ name, units }: Pool, change: PoolChange): void {
  const fixed = ["kind", "blockLength"].find((field) => change.units !== undefined && field in change.units);
  const path = fixed === undefined ? "/units" : `/units/${fixed}`;
  if (fixed === undefined && (units.kind === "addresses" || change.units === undefined)) return;
  const text = fixed === undefined ? "only cooldowns of pools of addresses change" : `${fixed} cannot be changed`;
  throw new IpamError("invalid_pool", `pool ${name}: ${text}`, { pool: name, path });
}

/**
 * Deletes an empty pool: stops it first, so that nothing can come into it while it is being looked through, and lets it go
 * on as before if it cannot be deleted.
 */
export async function deletePool(engine: Engine, name: string, options?: CallOptions): Promise<void> {
  for (let lost = 1; ; lost += 1) {
    let before: Pool["state"] = "draining";
    try {
      await changePolicy(
        engine,
        (policy, writes) => {
          const { pool, record } = poolNamed(policy, name);
          before = pool.state;
          if (before !== "draining") writes.put(engine.keys.pool(name), { ...record, state: "draining" });
        },
        options,
      );
      if (await tryDelete(engine, name, options)) return;
    } catch (error) {
      if (before !== "draining") await restoreState(engine, name, before);
      throw error;
    }
    await engine.backOff(engine.keys.pool(name), lost, options?.signal);
  }
}

/** Deletes a pool that drains; `false`: it was changed after it had been looked through. */
async function tryDelete(engine: Engine, name: string, options?: CallOptions): Promise<boolean> {
  const { revision, segment, pool } = poolNamed(await engine.freshPolicy(options), name);
  if (pool.state !== "draining") return false;
  const count = await countHeld(engine, name, options);
  if (count.liveCount + count.coolingCount + count.prefixCount > 0) {
    const text = `pool ${name} has ${count.liveCount} live and ${count.coolingCount} resting addresses and ${count.prefixCount} child prefixes`;
    throw new IpamError("pool_not_empty", text, { pool: name, ...count });
  }
  await dropIdleBlocks(engine, name, options);
  if (!(await clearChildren(engine, segment, options))) return false;
  return changePolicy(
    engine,
    async (policy, writes) => {
      if (poolNamed(policy, name).revision !== revision) return false;
      writes.compare(engine.keys.pool(name), revision);
      writes.delete(engine.keys.pool(name));
      writes.delete(engine.keys.guard(segment));
      if (policy.reindex.has(name)) writes.delete(engine.keys.reindex(name));
      const runs = under(`${engine.keys.unclaimedOf(pool.prefix.family)}${segment}/`);
      for await (const { key } of engine.pages(runs, options)) writes.delete(key);
      return true;
    },
    options,
  );
}

/** Lets a pool go on whose deletion failed; what of it cannot be done must not hide why the deletion failed. */
async function restoreState(engine: Engine, name: string, state: Pool["state"]): Promise<void> {
  const restored = changePolicy(engine, (policy, writes) => {
    const found = policy.byName.get(name);
    // Somebody else has changed or deleted it: theirs holds.
    if (found?.pool.state !== "draining") return;
    writes.put(engine.keys.pool(name), { ...found.record, state });
  });
  await Promise.allSettled([restored]);
}
