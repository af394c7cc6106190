import type { PrefixAllocation } from "../allocation.js";
import type { PrefixRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { poolNamed } from "./change-policy.js";
import { type ChildMirror, type ChildMirrors, nextGuard } from "./child-mirror.js";
import { type ChildRecord, childRests, type StoredChild, toPrefixAllocation } from "./child-record.js";
import { checkWant, prefixRefusal } from "./child-refusal.js";
import type { Engine } from "./engine.js";
import type { PoolPolicy } from "./policy.js";
import { checkAttributes, checkHandle } from "./request-checks.js";
import { uncertainError } from "./unknown-outcome.js";
import { WriteSet } from "./write-set.js";

/** Rested children that one transaction clears away beside what it is for. */
const CLEARED_AT_ONCE = 16;

/** A try of one call: if its answer was lost, its child may arrive before the next write. */
interface ChildTry {
  readonly key: string;
  readonly writes: WriteSet;
}

/** `allocatePrefix`. */
export async function allocatePrefix(
  mirrors: ChildMirrors,
  engine: Engine,
  request: PrefixRequest,
  options?: CallOptions,
): Promise<PrefixAllocation> {
  checkHandle(request.handle);
  checkAttributes(request.attributes);
  let policy = await engine.loadPolicy(options);
  if (!policy.byName.has(request.pool)) policy = await engine.freshPolicy(options);
  const mirror = mirrors.of(poolNamed(policy, request.pool).segment);
  const locks = [engine.keys.handle(request.handle), mirror.guardKey];
  await engine.locks.acquire(locks);
  const tries: ChildTry[] = [];
  try {
    for (let lost = 0; ; ) {
      options?.signal?.throwIfAborted();
      const arrived = arrivedOf(mirror, tries);
      if (arrived !== undefined) return toPrefixAllocation(request.pool, arrived);
      const taken = await tryAllocate(mirror, request, tries, options);
      if (typeof taken === "object") return taken;
      if (taken === "lost") await engine.backOff(mirror.guardKey, ++lost, options?.signal);
    }
  } catch (error) {
    const isUncertain = tries.some(({ writes }) => writes.isUncertain);
    throw isUncertain ? uncertainError(error, mirror.guardKey, request.handle) : error;
  } finally {
    engine.locks.release(locks);
  }
}

/** The child of an earlier try of this call, which would get another one beside it. */
function arrivedOf(mirror: ChildMirror, tries: readonly ChildTry[]): StoredChild | undefined {
  for (const { key, writes } of tries) {
    const child = mirror.child(key);
    if (child?.record.sequence !== writes.writer || child.record.releasedAt !== undefined) continue;
    mirror.engine.counters.allocatedCount += 1;
    return child;
  }
  return undefined;
}

async function tryAllocate(
  mirror: ChildMirror,
  request: PrefixRequest,
  tries: ChildTry[],
  options?: CallOptions,
): Promise<PrefixAllocation | "lost" | "cleared"> {
  const { engine } = mirror;
  const current = await engine.loadPolicy(options);
  const policy = poolNamed(current, request.pool);
  checkWant(policy, request);
  if (mirror.guard === undefined && !(await mirror.refresh())) {
    engine.forgetPolicy();
    return "lost";
  }
  const { want, handle, attributes } = request;
  if (typeof want !== "number") {
    const same = mirror.child(engine.keys.child(policy.segment, want));
    if (same !== undefined && same.record.handle === handle && same.record.releasedAt === undefined) {
      if (await isCurrent(mirror)) return toPrefixAllocation(request.pool, same);
      return "lost";
    }
  }
  const writes = new WriteSet(engine, current, engine.now());
  const isOpen = policy.pool.state === "enabled";
  const cleared = isOpen ? clearRested(mirror, policy, writes) : new Map<string, StoredChild>();
  const prefix = isOpen ? mirror.take(policy, want) : undefined;
  const undo = (): void => {
    if (prefix !== undefined) mirror.giveBack(prefix);
    for (const child of cleared.values()) mirror.restore(child);
  };
  if (prefix === undefined) {
    // What has rested may be more than one transaction clears, and make room only together.
    if (cleared.size > 0) return (await commitChange(mirror, writes, [...cleared.keys()], undo)) ? "cleared" : "lost";
    if ((await isCurrent(mirror)) && (await engine.freshPolicy(options)) === current) {
      throw await prefixRefusal(mirror, policy, request, options);
    }
    return "lost";
  }
  const key = engine.keys.child(policy.segment, prefix);
  const record: ChildRecord = {
    v: 1,
    prefix: prefix.toString(),
    handle,
    sequence: writes.writer,
    allocatedAt: writes.now,
    ...(attributes !== undefined && { attributes }),
  };
  writes.compare(key, cleared.get(key)?.revision);
  writes.put(key, record);
  writes.handle(handle).add(key);
  tries.push({ key, writes });
  const changed = [...[...cleared.keys()].filter((each) => each !== key), key];
  if (!(await commitChange(mirror, writes, changed, undo))) return "lost";
  engine.counters.allocatedCount += 1;
  const child: StoredChild = { key, revision: mirror.guard?.revision ?? "", record, prefix };
  mirror.keep(child);
  return toPrefixAllocation(request.pool, child);
}

/** Takes children that have rested out of the pool, those that rest longest first; returns them. */
function clearRested(mirror: ChildMirror, policy: PoolPolicy, writes: WriteSet): ReadonlyMap<string, StoredChild> {
  const { engine } = mirror;
  const most = Math.min(CLEARED_AT_ONCE, engine.store.limits.txnKeyCount - 6);
  const cleared = new Map<string, StoredChild>();
  for (let child = mirror.restsLongest; child !== undefined && cleared.size < most; child = mirror.restsLongest) {
    if (childRests(engine, policy, child, writes.now)) break;
    cleared.set(child.key, child);
    writes.delete(child.key);
    mirror.drop(child);
  }
  return cleared;
}

/** Commits a change of children with the guard; a lost one is undone, and leaves the mirror as the store is. */
export async function commitChange(
  mirror: ChildMirror,
  writes: WriteSet,
  keys: readonly string[],
  undo: () => void = () => {},
): Promise<boolean> {
  const { guard } = mirror;
  if (guard === undefined) return false;
  const next = nextGuard(guard.record, keys, writes.writer);
  writes.compare(mirror.guardKey, guard.revision);
  writes.put(mirror.guardKey, next);
  const outcome = await writes.commit().catch((error: unknown) => {
    undo();
    mirror.guard = undefined;
    throw error;
  });
  if (outcome.kind === "committed" && outcome.revision !== undefined) {
    mirror.guard = { revision: outcome.revision, record: next };
    return true;
  }
  if (outcome.kind === "committed") {
    mirror.guard = undefined;
    return true;
  }
  undo();
  // A child that is not as an unchanged guard says: the mirror is not to be believed. A changed one names the child.
  const isOld = outcome.keys.includes(mirror.guardKey);
  if (!isOld && outcome.keys.some((key) => keys.includes(key))) mirror.guard = undefined;
  await mirror.refresh();
  return false;
}

/** Whether the mirror shows the pool as it is; if not, it does now. */
async function isCurrent(mirror: ChildMirror): Promise<boolean> {
  const before = mirror.guard?.revision;
  await mirror.refresh();
  return before !== undefined && mirror.guard?.revision === before;
}
