import { type Prefix, parsePrefix } from "@netmason/net";
import type { PrefixAllocation } from "../allocation.js";
import type { Attributes } from "../pool.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import type { Engine } from "./engine.js";
import type { PoolPolicy } from "./policy.js";
import { checkRecord } from "./records.js";

/** A child prefix; with `releasedAt` it only rests. */
export interface ChildRecord extends StoreRecord {
  readonly prefix: string;
  readonly handle: string;
  readonly sequence: string;
  readonly allocatedAt: number;
  readonly attributes?: Attributes;
  readonly releasedAt?: number;
}

/** A child prefix as the store has it. */
export interface StoredChild {
  readonly key: string;
  readonly revision: string;
  readonly record: ChildRecord;
  readonly prefix: Prefix;
}

/**
 * Reads a child.
 *
 * @throws IpamError `store_format`
 */
export function decodeChild(entry: StoreEntry): StoredChild {
  const fields = { prefix: "string", handle: "string", sequence: "string", allocatedAt: "number" } as const;
  const record = checkRecord<ChildRecord>(entry, fields);
  return { key: entry.key, revision: entry.revision, record, prefix: parsePrefix(record.prefix) };
}

/** A child as the allocation users see. */
export function toPrefixAllocation(pool: string, { record, prefix }: StoredChild): PrefixAllocation {
  const { handle, sequence, allocatedAt, attributes = {} } = record;
  return { kind: "prefix", handle, pool, sequence, allocatedAt, attributes, prefix };
}

/** Whether a released child may not be handed out yet. */
export function childRests(engine: Engine, { pool }: PoolPolicy, { record }: StoredChild, now: number): boolean {
  const { cooldownMs } = pool.units;
  if (record.releasedAt === undefined || cooldownMs === 0) return false;
  return now - record.releasedAt < cooldownMs + engine.skewMs;
}
