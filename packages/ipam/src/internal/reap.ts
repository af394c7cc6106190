import type { Engine } from "./engine.js";
import { WriteSet } from "./write-set.js";

/** So many handles of leases that ran out share a transaction with what it is for. */
const REAPED_AT_ONCE = 16;

/**
 * Ends leases of a block that have run out, as if each had been released when it ended. Their handles are compared as
 * the cache knows them; one that it does not know is learnt from the conflict.
 */
export function reapExpired(writes: WriteSet, key: string): void {
  const draft = writes.draft(key);
  if (draft === undefined) return;
  const { txnKeyCount } = writes.engine.store.limits;
  for (const entry of draft.expired(Math.max(1, Math.min(REAPED_AT_ONCE, (txnKeyCount - 8) >> 2)))) {
    draft.release(entry.o, entry.x ?? writes.now);
    if (!draft.holds(entry.h)) writes.handle(entry.h).remove(key);
  }
}

/** Ends the leases of one block that have run out, in as many transactions as that takes; returns how many. */
export async function reapBlock(engine: Engine, key: string): Promise<number> {
  let count = 0;
  await engine.locks.acquire([key]);
  try {
    for (let lost = 0; ; ) {
      const policy = await engine.loadPolicy();
      const pool = policy.bySegment.get(key.split("/")[2] ?? "");
      const state = engine.cache.block(key) ?? (await engine.readBlocks([key]))[0];
      if (pool === undefined || state === undefined) return count;
      const writes = new WriteSet(engine, policy, engine.now());
      const before = writes.open(pool, state).live.length;
      reapExpired(writes, key);
      const ended = before - (writes.draft(key)?.live.length ?? 0);
      if (ended === 0) return count;
      const outcome = await writes.commit();
      if (outcome.kind === "committed") count += ended;
      else await engine.backOff(key, ++lost);
    }
  } finally {
    engine.locks.release([key]);
  }
}
