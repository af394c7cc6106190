import { IpamError, isIpamError } from "../errors.js";
import type { Explanation, Refusal, RefusalCode } from "../explanation.js";
import type { AllocateRequest, ExactRequest, ExplainRequest } from "../request.js";
import type { CallOptions } from "../store.js";
import { heldForRequest, neededOf } from "./allocate.js";
import { exactRefusal, poolAround } from "./allocate-exact.js";
import type { ChildMirrors } from "./child-mirror.js";
import { explainPrefix } from "./child-refusal.js";
import type { Engine } from "./engine.js";
import { lookAtPools, type PoolsSeen } from "./explain.js";
import { readHeld } from "./held.js";
import { checkRequest } from "./request-checks.js";

const REFUSALS: ReadonlySet<string> = new Set<RefusalCode>([
  "pool_exhausted",
  "no_pool",
  "handle_limit",
  "address_in_use",
  "address_unavailable",
  "prefix_unavailable",
]);

/** `explain`. */
export async function explainCall(
  mirrors: ChildMirrors,
  engine: Engine,
  request: ExplainRequest,
  options?: CallOptions,
): Promise<Explanation> {
  if ("want" in request) {
    const { pools, error } = await explainPrefix(mirrors, engine, request, options);
    return explanationOf(pools, error);
  }
  return "address" in request ? explainExact(engine, request, options) : explainAllocate(engine, request, options);
}

function explanationOf(pools: Explanation["pools"], error: IpamError | undefined, isAll = true): Explanation {
  if (error === undefined) return { satisfiable: isAll, pools };
  return { satisfiable: false, pools, refusal: refusalOf(error) };
}

/** The refusal that an error is. */
function refusalOf({ code, message, details }: IpamError): Refusal {
  const { explanation: _, ...rest } = details as { readonly explanation?: Explanation };
  return { code, message, details: rest } as Refusal;
}

async function explainAllocate(engine: Engine, request: AllocateRequest, options?: CallOptions): Promise<Explanation> {
  checkRequest(request);
  const seen = await lookAtPools(engine, request, options);
  const held = await readHeld(engine, request.handle, options);
  try {
    const need = neededOf(request, seen.families, heldForRequest(held, request), held);
    return shortfallOf(request, need, seen);
  } catch (error) {
    return explanationOf(seen.pools, refused(error));
  }
}

function shortfallOf(request: AllocateRequest, need: readonly number[], seen: PoolsSeen): Explanation {
  const { families, rooms, pools } = seen;
  const wanted = need.reduce((sum, count) => sum + count, 0);
  const roomOf = (index: number): bigint => rooms.get(families[index] ?? 4) ?? 0n;
  const obtained = need.reduce((sum, count, at) => sum + (roomOf(at) < BigInt(count) ? Number(roomOf(at)) : count), 0);
  if (obtained === wanted || (request.shortfall === "accept" && obtained > 0)) {
    return explanationOf(pools, undefined, obtained === wanted);
  }
  const explanation: Explanation = { satisfiable: false, pools };
  const isServed = (index: number): boolean =>
    pools.some(({ family, verdict }) => family === families[index] && POOLS_THAT_SERVE.has(verdict));
  if (!need.every((_, index) => isServed(index))) {
    const text = `no pool may serve ${families.map((family) => `IPv${family}`).join(" and ")} for ${request.handle}`;
    return explanationOf(pools, new IpamError("no_pool", text, { explanation }));
  }
  const verdicts = pools.map(({ name, verdict }) => `${name}: ${verdict}`).join(", ");
  const text = `${obtained} of ${wanted} addresses were free for ${request.handle} (${verdicts})`;
  const details = { explanation, requestedCount: wanted, obtainedCount: obtained };
  return explanationOf(pools, new IpamError("pool_exhausted", text, details));
}

/** Verdicts of pools that may serve a request, with or without room. */
const POOLS_THAT_SERVE: ReadonlySet<string> = new Set(["usable", "exhausted", "block_limit"]);

async function explainExact(engine: Engine, request: ExactRequest, options?: CallOptions): Promise<Explanation> {
  const error = await exactRefusal(engine, request, options).catch(refused);
  const policy = await engine.freshPolicy(options);
  const around = poolAround(engine, policy, request.address);
  if (around === undefined) return explanationOf([], error);
  const query = { ...request, pools: [around.pool.name] };
  return explanationOf((await lookAtPools(engine, query, options)).pools, error);
}

/** The error that a call would be refused with; throws any other. */
function refused(error: unknown): IpamError {
  if (isIpamError(error) && REFUSALS.has(error.code)) return error;
  throw error;
}
