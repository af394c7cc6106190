import type { Block } from "../block.js";
import { IpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import { BlockDraft } from "./block-draft.js";
import { poolNamed } from "./change-policy.js";
import { dropEmptyBlocks } from "./drop-block.js";
import { openReaped, toBlock } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { reapBlock } from "./reap.js";
import { reclaimBlock } from "./reclaim.js";
import { checkNode } from "./request-checks.js";
import { decodeAffinity, findUnowned, readAffinities } from "./space-finder.js";
import { WriteSet } from "./write-set.js";

/** `claimBlocks`. */
export async function claimBlocks(
  engine: Engine,
  request: { readonly node: string; readonly pool: string; readonly available: number },
  options?: CallOptions,
): Promise<readonly Block[]> {
  const { node, pool: name, available } = request;
  checkNode(node);
  if (!Number.isSafeInteger(available) || available < 0) {
    throw new RangeError(`available: a whole number of 0 or more is needed, got ${available}`);
  }
  const claimed: Block[] = [];
  for (let lost = 0; ; ) {
    const policy = await engine.freshPolicy(options);
    const pool = poolNamed(policy, name);
    const { units, state } = pool.pool;
    if (units.kind !== "addresses" || units.affinity === "shared") {
      throw new TypeError(`pool: blocks of ${name} have no node`);
    }
    if (state !== "enabled") return claimed;
    if ((await freeOf(engine, pool, node, options)) >= available) return claimed;
    const space = await findUnowned(engine, pool, node, options);
    if (space === undefined) return claimed;
    options?.signal?.throwIfAborted();
    if (space.kind === "block") {
      const [block] = await engine.readBlocks([space.key], options);
      if (block !== undefined && (await reclaimBlock(engine, pool, block, node))) {
        claimed.push(blockNow(engine, pool, space.key));
        continue;
      }
    } else {
      const writes = new WriteSet(engine, policy, engine.now());
      const draft = writes.claim(pool, space.key, space.prefix, space.run, space.affinity);
      draft.touch();
      if ((await writes.commit()).kind === "committed") {
        claimed.push(blockNow(engine, pool, space.key));
        engine.notify({ kind: "block_claimed", prefix: space.prefix, pool: name, node });
        continue;
      }
    }
    lost += 1;
    await engine.backOff(space.key, lost, options?.signal);
  }
}

function blockNow(engine: Engine, pool: PoolPolicy, key: string): Block {
  const state = engine.cache.block(key);
  if (state === undefined) throw new IpamError("contention", `${key} is gone again`, { key, attemptCount: 1 });
  return toBlock(new BlockDraft(state, engine.rules(pool, state, engine.now())), pool.pool.name);
}

/** How many addresses a node could take from its own blocks now. */
async function freeOf(engine: Engine, pool: PoolPolicy, node: string, options?: CallOptions): Promise<number> {
  const rows = (await readAffinities(engine, node, [pool], options)).get(pool)?.rows ?? [];
  const keys = rows
    .filter(({ state }) => state === "confirmed")
    .map(({ prefix }) => engine.keys.blockOf(pool.segment, prefix));
  let free = 0;
  for (const state of await engine.readBlocks(keys, options)) {
    if (state?.record.node === node) free += openReaped(engine, pool, state, engine.now()).room;
  }
  return free;
}

/** `releaseBlocks`. */
export async function releaseBlocks(
  engine: Engine,
  request: { readonly node: string; readonly when: "empty" | "always" },
  options?: CallOptions,
): Promise<readonly Block[]> {
  const { node, when } = request;
  checkNode(node);
  const released: Block[] = [];
  const policy = await engine.freshPolicy(options);
  const root = engine.keys.affinitiesOf(node);
  for await (const entry of engine.pages(under(root), options)) {
    const pool = policy.bySegment.get(entry.key.slice(root.length));
    if (pool === undefined) continue;
    for (const { prefix } of decodeAffinity(node, entry.key, entry).rows) {
      options?.signal?.throwIfAborted();
      const block = await releaseBlock(engine, pool, engine.keys.blockOf(pool.segment, prefix), node, when);
      if (block !== undefined) released.push(block);
    }
  }
  return released;
}

async function releaseBlock(
  engine: Engine,
  pool: PoolPolicy,
  key: string,
  node: string,
  when: "empty" | "always",
): Promise<Block | undefined> {
  const [state] = await engine.readBlocks([key]);
  if (state?.record.node !== node) return undefined;
  if (state.firstExpiry + engine.skewMs <= engine.now()) await reapBlock(engine, key);
  const before = blockNow(engine, pool, key);
  if ((await dropEmptyBlocks(engine, [key])).length > 0) return before;
  if (when === "empty") return undefined;
  return (await disown(engine, pool, key, node)) ? before : undefined;
}

/** Takes a block that is not empty from its node. */
async function disown(engine: Engine, pool: PoolPolicy, key: string, node: string): Promise<boolean> {
  await engine.locks.acquire([key]);
  try {
    for (let lost = 1; ; lost += 1) {
      const policy = await engine.loadPolicy();
      const affinityKey = engine.keys.affinity(node, pool.segment);
      const [entry] = await engine.get([affinityKey]);
      const [state] = await engine.readBlocks([key]);
      const current = policy.bySegment.get(pool.segment);
      if (current === undefined || state?.record.node !== node) return false;
      const writes = new WriteSet(engine, policy, engine.now());
      writes.open(current, state).moveTo(undefined);
      writes.removeAffinity(decodeAffinity(node, affinityKey, entry), state.record.prefix);
      if ((await writes.commit()).kind === "committed") {
        engine.notify({ kind: "block_released", prefix: state.prefix, pool: pool.pool.name, node });
        return true;
      }
      await engine.backOff(key, lost);
    }
  } finally {
    engine.locks.release([key]);
  }
}
