import { type AddressRange, type Prefix, parsePrefix, parseRange } from "@netmason/net";
import { IpamError } from "../errors.js";
import type { Reservation } from "../pool-state.js";
import type { CallOptions, StoreRange } from "../store.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import { type Keys, nameOf, under } from "./keys.js";
import { createPolicy, type Policy, PoolPolicy } from "./policy.js";
import { decodePool } from "./pool-record.js";
import { checkRecord, FORMAT } from "./records.js";

/** Which layout the whole store has, and the oldest version that may read it. */
export const META_KEY = "meta";

interface PolicyReader {
  readonly keys: Keys;
  get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]>;
  range(range: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]>;
  pages(range: { readonly from: string; readonly to: string }): AsyncGenerator<StoreEntry>;
}

/** The one record that says which layout a store has. */
export interface MetaRecord extends StoreRecord {
  readonly format: number;
  readonly minReader: number;
}

const PAGE = 1_000;

/**
 * Reads pools and reservations: one round trip for up to a thousand of them.
 *
 * @throws IpamError `store_format`
 */
export async function loadPolicy(reader: PolicyReader): Promise<Policy> {
  const bounds = under(reader.keys.policy);
  for (;;) {
    const [[meta], first] = await Promise.all([reader.get([META_KEY]), reader.range({ ...bounds, limit: PAGE })]);
    checkMeta(meta);
    if (first.length < PAGE) return policyFrom(reader.keys, first);
    const entries: StoreEntry[] = [];
    for await (const entry of reader.pages(bounds)) entries.push(entry);
    const policy = policyFrom(reader.keys, entries);
    // Several pages are of several moments, unless nothing was written in between.
    const [gen] = await reader.get([reader.keys.gen]);
    if (gen?.revision === policy.revision) return policy;
  }
}

/** Refuses a store that a newer version has taken over. */
export function checkMeta(entry: StoreEntry | undefined): void {
  if (entry === undefined) return;
  const { format, minReader } = entry.value as MetaRecord;
  const oldest = typeof minReader === "number" ? minReader : format;
  if (typeof oldest === "number" && oldest <= FORMAT) return;
  const text = `the store has format ${format} and needs a version that reads ${oldest}, this one reads up to ${FORMAT}`;
  throw new IpamError("store_format", text, { key: META_KEY, version: format });
}

function policyFrom(keys: Keys, entries: readonly StoreEntry[]): Policy {
  const pools: StoreEntry[] = [];
  const reservations: Reservation[] = [];
  const reservationRevisions = new Map<string, string>();
  const reindex = new Map<string, string>();
  let gen: StoreEntry | undefined;
  for (const entry of entries) {
    const [kind, name = ""] = entry.key.slice(keys.policy.length).split("/");
    if (kind === "gen") gen = entry;
    else if (kind === "pool") pools.push(entry);
    else if (kind === "reindex") reindex.set(nameOf(name), entry.revision);
    else if (kind === "reservation") {
      const reservation = decodeReservation(entry);
      reservations.push(reservation);
      reservationRevisions.set(reservation.name, entry.revision);
    }
  }
  const generation = gen === undefined ? 0 : checkRecord<StoreRecord & { readonly n: number }>(gen, { n: "number" }).n;
  return createPolicy({
    revision: gen?.revision,
    generation,
    pools: pools.map((entry) => {
      const { pool, record } = decodePool(entry);
      return new PoolPolicy(pool, record, entry.revision, reservations);
    }),
    reservations,
    reservationRevisions,
    reindex,
  });
}

function decodeReservation(entry: StoreEntry): Reservation {
  const { name, addresses, reason } = checkRecord<
    StoreRecord & { readonly name: string; readonly addresses: string; readonly reason?: string }
  >(entry, { name: "string", addresses: "string" });
  return { name, addresses: parseAddresses(addresses), ...(reason !== undefined && { reason }) };
}

function parseAddresses(text: string): Prefix | AddressRange {
  return text.includes("-") ? parseRange(text) : parsePrefix(text);
}
