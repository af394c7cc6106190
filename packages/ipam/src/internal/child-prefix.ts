import type { Prefix } from "@netmason/net";
import type { PrefixAllocation } from "../allocation.js";
import type { PrefixRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { poolNamed } from "./change-policy.js";
import { commitChange } from "./child-commit.js";
import type { ChildMirror, ChildMirrors } from "./child-mirror.js";
import { type ChildRecord, type StoredChild, toPrefixAllocation } from "./child-record.js";
import { checkWant, prefixRefusal } from "./child-refusal.js";
import { clearRested, restartRests, undoChild } from "./child-upkeep.js";
import type { Engine } from "./engine.js";
import { checkAttributes, checkHandle } from "./request-checks.js";
import { uncertainError } from "./unknown-outcome.js";
import { WriteSet } from "./write-set.js";

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
      const arrived = arrivedOf(mirror, tries);
      if (arrived !== undefined) return await keepOrUndo(mirror, request.pool, arrived, options);
      options?.signal?.throwIfAborted();
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
  const { want, handle } = request;
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
    const restarted = isOpen ? await restartRests(mirror, writes) : undefined;
    if (restarted !== undefined) return restarted ? "cleared" : "lost";
    if ((await isCurrent(mirror)) && (await engine.freshPolicy(options)) === current) {
      throw await prefixRefusal(mirror, policy, request, options);
    }
    return "lost";
  }
  const key = engine.keys.child(policy.segment, prefix);
  const record = recordOf(request, prefix, writes);
  writes.compare(key, cleared.get(key)?.revision);
  writes.put(key, record);
  writes.handle(handle).add(key);
  tries.push({ key, writes });
  const changed = [...[...cleared.keys()].filter((each) => each !== key), key];
  if (!(await commitChange(mirror, writes, changed, undo))) return "lost";
  engine.counters.allocatedCount += 1;
  const child: StoredChild = { key, revision: mirror.guard?.revision ?? "", record, prefix };
  mirror.keep(child);
  return keepOrUndo(mirror, request.pool, child, options);
}

/** What a call returns that took a child; after an abort the child is given back. */
async function keepOrUndo(
  mirror: ChildMirror,
  pool: string,
  child: StoredChild,
  options?: CallOptions,
): Promise<PrefixAllocation> {
  if (options?.signal?.aborted !== true) return toPrefixAllocation(pool, child);
  await undoChild(mirror, child);
  throw options.signal.reason;
}

function recordOf({ handle, attributes }: PrefixRequest, prefix: Prefix, { writer, now }: WriteSet): ChildRecord {
  const held = { v: 1, prefix: prefix.toString(), handle, sequence: writer, allocatedAt: now };
  return attributes === undefined ? held : { ...held, attributes };
}

/** Whether the mirror shows the pool as it is; if not, it does now. */
async function isCurrent(mirror: ChildMirror): Promise<boolean> {
  const before = mirror.guard?.revision;
  await mirror.refresh();
  return before !== undefined && mirror.guard?.revision === before;
}
