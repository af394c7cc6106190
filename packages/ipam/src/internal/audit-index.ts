import { addToAddress, compareAddresses, type firstAddress, parsePrefix } from "@netmason/net";
import { OVERDUE_MS, type Report } from "./audit-blocks.js";
import { BlockDraft } from "./block-draft.js";
import type { BlockState } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf } from "./keys.js";
import { firstClear } from "./ordinal-bits.js";
import type { PoolPolicy } from "./policy.js";
import { rowsOf } from "./space-rows.js";
import type { StoreSnapshot } from "./store-snapshot.js";
import { wholeRun } from "./unclaimed.js";

/** Checks that handles name what holds something of theirs, and nothing else. */
export function auditHandles(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const held = new Map<string, Set<string>>();
  const note = (handle: string, key: string): void => {
    const key1 = engine.keys.handle(handle);
    const known = held.get(key1);
    if (known === undefined) held.set(key1, new Set([key]));
    else known.add(key);
  };
  for (const { key, record } of snapshot.blocks.values()) for (const { h } of record.live) note(h, key);
  for (const { key, record } of snapshot.children.values()) {
    if (record.releasedAt === undefined) note(record.handle, key);
  }
  for (const [key, { record }] of snapshot.handles) {
    if (record.at.length === 0) report("A6", key, "the handle holds nothing");
    for (const at of record.at) {
      if (held.get(key)?.has(at) !== true) report("A5", key, `the handle names ${at}, which holds nothing of it`);
    }
  }
  for (const [key, places] of held) {
    const at = new Set(snapshot.handles.get(key)?.record.at);
    for (const place of places) if (!at.has(place)) report("A5", key, `the handle does not name ${place}`);
  }
}

/** Checks who owns which block, from both sides. */
export function auditAffinities(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const owned = new Set<string>();
  for (const [key, { node, rows }] of snapshot.affinities) {
    const segment = key.split("/")[3] ?? "";
    const pool = snapshot.policy.bySegment.get(segment);
    let count = 0;
    for (const { prefix, state, claimedAt } of rows) {
      const blockKey = engine.keys.block(segment, parsePrefix(prefix));
      const block = snapshot.blocks.get(blockKey);
      if (state !== "confirmed") {
        const late = claimedAt + OVERDUE_MS + engine.skewMs < snapshot.now;
        if (late) report("A7", key, `the affinity to ${prefix} is ${state} since ${claimedAt}`);
        continue;
      }
      count += 1;
      owned.add(`${blockKey} ${node}`);
      if (block?.record.node !== node) report("A7", key, `${prefix} belongs to ${block?.record.node ?? "no node"}`);
    }
    const units = pool?.pool.units;
    if (units?.kind === "addresses" && count > units.maxBlocksPerNode) {
      report("A8", key, `${node} owns ${count} blocks, more than ${units.maxBlocksPerNode}: the limit was lowered`);
    }
  }
  for (const { key, record } of snapshot.blocks.values()) {
    if (record.node !== undefined && !owned.has(`${key} ${record.node}`)) {
      report("A7", key, `${record.node} does not own it`);
    }
  }
}

/** Checks that a search finds every block with room and no other, and that every place is claimed or unclaimed. */
export function auditSpace(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const expected = new Set<string>();
  for (const state of snapshot.blocks.values()) {
    const pool = snapshot.policy.bySegment.get(state.key.split("/")[2] ?? "");
    if (pool?.pool.units.kind !== "addresses") continue;
    if (!saysRightly(engine, pool, state, snapshot.now)) {
      report("A10", state.key, `the block is indexed as ${state.record.at ?? "full"}`);
    }
    for (const row of rowsOf(engine.keys, pool, hexOf(state.first), state.record)) {
      expected.add(row);
      if (!snapshot.rows.has(row)) report("A10", row, "the row is missing");
    }
  }
  for (const row of snapshot.rows) if (!expected.has(row)) report("A10", row, "the row leads to no room");
  for (const pool of snapshot.policy.pools) auditRuns(engine, snapshot, pool, report);
}

function saysRightly(engine: Engine, pool: PoolPolicy, state: BlockState, now: number): boolean {
  const draft = new BlockDraft(state, engine.rules(pool, state, now));
  const { at } = state.record;
  const truth = draft.finish("").record.at;
  if (at === truth) return true;
  // A release stamped by a clock that is a little ahead.
  if (at !== undefined && at > now && at <= now + engine.skewMs) return truth !== undefined;
  // Time has passed: what rested has rested.
  const unused = firstClear(state.used, draft.rules.excluded, 0, state.size) >= 0;
  return truth === 0 && !unused && at !== undefined && at <= now;
}

/** Blocks and unclaimed runs, in order, must be the pool, without gap or overlap. */
function auditRuns(engine: Engine, snapshot: StoreSnapshot, { pool, segment }: PoolPolicy, report: Report): void {
  const { units, prefix } = pool;
  if (units.kind !== "addresses") return;
  const root = `${engine.keys.unclaimedOf(prefix.family)}${segment}/`;
  const blockRoot = engine.keys.blocksOf(segment);
  const step = 2 ** ((prefix.family === 4 ? 32 : 128) - units.blockLength);
  const parts = snapshot.runs
    .filter(({ key }) => key.startsWith(root))
    .map(({ key, first, last }) => ({ key, first, last }));
  for (const { key, first } of snapshot.blocks.values()) {
    if (key.startsWith(blockRoot)) parts.push({ key, first, last: first });
  }
  parts.sort((a, b) => compareAddresses(a.first, b.first));
  const whole = wholeRun(prefix, units.blockLength);
  let next: ReturnType<typeof firstAddress> | undefined = whole.first;
  for (const { key, first, last } of parts) {
    if (next === undefined || compareAddresses(first, next) < 0)
      report("A10", key, `${first} is claimed and unclaimed, or twice`);
    else if (compareAddresses(first, next) > 0) report("A10", key, `blocks from ${next} on are in no run`);
    if (key.startsWith(root) && key !== root + hexOf(last)) report("A14", key, `the run ends at ${last}`);
    next = compareAddresses(last, whole.last) >= 0 ? undefined : addToAddress(last, step);
  }
  if (next !== undefined) report("A10", `${root}${hexOf(whole.last)}`, `blocks from ${next} on are in no run`);
}
