import { type AddressRange, firstAddress, prefixOf } from "@netmason/net";
import type { CallOptions } from "../store.js";
import { type BlockState, decodeBlock } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf, under } from "./keys.js";
import { WriteSet } from "./write-set.js";

/** Which blocks of a pool may have to be indexed anew. */
export interface ReindexScope {
  /** Only blocks that touch this range. */
  readonly within?: AddressRange;
  /** Blocks stand in other lists than before: every one is written. */
  readonly everyList: boolean;
}

/**
 * Brings the index rows of a pool's blocks in order after a change of what decides about them, and then strikes the pool
 * off the list of pools to be indexed. A search that meets a block before this does is led astray once and repairs it.
 * Returns the blocks it looked at.
 */
export async function reindexPool(
  engine: Engine,
  name: string,
  scope: ReindexScope,
  options?: CallOptions,
): Promise<readonly BlockState[]> {
  const started = (await engine.freshPolicy(options)).reindex.get(name);
  const states = await reindexBlocks(engine, name, scope, options);
  for (let lost = 1; ; lost += 1) {
    const policy = await engine.freshPolicy(options);
    // Another change came meanwhile: its own pass strikes the pool off.
    if (started === undefined || policy.reindex.get(name) !== started) return states;
    const writes = new WriteSet(engine, policy, engine.now());
    writes.compare(engine.keys.reindex(name), started);
    writes.delete(engine.keys.reindex(name));
    const outcome = await writes.commit();
    engine.forgetPolicy();
    if (outcome.kind === "committed") return states;
    await engine.backOff(engine.keys.reindex(name), lost, options?.signal);
  }
}

async function reindexBlocks(
  engine: Engine,
  name: string,
  { within, everyList }: ReindexScope,
  options?: CallOptions,
): Promise<readonly BlockState[]> {
  const pool = (await engine.freshPolicy(options)).byName.get(name);
  const units = pool?.pool.units;
  if (pool === undefined || units?.kind !== "addresses") return [];
  const root = engine.keys.blocksOf(pool.segment);
  const all = under(root);
  const range =
    within === undefined
      ? all
      : {
          from: root + hexOf(firstAddress(prefixOf(within.first, units.blockLength))),
          to: `${root}${hexOf(within.last)}~`,
        };
  const states: BlockState[] = [];
  for await (const entry of engine.pages(range, options)) {
    const state = await reindexBlock(engine, name, decodeBlock(entry), everyList);
    if (state !== undefined) states.push(state);
  }
  return states;
}

async function reindexBlock(
  engine: Engine,
  name: string,
  read: BlockState,
  everyList: boolean,
): Promise<BlockState | undefined> {
  const { key } = read;
  await engine.locks.acquire([key]);
  try {
    let state: BlockState | undefined = read;
    for (let lost = 1; state !== undefined; lost += 1) {
      const policy = await engine.loadPolicy();
      const pool = policy.byName.get(name);
      if (pool === undefined) return undefined;
      const writes = new WriteSet(engine, policy, engine.now());
      const draft = writes.open(pool, state);
      if (!everyList && draft.finish(writes.writer).record.at === state.record.at) return state;
      draft.touch();
      writes.everyList = everyList;
      const outcome = await writes.commit();
      if (outcome.kind === "committed") return engine.cache.block(key);
      await engine.backOff(key, lost);
      [state] = await engine.readBlocks([key]);
    }
    return undefined;
  } finally {
    engine.locks.release([key]);
  }
}
