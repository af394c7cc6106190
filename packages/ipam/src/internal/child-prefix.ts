import { containsPrefix, type Prefix } from "@netmason/net";
import type { PrefixAllocation } from "../allocation.js";
import { IpamError } from "../errors.js";
import type { PoolVerdict } from "../explanation.js";
import type { PrefixRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { poolNamed } from "./change-policy.js";
import { type ChildMirror, type ChildMirrors, nextGuard } from "./child-mirror.js";
import { type ChildRecord, childRests, type StoredChild, toPrefixAllocation } from "./child-record.js";
import type { Engine } from "./engine.js";
import { explainRequest } from "./explain.js";
import type { PoolPolicy } from "./policy.js";
import { checkAttributes, checkHandle } from "./request-checks.js";
import { WriteSet } from "./write-set.js";

/** Rested children that one transaction clears away beside what it is for. */
const CLEARED_AT_ONCE = 16;

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
  try {
    for (let lost = 0; ; lost += 1) {
      options?.signal?.throwIfAborted();
      const taken = await tryAllocate(mirror, request, options);
      if (taken !== undefined) return taken;
      await engine.backOff(mirror.guardKey, lost + 1, options?.signal);
    }
  } finally {
    engine.locks.release(locks);
  }
}

async function tryAllocate(
  mirror: ChildMirror,
  request: PrefixRequest,
  options?: CallOptions,
): Promise<PrefixAllocation | undefined> {
  const { engine } = mirror;
  const current = await engine.loadPolicy(options);
  const policy = poolNamed(current, request.pool);
  checkWant(policy, request);
  if (mirror.guard === undefined && !(await mirror.refresh())) {
    engine.forgetPolicy();
    return undefined;
  }
  const { want, handle, attributes } = request;
  if (typeof want !== "number") {
    const same = mirror.children.get(engine.keys.child(policy.segment, want));
    if (same !== undefined && same.record.handle === handle && same.record.releasedAt === undefined) {
      if (await isCurrent(mirror)) return toPrefixAllocation(request.pool, same);
      return undefined;
    }
  }
  const writes = new WriteSet(engine, current, engine.now());
  const cleared = clearRested(mirror, policy, writes);
  const prefix = policy.pool.state === "enabled" ? choose(mirror, policy, want) : undefined;
  if (prefix === undefined) {
    for (const child of cleared.values()) mirror.children.set(child.key, child);
    mirror.reset();
    if ((await isCurrent(mirror)) && (await engine.freshPolicy(options)) === current) {
      throw await refusal(mirror, policy, request, options);
    }
    return undefined;
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
  const committed = await commitChange(mirror, writes, [...[...cleared.keys()].filter((each) => each !== key), key]);
  if (!committed) {
    // What was to be cleared may stand as it was, and its keys need not be among those that changed.
    if (cleared.size > 0) mirror.guard = undefined;
    return undefined;
  }
  engine.counters.allocatedCount += 1;
  const child: StoredChild = { key, revision: mirror.guard?.revision ?? "", record, prefix };
  mirror.children.set(key, child);
  return toPrefixAllocation(request.pool, child);
}

function choose(mirror: ChildMirror, policy: PoolPolicy, want: number | Prefix): Prefix | undefined {
  const space = mirror.space(policy);
  if (typeof want === "number") return space.allocate(want);
  return space.allocateExact(want) ? want : undefined;
}

/** Takes children that have rested out of the pool; returns them. */
function clearRested(mirror: ChildMirror, policy: PoolPolicy, writes: WriteSet): ReadonlyMap<string, StoredChild> {
  const { engine } = mirror;
  const cleared = new Map<string, StoredChild>();
  for (const child of mirror.children.values()) {
    if (child.record.releasedAt === undefined || childRests(engine, policy, child, writes.now)) continue;
    cleared.set(child.key, child);
    writes.delete(child.key);
    if (cleared.size >= Math.min(CLEARED_AT_ONCE, writes.engine.store.limits.txnKeyCount - 6)) break;
  }
  for (const key of cleared.keys()) mirror.children.delete(key);
  if (cleared.size > 0) mirror.reset();
  return cleared;
}

/** Commits a change of children with the guard; a lost one leaves the mirror as the store is. */
export async function commitChange(mirror: ChildMirror, writes: WriteSet, keys: readonly string[]): Promise<boolean> {
  const { guard } = mirror;
  if (guard === undefined) return false;
  const next = nextGuard(guard.record, keys, writes.writer);
  writes.compare(mirror.guardKey, guard.revision);
  writes.put(mirror.guardKey, next);
  const outcome = await writes.commit().catch((error: unknown) => {
    mirror.guard = undefined;
    mirror.reset();
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
  mirror.reset();
  // A child that is not as the guard said: the mirror is not to be believed, whatever the guard is.
  if (outcome.keys.some((key) => keys.includes(key))) mirror.guard = undefined;
  await mirror.refresh();
  return false;
}

/** Whether the mirror shows the pool as it is; if not, it does now. */
async function isCurrent(mirror: ChildMirror): Promise<boolean> {
  const before = mirror.guard?.revision;
  await mirror.refresh();
  return before !== undefined && mirror.guard?.revision === before;
}

function checkWant({ pool }: PoolPolicy, { want }: PrefixRequest): void {
  const { units } = pool;
  if (units.kind !== "prefixes") throw new TypeError(`pool: ${pool.name} hands out addresses, not prefixes`);
  const length = typeof want === "number" ? want : want.length;
  if (!Number.isInteger(length) || length < units.minLength || length > units.maxLength) {
    throw new RangeError(`want: a length of ${units.minLength} to ${units.maxLength} is possible, got ${length}`);
  }
  if (typeof want !== "number" && !containsPrefix(pool.prefix, want)) {
    throw new RangeError(`want: ${want} is not inside ${pool.prefix}`);
  }
}

async function refusal(
  mirror: ChildMirror,
  policy: PoolPolicy,
  { want, handle, pool }: PrefixRequest,
  options?: CallOptions,
): Promise<IpamError> {
  if (typeof want === "number") {
    mirror.engine.counters.exhaustedCount += 1;
    mirror.engine.notify({ kind: "exhausted", handle, pools: [pool] });
    const addresses = await explainRequest(mirror.engine, { handle, pools: [pool] }, options);
    // The verdict on a request of addresses says nothing here: prefixes were asked for.
    const { state } = policy.pool;
    const verdict: PoolVerdict = state === "enabled" ? "exhausted" : state;
    const explanation = { ...addresses, pools: addresses.pools.map((each) => ({ ...each, verdict })) };
    const text = `pool ${pool} has no free prefix of length ${want} for ${handle}`;
    return new IpamError("pool_exhausted", text, { explanation, requestedCount: 1, obtainedCount: 0 });
  }
  const blocker = blockerOf(mirror, policy, want);
  return new IpamError("prefix_unavailable", `${want} of pool ${pool} is not free: ${blocker}`, {
    prefix: want,
    blocker,
  });
}

function blockerOf(mirror: ChildMirror, policy: PoolPolicy, want: Prefix): Prefix | string {
  const child = mirror.blocker(want);
  if (child !== undefined) return child.prefix;
  return policy.pool.state === "enabled" ? "reservation" : policy.pool.state;
}
