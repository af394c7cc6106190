import type { BlockState } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { rowsOf } from "./space-rows.js";
import { WriteSet } from "./write-set.js";

/**
 * Brings the index rows of a block in order after a search was led to it in vain: a change of the pool or of reservations
 * was cut short. `state` is the block as read just now, `undefined` if there is none.
 */
export async function dropStaleRow(
  engine: Engine,
  policy: PoolPolicy,
  row: string,
  key: string,
  state: BlockState | undefined,
): Promise<void> {
  const current = engine.policy;
  if (current === undefined) return;
  const writes = new WriteSet(engine, current, engine.now());
  if (state === undefined) writes.compare(key, undefined);
  else {
    const draft = writes.open(policy, state);
    draft.touch();
    const rows = rowsOf(engine.keys, policy, hexOf(state.first), draft.finish(writes.writer).record);
    if (rows.includes(row)) return;
  }
  writes.delete(row);
  await engine.locks.acquire([key]);
  try {
    await writes.commit();
  } finally {
    engine.locks.release([key]);
  }
}
