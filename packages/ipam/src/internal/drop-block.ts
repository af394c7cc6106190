import { type Address, addToAddress, equalAddresses, firstAddress } from "@netmason/net";
import type { Engine } from "./engine.js";
import { hexOf, under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { decodeRun, type Run, type StoredRun } from "./run-record.js";
import { decodeAffinity } from "./space-finder.js";
import { WriteSet } from "./write-set.js";

/** Gives empty blocks back to their pools; returns the keys of those that went. */
export async function dropEmptyBlocks(engine: Engine, keys: readonly string[]): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const key of keys) if (await dropEmptyBlock(engine, key)) dropped.push(key);
  return dropped;
}

/** Deletes a block if it is empty and nothing in it rests; joins its place with unclaimed neighbours. */
async function dropEmptyBlock(engine: Engine, key: string): Promise<boolean> {
  await engine.locks.acquire([key]);
  try {
    for (let lost = 1; ; lost += 1) {
      const policy = await engine.loadPolicy();
      const pool = policy.bySegment.get(key.split("/")[2] ?? "");
      if (pool === undefined) return false;
      const [state] = await engine.readBlocks([key]);
      if (state === undefined) return false;
      const writes = new WriteSet(engine, policy, engine.now());
      if (!writes.open(pool, state).isEmpty()) return false;
      const { node } = state.record;
      if (node !== undefined) {
        const affinity = engine.keys.affinity(node, pool.segment);
        const [entry] = await engine.get([affinity]);
        writes.removeAffinity(decodeAffinity(node, affinity, entry), state.record.prefix);
      }
      await giveBack(engine, pool, writes, key);
      const outcome = await writes.commit();
      if (outcome.kind === "committed") {
        const { prefix } = state;
        engine.notify({ kind: "block_released", prefix, pool: pool.pool.name, ...(node !== undefined && { node }) });
        return true;
      }
      await engine.backOff(key, lost);
    }
  } finally {
    engine.locks.release([key]);
  }
}

/** Deletes the block, and makes one run of its place and the unclaimed ones beside it. */
async function giveBack(engine: Engine, pool: PoolPolicy, writes: WriteSet, key: string): Promise<void> {
  const state = writes.draft(key)?.state;
  if (state === undefined) return;
  const { family } = pool.pool.prefix;
  const at = state.first;
  const step = 2 ** ((family === 4 ? 32 : 128) - state.prefix.length);
  const root = `${engine.keys.unclaimedOf(family)}${pool.segment}/`;
  const before = neighbour(at, -step, pool);
  const after = neighbour(at, step, pool);
  const [left, right] = await Promise.all([
    before === undefined ? undefined : runAt(engine, root + hexOf(before)),
    after === undefined ? undefined : runFrom(engine, root, after),
  ]);
  const run: Run = { first: left?.first ?? at, last: right?.last ?? at };
  for (const joined of [left, right]) {
    if (joined === undefined) continue;
    writes.compare(joined.key, joined.revision);
    if (joined !== right) writes.delete(joined.key);
  }
  writes.removeBlock(key, root + hexOf(run.last), run);
}

function neighbour(at: Address, step: number, pool: PoolPolicy): Address | undefined {
  const { prefix } = pool.pool;
  if (step < 0 && equalAddresses(at, firstAddress(prefix))) return undefined;
  try {
    return addToAddress(at, step);
  } catch (error) {
    // Behind the last address of the family there is no block.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The run that ends with a block. */
async function runAt(engine: Engine, key: string): Promise<StoredRun | undefined> {
  const [entry] = await engine.get([key]);
  return entry === undefined ? undefined : decodeRun(entry);
}

/** The run that starts with a block. */
async function runFrom(engine: Engine, root: string, first: Address): Promise<StoredRun | undefined> {
  const [entry] = await engine.range({ from: root + hexOf(first), to: under(root).to, limit: 1 });
  if (entry === undefined) return undefined;
  const run = decodeRun(entry);
  return equalAddresses(run.first, first) ? run : undefined;
}
