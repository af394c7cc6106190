import { IpamError } from "../errors.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";

/** The layout this version of the package writes, and the highest it reads. */
export const FORMAT = 1;

/** A live address: ordinal, handle, sequence, allocated at, node, attributes, expires at. */
export interface LiveRecord {
  readonly o: number;
  readonly h: string;
  readonly s: string;
  readonly t: number;
  readonly n?: string;
  readonly a?: Readonly<Record<string, string>>;
  readonly x?: number;
  readonly [unknown: string]: unknown;
}

/** A released address, released at `r`; the order of these is the order of release. */
export interface CoolingRecord {
  readonly o: number;
  readonly r: number;
  readonly [unknown: string]: unknown;
}

/**
 * A claimed block. `live` ascends by ordinal. `at` says which index row it has: 0, room now; a time, the earliest release
 * it waits for, or with `ends` the earliest end of a lease; absent, no row. `idle` is since when it is empty, absent while it is not. `w` names the write
 * that made this record.
 */
export interface BlockRecord extends StoreRecord {
  readonly prefix: string;
  readonly node?: string;
  readonly claimedAt: number;
  readonly cursor: number;
  readonly live: readonly LiveRecord[];
  readonly cooling: readonly CoolingRecord[];
  readonly at?: number;
  readonly ends?: true;
  readonly idle?: number;
  readonly w: string;
}

/** The records that hold something of a handle: keys of blocks and children, ascending; `max` addresses per family. */
export interface HandleRecord extends StoreRecord {
  readonly at: readonly string[];
  readonly max?: number;
}

/** One block of a node; only `confirmed` ones are owned. */
export interface AffinityRow {
  readonly prefix: string;
  readonly state: "pending" | "confirmed" | "pendingDeletion";
  readonly claimedAt: number;
}

/**
 * Takes a record as one of this layout: older layouts lack fields that have a meaning when absent, newer ones are refused.
 *
 * @throws IpamError `store_format`
 */
export function checkRecord<R extends StoreRecord>(entry: StoreEntry, fields: Readonly<Record<string, FieldKind>>): R {
  const { key, value } = entry;
  if (!Number.isSafeInteger(value.v) || value.v < 1 || value.v > FORMAT) {
    throw new IpamError("store_format", `${key} has layout ${value.v}, this version reads up to ${FORMAT}`, {
      key,
      version: value.v,
    });
  }
  for (const [name, kind] of Object.entries(fields)) {
    const field = value[name];
    const right = kind === "array" ? Array.isArray(field) : typeof field === kind;
    if (!right) {
      throw new IpamError("store_format", `${key} has no ${name} of type ${kind}`, { key, version: value.v });
    }
  }
  return value as R;
}

/** What `checkRecord` can ask of a field. */
export type FieldKind = "string" | "number" | "array" | "object";

/** The fields every block has. */
export const BLOCK_FIELDS: Readonly<Record<string, FieldKind>> = {
  prefix: "string",
  claimedAt: "number",
  live: "array",
  cooling: "array",
};
