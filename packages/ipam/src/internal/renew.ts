import type { AddressAllocation } from "../allocation.js";
import { IpamError, isIpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import type { BlockDraft } from "./block-draft.js";
import type { Engine } from "./engine.js";
import type { Policy } from "./policy.js";
import type { LiveRecord } from "./records.js";
import { placeOf } from "./release.js";
import { checkTtl } from "./request-checks.js";
import { WriteSet } from "./write-set.js";

/** Blocks that one transaction of a renewal touches. */
const BLOCKS_AT_ONCE = 16;

/** Where the lease of a live entry is to end; `undefined`: nowhere. */
type EndOf = (live: LiveRecord, now: number) => number | undefined;

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
  return moveEnds(engine, allocations, (_, now) => now + ttlMs, options);
}

/**
 * Begins leases anew that have ended, but not so long ago that somebody else could have the addresses: to `ttlMs` from
 * now, or without an end. One that was begun anew meanwhile stays as it is. `undefined`: one of them is lost by now.
 */
export async function beginAnew(
  engine: Engine,
  ended: readonly AddressAllocation[],
  ttlMs: number | undefined,
  options?: CallOptions,
): Promise<readonly AddressAllocation[] | undefined> {
  const endOf: EndOf = (live, now) => (hasEnded(live.x, now) ? endAfter(ttlMs, now) : live.x);
  try {
    return await moveEnds(engine, ended, endOf, options);
  } catch (error) {
    if (isIpamError(error, "lease_lost")) return undefined;
    throw error;
  }
}

/** Whether a lease has ended by a clock; others may have the address only after the skew of clocks. */
export function hasEnded(end: number | undefined, now: number): boolean {
  return end !== undefined && now >= end;
}

/** A live entry whose lease ends as a request says: `ttlMs` from now, or never. */
export function withLease(live: LiveRecord, ttlMs: number | undefined, now: number): LiveRecord {
  return withEnd(live, endAfter(ttlMs, now));
}

function endAfter(ttlMs: number | undefined, now: number): number | undefined {
  return ttlMs === undefined ? undefined : now + ttlMs;
}

function withEnd(live: LiveRecord, end: number | undefined): LiveRecord {
  const { x: _, ...rest } = live;
  return end === undefined ? rest : { ...rest, x: end };
}

async function moveEnds(
  engine: Engine,
  allocations: readonly AddressAllocation[],
  endOf: EndOf,
  options?: CallOptions,
): Promise<readonly AddressAllocation[]> {
  let policy = await engine.loadPolicy(options);
  const byBlock = new Map<string, Renewal[]>();
  for (const allocation of allocations) {
    // That there is no pool must be true now, not only of the policy as it was.
    if (placeOf(engine, policy, allocation.address) === undefined) policy = await engine.freshPolicy(options);
    const renewal = placed(engine, policy, allocation);
    const list = byBlock.get(renewal.blockKey);
    if (list === undefined) byBlock.set(renewal.blockKey, [renewal]);
    else list.push(renewal);
  }
  const keys = [...byBlock.keys()].sort();
  const limit = Math.max(1, Math.min(BLOCKS_AT_ONCE, (engine.store.limits.txnKeyCount - 2) >> 3));
  if (keys.length > limit) await checkAll(engine, keys, limit, byBlock, endOf, options);
  const renewed = new Map<string, AddressAllocation>();
  for (let at = 0; at < keys.length; at += limit) {
    const some = keys.slice(at, at + limit);
    for (const one of await renewBlocks(engine, some, byBlock, endOf, options))
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
  endOf: EndOf,
  options?: CallOptions,
): Promise<void> {
  for (let at = 0; at < keys.length; at += limit) {
    const some = keys.slice(at, at + limit);
    await engine.readBlocks(some, options);
    const policy = await engine.loadPolicy(options);
    const result = apply(engine, new WriteSet(engine, policy, engine.now()), policy, some, byBlock, endOf);
    if (result instanceof IpamError) throw result;
  }
}

async function renewBlocks(
  engine: Engine,
  keys: readonly string[],
  byBlock: ReadonlyMap<string, readonly Renewal[]>,
  endOf: EndOf,
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
      const result = apply(engine, writes, policy, keys, byBlock, endOf);
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
  endOf: EndOf,
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
      const next = withEnd(live, endOf(live, writes.now));
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
