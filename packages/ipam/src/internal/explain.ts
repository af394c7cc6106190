import type { Family } from "@netmason/net";
import type { PoolExplanation, PoolVerdict } from "../explanation.js";
import type { AllocateRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { type Census, takeCensus } from "./census.js";
import { familiesOf, poolsOf, poolVerdict } from "./eligibility.js";
import type { Engine } from "./engine.js";
import type { PoolPolicy } from "./policy.js";
import { mayClaim, readAffinities } from "./space-finder.js";

const HOLDERS = 10;
const RECLAIMABLE = 20;

/** How long a census may serve the explanations of refusals, so that callers who ask again and again cost no scans. */
const CENSUS_AGE_MS = 1_000;

interface KnownCensus {
  readonly at: number;
  readonly commitCount: number;
  readonly census: Promise<Census>;
}

/**
 * Counts of pools, for refusals: at most a second old, from after the last commit of this instance, and never taken twice
 * at once.
 */
export class RecentCensus {
  readonly #engine: Engine;
  readonly #known = new Map<PoolPolicy, KnownCensus>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  take(policy: PoolPolicy): Promise<Census> {
    const now = this.#engine.now();
    const known = this.#known.get(policy);
    const { commitCount } = this.#engine;
    const age = known === undefined ? -1 : now - known.at;
    if (known?.commitCount === commitCount && age >= 0 && age < CENSUS_AGE_MS) return known.census;
    const census = takeCensus(this.#engine, policy);
    this.#known.set(policy, { at: now, commitCount, census });
    // A policy that was replaced is never asked for again; one that failed is asked for anew.
    const forget = (): unknown => this.#known.delete(policy);
    census.catch(forget);
    for (const [other, { at }] of this.#known)
      if (other !== policy && now - at >= CENSUS_AGE_MS) this.#known.delete(other);
    return census;
  }
}

/** Pools as a request sees them, and the addresses that its node could have of each family. */
export interface PoolsSeen {
  readonly families: readonly Family[];
  readonly rooms: ReadonlyMap<Family, bigint>;
  readonly pools: readonly PoolExplanation[];
}

/** What `allocate` would find for a request, pool by pool. */
export async function lookAtPools(
  engine: Engine,
  request: Pick<AllocateRequest, "node" | "pools" | "families" | "labels" | "use">,
  options?: CallOptions,
  recent?: RecentCensus,
): Promise<PoolsSeen> {
  const policy = await engine.freshPolicy(options);
  const families = familiesOf(policy, request);
  const asked = poolsOf(policy, request).filter(({ pool }) => families.includes(pool.prefix.family));
  const affine = asked.filter(({ pool }) => pool.units.kind === "addresses" && pool.units.affinity !== "shared");
  const affinities = await readAffinities(engine, request.node, affine, options);
  const pools: PoolExplanation[] = [];
  const rooms = new Map<Family, bigint>();
  for (const each of asked) {
    const census = await (recent === undefined ? takeCensus(engine, each, options) : recent.take(each));
    const owned = affinities.get(each)?.rows.length ?? 0;
    const atLimit = affine.includes(each) && request.node !== undefined && !mayClaim(each, affinities.get(each));
    const room = roomFor(census, request.node, owned);
    const reason = poolVerdict(each, request);
    const verdict =
      reason !== "usable"
        ? reason
        : room > 0n
          ? "usable"
          : atLimit && census.counts.freeCount > 0n
            ? "block_limit"
            : "exhausted";
    const { family } = each.pool.prefix;
    if (verdict === "usable") rooms.set(family, (rooms.get(family) ?? 0n) + room);
    pools.push(describePool(census, verdict));
  }
  return { families, rooms, pools };
}

/**
 * How many addresses a node could have: what is free, without blocks it may neither own nor borrow from. What is reserved
 * in blocks it could still claim is not known apart: at its limit of blocks this may count some of it.
 */
function roomFor(census: Census, node: string | undefined, owned: number): bigint {
  const { units, prefix } = census.policy.pool;
  const free = census.counts.freeCount;
  if (units.kind !== "addresses" || units.affinity === "shared" || node === undefined) return free;
  const own = BigInt(census.freeByNode.get(node) ?? 0);
  const lent = units.affinity === "preferred" ? BigInt(census.claimedFree) - own : 0n;
  const bits = (prefix.family === 4 ? 32 : 128) - units.blockLength;
  const mayOwn = BigInt(Math.max(0, units.maxBlocksPerNode - owned)) << BigInt(bits);
  const unclaimed = free > BigInt(census.claimedFree) ? free - BigInt(census.claimedFree) : 0n;
  return own + lent + (unclaimed < mayOwn ? unclaimed : mayOwn);
}

/** One pool, counted, with a verdict. */
export function describePool(census: Census, verdict: PoolVerdict): PoolExplanation {
  const { policy, counts, holders, reclaimable, nextFreeAt, largestFree } = census;
  const most = [...holders].map(([handle, count]) => ({ handle, count }));
  most.sort((a, b) => b.count - a.count || (a.handle < b.handle ? -1 : 1));
  return {
    name: policy.pool.name,
    family: policy.pool.prefix.family,
    verdict,
    counts,
    ...(nextFreeAt !== undefined && { nextFreeAt }),
    ...(largestFree !== undefined && { largestFree }),
    topHolders: most.slice(0, HOLDERS),
    reclaimable: reclaimable.toSorted((a, b) => b.count - a.count).slice(0, RECLAIMABLE),
  };
}
