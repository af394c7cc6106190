import { IpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import type { Engine } from "./engine.js";
import type { Policy } from "./policy.js";
import { META_KEY } from "./policy-reader.js";
import { FORMAT } from "./records.js";
import { WriteSet } from "./write-set.js";

/**
 * One change of pools and reservations: `build` looks at the policy as it stands and adds to the transaction, again if
 * somebody else changed it meanwhile. What `build` returns is the result; it writes nothing itself.
 */
export async function changePolicy<T>(
  engine: Engine,
  build: (policy: Policy, writes: WriteSet) => T | Promise<T>,
  options?: CallOptions,
): Promise<T> {
  for (let lost = 1; ; lost += 1) {
    const policy = await engine.freshPolicy(options);
    const writes = new WriteSet(engine, policy, engine.now());
    const result = await build(policy, writes);
    options?.signal?.throwIfAborted();
    writes.put(engine.keys.gen, { v: 1, n: policy.generation + 1, w: writes.writer });
    if (policy.revision === undefined) await addMeta(engine, writes);
    const outcome = await writes.commit();
    engine.forgetPolicy();
    if (outcome.kind === "committed") return result;
    await engine.backOff(engine.keys.gen, lost, options?.signal);
  }
}

/** The first change of a VRF may be the first of the store. */
async function addMeta(engine: Engine, writes: WriteSet): Promise<void> {
  const [meta] = await engine.get([META_KEY]);
  if (meta !== undefined) return;
  writes.compare(META_KEY, undefined);
  writes.put(META_KEY, { v: 1, format: FORMAT, minReader: 1 });
}

/** A pool that must exist. */
export function poolNamed(policy: Policy, name: string): Policy["pools"][number] {
  const found = policy.byName.get(name);
  if (found === undefined) throw new IpamError("unknown_pool", `there is no pool ${name}`, { pool: name });
  return found;
}
