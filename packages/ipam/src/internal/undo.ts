import type { TakenAddress } from "./allocate-op.js";
import type { Engine } from "./engine.js";
import { WriteSet } from "./write-set.js";

/** Blocks that one transaction of an undo touches. */
const BLOCKS_AT_ONCE = 16;

/**
 * Gives back what a call took, to where it was, without cooldown. Recognises each by its sequence, so it undoes nothing
 * that somebody else did. What cannot be undone stays with the handle and is told to `onEvent`.
 */
export async function undoTaken(engine: Engine, handle: string, taken: readonly TakenAddress[]): Promise<void> {
  const byBlock = new Map<string, TakenAddress[]>();
  for (const one of taken) {
    const list = byBlock.get(one.blockKey);
    if (list === undefined) byBlock.set(one.blockKey, [one]);
    else list.push(one);
  }
  const keys = [...byBlock.keys()];
  const limit = Math.max(1, Math.min(BLOCKS_AT_ONCE, (engine.store.limits.txnKeyCount - 2) >> 3));
  try {
    for (let at = 0; at < keys.length; at += limit) {
      await undoBlocks(engine, handle, keys.slice(at, at + limit), byBlock);
    }
  } catch (error) {
    engine.notify({ kind: "undo_failed", handle, error });
  }
}

async function undoBlocks(
  engine: Engine,
  handle: string,
  keys: readonly string[],
  byBlock: ReadonlyMap<string, readonly TakenAddress[]>,
): Promise<void> {
  await engine.locks.acquire(keys);
  try {
    for (let lost = 0; ; lost += 1) {
      const policy = await engine.loadPolicy();
      const unknown = keys.filter((key) => engine.cache.block(key) === undefined);
      await engine.readBlocks(unknown);
      const writes = new WriteSet(engine, policy, engine.now());
      let undone = 0;
      for (const key of keys) {
        const state = engine.cache.block(key);
        const pool = policy.bySegment.get(key.split("/")[2] ?? "");
        if (state === undefined || pool === undefined) continue;
        const draft = writes.open(pool, state);
        for (const { taken, allocation } of byBlock.get(key) ?? []) {
          if (draft.find(taken.ordinal)?.s !== allocation.sequence) continue;
          draft.undo(taken.ordinal, taken.queuedAt);
          undone += 1;
        }
        if (draft.changed && !draft.holds(handle)) writes.handle(handle).remove(key);
      }
      if (undone === 0) return;
      const outcome = await writes.commit();
      if (outcome.kind === "committed") {
        engine.counters.allocatedCount -= undone;
        return;
      }
      await engine.backOff(outcome.keys[0] ?? engine.keys.gen, lost + 1);
    }
  } finally {
    engine.locks.release(keys);
  }
}
