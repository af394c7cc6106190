import type { Explanation, PoolExplanation, PoolVerdict } from "../explanation.js";
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

/** What `allocate` would find for a request, pool by pool. */
export async function explainRequest(
  engine: Engine,
  request: AllocateRequest,
  options?: CallOptions,
  recent?: RecentCensus,
): Promise<Explanation> {
  const policy = await engine.freshPolicy(options);
  const families = familiesOf(policy, request);
  const asked = poolsOf(policy, request).filter(({ pool }) => families.includes(pool.prefix.family));
  const affine = asked.filter(({ pool }) => pool.units.kind === "addresses" && pool.units.affinity !== "shared");
  const affinities = await readAffinities(engine, request.node, affine, options);
  const rooms: PoolExplanation[] = [];
  const roomOf = new Map<number, bigint>();
  for (const each of asked) {
    const census = await (recent === undefined ? takeCensus(engine, each, options) : recent.take(each));
    const atLimit = affine.includes(each) && request.node !== undefined && !mayClaim(each, affinities.get(each));
    const room = roomFor(census, request.node, atLimit);
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
    if (verdict === "usable") roomOf.set(family, (roomOf.get(family) ?? 0n) + room);
    rooms.push(describe(census, verdict));
  }
  const count = BigInt(request.count ?? 1);
  return { satisfiable: families.every((family) => (roomOf.get(family) ?? 0n) >= count), pools: rooms };
}

/** How many addresses a node could have: what is free, without blocks it may neither own nor borrow from. */
function roomFor(census: Census, node: string | undefined, atLimit: boolean): bigint {
  const { units } = census.policy.pool;
  const free = census.counts.freeCount;
  if (units.kind !== "addresses" || units.affinity === "shared" || node === undefined) return free;
  const own = BigInt(census.freeByNode.get(node) ?? 0);
  const lent = units.affinity === "preferred" ? BigInt(census.claimedFree) - own : 0n;
  const unclaimed = atLimit ? 0n : free - BigInt(census.claimedFree);
  return own + lent + (unclaimed > 0n ? unclaimed : 0n);
}

function describe(census: Census, verdict: PoolVerdict): PoolExplanation {
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
