import type { Family } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { PoolVerdict } from "../explanation.js";
import type { Attributes } from "../pool.js";
import type { AllocateRequest } from "../request.js";
import type { Policy, PoolPolicy } from "./policy.js";

/** What of a request decides which pools may serve it. */
export type PoolQuery = Pick<AllocateRequest, "node" | "pools" | "labels" | "use">;

const NO_LABELS: Attributes = {};

/** Why a pool may not serve a request of addresses; `usable` if it may, whether it has room or not. */
export function poolVerdict(policy: PoolPolicy, query: PoolQuery): PoolVerdict {
  const { units, state, eligibility } = policy.pool;
  if (units.kind === "prefixes") return "prefixes_only";
  if (state !== "enabled") return state;
  if (eligibility?.uses !== undefined && !eligibility.uses.includes(query.use ?? "workload")) return "use_mismatch";
  if (query.pools === undefined) {
    if (eligibility?.assignment === "manual") return "manual_only";
    const { labels } = query;
    if (policy.nodeSelector?.matches(labels?.node ?? NO_LABELS) === false) return "selector_mismatch";
    if (policy.namespaceSelector?.matches(labels?.namespace ?? NO_LABELS) === false) return "selector_mismatch";
  }
  return units.affinity !== "shared" && query.node === undefined ? "node_required" : "usable";
}

/** The pools a request is about: those it names, or all; in the order they are tried. */
export function poolsOf(policy: Policy, query: PoolQuery): readonly PoolPolicy[] {
  const { pools: names } = query;
  if (names === undefined) return policy.pools;
  for (const name of names) {
    if (!policy.byName.has(name)) throw new IpamError("unknown_pool", `there is no pool ${name}`, { pool: name });
  }
  return policy.pools.filter(({ pool }) => names.includes(pool.name));
}

/** The families a request is for. */
export function familiesOf(policy: Policy, request: Pick<AllocateRequest, "families" | "pools">): readonly Family[] {
  if (request.families !== undefined) return request.families;
  if (request.pools === undefined) return [4];
  const families = poolsOf(policy, request).map(({ pool }) => pool.prefix.family);
  return [...new Set(families)].sort();
}

/** The pools of one family that may serve a request. */
export function eligiblePools(policy: Policy, query: PoolQuery, family: Family): readonly PoolPolicy[] {
  return poolsOf(policy, query).filter(
    (each) => each.pool.prefix.family === family && poolVerdict(each, query) === "usable",
  );
}
