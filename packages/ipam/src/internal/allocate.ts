import type { Family } from "@netmason/net";
import type { AddressAllocation } from "../allocation.js";
import { IpamError } from "../errors.js";
import type { AllocateRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { AllocateLane } from "./allocate-lane.js";
import { AllocateOp } from "./allocate-op.js";
import { eligiblePools, familiesOf, poolsOf } from "./eligibility.js";
import type { Engine } from "./engine.js";
import { lookAtPools, RecentCensus } from "./explain.js";
import { type HeldAddresses, readHeld } from "./held.js";
import { OwnAddresses } from "./own-addresses.js";
import { beginAnew, hasEnded } from "./renew.js";
import { checkRequest } from "./request-checks.js";
import { undoTaken } from "./undo.js";
import { uncertainError } from "./unknown-outcome.js";

const NOTHING_HELD: HeldAddresses = { addresses: [], max: undefined };

/** `allocate`: one lane for all calls that want the same, made when there is one and gone when there is none. */
export class Allocator {
  readonly #engine: Engine;
  readonly #lanes = new Map<string, AllocateLane>();
  readonly #recent: RecentCensus;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#recent = new RecentCensus(engine);
  }

  async allocate(request: AllocateRequest, options?: CallOptions): Promise<readonly AddressAllocation[]> {
    checkRequest(request);
    const engine = this.#engine;
    engine.enter(options);
    const key = engine.keys.handle(request.handle);
    const locked = [key];
    try {
      if (!engine.locks.tryAcquire(locked)) await engine.locks.acquire(locked);
      const own = new OwnAddresses();
      try {
        return await this.#allocate(request, key, own, options);
      } catch (error) {
        throw own.isEmpty ? error : uncertainError(error, key, request.handle);
      } finally {
        engine.locks.release(locked);
      }
    } finally {
      engine.leave();
    }
  }

  async #allocate(
    request: AllocateRequest,
    key: string,
    own: OwnAddresses,
    options?: CallOptions,
  ): Promise<readonly AddressAllocation[]> {
    const engine = this.#engine;
    const signal = options?.signal;
    let held = engine.cache.handle(key) === undefined ? NOTHING_HELD : await readHeld(engine, request.handle, options);
    for (let lost = 0; ; lost += 1) {
      let policy = engine.policy ?? (await engine.loadPolicy(options));
      if (request.pools?.some((name) => !policy.byName.has(name)) === true) policy = await engine.freshPolicy(options);
      const families = familiesOf(policy, request);
      const before = own.split(held);
      let relevant: readonly AddressAllocation[] | undefined = heldForRequest(before, request);
      const need = own.lessenNeed(families, neededOf(request, families, relevant, before));
      if (relevant.length > 0) relevant = await renewEnded(engine, request, families, relevant, options);
      if (relevant === undefined) {
        held = await readHeld(engine, request.handle, options);
        if (lost > 0) await engine.backOff(key, lost, signal);
        continue;
      }
      if (need.every((count) => count === 0)) return own.answer(engine, families, relevant);
      signal?.throwIfAborted();
      const lane = this.#laneFor(request, families);
      if (!lane.serves(policy)) await this.#checkPools(request, families, options);
      const op = new AllocateOp(request, key, need, signal);
      lane.push(op);
      const outcome = await op.promise;
      const now = engine.now();
      const isAnswer = outcome.kind === "done" && !relevant.some(({ expiresAt }) => hasEnded(expiresAt, now));
      if (isAnswer) return own.answer(engine, families, relevant, op);
      own.learn(op);
      if (outcome.kind === "refused" && op.uncertain.length === 0) {
        const found = own.found(engine);
        if (found.length > 0 && request.shortfall === "accept") return own.answer(engine, families, relevant);
        await undoTaken(engine, request.handle, found);
        await this.#checkPools(request, families, options);
        return this.#refuse(request, need, outcome.obtainedCount, options);
      }
      // After a lost answer, what was found to be taken may be taken by this very call. And what was held may have ended
      // while more was taken.
      held = await readHeld(engine, request.handle, options);
      if (lost > 0) await engine.backOff(key, lost, signal);
    }
  }

  #laneFor(request: AllocateRequest, families: readonly Family[]): AllocateLane {
    const key = laneKey(request, families);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new AllocateLane(this.#engine, request, families, () => {
      if (this.#lanes.size > IDLE_LANES) this.#lanes.delete(key);
    });
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Throws unless some pool of every family may serve. */
  async #checkPools(request: AllocateRequest, families: readonly Family[], options?: CallOptions): Promise<void> {
    const fresh = await this.#engine.freshPolicy(options);
    poolsOf(fresh, request);
    if (families.every((family) => eligiblePools(fresh, request, family).length > 0)) return;
    const { pools } = await lookAtPools(this.#engine, request, options, this.#recent);
    const explanation = { satisfiable: false, pools };
    const text = `no pool may serve ${families.map((family) => `IPv${family}`).join(" and ")} for ${request.handle}`;
    throw new IpamError("no_pool", text, { explanation });
  }

  async #refuse(
    request: AllocateRequest,
    need: readonly number[],
    obtainedCount: number,
    options?: CallOptions,
  ): Promise<never> {
    const engine = this.#engine;
    engine.counters.exhaustedCount += 1;
    const { pools } = await lookAtPools(engine, request, options, this.#recent);
    const explanation = { satisfiable: false, pools };
    const requestedCount = need.reduce((sum, count) => sum + count, 0);
    engine.notify({ kind: "exhausted", handle: request.handle, pools: pools.map(({ name }) => name) });
    const verdicts = pools.map(({ name, verdict }) => `${name}: ${verdict}`).join(", ");
    throw new IpamError(
      "pool_exhausted",
      `${obtainedCount} of ${requestedCount} addresses were free for ${request.handle} (${verdicts})`,
      { explanation, requestedCount, obtainedCount },
    );
  }
}

/** Lanes that are kept although nobody is in them: they know where there is room. */
const IDLE_LANES = 1_024;

function laneKey(request: AllocateRequest, families: readonly Family[]): string {
  const { node, pools, labels, use } = request;
  if (pools === undefined && labels === undefined && use === undefined) return `${families}|${node ?? ""}`;
  return JSON.stringify([families, node, pools, labels, use]);
}

/** What counts as held already: of the pools that are named, if any are. */
export function heldForRequest(held: HeldAddresses, { pools }: AllocateRequest): readonly AddressAllocation[] {
  return pools === undefined ? held.addresses : held.addresses.filter(({ pool }) => pools.includes(pool));
}

/**
 * What the handle holds, with leases that have ended begun anew: nobody else can have these addresses yet, and the answer
 * must not be a lease that is over. `undefined`: one was lost meanwhile.
 */
async function renewEnded(
  engine: Engine,
  request: AllocateRequest,
  families: readonly Family[],
  relevant: readonly AddressAllocation[],
  options?: CallOptions,
): Promise<readonly AddressAllocation[] | undefined> {
  const now = engine.now();
  const ended = relevant.filter(
    ({ address, expiresAt }) => hasEnded(expiresAt, now) && families.includes(address.family),
  );
  if (ended.length === 0) return relevant;
  const renewed = await beginAnew(engine, ended, request.ttlMs, options);
  return renewed && relevant.map((one) => renewed[ended.indexOf(one)] ?? one);
}

/** How many addresses of each family a request still needs. */
export function neededOf(
  request: AllocateRequest,
  families: readonly Family[],
  relevant: readonly AddressAllocation[],
  held: HeldAddresses,
): number[] {
  const { handle, count = 1, ifHeld = "keep" } = request;
  const limit = request.maxPerHandle ?? held.max;
  if (held.addresses.length === 0 && limit === undefined && typeof ifHeld === "string") {
    return families.length === 1 ? [count] : families.map(() => count);
  }
  return families.map((family) => {
    const has = relevant.filter(({ address }) => address.family === family).length;
    const all = held.addresses.filter(({ address }) => address.family === family).length;
    const need = ifHeld === "keep" ? Math.max(0, count - has) : count;
    if (ifHeld === "fail" && has > 0) throw limitReached(handle, has, relevant);
    if (typeof ifHeld === "object" && has + need > ifHeld.addUpTo) throw limitReached(handle, ifHeld.addUpTo, relevant);
    if (need > 0 && limit !== undefined && all + need > limit) throw limitReached(handle, limit, held.addresses);
    return need;
  });
}

/** The error of a handle that may not hold more. */
export function limitReached(
  handle: string,
  limitCount: number,
  held: readonly AddressAllocation[],
): IpamError<"handle_limit"> {
  const text = `${handle} holds ${held.length} addresses and may hold ${limitCount} of a family`;
  return new IpamError("handle_limit", text, { handle, limitCount, held });
}
