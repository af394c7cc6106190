import type { AddressAllocation } from "../allocation.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import type { Engine } from "./engine.js";
import { nameOf } from "./keys.js";

/** What a handle holds, and the maximum that was set for it. */
export interface HeldAddresses {
  readonly addresses: readonly AddressAllocation[];
  readonly max: number | undefined;
}

const NOTHING: HeldAddresses = { addresses: [], max: undefined };

/**
 * The addresses a handle holds, as they stand in the store: one read if the cache knew the handle rightly, else two.
 * Leases that have run out are not held.
 */
export async function readHeld(engine: Engine, handle: string, options?: CallOptions): Promise<HeldAddresses> {
  const key = engine.keys.handle(handle);
  let blockKeys = blocksIn(engine.cache.handle(key)?.record.at ?? []);
  for (let lost = 0; ; lost += 1) {
    const [entry, ...blocks] = await engine.get([key, ...blockKeys], options);
    const before = engine.cache.handle(key)?.revision;
    engine.learnHandle(key, entry);
    for (const [index, blockKey] of blockKeys.entries()) engine.learnBlock(blockKey, blocks[index]);
    const known = engine.cache.handle(key);
    if (known === undefined) return NOTHING;
    if (known.revision === before || sameKeys(blockKeys, blocksIn(known.record.at))) {
      return { addresses: heldIn(engine, handle, blockKeys), max: known.record.max };
    }
    blockKeys = blocksIn(known.record.at);
    if (lost > 0) await engine.backOff(key, lost, options?.signal);
  }
}

function blocksIn(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => key.startsWith("b/"));
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

/** The live addresses of a handle in blocks that the cache has. */
export function heldIn(engine: Engine, handle: string, blockKeys: readonly string[]): readonly AddressAllocation[] {
  const now = engine.now();
  return blockKeys.flatMap((blockKey) => {
    const state = engine.cache.block(blockKey);
    if (state === undefined) return [];
    const pool = poolOfKey(blockKey);
    return state.record.live
      .filter(({ h, x }) => h === handle && (x === undefined || now < x + engine.skewMs))
      .map((live) => toAllocation(state, pool, live));
  });
}

/** The name of the pool in the key of a block or a child. */
export function poolOfKey(key: string): string {
  return nameOf(key.split("/")[2] ?? "");
}
