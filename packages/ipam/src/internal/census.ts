import { createAddressSet, type Prefix } from "@netmason/net";
import type { Counts, PoolUtilization } from "../block.js";
import type { Reclaimable } from "../explanation.js";
import type { CallOptions } from "../store.js";
import type { BlockDraft } from "./block-draft.js";
import { decodeBlock } from "./block-state.js";
import { childRests, decodeChild } from "./child-record.js";
import { openReaped } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { under } from "./keys.js";
import { hasBit } from "./ordinal-bits.js";
import type { PoolPolicy } from "./policy.js";

/** Everything one pass over a pool can tell. */
export interface Census {
  readonly policy: PoolPolicy;
  readonly counts: Counts;
  readonly blockCount: number;
  readonly prefixCount: number;
  readonly nodes: PoolUtilization["nodes"];
  readonly holders: ReadonlyMap<string, number>;
  readonly reclaimable: readonly Reclaimable[];
  /** Free addresses of the blocks each node owns. */
  readonly freeByNode: ReadonlyMap<string, number>;
  /** Free addresses of all claimed blocks. */
  readonly claimedFree: number;
  /** When the first resting address can be handed out again. */
  readonly nextFreeAt: number | undefined;
  readonly largestFree: number | undefined;
}

type NodeCount = { blockCount: number; liveCount: number; borrowedCount: number };

/** Counts one pool anew: reads all its blocks, or all its children. */
export function takeCensus(engine: Engine, policy: PoolPolicy, options?: CallOptions): Promise<Census> {
  return policy.pool.units.kind === "addresses"
    ? new BlockCensus(engine, policy).take(options)
    : countChildren(engine, policy, options);
}

class BlockCensus {
  readonly #engine: Engine;
  readonly #policy: PoolPolicy;
  readonly #nodes = new Map<string, NodeCount>();
  readonly #holders = new Map<string, number>();
  readonly #reclaimable: Reclaimable[] = [];
  readonly #freeByNode = new Map<string, number>();
  #claimedFree = 0;
  #blockCount = 0;
  #liveCount = 0;
  #coolingCount = 0;
  /** Excluded addresses that are live or resting all the same. */
  #heldExcluded = 0;
  #nextFreeAt: number | undefined;

  constructor(engine: Engine, policy: PoolPolicy) {
    this.#engine = engine;
    this.#policy = policy;
  }

  async take(options?: CallOptions): Promise<Census> {
    const engine = this.#engine;
    const policy = this.#policy;
    for await (const entry of engine.pages(under(engine.keys.blocksOf(policy.segment)), options)) {
      const state = decodeBlock(entry);
      this.#addBlock(openReaped(engine, policy, state, engine.now()));
    }
    const capacity = sizeOf(policy.pool.prefix);
    const reservedCount = createAddressSet(policy.excluded).size - BigInt(this.#heldExcluded);
    const held = BigInt(this.#liveCount + this.#coolingCount);
    return {
      policy,
      counts: {
        capacity,
        liveCount: this.#liveCount,
        coolingCount: this.#coolingCount,
        reservedCount,
        ...freeOrDisabled(policy, capacity - held - reservedCount),
      },
      blockCount: this.#blockCount,
      prefixCount: 0,
      nodes: Object.fromEntries([...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1))),
      holders: this.#holders,
      reclaimable: this.#reclaimable,
      freeByNode: this.#freeByNode,
      claimedFree: this.#claimedFree,
      nextFreeAt: this.#nextFreeAt,
      largestFree: undefined,
    };
  }

  #addBlock(draft: BlockDraft): void {
    const { record, prefix } = draft.state;
    const { excluded, restMs, now } = draft.rules;
    const { node } = record;
    this.#blockCount += 1;
    this.#liveCount += draft.live.length;
    this.#claimedFree += draft.room;
    if (node !== undefined) {
      this.#node(node).blockCount += 1;
      this.#freeByNode.set(node, (this.#freeByNode.get(node) ?? 0) + draft.room);
    }
    for (const { o, h, n } of draft.live) {
      this.#holders.set(h, (this.#holders.get(h) ?? 0) + 1);
      if (excluded !== undefined && hasBit(excluded, o)) this.#heldExcluded += 1;
      if (n === undefined) continue;
      const count = this.#node(n);
      count.liveCount += 1;
      if (n !== node) count.borrowedCount += 1;
    }
    let resting = 0;
    for (const { o, r } of draft.cooling) {
      if (restMs === 0 || now - r >= restMs) continue;
      resting += 1;
      if (excluded !== undefined && hasBit(excluded, o)) this.#heldExcluded += 1;
      else if (this.#nextFreeAt === undefined || r + restMs < this.#nextFreeAt) this.#nextFreeAt = r + restMs;
    }
    this.#coolingCount += resting;
    const expired = record.live.length - draft.live.length;
    const owner = node === undefined ? {} : { node };
    if (expired > 0) this.#reclaimable.push({ kind: "expired", prefix, ...owner, count: expired });
    if (resting > 0) this.#reclaimable.push({ kind: "cooling", prefix, ...owner, count: resting });
    if (draft.isEmpty()) this.#reclaimable.push({ kind: "empty_block", prefix, ...owner, count: draft.room });
  }

  #node(name: string): NodeCount {
    const known = this.#nodes.get(name) ?? { blockCount: 0, liveCount: 0, borrowedCount: 0 };
    this.#nodes.set(name, known);
    return known;
  }
}

/** What is free of a pool that hands out; nobody can have it while the pool does not. */
function freeOrDisabled({ pool }: PoolPolicy, count: bigint): Pick<Counts, "disabledCount" | "freeCount"> {
  return pool.state === "enabled" ? { disabledCount: 0n, freeCount: count } : { disabledCount: count, freeCount: 0n };
}

function sizeOf({ family, length }: Prefix): bigint {
  return 1n << BigInt((family === 4 ? 32 : 128) - length);
}

/** Counts children in units of the longest prefix the pool hands out. */
async function countChildren(engine: Engine, policy: PoolPolicy, options?: CallOptions): Promise<Census> {
  const { prefix, units } = policy.pool;
  const unit = units.kind === "prefixes" ? units.maxLength : 0;
  const bits = BigInt((prefix.family === 4 ? 32 : 128) - unit);
  const holders = new Map<string, number>();
  const reclaimable: Reclaimable[] = [];
  const taken: Prefix[] = [];
  const count = { live: 0n, cooling: 0n, prefixes: 0 };
  let nextFreeAt: number | undefined;
  for await (const entry of engine.pages(under(engine.keys.childrenOf(policy.segment)), options)) {
    const child = decodeChild(entry);
    const size = sizeOf(child.prefix) >> bits;
    const { releasedAt, handle } = child.record;
    if (releasedAt === undefined) {
      count.live += size;
      count.prefixes += 1;
      holders.set(handle, (holders.get(handle) ?? 0) + 1);
    } else if (childRests(engine, policy, child, engine.now())) {
      count.cooling += size;
      const free = releasedAt + units.cooldownMs + engine.skewMs;
      if (nextFreeAt === undefined || free < nextFreeAt) nextFreeAt = free;
      reclaimable.push({ kind: "cooling", prefix: child.prefix, count: 1 });
    } else continue;
    taken.push(child.prefix);
  }
  const capacity = sizeOf(prefix) >> bits;
  const open = createAddressSet([prefix]).subtract(createAddressSet(policy.excluded)).subtract(createAddressSet(taken));
  const free = open.prefixes();
  const freeCount = free.reduce((sum, each) => sum + (sizeOf(each) >> bits), 0n);
  return {
    policy,
    counts: {
      capacity,
      liveCount: Number(count.live),
      coolingCount: Number(count.cooling),
      reservedCount: capacity - count.live - count.cooling - freeCount,
      ...freeOrDisabled(policy, freeCount),
    },
    blockCount: 0,
    prefixCount: count.prefixes,
    nodes: {},
    holders,
    reclaimable,
    freeByNode: new Map(),
    claimedFree: 0,
    nextFreeAt,
    largestFree: free.length === 0 ? undefined : Math.min(...free.map(({ length }) => length)),
  };
}
