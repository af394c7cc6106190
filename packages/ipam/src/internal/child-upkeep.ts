import { commitChange } from "./child-commit.js";
import type { ChildMirror } from "./child-mirror.js";
import { childRests, type StoredChild } from "./child-record.js";
import type { PoolPolicy } from "./policy.js";
import { WriteSet } from "./write-set.js";

/** Resting children that one transaction changes beside what it is for. */
const AT_ONCE = 16;

function mostAtOnce({ engine }: ChildMirror): number {
  return Math.min(AT_ONCE, engine.store.limits.txnKeyCount - 6);
}

/** Takes children that have rested out of the pool, those that rest longest first; returns them. */
export function clearRested(
  mirror: ChildMirror,
  policy: PoolPolicy,
  writes: WriteSet,
): ReadonlyMap<string, StoredChild> {
  const { engine } = mirror;
  const most = mostAtOnce(mirror);
  const cleared = new Map<string, StoredChild>();
  for (let child = mirror.restsLongest; child !== undefined && cleared.size < most; child = mirror.restsLongest) {
    if (childRests(engine, policy, child, writes.now)) break;
    cleared.set(child.key, child);
    writes.delete(child.key);
    mirror.drop(child);
  }
  return cleared;
}

/**
 * Lets children whose release lies in the future rest from now on: the clock that released them has stepped back since.
 * Whether that was committed; `undefined`: there are none.
 */
export async function restartRests(mirror: ChildMirror, writes: WriteSet): Promise<boolean | undefined> {
  const early = mirror.releasedAfter(writes.now + mirror.engine.skewMs, mostAtOnce(mirror));
  if (early.length === 0) return undefined;
  const changed = early.map((child) => ({ ...child, record: { ...child.record, releasedAt: writes.now } }));
  for (const { key, record } of changed) writes.put(key, record);
  const keys = changed.map(({ key }) => key);
  if (!(await commitChange(mirror, writes, keys))) return false;
  for (const child of changed) mirror.keep({ ...child, revision: mirror.guard?.revision ?? "" });
  return true;
}

/** Gives back a child that was just allocated, without cooldown; what cannot be undone is told to `onEvent`. */
export async function undoChild(mirror: ChildMirror, { key, record }: StoredChild): Promise<void> {
  const { engine } = mirror;
  const { handle, sequence } = record;
  try {
    for (let lost = 1; ; lost += 1) {
      await mirror.refresh();
      const child = mirror.child(key);
      if (child?.record.sequence !== sequence) return;
      const writes = new WriteSet(engine, await engine.loadPolicy(), engine.now());
      writes.compare(key, child.revision);
      writes.delete(key);
      writes.handle(handle).remove(key);
      if (await commitChange(mirror, writes, [key])) {
        mirror.drop(child);
        engine.counters.allocatedCount -= 1;
        return;
      }
      await engine.backOff(mirror.guardKey, lost);
    }
  } catch (error) {
    engine.notify({ kind: "undo_failed", handle, error });
  }
}
