import type { Family } from "@netmason/net";
import { newBlock } from "./block-state.js";
import { openReaped } from "./drop-idle.js";
import { eligiblePools, type PoolQuery } from "./eligibility.js";
import type { Engine } from "./engine.js";
import type { Policy, PoolPolicy } from "./policy.js";
import { reclaimBlock } from "./reclaim.js";
import { dropStaleRow } from "./row-repair.js";
import { findSpace, nextClaim, type Space } from "./space-finder.js";
import type { WriteSet } from "./write-set.js";

type Claim = Space & { readonly kind: "claim" };

/** A block a lane takes from; with a `claim` while nobody has it. */
export interface LaneBlock {
  readonly policy: PoolPolicy;
  readonly key: string;
  readonly claim: Claim | undefined;
}

/** The blocks of one family that a lane takes from, in the order it takes. */
export class LaneBlocks {
  readonly family: Family;
  readonly #engine: Engine;
  readonly #query: PoolQuery;
  #pools: readonly PoolPolicy[] = [];
  #blocks: readonly LaneBlock[] = [];

  constructor(engine: Engine, query: PoolQuery, family: Family) {
    this.#engine = engine;
    this.#query = query;
    this.family = family;
  }

  get blocks(): readonly LaneBlock[] {
    return this.#blocks;
  }

  /** Pools that may serve; none: every request is refused. */
  get pools(): readonly PoolPolicy[] {
    return this.#pools;
  }

  /** Applies another policy: pools may have gone, claims are looked for again. */
  follow(policy: Policy): void {
    this.#pools = eligiblePools(policy, this.#query, this.family);
    this.#blocks = this.#blocks.flatMap((block) => {
      const now = this.#pools.find(({ segment }) => segment === block.policy.segment);
      return now === undefined || block.claim !== undefined ? [] : [{ ...block, policy: now }];
    });
  }

  /** Keeps what passes. */
  keep(passes: (block: LaneBlock) => boolean): void {
    const kept = this.#blocks.filter(passes);
    if (kept.length < this.#blocks.length) this.#blocks = kept;
  }

  /** After a commit: what was claimed is there now, and what is full is of no use. */
  settle(): readonly LaneBlock[] {
    const claimed = this.#blocks.filter(({ claim }) => claim !== undefined);
    if (claimed.length > 0) {
      const exists = ({ key, claim }: LaneBlock): boolean => claim === undefined || this.#isKnown(key);
      this.#blocks = this.#blocks.filter(exists).map((block) => ({ ...block, claim: undefined }));
    }
    // What was borrowed is not kept: next time there may be a block of its own again.
    this.keep((block) => this.#engine.cache.block(block.key)?.record.at === 0 && this.#ownership(block) === "own");
    return claimed.filter(({ key }) => this.#isKnown(key));
  }

  #isKnown(key: string): boolean {
    return this.#engine.cache.block(key) !== undefined;
  }

  /** Forgets blocks that are gone, and those that may not be taken from, because they have another owner now. */
  forgetGone(): void {
    this.keep((block) => block.claim !== undefined || this.#ownership(block) !== "none");
  }

  #ownership({ policy, key }: LaneBlock): "own" | "borrowed" | "none" {
    const state = this.#engine.cache.block(key);
    const { units } = policy.pool;
    if (state === undefined || units.kind !== "addresses") return "none";
    if (units.affinity === "shared" || state.record.node === this.#query.node) return "own";
    return units.affinity === "preferred" ? "borrowed" : "none";
  }

  /** How many addresses the blocks have; forgets those that have none. */
  room(now: number): number {
    let room = 0;
    this.keep((block) => {
      const has = this.#roomOf(block, now);
      room += has;
      return has > 0;
    });
    return room;
  }

  #roomOf({ policy, key, claim }: LaneBlock, now: number): number {
    const state = claim === undefined ? this.#engine.cache.block(key) : newBlock(key, claim.prefix, undefined, now);
    return state === undefined ? 0 : openReaped(this.#engine, policy, state, now).room;
  }

  /** Opens all blocks in a transaction in the making. */
  open(writes: WriteSet): void {
    for (const { policy, key, claim } of this.#blocks) {
      const state = this.#engine.cache.block(key);
      if (claim !== undefined) writes.claim(policy, key, claim.prefix, claim.run, claim.affinity);
      else if (state !== undefined) writes.open(policy, state);
    }
  }

  /**
   * Adds one more block with room, and says how much; 0: there is none. `share` above 0 claims somewhere else than others do.
   */
  async grow(share: number): Promise<number> {
    const engine = this.#engine;
    for (let repaired = 0; ; repaired += 1) {
      const space = await this.#find(share);
      if (space === undefined) return 0;
      if (space.kind === "claim") {
        const block = { policy: space.policy, key: space.key, claim: space };
        this.#blocks = [...this.#blocks, block];
        return this.#roomOf(block, engine.now());
      }
      const { policy, key } = space;
      const [state] = await engine.readBlocks([key]);
      const room = state === undefined ? 0 : openReaped(engine, policy, state, engine.now()).room;
      if (state !== undefined && room > 0) {
        if (!space.reclaim || (await reclaimBlock(engine, policy, state, this.#query.node as string))) {
          this.#blocks = [...this.#blocks, { policy, key, claim: undefined }];
          return room;
        }
      }
      await dropStaleRow(engine, policy, space.row, key, state);
      await engine.backOff(space.row, Math.max(0, repaired - 2));
    }
  }

  async #find(share: number): Promise<Space | undefined> {
    const engine = this.#engine;
    const planned = new Map<PoolPolicy, number>();
    for (const { policy, claim } of this.#blocks) {
      if (claim !== undefined) planned.set(policy, (planned.get(policy) ?? 0) + 1);
    }
    const query = {
      pools: this.#pools,
      family: this.family,
      node: this.#query.node,
      exclude: new Set(this.#blocks.map(({ key }) => key)),
      planned,
      share,
      now: engine.now(),
    };
    const last = this.#blocks[this.#blocks.length - 1];
    const more = last?.claim === undefined ? undefined : nextClaim(engine, last.claim, query);
    return more ?? findSpace(engine, query);
  }
}
