import { type Address, parseAddress } from "@netmason/net";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import { checkRecord } from "./records.js";

/** A run of blocks nobody claimed: the first address of its first and of its last block. */
export interface Run {
  readonly first: Address;
  readonly last: Address;
}

/** A run as the store has it, under the key of its last block. */
export interface StoredRun extends Run {
  readonly key: string;
  readonly revision: string;
}

/** Reads a run. */
export function decodeRun(entry: StoreEntry): StoredRun {
  const { first, last } = checkRecord<StoreRecord & { readonly first: string; readonly last: string }>(entry, {
    first: "string",
    last: "string",
  });
  return { key: entry.key, revision: entry.revision, first: parseAddress(first), last: parseAddress(last) };
}

/** A run as its record. */
export function encodeRun(run: Run, writer: string): StoreRecord {
  return { v: 1, first: run.first.toString(), last: run.last.toString(), w: writer };
}
