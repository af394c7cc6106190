import type { IpamChange } from "../event.js";
import type { CallOptions, StoreBatch } from "../store.js";
import type { StoreEntry } from "../store-txn.js";
import { toAllocation } from "./allocate-op.js";
import { BlockDraft } from "./block-draft.js";
import { type BlockState, decodeBlock } from "./block-state.js";
import { decodeChild, toPrefixAllocation } from "./child-record.js";
import { toBlock } from "./drop-idle.js";
import type { Engine } from "./engine.js";
import { poolOfKey } from "./held.js";
import { nameOf } from "./keys.js";
import { mergeIterables } from "./merge-iterables.js";
import { decodePool } from "./pool-record.js";
import type { LiveRecord } from "./records.js";

/** `watch`: what the store's watches tell, as differences between the record before and the record now. */
export async function* runWatch(engine: Engine, options?: CallOptions): AsyncGenerator<IpamChange> {
  await engine.freshPolicy(options);
  const prefixes = [`${engine.keys.policy}pool/`, engine.keys.root("b"), engine.keys.root("c")];
  const known = new Map<string, StoreEntry>();
  const waiting = new Set(prefixes);
  const end = new AbortController();
  const signal = options?.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
  const watches = prefixes.map((prefix) => ({ name: prefix, items: engine.store.watch(prefix, { signal }) }));
  for await (const { name, item } of mergeIterables<StoreBatch>(watches, () => end.abort())) {
    for (const [key, entry] of changesIn(item, name, known)) {
      const before = known.get(key);
      if (before?.revision === entry?.revision) continue;
      if (entry === undefined) known.delete(key);
      else known.set(key, entry);
      yield* eventsOf(engine, key, before, entry);
    }
    if (waiting.delete(name) && waiting.size === 0) yield { kind: "synced" };
  }
}

/** What a batch changes; a snapshot also ends what it does not have. */
function changesIn(
  batch: StoreBatch,
  prefix: string,
  known: ReadonlyMap<string, StoreEntry>,
): readonly (readonly [string, StoreEntry | undefined])[] {
  if (batch.kind === "changes") return batch.changes.map(({ key, entry }) => [key, entry] as const);
  const now = new Set(batch.entries.map(({ key }) => key));
  const gone = [...known.keys()].filter((key) => key.startsWith(prefix) && !now.has(key));
  return [
    ...gone.map((key) => [key, undefined] as const),
    ...batch.entries.map((entry) => [entry.key, entry] as const),
  ];
}

function* eventsOf(
  engine: Engine,
  key: string,
  before: StoreEntry | undefined,
  after: StoreEntry | undefined,
): Generator<IpamChange> {
  if (key.startsWith("p/")) {
    const name = nameOf(key.slice(key.lastIndexOf("/") + 1));
    engine.forgetPolicy();
    yield { kind: "pool_changed", name, pool: after === undefined ? undefined : decodePool(after).pool };
  } else if (key.startsWith("c/")) {
    yield* childEvents(key, before, after);
  } else {
    yield* blockEvents(engine, key, before && decodeBlock(before), after && decodeBlock(after));
  }
}

function* childEvents(
  key: string,
  before: StoreEntry | undefined,
  after: StoreEntry | undefined,
): Generator<IpamChange> {
  const [old, now] = [before && decodeChild(before), after && decodeChild(after)];
  const pool = poolOfKey(key);
  const wasLive = old !== undefined && old.record.releasedAt === undefined;
  const isLive = now !== undefined && now.record.releasedAt === undefined;
  const same = wasLive && isLive && old.record.sequence === now.record.sequence;
  if (wasLive && !same) yield { kind: "released", allocation: toPrefixAllocation(pool, old) };
  if (isLive && !same) yield { kind: "allocated", allocation: toPrefixAllocation(pool, now) };
}

function* blockEvents(
  engine: Engine,
  key: string,
  before: BlockState | undefined,
  after: BlockState | undefined,
): Generator<IpamChange> {
  const pool = poolOfKey(key);
  const now = new Map<number, LiveRecord>(after?.record.live.map((live) => [live.o, live]));
  const old = new Map<number, LiveRecord>(before?.record.live.map((live) => [live.o, live]));
  for (const [ordinal, live] of old) {
    if (before !== undefined && now.get(ordinal)?.s !== live.s) {
      yield { kind: "released", allocation: toAllocation(before, pool, live) };
    }
  }
  const state = after ?? before;
  if (state !== undefined && (before === undefined || after === undefined || ownerChanged(before, after))) {
    yield { kind: "block_changed", prefix: state.prefix, block: after && blockOf(engine, pool, after) };
  }
  for (const [ordinal, live] of now) {
    const known = old.get(ordinal);
    if (after !== undefined && (known?.s !== live.s || known.x !== live.x)) {
      yield { kind: "allocated", allocation: toAllocation(after, pool, live) };
    }
  }
}

function ownerChanged(before: BlockState, after: BlockState): boolean {
  return before.record.node !== after.record.node || before.record.claimedAt !== after.record.claimedAt;
}

function blockOf(engine: Engine, pool: string, state: BlockState): ReturnType<typeof toBlock> {
  const known = engine.policy?.byName.get(pool);
  const rules =
    known?.pool.units.kind === "addresses"
      ? engine.rules(known, state, engine.now())
      : { order: "oldest" as const, restMs: 0, skewMs: 0, excluded: undefined, now: engine.now(), valueBytes: 0 };
  return toBlock(new BlockDraft(state, rules), pool);
}
