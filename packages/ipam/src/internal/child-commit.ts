import { type ChildMirror, nextGuard } from "./child-mirror.js";
import type { WriteSet } from "./write-set.js";

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
