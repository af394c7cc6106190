import type { Allocation, ReleaseTarget } from "../allocation.js";
import type { Block } from "../block.js";
import type { CollectReport, CollectRequest, Liveness, Suspects } from "../collect.js";
import { IpamError } from "../errors.js";
import type { CallOptions } from "../store.js";
import { toAllocation } from "./allocate-op.js";
import { BlockDraft } from "./block-draft.js";
import { toPrefixAllocation } from "./child-record.js";
import { dropEmptyBlocks } from "./drop-block.js";
import { toBlock } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { reapBlock } from "./reap.js";
import type { Releaser } from "./release.js";
import { repairIndex } from "./repair.js";
import { readSnapshot, type StoreSnapshot } from "./store-snapshot.js";

const GRACE_MS = 900_000;
const MAX_AGE_MS = 300_000;
const MAX_FREED_RATIO = 0.5;
/** With fewer handles a ratio says nothing. */
const FEW_HANDLES = 10;

/** What one handle holds. */
interface Holding {
  readonly allocations: readonly Allocation[];
  /** Names exactly these allocations. */
  readonly sequence: string;
  readonly newest: number;
}

/** `collect`: leases, then dead handles, then idle blocks, then the indexes. */
export async function runCollect(
  engine: Engine,
  releaser: Releaser,
  request: CollectRequest,
  options?: CallOptions,
): Promise<CollectReport> {
  const graceMs = request.graceMs ?? GRACE_MS;
  const liveness = request.liveness === undefined ? undefined : await askLiveness(engine, request, options);
  const released: Allocation[] = [...(await reapAll(engine, options))];
  const snapshot = await readSnapshot(engine, options);
  const known = new Map((request.suspects ?? []).map((suspect) => [suspect.id, suspect]));
  const look = new Look(engine, snapshot, known, graceMs);
  if (liveness !== undefined) {
    const dead = look.deadHandles(liveness);
    if (dead.length > 0) {
      const sure = await confirmDead(engine, request, look, dead, options);
      for (const [handle, { allocations }] of sure) {
        const freed = await free(releaser, allocations, options);
        released.push(...freed);
        // What could not be freed is looked at again.
        if (freed.length === allocations.length) look.forget(handleId(handle));
      }
    }
  }
  const blocks = await look.dropIdle(liveness, options);
  const repairedCount = await repairIndex(engine, options);
  return { released, blocks, repairedCount, suspects: [...look.suspects.values()] };
}

/** One look at everything, compared with the last one. */
class Look {
  /** By id. */
  readonly suspects: Map<string, Suspects[number]> = new Map();
  readonly holdings: ReadonlyMap<string, Holding>;
  readonly #engine: Engine;
  readonly #snapshot: StoreSnapshot;
  readonly #known: ReadonlyMap<string, Suspects[number]>;
  readonly #graceMs: number;

  constructor(engine: Engine, snapshot: StoreSnapshot, known: ReadonlyMap<string, Suspects[number]>, graceMs: number) {
    this.#engine = engine;
    this.#snapshot = snapshot;
    this.#known = known;
    this.#graceMs = graceMs;
    this.holdings = holdingsIn(snapshot);
  }

  /** Handles that this look and one `graceMs` ago missed, holding exactly the same. */
  deadHandles(liveness: Liveness): readonly (readonly [handle: string, holding: Holding])[] {
    return [...this.holdings].filter(([handle, { sequence, newest }]) => {
      if (liveness.handles.has(handle) || newest >= liveness.asOf) return false;
      return this.#isOverdue(handleId(handle), sequence);
    });
  }

  /** Notes a suspect; `true` if it has been one for long enough. */
  #isOverdue(id: string, sequence: string): boolean {
    const before = this.#known.get(id);
    const now = this.#snapshot.now;
    const seenAt = before?.sequence === sequence ? Math.min(before.seenAt, now) : now;
    this.suspects.set(id, { id, sequence, seenAt });
    return before?.sequence === sequence && now - seenAt >= this.#graceMs;
  }

  /** Takes out a suspect that is gone: there is nothing to compare the next look with. */
  forget(id: string): void {
    this.suspects.delete(id);
  }

  /** Gives back blocks that two looks saw empty; a node that exists keeps one of each pool. */
  async dropIdle(liveness: Liveness | undefined, options?: CallOptions): Promise<readonly Block[]> {
    const engine = this.#engine;
    const dropped: Block[] = [];
    const owned = new Map<string, number>();
    const ownerOf = (key: string, node: string): string => `${key.split("/")[2]} ${node}`;
    for (const { key, record } of this.#snapshot.blocks.values()) {
      if (record.node === undefined) continue;
      const owner = ownerOf(key, record.node);
      owned.set(owner, (owned.get(owner) ?? 0) + 1);
    }
    for (const state of this.#snapshot.blocks.values()) {
      options?.signal?.throwIfAborted();
      const pool = this.#snapshot.policy.bySegment.get(state.key.split("/")[2] ?? "");
      if (pool === undefined) continue;
      const draft = new BlockDraft(state, engine.rules(pool, state, engine.now()));
      const id = `block:${state.key}`;
      if (!draft.isEmpty() || !this.#isOverdue(id, state.record.w)) continue;
      const { node } = state.record;
      const gone = node !== undefined && liveness?.nodes?.has(node) === false;
      const left = node === undefined ? 0 : (owned.get(ownerOf(state.key, node)) ?? 0);
      if (node !== undefined && !gone && left <= 1) continue;
      if ((await dropEmptyBlocks(engine, [state.key])).length === 0) continue;
      this.forget(id);
      if (node !== undefined) owned.set(ownerOf(state.key, node), left - 1);
      dropped.push(toBlock(draft, pool.pool.name));
    }
    return dropped;
  }
}

function handleId(handle: string): string {
  return `handle:${handle}`;
}

function holdingsIn(snapshot: StoreSnapshot): ReadonlyMap<string, Holding> {
  const found = new Map<string, Allocation[]>();
  const add = (one: Allocation): void => {
    const list = found.get(one.handle);
    if (list === undefined) found.set(one.handle, [one]);
    else list.push(one);
  };
  const poolOf = (key: string): string => snapshot.policy.bySegment.get(key.split("/")[2] ?? "")?.pool.name ?? "";
  for (const state of snapshot.blocks.values()) {
    for (const live of state.record.live) add(toAllocation(state, poolOf(state.key), live));
  }
  for (const child of snapshot.children.values()) {
    if (child.record.releasedAt === undefined) add(toPrefixAllocation(poolOf(child.key), child));
  }
  return new Map(
    [...found].map(([handle, allocations]) => [
      handle,
      {
        allocations,
        sequence: allocations
          .map((one) => `${one.kind === "address" ? one.address : one.prefix}=${one.sequence}`)
          .sort()
          .join(" "),
        newest: Math.max(...allocations.map(({ allocatedAt }) => allocatedAt)),
      },
    ]),
  );
}

async function askLiveness(engine: Engine, request: CollectRequest, options?: CallOptions): Promise<Liveness> {
  let answer: Liveness | undefined;
  try {
    answer = await request.liveness?.({ ...options });
  } catch (cause) {
    options?.signal?.throwIfAborted();
    throw refused("source_failed", "the source of liveness failed", 0, 0, cause);
  }
  if (answer === undefined) throw refused("source_failed", "there is no source of liveness", 0, 0);
  const age = engine.now() - answer.asOf;
  if (age > (request.maxAgeMs ?? MAX_AGE_MS) || age < -engine.skewMs) {
    throw refused("stale", `liveness is of ${answer.asOf}, now it is ${engine.now()}`, 0, 0);
  }
  return answer;
}

/** Asks once more right before anything is freed; what is alive after all, or is too much at once, is not freed. */
async function confirmDead(
  engine: Engine,
  request: CollectRequest,
  look: Look,
  dead: readonly (readonly [handle: string, holding: Holding])[],
  options?: CallOptions,
): Promise<readonly (readonly [handle: string, holding: Holding])[]> {
  const again = await askLiveness(engine, request, options);
  const sure = dead.filter(([handle]) => !again.handles.has(handle));
  const count = (list: Iterable<Holding>): number => [...list].reduce((sum, one) => sum + one.allocations.length, 0);
  const [freedCount, liveCount] = [count(sure.map(([, holding]) => holding)), count(look.holdings.values())];
  const most = request.maxFreedRatio ?? MAX_FREED_RATIO;
  if (look.holdings.size >= FEW_HANDLES && freedCount > liveCount * most) {
    const text = `${freedCount} of ${liveCount} would be freed at once, more than a share of ${most}`;
    throw refused("implausible", text, freedCount, liveCount);
  }
  return sure;
}

function refused(
  reason: "stale" | "implausible" | "source_failed",
  text: string,
  freedCount: number,
  liveCount: number,
  cause?: unknown,
): IpamError<"collect_refused"> {
  return new IpamError("collect_refused", text, { reason, freedCount, liveCount }, { cause });
}

/** Releases what was seen, each by its sequence; a child that a pool lies in stays, with all of its handle. */
async function free(
  releaser: Releaser,
  allocations: readonly Allocation[],
  options?: CallOptions,
): Promise<readonly Allocation[]> {
  const targets: readonly ReleaseTarget[] = allocations;
  try {
    return (await releaser.release(targets, options)).released;
  } catch (error) {
    if (error instanceof IpamError && error.code === "prefix_in_use") return [];
    throw error;
  }
}

/** Ends every lease that has run out. */
async function reapAll(engine: Engine, options?: CallOptions): Promise<readonly Allocation[]> {
  const snapshot = await readSnapshot(engine, options);
  const ended: Allocation[] = [];
  for (const state of snapshot.blocks.values()) {
    if (state.firstExpiry + engine.skewMs > engine.now()) continue;
    const pool = snapshot.policy.bySegment.get(state.key.split("/")[2] ?? "");
    if (pool === undefined) continue;
    const draft = new BlockDraft(state, engine.rules(pool, state, engine.now()));
    ended.push(...draft.expired(state.size).map((live) => toAllocation(state, pool.pool.name, live)));
    engine.learnBlock(state.key, { key: state.key, revision: state.revision ?? "", value: state.record });
    await reapBlock(engine, state.key);
  }
  return ended;
}
