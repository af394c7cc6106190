import type { Address } from "@netmason/net";
import type { AddressAllocation, Allocation } from "../allocation.js";
import type { Block, PoolUtilization } from "../block.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import { BlockDraft } from "./block-draft.js";
import { decodeBlock } from "./block-state.js";
import { takeCensus } from "./census.js";
import { decodeChild, toPrefixAllocation } from "./child-record.js";
import { openReaped, toBlock } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { heldIn, poolOfKey, readHeld } from "./held.js";
import { under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { placeOf } from "./release.js";

/** Who holds an address: one read when the policy is known. */
export async function getAllocation(
  engine: Engine,
  address: Address,
  options?: CallOptions,
): Promise<AddressAllocation | undefined> {
  let policy = await engine.loadPolicy(options);
  let place = placeOf(engine, policy, address);
  if (place === undefined) {
    policy = await engine.freshPolicy(options);
    place = placeOf(engine, policy, address);
    if (place === undefined) return undefined;
  }
  const [state] = await engine.readBlocks([place.blockKey], options);
  const pool = policy.bySegment.get(place.blockKey.split("/")[2] ?? "");
  if (state === undefined || pool === undefined) return undefined;
  const draft = new BlockDraft(state, engine.rules(pool, state, engine.now()));
  const live = draft.find(place.ordinal);
  return live === undefined || draft.isExpired(live) ? undefined : toAllocation(state, pool.pool.name, live);
}

/** What is held, by pool and address. */
export async function* listAllocations(
  engine: Engine,
  filter: { readonly handle?: string; readonly pool?: string; readonly node?: string },
  options?: CallOptions,
): AsyncGenerator<Allocation> {
  if (filter.handle !== undefined) {
    yield* listOfHandle(engine, filter.handle, filter, options);
    return;
  }
  for (const pool of await poolsToList(engine, filter.pool, options)) {
    if (pool.pool.units.kind === "addresses") {
      for await (const draft of openBlocks(engine, pool, options)) {
        for (const live of draft.live) {
          if (filter.node === undefined || live.n === filter.node)
            yield toAllocation(draft.state, pool.pool.name, live);
        }
      }
    } else if (filter.node === undefined) {
      for await (const entry of engine.pages(under(engine.keys.childrenOf(pool.segment)), options)) {
        const child = decodeChild(entry);
        if (child.record.releasedAt === undefined) yield toPrefixAllocation(pool.pool.name, child);
      }
    }
  }
}

async function* listOfHandle(
  engine: Engine,
  handle: string,
  filter: { readonly pool?: string; readonly node?: string },
  options?: CallOptions,
): AsyncGenerator<Allocation> {
  const matches = (one: Allocation): boolean =>
    (filter.pool === undefined || one.pool === filter.pool) &&
    (filter.node === undefined || (one.kind === "address" && one.node === filter.node));
  await readHeld(engine, handle, options);
  const keys = engine.cache.handle(engine.keys.handle(handle))?.record.at ?? [];
  for (const key of keys) {
    const found = key.startsWith("b/") ? heldIn(engine, handle, [key]) : await childOf(engine, handle, key, options);
    yield* found.filter(matches);
  }
}

async function childOf(engine: Engine, handle: string, key: string, options?: CallOptions): Promise<Allocation[]> {
  const [entry] = await engine.get([key], options);
  if (entry === undefined) return [];
  const child = decodeChild(entry);
  const held = child.record.handle === handle && child.record.releasedAt === undefined;
  return held ? [toPrefixAllocation(poolOfKey(key), child)] : [];
}

/** Claimed blocks, by pool and address. */
export async function* listBlocks(
  engine: Engine,
  filter: { readonly pool?: string; readonly node?: string },
  options?: CallOptions,
): AsyncGenerator<Block> {
  for (const pool of await poolsToList(engine, filter.pool, options)) {
    if (pool.pool.units.kind !== "addresses") continue;
    for await (const draft of openBlocks(engine, pool, options)) {
      const block = toBlock(draft, pool.pool.name);
      if (filter.node === undefined || block.node === filter.node) yield block;
    }
  }
}

/** How full every pool is. */
export async function utilization(engine: Engine, options?: CallOptions): Promise<readonly PoolUtilization[]> {
  const policy = await engine.freshPolicy(options);
  const found: PoolUtilization[] = [];
  for (const each of policy.pools) {
    const { counts, blockCount, prefixCount, nodes } = await takeCensus(engine, each, options);
    found.push({ pool: each.pool, counts, blockCount, prefixCount, nodes });
  }
  return found;
}

async function poolsToList(
  engine: Engine,
  name: string | undefined,
  options?: CallOptions,
): Promise<readonly PoolPolicy[]> {
  const policy = await engine.freshPolicy(options);
  return name === undefined ? policy.pools : policy.pools.filter(({ pool }) => pool.name === name);
}

async function* openBlocks(engine: Engine, pool: PoolPolicy, options?: CallOptions): AsyncGenerator<BlockDraft> {
  for await (const entry of engine.pages(under(engine.keys.blocksOf(pool.segment)), options)) {
    yield openReaped(engine, pool, decodeBlock(entry), engine.now());
  }
}
