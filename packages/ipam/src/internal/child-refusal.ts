import { containsPrefix, createAddressSet, type Prefix } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { PoolExplanation, PoolVerdict } from "../explanation.js";
import type { PrefixRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { takeCensus } from "./census.js";
import { poolNamed } from "./change-policy.js";
import type { ChildMirror, ChildMirrors } from "./child-mirror.js";
import { childRests } from "./child-record.js";
import type { Engine } from "./engine.js";
import { describePool, type RecentCensus } from "./explain.js";
import type { PoolPolicy } from "./policy.js";
import { checkAttributes, checkHandle } from "./request-checks.js";

/** Throws unless a pool could ever hand out what is wanted. */
export function checkWant({ pool }: PoolPolicy, { want }: PrefixRequest): void {
  const { units } = pool;
  if (units.kind !== "prefixes") throw new TypeError(`pool: ${pool.name} hands out addresses, not prefixes`);
  const length = typeof want === "number" ? want : want.length;
  if (!Number.isInteger(length) || length < units.minLength || length > units.maxLength) {
    throw new RangeError(`want: a length of ${units.minLength} to ${units.maxLength} is possible, got ${length}`);
  }
  if (typeof want !== "number" && !containsPrefix(pool.prefix, want)) {
    throw new RangeError(`want: ${want} is not inside ${pool.prefix}`);
  }
}

/** The error of a prefix that cannot be had; the mirror is as the store is, and has no child that has rested. */
export async function prefixRefusal(
  mirror: ChildMirror,
  policy: PoolPolicy,
  request: PrefixRequest,
  options?: CallOptions,
): Promise<IpamError> {
  const { want, handle, pool } = request;
  if (typeof want !== "number") return blocked(request, want, blockerOf(mirror, policy, want) ?? "reservation");
  mirror.engine.counters.exhaustedCount += 1;
  mirror.engine.notify({ kind: "exhausted", handle, pools: [pool] });
  return exhausted(request, [await lookAtPool(mirror.engine, policy, want, options, mirror.recent)]);
}

/** A pool of prefixes as a request sees it, and what the request would be refused with. */
export async function explainPrefix(
  mirrors: ChildMirrors,
  engine: Engine,
  request: PrefixRequest,
  options?: CallOptions,
): Promise<{ readonly pools: readonly PoolExplanation[]; readonly error: IpamError | undefined }> {
  checkHandle(request.handle);
  checkAttributes(request.attributes);
  const policy = poolNamed(await engine.freshPolicy(options), request.pool);
  checkWant(policy, request);
  const { want } = request;
  const length = typeof want === "number" ? want : want.length;
  const pools = [await lookAtPool(engine, policy, length, options)];
  if (typeof want === "number") {
    const isFree = pools[0]?.verdict === "usable";
    return { pools, error: isFree ? undefined : exhausted(request, pools) };
  }
  const mirror = mirrors.of(policy.segment);
  await engine.locks.acquire([mirror.guardKey]);
  try {
    await mirror.refresh();
    const same = mirror.child(engine.keys.child(policy.segment, want))?.record;
    if (same?.handle === request.handle && same.releasedAt === undefined) return { pools, error: undefined };
    const blocker = blockerOf(mirror, policy, want);
    return { pools, error: blocker === undefined ? undefined : blocked(request, want, blocker) };
  } finally {
    engine.locks.release([mirror.guardKey]);
  }
}

async function lookAtPool(
  engine: Engine,
  policy: PoolPolicy,
  length: number,
  options?: CallOptions,
  recent?: RecentCensus,
): Promise<PoolExplanation> {
  const census = await (recent === undefined ? takeCensus(engine, policy, options) : recent.take(policy));
  const { state } = policy.pool;
  const hasRoom = census.largestFree !== undefined && census.largestFree <= length;
  const verdict: PoolVerdict = state !== "enabled" ? state : hasRoom ? "usable" : "exhausted";
  return describePool(census, verdict);
}

function exhausted({ want, handle, pool }: PrefixRequest, pools: readonly PoolExplanation[]): IpamError {
  const text = `pool ${pool} has no free prefix of length ${want} for ${handle}`;
  const explanation = { satisfiable: false, pools };
  return new IpamError("pool_exhausted", text, { explanation, requestedCount: 1, obtainedCount: 0 });
}

function blocked({ pool }: PrefixRequest, prefix: Prefix, blocker: Prefix | string): IpamError {
  return new IpamError("prefix_unavailable", `${prefix} of pool ${pool} is not free: ${blocker}`, { prefix, blocker });
}

/** What is in the way of a prefix: a child, a reservation, or that the pool hands out nothing. */
function blockerOf(mirror: ChildMirror, policy: PoolPolicy, want: Prefix): Prefix | string | undefined {
  const { engine } = mirror;
  const now = engine.now();
  const child = mirror.blocker(
    want,
    (each) => each.record.releasedAt === undefined || childRests(engine, policy, each, now),
  );
  if (child !== undefined) return child.prefix;
  if (policy.pool.state !== "enabled") return policy.pool.state;
  const isReserved = createAddressSet(policy.excluded).intersect(createAddressSet([want])).size > 0n;
  return isReserved ? "reservation" : undefined;
}
