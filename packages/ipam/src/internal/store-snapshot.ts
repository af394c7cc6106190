import { isIpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import type { StoreEntry } from "../store-txn.js";
import { type BlockState, decodeBlock } from "./block-state.js";
import { decodeGuard, type GuardRecord } from "./child-mirror.js";
import { decodeChild, type StoredChild } from "./child-record.js";
import type { Engine } from "./engine.js";
import { nameOf, under } from "./keys.js";
import type { Policy } from "./policy.js";
import { decodeHandle, type HandleState } from "./record-cache.js";
import { decodeRun, type StoredRun } from "./run-record.js";
import { decodeAffinity } from "./space-finder.js";
import type { StoredAffinity } from "./write-set.js";

/** Everything one VRF has in a store, decoded. Records of different keys are of different moments. */
export interface StoreSnapshot {
  readonly policy: Policy;
  readonly now: number;
  readonly blocks: ReadonlyMap<string, BlockState>;
  readonly handles: ReadonlyMap<string, HandleState>;
  readonly affinities: ReadonlyMap<string, StoredAffinity>;
  readonly children: ReadonlyMap<string, StoredChild>;
  readonly guards: ReadonlyMap<string, GuardRecord>;
  readonly runs: readonly StoredRun[];
  /** Index rows. */
  readonly rows: ReadonlySet<string>;
  /** Records that do not decode, with the reason. */
  readonly broken: ReadonlyMap<string, string>;
  readonly recordCount: number;
}

/** Reads everything, page by page. */
export async function readSnapshot(engine: Engine, options?: CallOptions): Promise<StoreSnapshot> {
  const { keys } = engine;
  const policy = await engine.freshPolicy(options);
  const broken = new Map<string, string>();
  let recordCount = policy.pools.length + policy.reservations.length;
  async function readAll<T>(letter: string, decode: (entry: StoreEntry) => T): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for await (const entry of engine.pages(under(keys.root(letter)), options)) {
      recordCount += 1;
      try {
        found.set(entry.key, decode(entry));
      } catch (error) {
        // An audit tells of every record that is no record, instead of ending at the first one.
        if (!isIpamError(error) && !(error instanceof Error && error.name === "NetError")) throw error;
        broken.set(entry.key, error.message);
      }
    }
    return found;
  }
  const children = await readAll("c", decodeChild);
  const guards = await readAll("s", decodeGuard);
  const runs = await readAll("u", decodeRun);
  const rows = [...(await readAll("o", () => true)).keys(), ...(await readAll("e", () => true)).keys()];
  const affinities = await readAll("a", (entry) =>
    decodeAffinity(nameOf(entry.key.split("/")[2] ?? ""), entry.key, entry),
  );
  const handles = await readAll("h", decodeHandle);
  const blocks = await readAll("b", decodeBlock);
  return {
    policy,
    now: engine.now(),
    blocks,
    handles,
    affinities,
    children,
    guards,
    runs: [...runs.values()],
    rows: new Set(rows),
    broken,
    recordCount,
  };
}
