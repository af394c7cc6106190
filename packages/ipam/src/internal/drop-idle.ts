import type { Block } from "../block.js";
import type { CallOptions } from "../store.js";
import { BlockDraft } from "./block-draft.js";
import { decodeBlock } from "./block-state.js";
import { childRests, decodeChild } from "./child-record.js";
import { dropEmptyBlocks } from "./drop-block.js";
import type { Engine } from "./engine.js";
import { under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { reapBlock } from "./reap.js";

/** Ends what has run out in a pool, and gives every empty block back. */
export async function dropIdleBlocks(engine: Engine, name: string, options?: CallOptions): Promise<void> {
  const policy = await engine.freshPolicy(options);
  const pool = policy.byName.get(name);
  if (pool === undefined) return;
  const range = under(engine.keys.blocksOf(pool.segment));
  for await (const entry of engine.pages(range, options)) {
    const state = decodeBlock(entry);
    const now = engine.now();
    if (state.firstExpiry + engine.skewMs <= now) await reapBlock(engine, state.key);
    const known = engine.cache.block(state.key) ?? state;
    if (new BlockDraft(known, engine.rules(pool, known, now)).isEmpty()) await dropEmptyBlocks(engine, [state.key]);
  }
}

/** What keeps a pool from being deleted. Leases that ran out do not. */
export async function countHeld(
  engine: Engine,
  name: string,
  options?: CallOptions,
): Promise<{ readonly liveCount: number; readonly coolingCount: number; readonly prefixCount: number }> {
  const count = { liveCount: 0, coolingCount: 0, prefixCount: 0 };
  const policy = await engine.freshPolicy(options);
  const pool = policy.byName.get(name);
  if (pool === undefined) return count;
  for await (const entry of engine.pages(under(engine.keys.blocksOf(pool.segment)), options)) {
    const draft = openReaped(engine, pool, decodeBlock(entry), engine.now());
    count.liveCount += draft.live.length;
    count.coolingCount += draft.coolingCount();
  }
  for await (const entry of engine.pages(under(engine.keys.childrenOf(pool.segment)), options)) {
    const child = decodeChild(entry);
    if (child.record.releasedAt === undefined || childRests(engine, pool, child, engine.now())) count.prefixCount += 1;
  }
  return count;
}

/** A block as it would be once the leases that ran out are ended. */
export function openReaped(
  engine: Engine,
  pool: PoolPolicy,
  state: ReturnType<typeof decodeBlock>,
  now: number,
): BlockDraft {
  const draft = new BlockDraft(state, engine.rules(pool, state, now));
  for (const { o, x } of draft.expired(state.size)) draft.release(o, x ?? now);
  return draft;
}

/** A block as users see it. */
export function toBlock(draft: BlockDraft, pool: string): Block {
  const { prefix, size, record } = draft.state;
  const { node, claimedAt } = record;
  const counts = { liveCount: draft.live.length, coolingCount: draft.coolingCount() };
  return { prefix, pool, ...(node !== undefined && { node }), claimedAt, size, ...counts };
}
