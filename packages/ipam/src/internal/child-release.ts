import { containsPrefix, type Prefix } from "@netmason/net";
import type { PrefixAllocation, ReleaseReport, ReleaseTarget } from "../allocation.js";
import { IpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import { commitChange } from "./child-commit.js";
import type { ChildMirror, ChildMirrors } from "./child-mirror.js";
import { type StoredChild, toPrefixAllocation } from "./child-record.js";
import type { Engine } from "./engine.js";
import type { Policy, PoolPolicy } from "./policy.js";
import { WriteSet } from "./write-set.js";

type PrefixTarget = ReleaseTarget & { readonly prefix: Prefix };

/** Children to release: by target, or by key for a handle whose lock the caller has. */
export type ChildTargets = readonly PrefixTarget[] | { readonly handle: string; readonly childKeys: readonly string[] };

interface Guarded {
  readonly handle?: string;
  readonly sequence?: string;
}

/**
 * Releases child prefixes, one transaction each. After a lost answer, what is gone counts as released by this call, even
 * if another call released it in the same moment: nothing in the store says which of the two it was.
 *
 * @throws IpamError `prefix_in_use` before anything is released
 */
export async function releaseChildren(
  mirrors: ChildMirrors,
  engine: Engine,
  targets: ChildTargets,
  options?: CallOptions,
): Promise<ReleaseReport> {
  const policy = await engine.freshPolicy(options);
  const report = { released: [] as PrefixAllocation[], notHeld: [] as ReleaseTarget[], stale: [] as ReleaseTarget[] };
  const wanted = new Map<string, { readonly guard: Guarded; readonly target: ReleaseTarget | undefined }>();
  if ("childKeys" in targets) {
    for (const key of targets.childKeys) wanted.set(key, { guard: { handle: targets.handle }, target: undefined });
  } else {
    for (const target of targets) {
      const pool = poolAround(policy, target.prefix);
      if (pool === undefined) report.notHeld.push(target);
      else wanted.set(engine.keys.child(pool.segment, target.prefix), { guard: target, target });
    }
  }
  for (const key of wanted.keys()) checkUnused(policy, key);
  for (const [key, { guard, target }] of wanted) {
    const child = await releaseOne(mirrors, engine, key, guard, options);
    if (typeof child === "object") {
      engine.counters.releasedCount += 1;
      report.released.push(child);
    } else if (target !== undefined) report[child].push(target);
  }
  return report;
}

/** The innermost pool of prefixes around a prefix. */
function poolAround(policy: Policy, prefix: Prefix): PoolPolicy | undefined {
  let found: PoolPolicy | undefined;
  for (const each of policy.pools) {
    const { units, prefix: outer } = each.pool;
    if (units.kind !== "prefixes" || !containsPrefix(outer, prefix)) continue;
    if (found === undefined || outer.length > found.pool.prefix.length) found = each;
  }
  return found;
}

function checkUnused(policy: Policy, key: string): void {
  const inner = policy.pools.find(({ record }) => record.inside === key);
  if (inner === undefined) return;
  const { prefix, name } = inner.pool;
  throw new IpamError("prefix_in_use", `pool ${name} (${prefix}) lies in the prefix`, { prefix, pool: name });
}

async function releaseOne(
  mirrors: ChildMirrors,
  engine: Engine,
  key: string,
  guard: Guarded,
  options?: CallOptions,
): Promise<PrefixAllocation | "notHeld" | "stale"> {
  const mirror = mirrors.of(key.split("/")[2] ?? "");
  await engine.locks.acquire([mirror.guardKey]);
  /** What a try may have released whose answer was lost: if it is gone, that is what happened. */
  let tried: PrefixAllocation | undefined;
  try {
    for (let lost = 1; ; lost += 1) {
      options?.signal?.throwIfAborted();
      if (!(await mirror.refresh())) return tried ?? "notHeld";
      const child = mirror.child(key);
      if (child === undefined || child.record.releasedAt !== undefined) return tried ?? "notHeld";
      const { handle, sequence } = child.record;
      // Somebody's next child, which this call was never about.
      if (tried !== undefined && tried.sequence !== sequence) return tried;
      if ((guard.handle ?? handle) !== handle || (guard.sequence ?? sequence) !== sequence) return "stale";
      const policy = await engine.loadPolicy(options);
      checkUnused(policy, key);
      const pool = policy.bySegment.get(mirror.segment);
      if (pool === undefined) return tried ?? "notHeld";
      const held = toPrefixAllocation(pool.pool.name, child);
      const outcome = await endChild(mirror, policy, pool, child);
      if (outcome === "ended") return held;
      if (outcome === "unknown") tried = held;
      await engine.backOff(mirror.guardKey, lost, options?.signal);
    }
  } finally {
    engine.locks.release([mirror.guardKey]);
  }
}

/**
 * Deletes a child, or lets it rest if the pool has a cooldown, and takes it from its handle. `unknown`: it may have, but
 * the guard, which would say so, was written by others since.
 */
async function endChild(
  mirror: ChildMirror,
  policy: Policy,
  pool: PoolPolicy,
  child: StoredChild,
): Promise<"ended" | "lost" | "unknown"> {
  const { engine } = mirror;
  const handleKey = engine.keys.handle(child.record.handle);
  if (engine.cache.handle(handleKey) === undefined) {
    const [entry] = await engine.get([handleKey]);
    engine.learnHandle(handleKey, entry);
  }
  const writes = new WriteSet(engine, policy, engine.now());
  const rests = pool.pool.units.cooldownMs > 0;
  const record = { ...child.record, releasedAt: writes.now };
  writes.compare(child.key, child.revision);
  if (rests) writes.put(child.key, record);
  else writes.delete(child.key);
  writes.handle(child.record.handle).remove(child.key);
  if (!(await commitChange(mirror, writes, [child.key]))) return writes.isUncertain ? "unknown" : "lost";
  if (rests) mirror.keep({ ...child, record, revision: mirror.guard?.revision ?? "" });
  else mirror.drop(child);
  return "ended";
}
