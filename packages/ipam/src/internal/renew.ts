import type { AddressAllocation } from "../allocation.js";
import { IpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import type { BlockDraft } from "./block-draft.js";
import type { Engine } from "./engine.js";
import type { Policy } from "./policy.js";
import { placeOf } from "./release.js";
import { checkTtl } from "./request-checks.js";
import { WriteSet } from "./write-set.js";

/** Blocks that one transaction of a renewal touches. */
const BLOCKS_AT_ONCE = 16;

interface Renewal {
  readonly allocation: AddressAllocation;
  readonly blockKey: string;
  readonly ordinal: number;
}

/** `renew`: all leases of up to sixteen blocks in one transaction, more in several once all were found to be held. */
export async function renew(
  engine: Engine,
  allocations: readonly AddressAllocation[],
  ttlMs: number,
  options?: CallOptions,
): Promise<readonly AddressAllocation[]> {
  checkTtl(ttlMs);
  const policy = await engine.loadPolicy(options);
  const byBlock = new Map<string, Renewal[]>();
  for (const allocation of allocations) {
    const renewal = placed(engine, policy, allocation);
    const list = byBlock.get(renewal.blockKey);
    if (list === undefined) byBlock.set(renewal.blockKey, [renewal]);
    else list.push(renewal);
  }
  const keys = [...byBlock.keys()].sort();
  const limit = Math.max(1, Math.min(BLOCKS_AT_ONCE, (engine.store.limits.txnKeyCount - 2) >> 3));
  if (keys.length > limit) await checkAll(engine, keys, limit, byBlock, ttlMs, options);
  const renewed = new Map<string, AddressAllocation>();
  for (let at = 0; at < keys.length; at += limit) {
    const some = keys.slice(at, at + limit);
    for (const one of await renewBlocks(engine, some, byBlock, ttlMs, options))
      renewed.set(one.address.toString(), one);
  }
  return allocations.map((one) => renewed.get(one.address.toString()) ?? one);
}

function placed(engine: Engine, policy: Policy, allocation: AddressAllocation): Renewal {
  const place = placeOf(engine, policy, allocation.address);
  if (place === undefined) throw lost(allocation, "released");
  return { allocation, blockKey: place.blockKey, ordinal: place.ordinal };
}

/** Throws `lease_lost` if the store does not have all the leases; writes nothing. */
async function checkAll(
  engine: Engine,
  keys: readonly string[],
  limit: number,
  byBlock: ReadonlyMap<string, readonly Renewal[]>,
  ttlMs: number,
  options?: CallOptions,
): Promise<void> {
  for (let at = 0; at < keys.length; at += limit) {
    const some = keys.slice(at, at + limit);
    await engine.readBlocks(some, options);
    const policy = await engine.loadPolicy(options);
    const result = apply(engine, new WriteSet(engine, policy, engine.now()), policy, some, byBlock, ttlMs);
    if (result instanceof IpamError) throw result;
  }
}

async function renewBlocks(
  engine: Engine,
  keys: readonly string[],
  byBlock: ReadonlyMap<string, readonly Renewal[]>,
  ttlMs: number,
  options?: CallOptions,
): Promise<readonly AddressAllocation[]> {
  await engine.locks.acquire(keys);
  try {
    let read = false;
    for (let lostCount = 0; ; ) {
      options?.signal?.throwIfAborted();
      const missing = read ? [] : keys.filter((key) => engine.cache.block(key) === undefined);
      if (missing.length > 0) await engine.readBlocks(missing, options);
      const policy = await engine.loadPolicy(options);
      const writes = new WriteSet(engine, policy, engine.now());
      const result = apply(engine, writes, policy, keys, byBlock, ttlMs);
      if (result instanceof IpamError) {
        // A lease is lost only if the store says so now.
        if (read) throw result;
        await engine.readBlocks(keys, options);
        read = true;
        continue;
      }
      const outcome = await writes.commit();
      if (outcome.kind === "committed") return result;
      read = false;
      lostCount += 1;
      await engine.backOff(keys[0] ?? "", lostCount, options?.signal);
    }
  } finally {
    engine.locks.release(keys);
  }
}

function apply(
  engine: Engine,
  writes: WriteSet,
  policy: Policy,
  keys: readonly string[],
  byBlock: ReadonlyMap<string, readonly Renewal[]>,
  ttlMs: number,
): readonly AddressAllocation[] | IpamError {
  const renewed: AddressAllocation[] = [];
  for (const key of keys) {
    const state = engine.cache.block(key);
    const pool = policy.bySegment.get(key.split("/")[2] ?? "");
    const draft: BlockDraft | undefined =
      state === undefined || pool === undefined ? undefined : writes.open(pool, state);
    for (const { allocation, ordinal } of byBlock.get(key) ?? []) {
      const live = draft?.find(ordinal);
      if (draft === undefined || live === undefined) return lost(allocation, "released");
      if (live.s !== allocation.sequence) return lost(allocation, "reallocated");
      if (draft.isExpired(live)) return lost(allocation, "expired");
      const next = { ...live, x: writes.now + ttlMs };
      draft.replace(next);
      renewed.push(toAllocation(draft.state, allocation.pool, next));
    }
  }
  return renewed;
}

function lost(
  { address, handle }: AddressAllocation,
  reason: "expired" | "released" | "reallocated",
): IpamError<"lease_lost"> {
  return new IpamError("lease_lost", `${handle} has lost ${address}: ${reason}`, { address, reason });
}
