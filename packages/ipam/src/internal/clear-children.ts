import type { CallOptions } from "../store.js";
import { decodeGuard, nextGuard } from "./child-mirror.js";
import { decodeChild } from "./child-record.js";
import type { Engine } from "./engine.js";
import { under } from "./keys.js";
import { WriteSet } from "./write-set.js";

/** Children that one transaction deletes, if the store takes so many keys. */
const AT_ONCE = 128;

/**
 * Deletes the children of a pool that drains, all of which have rested, in as many transactions as that takes. `false`:
 * one of them is held.
 */
export async function clearChildren(engine: Engine, segment: string, options?: CallOptions): Promise<boolean> {
  const guardKey = engine.keys.guard(segment);
  // Beside the children: the generation of the policy and the guard.
  const limit = Math.max(1, Math.min(AT_ONCE, engine.store.limits.txnKeyCount - 2));
  const range = under(engine.keys.childrenOf(segment));
  for (let lost = 0; ; ) {
    options?.signal?.throwIfAborted();
    const policy = await engine.freshPolicy(options);
    const [guard] = await engine.get([guardKey], options);
    const children = await engine.range({ ...range, limit }, options);
    if (guard === undefined || children.length === 0) return true;
    if (children.some((entry) => decodeChild(entry).record.releasedAt === undefined)) return false;
    const writes = new WriteSet(engine, policy, engine.now());
    for (const { key, revision } of children) {
      writes.compare(key, revision);
      writes.delete(key);
    }
    const keys = children.map(({ key }) => key);
    writes.compare(guardKey, guard.revision);
    writes.put(guardKey, nextGuard(decodeGuard(guard), keys, writes.writer));
    const outcome = await writes.commit();
    if (outcome.kind === "conflict") await engine.backOff(guardKey, ++lost, options?.signal);
  }
}
