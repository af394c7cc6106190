import type { AddressAllocation } from "../allocation.js";
import { IpamError } from "../errors.js";
import { toAllocation } from "./allocate-op.js";
import type { BlockDraft } from "./block-draft.js";
import { dropEmptyBlocks } from "./drop-block.js";
import type { Engine } from "./engine.js";
import type { Policy, PoolPolicy } from "./policy.js";
import type { LiveRecord } from "./records.js";
import type { ReleaseItem, ReleaseOp } from "./release-op.js";
import { WriteSet } from "./write-set.js";

/**
 * The releases that touch the same blocks. One transaction is in flight at a time; those that come meanwhile share the
 * next one.
 */
export class ReleaseLane {
  readonly #engine: Engine;
  readonly #keys: readonly string[];
  readonly #onIdle: () => void;
  readonly #queue: ReleaseOp[] = [];
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
    while (this.#queue.length > 0) {
      try {
        await this.#step();
      } catch (error) {
        for (const op of this.#queue.splice(0)) op.reject(error);
      }
    }
    this.#running = false;
    this.#onIdle();
  }

  async #step(): Promise<void> {
    const engine = this.#engine;
    const policy = engine.policy ?? (await engine.loadPolicy());
    if (!engine.locks.tryAcquire(this.#keys)) await engine.locks.acquire(this.#keys);
    let woken = false;
    let emptied: readonly string[] = [];
    try {
      const fresh = await this.#readMissing();
      emptied = await this.#write(policy, fresh);
    } finally {
      woken = engine.locks.release(this.#keys);
    }
    if (emptied.length > 0) await dropEmptyBlocks(engine, emptied);
    if (woken) await Promise.resolve();
  }

  /** Reads the blocks that are not known; returns those that were read just now. */
  async #readMissing(): Promise<Set<string>> {
    const { cache } = this.#engine;
    let missing: string[] | undefined;
    for (const key of this.#keys) {
      if (cache.block(key) === undefined) missing = [...(missing ?? []), key];
    }
    if (missing !== undefined) await this.#engine.readBlocks(missing);
    return new Set(missing);
  }

  /** One transaction for the front of the queue; returns blocks that are empty and of no use to anybody now. */
  async #write(policy: Policy, fresh: Set<string>): Promise<readonly string[]> {
    const engine = this.#engine;
    for (;;) {
      const writes = new WriteSet(engine, policy, engine.now());
      for (const key of this.#keys) {
        const state = engine.cache.block(key);
        const pool = policy.bySegment.get(segmentOf(key));
        if (state !== undefined && pool !== undefined) writes.open(pool, state);
      }
      const batch: ReleaseOp[] = [];
      const doubtful = new Set<string>();
      for (const op of this.#queue) {
        if (batch.length > 0 && !writes.fits(handleCount(op))) break;
        this.#apply(writes, op, fresh, doubtful);
        batch.push(op);
      }
      const unknown = unknownHandles(engine, batch);
      if (doubtful.size === 0 && unknown.length === 0) return this.#commit(policy, writes, batch);
      // What a copy says of an address that it does not know to be live must be true now, not then.
      const reread = [...doubtful];
      const entries = await engine.get([...reread, ...unknown]);
      for (const [index, key] of reread.entries()) {
        engine.learnBlock(key, entries[index]);
        fresh.add(key);
      }
      for (const [index, key] of unknown.entries()) engine.learnHandle(key, entries[reread.length + index]);
      if (unknown.length > 0 && doubtful.size === 0) return this.#rewrite(policy);
    }
  }

  /** Applies the queue again now that blocks and handles are known. */
  async #rewrite(policy: Policy): Promise<readonly string[]> {
    const engine = this.#engine;
    const writes = new WriteSet(engine, policy, engine.now());
    for (const key of this.#keys) {
      const state = engine.cache.block(key);
      const pool = policy.bySegment.get(segmentOf(key));
      if (state !== undefined && pool !== undefined) writes.open(pool, state);
    }
    const all = new Set(this.#keys);
    const batch: ReleaseOp[] = [];
    for (const op of this.#queue) {
      if (batch.length > 0 && !writes.fits(handleCount(op))) break;
      this.#apply(writes, op, all, new Set());
      batch.push(op);
    }
    return this.#commit(policy, writes, batch);
  }

  #apply(writes: WriteSet, op: ReleaseOp, fresh: ReadonlySet<string>, doubtful: Set<string>): void {
    op.released = [];
    op.notHeld = [];
    op.stale = [];
    if (op.handle !== undefined) this.#applyHandle(writes, op, op.handle);
    for (const item of op.items) {
      const draft = writes.draft(item.blockKey);
      const live = draft?.find(item.ordinal);
      const held = draft !== undefined && live !== undefined && !draft.isExpired(live);
      const { handle, sequence } = item.target;
      const matches = held && (sequence ?? live.s) === live.s && (handle ?? live.h) === live.h;
      if (matches) this.#release(writes, op, item.blockKey, draft, live);
      else if (!fresh.has(item.blockKey)) doubtful.add(item.blockKey);
      else reportUnheld(op, item, held || (live !== undefined && sequence !== undefined));
    }
  }

  #applyHandle(writes: WriteSet, op: ReleaseOp, handle: string): void {
    for (const key of this.#keys) {
      const draft = writes.draft(key);
      const held = draft?.live.filter(({ h }) => h === handle) ?? [];
      if (draft !== undefined) for (const live of held) this.#release(writes, op, key, draft, live);
      // That the block has nothing of the handle must be true now, not only of the copy.
      if (held.length === 0) writes.compare(key, draft?.state.revision);
      writes.handle(handle).at.delete(key);
    }
  }

  #release(writes: WriteSet, op: ReleaseOp, key: string, draft: BlockDraft, live: LiveRecord): void {
    const expired = draft.isExpired(live);
    draft.release(live.o, expired ? (live.x ?? writes.now) : writes.now);
    const allocation = toAllocation(draft.state, poolName(writes.policy, key), live);
    if (!expired) op.released.push(allocation);
    if (op.handle === undefined && !draft.holds(live.h)) writes.handle(live.h).at.delete(key);
  }

  async #commit(policy: Policy, writes: WriteSet, batch: readonly ReleaseOp[]): Promise<readonly string[]> {
    const engine = this.#engine;
    if (!writes.isEmpty()) {
      const outcome = await writes.commit();
      if (outcome.kind === "conflict") {
        for (const op of batch) {
          if (outcome.maybeApplied) for (const one of op.released) op.tried.set(one.sequence + one.address, one);
          op.lost += 1;
        }
        await this.#retry(batch, outcome.keys);
        return [];
      }
    }
    for (const op of batch) {
      engine.counters.releasedCount += op.released.length;
      this.#finish(op);
      op.resolve({ kind: "done" });
    }
    engine.counters.batchedCount += batch.length - 1;
    return this.#keys.filter((key) => isUseless(engine, policy.bySegment.get(segmentOf(key)), key));
  }

  async #retry(batch: readonly ReleaseOp[], keys: readonly string[]): Promise<void> {
    const engine = this.#engine;
    const key = keys[0] ?? engine.keys.gen;
    let most = 0;
    for (const op of batch) {
      // After an unknown outcome the handle is not known either: to go on with it would find nothing to release.
      const handleKey = op.handle === undefined ? undefined : engine.keys.handle(op.handle);
      if (handleKey !== undefined && (keys.includes(handleKey) || engine.cache.handle(handleKey) === undefined)) {
        this.#finish(op);
        op.resolve({ kind: "handle_changed" });
      } else if (op.lost > engine.retryCount) {
        this.#finish(op);
        const text = `${key} changed ${op.lost} times while it was being written`;
        op.reject(new IpamError("contention", text, { key, attemptCount: op.lost }));
      } else most = Math.max(most, op.lost);
    }
    await engine.backOff(key, most);
  }

  #finish(op: ReleaseOp): void {
    const index = this.#queue.indexOf(op);
    if (index >= 0) this.#queue.splice(index, 1);
  }
}

function segmentOf(blockKey: string): string {
  return blockKey.split("/")[2] ?? "";
}

function poolName(policy: Policy, blockKey: string): string {
  return policy.bySegment.get(segmentOf(blockKey))?.pool.name ?? "";
}

function handleCount(op: ReleaseOp): number {
  return op.handle !== undefined ? 1 : op.items.length;
}

/** Handles of what will be released that the cache does not know. */
function unknownHandles(engine: Engine, batch: readonly ReleaseOp[]): readonly string[] {
  const unknown = new Set<string>();
  for (const { released } of batch) {
    for (const { handle } of released) {
      const key = engine.keys.handle(handle);
      if (engine.cache.handle(key) === undefined) unknown.add(key);
    }
  }
  return [...unknown];
}

/** Nobody holds it under that name now; if an earlier try may have released it, that is what happened. */
function reportUnheld(op: ReleaseOp, item: ReleaseItem, someoneElse: boolean): void {
  const { target } = item;
  const address = "address" in target ? target.address : undefined;
  const tried: AddressAllocation | undefined = op.tried.get(`${target.sequence ?? ""}${address}`);
  if (tried !== undefined) op.released.push(tried);
  else if (someoneElse) op.stale.push(target);
  else op.notHeld.push(target);
}

/** An empty block that should go: its pool drains, or it lost its node. */
function isUseless(engine: Engine, policy: PoolPolicy | undefined, key: string): boolean {
  const record = engine.cache.block(key)?.record;
  if (policy === undefined || record?.idle === undefined) return false;
  const { units, state } = policy.pool;
  const ownerless = units.kind === "addresses" && units.affinity !== "shared" && record.node === undefined;
  return state === "draining" || ownerless;
}
