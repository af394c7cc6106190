import { type Address, firstAddress, type Prefix, parsePrefix } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { StoreEntry } from "../store-txn.js";
import { createBits, type OrdinalBits, setBit } from "./ordinal-bits.js";
import { BLOCK_FIELDS, type BlockRecord, checkRecord, type LiveRecord } from "./records.js";

/**
 * A block as it stood at one revision, decoded once and kept beside it: the record itself, and the set of ordinals that
 * are live or queued. Never changed; a write makes the next one.
 */
export interface BlockState {
  readonly key: string;
  /** The pool, as a segment of keys. */
  readonly segment: string;
  /** `undefined`: this block is not in the store yet. */
  readonly revision: string | undefined;
  readonly record: BlockRecord;
  readonly prefix: Prefix;
  readonly first: Address;
  readonly size: number;
  readonly used: OrdinalBits;
  /** The earliest end of a lease, `Infinity` without one. */
  readonly firstExpiry: number;
  /** Fields of a newer writer, carried along. */
  readonly unknown: Readonly<Record<string, unknown>> | undefined;
}

/** A state that nobody else has yet. */
export type FreshBlock = { -readonly [K in keyof BlockState]: BlockState[K] };

const KNOWN = new Set(["v", "prefix", "node", "claimedAt", "cursor", "live", "cooling", "at", "ends", "idle", "w"]);

/** How many addresses a block of this prefix has. */
export function blockSize(prefix: Prefix): number {
  return 2 ** ((prefix.family === 4 ? 32 : 128) - prefix.length);
}

/**
 * Reads a block.
 *
 * @throws IpamError `store_format`
 */
export function decodeBlock(entry: StoreEntry): BlockState {
  const record = checkRecord<BlockRecord>(entry, BLOCK_FIELDS);
  const prefix = parsePrefix(record.prefix);
  const size = blockSize(prefix);
  if (size > 65_536) {
    throw new IpamError("store_format", `${entry.key} is a block of ${size} addresses`, {
      key: entry.key,
      version: record.v,
    });
  }
  const used = createBits(size);
  let firstExpiry = Number.POSITIVE_INFINITY;
  for (const { o, x } of record.live) {
    setBit(used, o);
    if (x !== undefined && x < firstExpiry) firstExpiry = x;
  }
  for (const { o } of record.cooling) setBit(used, o);
  const { key, revision } = entry;
  const first = firstAddress(prefix);
  const segment = poolSegment(key);
  return { key, segment, revision, record, prefix, first, size, used, firstExpiry, unknown: unknownFields(record) };
}

/** The pool in the key of a block, a child or a guard. */
export function poolSegment(key: string): string {
  return key.split("/")[2] ?? "";
}

/** A block nobody has claimed yet. */
export function newBlock(key: string, prefix: Prefix, node: string | undefined, now: number): BlockState {
  const size = blockSize(prefix);
  const record: BlockRecord = {
    v: 1,
    prefix: prefix.toString(),
    ...(node !== undefined && { node }),
    claimedAt: now,
    cursor: 0,
    live: [],
    cooling: [],
    w: "",
  };
  return {
    key,
    segment: poolSegment(key),
    revision: undefined,
    record,
    prefix,
    first: firstAddress(prefix),
    size,
    used: createBits(size),
    firstExpiry: Number.POSITIVE_INFINITY,
    unknown: undefined,
  };
}

function unknownFields(record: BlockRecord): Readonly<Record<string, unknown>> | undefined {
  const names = Object.keys(record).filter((name) => !KNOWN.has(name));
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, record[name]]));
}

/** Where an ordinal stands in `live`, or where it would: `~index` if it is not there. */
export function liveIndex(live: readonly LiveRecord[], ordinal: number): number {
  let low = 0;
  let high = live.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((live[middle] as LiveRecord).o < ordinal) low = middle + 1;
    else high = middle;
  }
  return live[low]?.o === ordinal ? low : ~low;
}
