import { addToAddress, containsPrefix, firstAddress, lastAddress, type Prefix } from "@netmason/net";
import type { AuditRule } from "../audit.js";
import type { BlockState } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import type { StoreSnapshot } from "./store-snapshot.js";

/** Tells of one broken invariant. */
export type Report = (rule: AuditRule, path: string, message: string) => void;

/** How long a lease may be over, or an affinity pending, before it is a fault that nobody cleared it. */
export const OVERDUE_MS = 60_000;

/** Checks what one block can be wrong in by itself, and what blocks are to each other. */
export function auditBlocks(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const holders = new Map<string, string>();
  let before: { readonly prefix: Prefix; readonly key: string } | undefined;
  const sorted = [...snapshot.blocks.values()].sort((a, b) => compareBlocks(a, b));
  for (const state of sorted) {
    const { key, prefix } = state;
    const pool = snapshot.policy.bySegment.get(key.split("/")[2] ?? "");
    auditPlace(engine, state, pool, report);
    if (before !== undefined && containsPrefix(before.prefix, prefix)) {
      report("A2", key, `the block ${prefix} overlaps ${before.prefix} of ${before.key}`);
    } else before = { prefix, key };
    auditOrdinals(state, report);
    auditTimes(engine, state, snapshot.now, report);
    if (pool !== undefined) auditStrict(state, pool, report);
    for (const { o, h } of state.record.live) {
      if (o < 0 || o >= state.size) continue;
      const address = hexOf(addToAddress(state.first, o));
      const other = holders.get(address);
      if (other !== undefined)
        report("A1", key, `${addToAddress(state.first, o)} is live twice, for ${other} and ${h}`);
      holders.set(address, h);
    }
  }
}

function compareBlocks(a: BlockState, b: BlockState): number {
  const [x, y] = [`${a.prefix.family}${hexOf(a.first)}`, `${b.prefix.family}${hexOf(b.first)}`];
  return x < y ? -1 : x > y ? 1 : a.prefix.length - b.prefix.length;
}

function auditPlace(engine: Engine, { key, prefix }: BlockState, pool: PoolPolicy | undefined, report: Report): void {
  if (pool === undefined) {
    report("A2", key, "the block belongs to no pool");
    return;
  }
  const { units } = pool.pool;
  if (units.kind !== "addresses") report("A12", key, `pool ${pool.pool.name} hands out prefixes and has a block`);
  else if (units.blockLength !== prefix.length) {
    report("A2", key, `the block ${prefix} is not of length ${units.blockLength}`);
  }
  if (!containsPrefix(pool.pool.prefix, prefix))
    report("A2", key, `the block ${prefix} is outside ${pool.pool.prefix}`);
  if (engine.keys.block(pool.segment, prefix) !== key) report("A14", key, `the record says ${prefix}`);
}

function auditOrdinals({ key, size, record }: BlockState, report: Report): void {
  const live = new Set<number>();
  let last = -1;
  for (const { o } of record.live) {
    if (!Number.isInteger(o) || o < 0 || o >= size) report("A4", key, `a live ordinal ${o} is outside the block`);
    if (live.has(o)) report("A1", key, `the ordinal ${o} is live twice`);
    else if (o <= last) report("A4", key, `live ordinals do not ascend at ${o}`);
    live.add(o);
    last = o;
  }
  const queued = new Set<number>();
  for (const { o } of record.cooling) {
    if (!Number.isInteger(o) || o < 0 || o >= size) report("A4", key, `a released ordinal ${o} is outside the block`);
    if (queued.has(o)) report("A4", key, `the ordinal ${o} is queued twice`);
    if (live.has(o)) report("A3", key, `the ordinal ${o} is live and released at once`);
    queued.add(o);
  }
  if (record.idle !== undefined && live.size > 0) report("A3", key, "the block says it is empty and is not");
  if (record.idle === undefined && live.size === 0 && record.w !== "") {
    report("A3", key, "the block is empty and does not say since when");
  }
}

function auditTimes(engine: Engine, { key, record }: BlockState, now: number, report: Report): void {
  const latest = now + engine.skewMs;
  if (record.claimedAt > latest) report("A13", key, `claimed at ${record.claimedAt}, which is to come`);
  for (const { o, t, x } of record.live) {
    if (t > latest) report("A13", key, `ordinal ${o} was allocated at ${t}, which is to come`);
    if (x !== undefined && x + engine.skewMs + OVERDUE_MS < now) {
      report("A13", key, `the lease of ordinal ${o} ended at ${x} and nobody cleared it`);
    }
  }
  for (const { o, r } of record.cooling) {
    if (r > latest) report("A13", key, `ordinal ${o} was released at ${r}, which is to come`);
  }
}

function auditStrict({ key, record }: BlockState, { pool, record: { strictAt } }: PoolPolicy, report: Report): void {
  if (pool.units.kind !== "addresses" || pool.units.affinity !== "strict" || strictAt === undefined) return;
  if (record.node === undefined) return;
  for (const { o, n, t } of record.live) {
    if (n === record.node || t < strictAt || t < record.claimedAt) continue;
    report("A9", key, `ordinal ${o} was borrowed by ${n ?? "nobody"} from a block of ${record.node}`);
  }
}

/** Checks children, pools to each other, and records that do not decode. */
export function auditPools(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const { pools, bySegment } = snapshot.policy;
  for (const [key, message] of snapshot.broken) report("A14", key, message);
  for (const [index, one] of pools.entries()) {
    for (const other of pools.slice(index + 1)) {
      const [outer, inner] = one.pool.prefix.length <= other.pool.prefix.length ? [one, other] : [other, one];
      if (!containsPrefix(outer.pool.prefix, inner.pool.prefix)) continue;
      // A child may be the whole of its pool: then either of the two can be the one inside.
      const isSame = outer.pool.prefix.length === inner.pool.prefix.length;
      if (!liesInChild(snapshot, outer, inner) && !(isSame && liesInChild(snapshot, inner, outer))) {
        const text = `pool ${inner.pool.name} overlaps pool ${outer.pool.name}`;
        report("A12", engine.keys.pool(inner.pool.name), text);
      }
    }
  }
  auditChildren(engine, snapshot, report);
  for (const [key, guard] of snapshot.guards) {
    if (!bySegment.has(key.split("/")[2] ?? "")) report("A11", key, "the guard belongs to no pool");
    const ahead = guard.recent.find(({ n }) => n > guard.n);
    if (ahead !== undefined) report("A11", key, `the guard is at ${guard.n} and remembers change ${ahead.n}`);
  }
}

/** Whether a pool lies inside one live child of another, directly or through pools in between. */
function liesInChild(snapshot: StoreSnapshot, outer: PoolPolicy, inner: PoolPolicy): boolean {
  if (outer.pool.units.kind !== "prefixes") return false;
  for (const [key, { prefix, record }] of snapshot.children) {
    const live = record.releasedAt === undefined && key.split("/")[2] === outer.segment;
    if (live && containsPrefix(prefix, inner.pool.prefix)) return true;
  }
  return false;
}

function auditChildren(engine: Engine, snapshot: StoreSnapshot, report: Report): void {
  const last = new Map<string, Prefix>();
  for (const [key, { prefix, record }] of snapshot.children) {
    const segment = key.split("/")[2] ?? "";
    const pool = snapshot.policy.bySegment.get(segment);
    const units = pool?.pool.units;
    if (pool === undefined) report("A11", key, "the child belongs to no pool");
    else if (units?.kind !== "prefixes")
      report("A12", key, `pool ${pool.pool.name} hands out addresses and has a child`);
    else {
      if (!containsPrefix(pool.pool.prefix, prefix)) report("A11", key, `${prefix} is outside ${pool.pool.prefix}`);
      if (prefix.length < units.minLength || prefix.length > units.maxLength) {
        report("A11", key, `${prefix} is not of a length from ${units.minLength} to ${units.maxLength}`);
      }
      if (!snapshot.guards.has(engine.keys.guard(segment))) report("A11", key, "the pool has no guard");
    }
    if (engine.keys.child(segment, prefix) !== key) report("A14", key, `the record says ${prefix}`);
    const before = last.get(segment);
    if (before !== undefined && hexOf(firstAddress(prefix)) <= hexOf(lastAddress(before))) {
      report("A11", key, `${prefix} overlaps ${before}`);
    } else last.set(segment, prefix);
    const stamp = Math.max(record.allocatedAt, record.releasedAt ?? 0);
    if (stamp > snapshot.now + engine.skewMs) report("A13", key, `the stamp ${stamp} is to come`);
  }
}
