import type { BlockState } from "./block-state.js";
import type { Engine } from "./engine.js";
import type { PoolPolicy } from "./policy.js";
import { decodeAffinity, mayClaim } from "./space-finder.js";
import { WriteSet } from "./write-set.js";

/**
 * Moves an empty block from one node to another in one transaction; `false`: somebody was faster, or it is not empty any
 * more. Addresses that were released lately keep resting.
 */
export async function reclaimBlock(
  engine: Engine,
  policy: PoolPolicy,
  state: BlockState,
  node: string,
): Promise<boolean> {
  const owner = state.record.node;
  const current = engine.policy;
  if (owner === undefined || current === undefined) return false;
  const keys = [node, owner].map((name) => engine.keys.affinity(name, policy.segment));
  const entries = await engine.get(keys);
  const [mine, theirs] = [node, owner].map((name, index) =>
    decodeAffinity(name, keys[index] as string, entries[index]),
  );
  if (mine === undefined || theirs === undefined || !mayClaim(policy, mine)) return false;
  await engine.locks.acquire([state.key]);
  try {
    const writes = new WriteSet(engine, current, engine.now());
    const draft = writes.open(policy, state);
    if (!draft.isEmpty()) return false;
    draft.moveTo(node);
    writes.removeAffinity(theirs, state.record.prefix);
    writes.addAffinity(mine, state.record.prefix);
    const outcome = await writes.commit();
    if (outcome.kind !== "committed") return false;
  } finally {
    engine.locks.release([state.key]);
  }
  engine.notify({ kind: "block_reclaimed", prefix: state.prefix, pool: policy.pool.name, node });
  return true;
}
