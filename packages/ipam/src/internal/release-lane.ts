import type { AddressAllocation } from "../allocation.js";
import { IpamError, isIpamError } from "../errors.js";
import { toAllocation } from "./allocate-op.js";
import type { BlockDraft } from "./block-draft.js";
import { CallQueue } from "./call-queue.js";
import { dropEmptyBlocks } from "./drop-block.js";
import type { Engine } from "./engine.js";
import type { Policy } from "./policy.js";
import type { LiveRecord } from "./records.js";
import type { ReleaseItem, ReleaseOp } from "./release-op.js";
import { WriteSet } from "./write-set.js";

const NONE: readonly string[] = [];

/**
 * The releases that touch the same blocks. One transaction is in flight at a time; those that come meanwhile share the
 * next one.
 */
export class ReleaseLane {
  readonly #engine: Engine;
  readonly #keys: readonly string[];
  readonly #onIdle: () => void;
  readonly #queue = new CallQueue<ReleaseOp>();
  /** Released; told so once blocks that are of no use are gone as well. */
  readonly #done: ReleaseOp[] = [];
  #running = false;

  constructor(engine: Engine, keys: readonly string[], onIdle: () => void) {
    this.#engine = engine;
    this.#keys = keys;
    this.#onIdle = onIdle;
  }

  push(op: ReleaseOp): void {
    this.#queue.push(op);
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#dropAborted()) {
      try {
        await this.#step();
      } catch (error) {
        for (const op of this.#queue.all()) {
          this.#queue.remove(op);
          op.reject(error);
        }
      }
    }
    this.#running = false;
    this.#onIdle();
  }

  /** Calls that ended before anything was sent for them are gone; `false`: nobody is left. */
  #dropAborted(): boolean {
    for (const op of this.#queue.aborted()) {
      this.#queue.remove(op);
      op.reject(op.signal?.reason);
    }
    return this.#queue.length > 0;
  }

  async #step(): Promise<void> {
    const engine = this.#engine;
    const policy = engine.policy ?? (await engine.loadPolicy());
    if (!engine.locks.tryAcquire(this.#keys)) await engine.locks.acquire(this.#keys);
    let woken = false;
    let emptied = NONE;
    try {
      const missing = missingOf(engine, this.#keys);
      if (missing.length > 0) await engine.readBlocks(missing);
      emptied = await this.#write(policy, missing);
    } finally {
      woken = engine.locks.release(this.#keys);
    }
    try {
      if (emptied.length > 0) await dropEmptyBlocks(engine, emptied);
    } catch (error) {
      // The release stands, and `collect` drops the block later.
      if (!isIpamError(error)) throw error;
    } finally {
      for (const op of this.#done.splice(0)) op.resolve({ kind: "done" });
    }
    if (woken) await Promise.resolve();
  }

  /** One transaction for the front of the queue; returns blocks that are empty and of no use to anybody now. */
  async #write(policy: Policy, readNow: readonly string[]): Promise<readonly string[]> {
    const engine = this.#engine;
    let fresh = readNow;
    for (let complete = false; ; ) {
      const writes = this.#open(policy);
      const batch: ReleaseOp[] = [];
      let reread = NONE;
      for (const op of this.#queue) {
        if (batch.length > 0 && !writes.fits(handleCount(op))) break;
        reread = this.#apply(writes, op, fresh, reread);
        batch.push(op);
      }
      const unknown = complete ? NONE : unknownHandles(engine, batch);
      if (reread.length === 0 && unknown.length === 0) return this.#commit(policy, writes, batch);
      // What a copy says of an address that it does not know to be live must be true now, not then.
      const entries = await engine.get([...reread, ...unknown]);
      for (const [index, key] of reread.entries()) {
        engine.learnBlock(key, entries[index]);
      }
      fresh = [...fresh, ...reread];
      for (const [index, key] of unknown.entries()) engine.learnHandle(key, entries[reread.length + index]);
      complete = reread.length === 0;
    }
  }

  #open(policy: Policy): WriteSet {
    const engine = this.#engine;
    const writes = new WriteSet(engine, policy, engine.now());
    for (const key of this.#keys) {
      const state = engine.cache.block(key);
      const pool = state === undefined ? undefined : policy.bySegment.get(state.segment);
      if (state !== undefined && pool !== undefined) writes.open(pool, state);
    }
    return writes;
  }

  /** Releases what matches; returns the blocks of which a copy is not enough to say that something does not. */
  #apply(writes: WriteSet, op: ReleaseOp, fresh: readonly string[], doubtful: readonly string[]): readonly string[] {
    let reread = doubtful;
    op.released = [];
    op.notHeld = [];
    op.stale = [];
    if (op.handle !== undefined) this.#applyHandle(writes, op, op.handle);
    for (const item of op.items) {
      const draft = writes.draft(item.blockKey);
      const live = draft?.find(item.ordinal);
      const held = draft !== undefined && live !== undefined && !draft.isExpired(live);
      const { handle, sequence } = item.target;
      // After a lost answer only what it was about: the next holder of the address loses nothing.
      const certain = sequence ?? triedOf(op, item)?.sequence;
      const matches = held && (certain ?? live.s) === live.s && (handle ?? live.h) === live.h;
      if (matches) this.#release(writes, op, item.blockKey, draft, live);
      else if (fresh.includes(item.blockKey)) {
        reportUnheld(op, item, held || (live !== undefined && sequence !== undefined));
      } else if (!reread.includes(item.blockKey)) reread = [...reread, item.blockKey];
    }
    return reread;
  }

  #applyHandle(writes: WriteSet, op: ReleaseOp, handle: string): void {
    for (const key of this.#keys) {
      const draft = writes.draft(key);
      const held = draft?.live.filter(({ h }) => h === handle) ?? [];
      if (draft !== undefined) for (const live of held) this.#release(writes, op, key, draft, live);
      // That the block has nothing of the handle must be true now, not only of the copy.
      if (held.length === 0) writes.compare(key, draft?.state.revision);
      writes.handle(handle).remove(key);
    }
  }

  #release(writes: WriteSet, op: ReleaseOp, key: string, draft: BlockDraft, live: LiveRecord): void {
    const expired = draft.isExpired(live);
    draft.release(live.o, expired ? (live.x ?? writes.now) : writes.now);
    const pool = writes.policy.bySegment.get(draft.state.segment);
    const allocation = toAllocation(draft.state, pool?.pool.name ?? "", live);
    if (!expired) op.released.push(allocation);
    if (op.handle === undefined && !draft.holds(live.h)) writes.handle(live.h).remove(key);
  }

  async #commit(policy: Policy, writes: WriteSet, batch: readonly ReleaseOp[]): Promise<readonly string[]> {
    const engine = this.#engine;
    if (!writes.isEmpty()) {
      const outcome = await writes.commit();
      if (outcome.kind === "conflict") {
        for (const op of batch) {
          if (outcome.isUncertain) for (const one of op.released) op.tried.set(String(one.address), one);
          op.lost += 1;
        }
        await this.#retry(batch, outcome.keys);
        return [];
      }
    }
    for (const op of batch) {
      engine.counters.releasedCount += op.released.length;
      this.#queue.remove(op);
      this.#done.push(op);
    }
    engine.counters.batchedCount += batch.length - 1;
    const useless = (key: string): boolean => isUseless(engine, policy, key);
    return this.#keys.some(useless) ? this.#keys.filter(useless) : NONE;
  }

  async #retry(batch: readonly ReleaseOp[], keys: readonly string[]): Promise<void> {
    const engine = this.#engine;
    const key = keys[0] ?? engine.keys.gen;
    let most = 0;
    for (const op of batch) {
      // After an unknown outcome the handle is not known either: to go on with it would find nothing to release.
      const handleKey = op.handle === undefined ? undefined : engine.keys.handle(op.handle);
      if (handleKey !== undefined && (keys.includes(handleKey) || engine.cache.handle(handleKey) === undefined)) {
        this.#queue.remove(op);
        op.resolve({ kind: "handle_changed" });
      } else if (op.lost > engine.retryCount) {
        this.#queue.remove(op);
        const text = `${key} changed ${op.lost} times while it was being written`;
        op.reject(new IpamError("contention", text, { key, attemptCount: op.lost }));
      } else most = Math.max(most, op.lost);
    }
    await engine.backOff(key, most);
  }
}

function missingOf(engine: Engine, keys: readonly string[]): readonly string[] {
  return keys.every((key) => engine.cache.block(key) !== undefined)
    ? NONE
    : keys.filter((key) => engine.cache.block(key) === undefined);
}

function handleCount(op: ReleaseOp): number {
  return op.handle !== undefined ? 1 : op.items.length;
}

/** Handles of what will be released that the cache does not know. */
function unknownHandles(engine: Engine, batch: readonly ReleaseOp[]): readonly string[] {
  let unknown: Set<string> | undefined;
  let last = "";
  for (const { released } of batch) {
    for (const { handle } of released) {
      if (handle === last) continue;
      last = handle;
      const key = engine.keys.handle(handle);
      if (engine.cache.handle(key) !== undefined) continue;
      unknown ??= new Set();
      unknown.add(key);
    }
  }
  return unknown === undefined ? NONE : [...unknown];
}

function triedOf(op: ReleaseOp, { target }: ReleaseItem): AddressAllocation | undefined {
  return op.tried.size === 0 || !("address" in target) ? undefined : op.tried.get(String(target.address));
}

/** Nobody holds it under that name now; if an earlier try may have released it, that is what happened. */
function reportUnheld(op: ReleaseOp, item: ReleaseItem, someoneElse: boolean): void {
  const { target } = item;
  const tried = triedOf(op, item);
  if (tried !== undefined) op.released.push(tried);
  else if (someoneElse) op.stale.push(target);
  else op.notHeld.push(target);
}

/** An empty block that should go: its pool drains, or it lost its node. */
function isUseless(engine: Engine, policy: Policy, key: string): boolean {
  const block = engine.cache.block(key);
  if (block === undefined || block.record.idle === undefined) return false;
  const { record, segment } = block;
  const pool = policy.bySegment.get(segment);
  if (pool === undefined) return false;
  const { units, state } = pool.pool;
  const ownerless = units.kind === "addresses" && units.affinity !== "shared" && record.node === undefined;
  return state === "draining" || ownerless;
}
