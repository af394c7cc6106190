import { distance, firstAddress, lastAddress } from "@netmason/net";
import type { AddressAllocation } from "../allocation.js";
import { IpamError, type IpamErrorDetails } from "../errors.js";
import type { PoolVerdict } from "../explanation.js";
import type { ExactRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { limitReached } from "./allocate.js";
import { liveRecord, toAllocation } from "./allocate-op.js";
import type { BlockDraft } from "./block-draft.js";
import type { BlockState } from "./block-state.js";
import { poolVerdict } from "./eligibility.js";
import type { Engine } from "./engine.js";
import { readHeld } from "./held.js";
import { hexOf, under } from "./keys.js";
import type { Policy, PoolPolicy } from "./policy.js";
import { reapExpired } from "./reap.js";
import { placeOf } from "./release.js";
import { hasEnded, withLease } from "./renew.js";
import { checkAttributes, checkHandle, checkNode, checkTtl } from "./request-checks.js";
import { decodeRun, type StoredRun } from "./run-record.js";
import { mayClaim, readAffinities } from "./space-finder.js";
import { undoTaken } from "./undo.js";
import { uncertainError } from "./unknown-outcome.js";
import { WriteSet } from "./write-set.js";

type Place = NonNullable<ReturnType<typeof placeOf>>;
type UnavailableReason = IpamErrorDetails["address_unavailable"]["reason"];

/** Names of the writes of one call whose answers were lost, and that were not found applied. */
type UncertainTries = Set<string>;

/** `allocateExact`. */
export async function allocateExact(
  engine: Engine,
  request: ExactRequest,
  options?: CallOptions,
): Promise<AddressAllocation> {
  checkExact(request);
  const key = engine.keys.handle(request.handle);
  const tries: UncertainTries = new Set();
  await engine.locks.acquire([key]);
  try {
    for (let lost = 0; ; lost += 1) {
      const taken = await tryExact(engine, request, tries, options);
      if (taken !== undefined) {
        if (tries.has(taken.sequence)) engine.counters.allocatedCount += 1;
        return taken;
      }
      await engine.backOff(key, lost + 1, options?.signal);
    }
  } catch (error) {
    throw tries.size > 0 ? uncertainError(error, key, request.handle) : error;
  } finally {
    engine.locks.release([key]);
  }
}

function checkExact(request: ExactRequest): void {
  checkHandle(request.handle);
  checkNode(request.node);
  checkTtl(request.ttlMs);
  checkAttributes(request.attributes);
}

async function tryExact(
  engine: Engine,
  request: ExactRequest,
  tries: UncertainTries,
  options?: CallOptions,
): Promise<AddressAllocation | undefined> {
  const policy = await engine.loadPolicy(options);
  const found = findPlace(engine, policy, request);
  if (typeof found === "string") {
    if ((await engine.freshPolicy(options)) !== policy) return undefined;
    throw unavailable(request, found);
  }
  const { place, pool } = found;
  const limit = await checkLimit(engine, request, options);
  if (typeof limit === "object") return limit;
  await engine.locks.acquire([place.blockKey]);
  try {
    return await takeExact(engine, request, policy, pool, place, tries, options);
  } finally {
    engine.locks.release([place.blockKey]);
  }
}

/** What `allocateExact` would be refused with as things stand; nothing is written. */
export async function exactRefusal(
  engine: Engine,
  request: ExactRequest,
  options?: CallOptions,
): Promise<IpamError | undefined> {
  checkExact(request);
  for (let lost = 1; ; lost += 1) {
    const policy = await engine.freshPolicy(options);
    const found = findPlace(engine, policy, request);
    if (typeof found === "string") return unavailable(request, found);
    await readHeld(engine, request.handle, options);
    if ((await checkLimit(engine, request, options)) !== undefined) return undefined;
    const { place, pool } = found;
    const [state] = await engine.readBlocks([place.blockKey], options);
    const writes = new WriteSet(engine, policy, engine.now());
    const draft = await openExact(engine, request, pool, place, state, writes, options);
    if (draft !== undefined) {
      if (draft.find(place.ordinal)?.h === request.handle) return undefined;
      return obstacleOf(request, pool, draft, place.ordinal);
    }
    await engine.backOff(place.blockKey, lost, options?.signal);
  }
}

/** The pool of addresses that has an address, whether it hands it out or not. */
export function poolAround(engine: Engine, policy: Policy, address: ExactRequest["address"]): PoolPolicy | undefined {
  const place = placeOf(engine, policy, address);
  return place === undefined ? undefined : policy.bySegment.get(place.blockKey.split("/")[2] ?? "");
}

/** Where an address lies, or why its pool may not serve the request. */
function findPlace(
  engine: Engine,
  policy: Policy,
  request: ExactRequest,
): { readonly place: Place; readonly pool: PoolPolicy } | UnavailableReason {
  const place = placeOf(engine, policy, request.address);
  const pool = poolAround(engine, policy, request.address);
  if (place === undefined || pool === undefined) return "no_pool";
  const verdict = poolVerdict(pool, { ...request, pools: [pool.pool.name] });
  return verdict === "usable" ? { place, pool } : reasonOf(verdict);
}

/** Why an address cannot be had of a pool that may not serve the request. */
function reasonOf(verdict: PoolVerdict): UnavailableReason {
  switch (verdict) {
    case "draining":
    case "use_mismatch":
    case "prefixes_only":
    case "disabled":
    case "node_required":
      return verdict;
    default:
      return "no_pool";
  }
}

/**
 * Throws `handle_limit` when the handle may not hold more; returns the address if it holds it already, unless its lease
 * has ended and is to begin anew.
 */
async function checkLimit(
  engine: Engine,
  request: ExactRequest,
  options?: CallOptions,
): Promise<AddressAllocation | undefined> {
  const known = engine.cache.handle(engine.keys.handle(request.handle)) !== undefined;
  if (!known && request.maxPerHandle === undefined) return undefined;
  const held = await readHeld(engine, request.handle, options);
  const text = request.address.toString();
  const same = held.addresses.find(({ address }) => address.toString() === text);
  if (same !== undefined) return hasEnded(same.expiresAt, engine.now()) ? undefined : same;
  const limit = request.maxPerHandle ?? held.max;
  const { family } = request.address;
  const count = held.addresses.filter(({ address }) => address.family === family).length;
  if (limit !== undefined && count >= limit) throw limitReached(request.handle, limit, held.addresses);
  return undefined;
}

async function takeExact(
  engine: Engine,
  request: ExactRequest,
  policy: Policy,
  pool: PoolPolicy,
  place: Place,
  tries: UncertainTries,
  options?: CallOptions,
): Promise<AddressAllocation | undefined> {
  const cached = engine.cache.block(place.blockKey);
  const state = cached ?? (await engine.readBlocks([place.blockKey], options))[0];
  // Not before the block was read: a release later than this would be one that is to come, and rest shorter.
  const writes = new WriteSet(engine, policy, engine.now());
  const draft = await openExact(engine, request, pool, place, state, writes, options);
  if (draft === undefined) return undefined;
  const live = draft.find(place.ordinal);
  if (live?.h === request.handle && hasEnded(live.x, writes.now)) {
    const anew = withLease(live, request.ttlMs, writes.now);
    draft.replace(anew);
    options?.signal?.throwIfAborted();
    const { kind } = await writes.commit();
    return kind === "committed" ? toAllocation(draft.state, pool.pool.name, anew) : undefined;
  }
  if (live?.h === request.handle) {
    const [now] = await engine.readBlocks([place.blockKey], options);
    if (now === undefined || now.revision !== state?.revision) return undefined;
    return toAllocation(now, pool.pool.name, live);
  }
  const obstacle = obstacleOf(request, pool, draft, place.ordinal);
  if (obstacle !== undefined) {
    // A refusal must be true of the store, not of a copy of it.
    const [now] = await engine.readBlocks([place.blockKey], options);
    if (now?.revision !== state?.revision || (await engine.freshPolicy(options)) !== policy) return undefined;
    throw obstacle;
  }
  const taken = draft.takeExact(place.ordinal, liveRecord(request, place.ordinal, writes.writer, writes.now));
  const handle = writes.handle(request.handle);
  handle.add(place.blockKey);
  if (request.maxPerHandle !== undefined) handle.max = request.maxPerHandle;
  options?.signal?.throwIfAborted();
  const outcome = await writes.commit();
  if (writes.isUncertain) tries.add(writes.writer);
  if (outcome.kind === "conflict") return undefined;
  engine.counters.allocatedCount += 1;
  if (state === undefined) {
    const node = request.node !== undefined && draft.owner === request.node ? { node: request.node } : {};
    engine.notify({ kind: "block_claimed", prefix: place.block, pool: pool.pool.name, ...node });
  }
  const allocation = toAllocation(draft.state, pool.pool.name, taken.live);
  if (options?.signal?.aborted !== true) return allocation;
  engine.locks.release([place.blockKey]);
  await undoTaken(engine, request.handle, [{ blockKey: place.blockKey, taken, allocation }]);
  await engine.locks.acquire([place.blockKey]);
  throw options.signal.reason;
}

/** Opens the block of an address, without the leases in it that have run out. */
async function openExact(
  engine: Engine,
  request: ExactRequest,
  pool: PoolPolicy,
  place: Place,
  state: BlockState | undefined,
  writes: WriteSet,
  options?: CallOptions,
): Promise<BlockDraft | undefined> {
  const draft =
    state === undefined ? await claimExact(engine, request, pool, place, writes, options) : writes.open(pool, state);
  if (draft !== undefined) reapExpired(writes, place.blockKey);
  return draft;
}

/** Opens the block of an address that no block holds yet. */
async function claimExact(
  engine: Engine,
  request: ExactRequest,
  pool: PoolPolicy,
  place: Place,
  writes: WriteSet,
  options?: CallOptions,
): Promise<BlockDraft | undefined> {
  const { units, prefix } = pool.pool;
  const affine = units.kind === "addresses" && units.affinity !== "shared";
  const root = `${engine.keys.unclaimedOf(prefix.family)}${pool.segment}/`;
  const from = root + hexOf(firstAddress(place.block));
  const [[entry], affinities] = await Promise.all([
    engine.range({ from, to: under(root).to, limit: 1 }, options),
    readAffinities(engine, request.node, affine ? [pool] : [], options),
  ]);
  if (entry === undefined) return undefined;
  const run: StoredRun = decodeRun(entry);
  if (hexOf(run.first) > from.slice(root.length)) return undefined;
  const affinity = affinities.get(pool);
  if (affine && !mayClaim(pool, affinity)) throw unavailable(request, "block_limit");
  return writes.claim(pool, place.blockKey, place.block, run, affinity);
}

function obstacleOf(
  request: ExactRequest,
  pool: PoolPolicy,
  draft: BlockDraft,
  ordinal: number,
): IpamError | undefined {
  const { address } = request;
  const live = draft.find(ordinal);
  if (live !== undefined) {
    const text = `${address} is held by ${live.h}`;
    const holder = toAllocation(draft.state, pool.pool.name, live);
    return new IpamError("address_in_use", text, { address, handle: live.h, holder });
  }
  const { units } = pool.pool;
  const owner = draft.state.record.node;
  if (units.kind === "addresses" && units.affinity === "strict" && draft.state.revision !== undefined) {
    if (owner !== request.node) return unavailable(request, "other_node");
  }
  const obstacle = draft.obstacle(ordinal);
  if (obstacle === "cooling") return unavailable(request, "cooling", draft.restsUntil(ordinal));
  if (obstacle === "full") return unavailable(request, "record_full");
  return obstacle === "excluded" ? unavailable(request, whyExcluded(pool, address)) : undefined;
}

function whyExcluded({ pool }: PoolPolicy, address: ExactRequest["address"]): "gateway" | "skipped" | "reserved" {
  const { units, prefix } = pool;
  if (units.kind !== "addresses") return "reserved";
  const text = address.toString();
  if (units.gateway?.toString() === text) return "gateway";
  const isFirst = distance(firstAddress(prefix), address) < BigInt(units.skipFirst);
  const isLast = distance(address, lastAddress(prefix)) < BigInt(units.skipLast);
  return isFirst || isLast ? "skipped" : "reserved";
}

function unavailable(
  { address }: ExactRequest,
  reason: UnavailableReason,
  until?: number,
): IpamError<"address_unavailable"> {
  return new IpamError("address_unavailable", `${address} cannot be had: ${reason}`, {
    address,
    reason,
    ...(until !== undefined && { until }),
  });
}
