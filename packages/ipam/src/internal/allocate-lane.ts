import type { Family } from "@netmason/net";
import { IpamError } from "../errors.js";
import { type AllocateOp, liveRecord, toAllocation } from "./allocate-op.js";
import { CallQueue } from "./call-queue.js";
import { eligiblePools, type PoolQuery } from "./eligibility.js";
import type { Engine } from "./engine.js";
import { LaneBlocks } from "./lane-blocks.js";
import type { Policy } from "./policy.js";
import { reapExpired } from "./reap.js";
import { undoTaken } from "./undo.js";
import { type Outcome, uncertainError } from "./unknown-outcome.js";
import { mostBlocks, WriteSet } from "./write-set.js";

/** Blocks that are looked for at once when many calls wait. */
const MOST_AHEAD = 8;

/**
 * The calls that want the same: the same pools, node and families. One transaction is in flight at a time; those who come
 * meanwhile share the next one, as many as the store takes keys.
 */
export class AllocateLane {
  readonly #engine: Engine;
  readonly #onIdle: () => void;
  readonly #queue = new CallQueue<AllocateOp>();
  readonly #blocks: readonly LaneBlocks[];
  readonly #query: PoolQuery;
  /** What is left to do for calls that have ended, once the blocks are free again: giving back needs them. */
  readonly #endings: (() => Promise<void>)[] = [];
  #policy: Policy | undefined;
  #served: { readonly policy: Policy; readonly every: boolean } | undefined;
  #running = false;
  /** Commits lost in a row: from the second on, blocks are claimed somewhere else. */
  #lost = 0;

  constructor(engine: Engine, query: PoolQuery, families: readonly Family[], onIdle: () => void) {
    this.#engine = engine;
    this.#onIdle = onIdle;
    this.#query = query;
    this.#blocks = families.map((family) => new LaneBlocks(engine, query, family));
  }

  /** Whether some pool of every family may serve. */
  serves(policy: Policy): boolean {
    if (this.#served?.policy !== policy) {
      const pools = this.#blocks.map(({ family }) => eligiblePools(policy, this.#query, family));
      this.#served = { policy, every: pools.every(({ length }) => length > 0) };
    }
    return this.#served.every;
  }

  /** Queues a call. */
  push(op: AllocateOp): void {
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
        this.#fail(this.#queue.all(), error);
        for (const end of this.#endings.splice(0)) await end();
      }
    }
    this.#running = false;
    this.#onIdle();
  }

  async #step(): Promise<void> {
    const engine = this.#engine;
    if (!this.#dropAborted()) return;
    const policy = engine.policy ?? (await engine.loadPolicy());
    if (this.#policy !== policy) {
      this.#policy = policy;
      for (const blocks of this.#blocks) blocks.follow(policy);
    }
    const keys = this.#blocks.length === 1 ? keysOf(this.#blocks[0]) : this.#blocks.flatMap(keysOf);
    if (!engine.locks.tryAcquire(keys)) await engine.locks.acquire(keys);
    let woken = false;
    let short = false;
    try {
      // Others may have written to these blocks while they were waited for.
      for (const blocks of this.#blocks) blocks.forgetGone();
      const writes = new WriteSet(engine, policy, engine.now());
      const batch = this.#fill(writes);
      // Without a batch there may still be leases to end, a few at a time, before there is room.
      short = batch.length === 0 && writes.isEmpty();
      if (!short) await this.#commit(writes, batch);
    } finally {
      woken = engine.locks.release(keys);
    }
    // A search may have to wait for another block, and nobody waits while holding.
    if (short) await this.#gather(policy);
    for (const end of this.#endings.splice(0)) await end();
    // Whoever waited for these keys comes first.
    if (woken) await Promise.resolve();
  }

  /** Takes for as many of the queue, in order, as there is room for and as one transaction carries. */
  #fill(writes: WriteSet): AllocateOp[] {
    const batch: AllocateOp[] = [];
    for (const blocks of this.#blocks) {
      blocks.open(writes);
      for (const { key } of blocks.blocks) reapExpired(writes, key);
    }
    for (const op of this.#queue) {
      if (batch.length > 0 && !writes.fits(1)) break;
      const fits = this.#blocks.every((blocks, index) => hasRoom(writes, blocks, op.need[index] ?? 0));
      if (!fits && (batch.length > 0 || !op.partial)) break;
      this.#take(writes, op);
      if (op.pending.length === 0) break;
      batch.push(op);
      if (!fits) break;
    }
    return batch;
  }

  #take(writes: WriteSet, op: AllocateOp): void {
    const { request } = op;
    const toLive = (ordinal: number): ReturnType<typeof liveRecord> =>
      liveRecord(request, ordinal, writes.writer, writes.now);
    const handle = writes.handle(request.handle);
    op.pending = [];
    for (const [index, { blocks }] of this.#blocks.entries()) {
      let left = op.need[index] ?? 0;
      for (const { key, policy } of blocks) {
        if (left <= 0) break;
        const draft = writes.draft(key);
        for (let room = draft?.room ?? 0; left > 0 && room > 0; left -= 1, room -= 1) {
          const taken = draft?.take(toLive);
          if (draft === undefined || taken === undefined) break;
          const allocation = toAllocation(draft.state, policy.pool.name, taken.live);
          op.pending.push({ blockKey: key, taken, allocation });
          handle.add(key);
        }
      }
    }
    if (request.maxPerHandle !== undefined) handle.max = request.maxPerHandle;
  }

  async #commit(writes: WriteSet, batch: readonly AllocateOp[]): Promise<void> {
    const engine = this.#engine;
    let outcome: Outcome;
    try {
      outcome = await writes.commit();
    } catch (error) {
      for (const op of batch) op.pending = [];
      // Without a batch it was for the first in the queue that leases were to be ended.
      const { first } = this.#queue;
      return this.#fail(batch.length > 0 || first === undefined ? batch : [first], error);
    }
    if (outcome.kind === "conflict") return this.#afterConflict(outcome, batch);
    this.#lost = 0;
    engine.counters.batchedCount += Math.max(0, batch.length - 1);
    for (const blocks of this.#blocks) {
      for (const { policy, claim } of blocks.settle()) {
        if (claim === undefined) continue;
        const node = claim.affinity?.node;
        const { prefix } = claim;
        engine.notify({ kind: "block_claimed", prefix, pool: policy.pool.name, ...(node !== undefined && { node }) });
      }
    }
    for (const op of batch) this.#advance(op);
  }

  async #afterConflict(outcome: Outcome & { kind: "conflict" }, batch: readonly AllocateOp[]): Promise<void> {
    const engine = this.#engine;
    const { keys } = outcome;
    this.#lost += 1;
    for (const blocks of this.#blocks) {
      blocks.keep((block) => block.claim === undefined && !(this.#lost > 1 && keys.includes(block.key)));
    }
    const key = keys[0] ?? engine.keys.gen;
    engine.notify({ kind: "conflict", key, attempt: this.#lost });
    const again: AllocateOp[] = [];
    for (const op of batch) {
      if (outcome.isUncertain) op.uncertain.push(...op.pending);
      op.pending = [];
      if (keys.includes(op.handleKey)) this.#finish(op, () => op.resolve({ kind: "handle_changed" }));
      else again.push(op);
    }
    const { first } = this.#queue;
    if (batch.length === 0 && first !== undefined) again.push(first);
    for (const op of again) op.lost += 1;
    const tired = again.filter(({ lost }) => lost > engine.retryCount);
    if (tired.length > 0) {
      const attemptCount = engine.retryCount + 1;
      const text = `${key} changed ${attemptCount} times while it was being written`;
      this.#fail(tired, new IpamError("contention", text, { key, attemptCount }));
    }
    const most = Math.max(0, ...again.map(({ lost }) => lost));
    if (again.length > tired.length) await engine.backOff(key, Math.min(most, engine.retryCount));
  }

  /** Counts what a committed transaction gave a call, and ends it if that was all. */
  #advance(op: AllocateOp): void {
    for (const one of op.pending) {
      op.taken.push(one);
      let index = 0;
      while (index < this.#blocks.length - 1 && this.#blocks[index]?.family !== one.allocation.address.family)
        index += 1;
      op.need[index] = (op.need[index] ?? 0) - 1;
    }
    this.#engine.counters.allocatedCount += op.pending.length;
    op.pending = [];
    op.partial = false;
    if (op.signal?.aborted === true) this.#fail([op], op.signal.reason);
    else if (op.need.every((need) => need <= 0)) this.#finish(op, () => op.resolve({ kind: "done" }));
  }

  #finish(op: AllocateOp, settle: () => void): void {
    this.#queue.remove(op);
    settle();
  }

  /** Calls that ended before anything was sent for them are gone; `false`: nobody is left. */
  #dropAborted(): boolean {
    for (const op of this.#queue.aborted()) {
      if (op.taken.length === 0) this.#finish(op, () => op.reject(op.signal?.reason));
    }
    return this.#queue.length > 0;
  }

  /** Ends calls with an error, after what they took is given back. */
  #fail(ops: readonly AllocateOp[], error: unknown): void {
    for (const op of ops) {
      this.#queue.remove(op);
      this.#endings.push(async () => {
        await undoTaken(this.#engine, op.request.handle, op.taken);
        op.reject(op.uncertain.length > 0 ? uncertainError(error, op.handleKey, op.request.handle) : error);
      });
    }
  }

  /** Finds blocks until the first call fits, or there are no more, or the transaction is as large as it may be. */
  async #gather(policy: Policy): Promise<void> {
    const engine = this.#engine;
    const op = this.#queue.first;
    if (op === undefined) return;
    const most = mostBlocks(engine.store.limits.txnKeyCount);
    for (const [index, blocks] of this.#blocks.entries()) {
      const need = op.need[index] ?? 0;
      for (let room = blocks.room(engine.now()); room < need; ) {
        if (this.#blocks.reduce((sum, each) => sum + each.blocks.length, 0) >= most) {
          op.partial = this.#blocks.some((each, at) => (op.need[at] ?? 0) > 0 && each.blocks.length > 0);
          // Families that have enough make way.
          if (!op.partial) for (const each of this.#blocks) each.keep(() => false);
          return;
        }
        const more = await blocks.grow(this.#lost > 1 ? engine.random() : 0);
        room += more;
        if (more > 0) continue;
        if ((await engine.freshPolicy()) === policy) this.#giveUp(op);
        return;
      }
    }
    if (this.#lost === 0 && this.#queue.length > 1) await this.#gatherAhead(Math.min(most, MOST_AHEAD));
  }

  /**
   * Finds blocks for those who wait behind the first call, so that one transaction serves more than a block holds. Not
   * after a lost commit: whoever claims much while others claim loses more often.
   */
  async #gatherAhead(most: number): Promise<void> {
    for (const [index, blocks] of this.#blocks.entries()) {
      let wanted = 0;
      for (const op of this.#queue) wanted += op.need[index] ?? 0;
      for (let room = blocks.room(this.#engine.now()); room < wanted; ) {
        if (this.#blocks.reduce((sum, each) => sum + each.blocks.length, 0) >= most) return;
        const more = await blocks.grow(0);
        if (more === 0) return;
        room += more;
      }
    }
  }

  /** No pool has more for this call. */
  #giveUp(op: AllocateOp): void {
    const now = this.#engine.now();
    const room = this.#blocks.reduce((sum, blocks, index) => sum + Math.min(op.need[index] ?? 0, blocks.room(now)), 0);
    const obtainedCount = op.taken.length + room;
    if (op.request.shortfall === "accept" && room > 0) {
      op.partial = true;
      return;
    }
    this.#queue.remove(op);
    if (op.request.shortfall === "accept" && op.taken.length > 0) {
      op.resolve({ kind: "done" });
      return;
    }
    this.#endings.push(async () => {
      await undoTaken(this.#engine, op.request.handle, op.taken.splice(0));
      op.resolve({ kind: "refused", obtainedCount });
    });
  }
}

function keysOf(blocks: LaneBlocks | undefined): readonly string[] {
  return blocks === undefined ? [] : blocks.blocks.map(({ key }) => key);
}

function hasRoom(writes: WriteSet, { blocks }: LaneBlocks, need: number): boolean {
  let room = 0;
  for (const { key } of blocks) {
    if (room >= need) return true;
    room += writes.draft(key)?.room ?? 0;
  }
  return room >= need;
}
