import { IpamError } from "./errors.js";
import { META_KEY, type MetaRecord } from "./internal/policy-reader.js";
import { FORMAT } from "./internal/records.js";
import { upgradeRecord } from "./internal/upgrade-record.js";
import type { CallOptions, Store } from "./store.js";
import type { StoreEntry, StoreOp, StoreRecord } from "./store-txn.js";

/** What `migrateStore` did. */
export interface StoreMigration {
  /** The format the store had. */
  readonly from: number;
  /** The format it has: the one this version writes. */
  readonly to: number;
  readonly rewrittenCount: number;
}

const PAGE = 1_000;
const TRIES = 20;

/**
 * Brings a store of an older version into the format of this one, all VRFs of it, in place. Run it once, before the first
 * instance of the new version; it may be interrupted and run again. It first marks the store so that older versions
 * refuse it and transactions they have under way are refused too.
 *
 * @throws IpamError `store_format` when a newer version wrote the store; nothing is changed
 *
 * @example
 * ```ts
 * import { createMemoryStore, migrateStore } from "@netmason/ipam";
 *
 * await migrateStore(createMemoryStore()); // => { from: 1, to: 1, rewrittenCount: 0 }
 * ```
 * @category Stores
 */
export async function migrateStore(store: Store, options?: CallOptions): Promise<StoreMigration> {
  const [meta] = await store.get([META_KEY], options);
  const from = meta === undefined ? await formatWithoutMeta(store, options) : (meta.value as MetaRecord).format;
  if (from > FORMAT) {
    const text = `the store has format ${from}, this version writes ${FORMAT}`;
    throw new IpamError("store_format", text, { key: META_KEY, version: from });
  }
  if (from === FORMAT) return { from, to: FORMAT, rewrittenCount: 0 };
  await writeMeta(store, meta, from);
  let rewrittenCount = 0;
  for await (const entry of everything(store, options)) {
    options?.signal?.throwIfAborted();
    if (entry.key !== META_KEY && (await rewrite(store, entry))) rewrittenCount += 1;
  }
  const [marked] = await store.get([META_KEY], options);
  await writeMeta(store, marked, FORMAT);
  return { from, to: FORMAT, rewrittenCount };
}

/** A store without the record that says its format is empty, or older than that record. */
async function formatWithoutMeta(store: Store, options?: CallOptions): Promise<number> {
  const entries = await store.range({ from: "!", to: "~", limit: 1, select: "keys" }, options);
  return entries.length === 0 ? FORMAT : 0;
}

async function writeMeta(store: Store, before: StoreEntry | undefined, format: number): Promise<void> {
  const value: MetaRecord = { ...before?.value, v: 1, format, minReader: FORMAT };
  const op: StoreOp = { kind: "put", key: META_KEY, value };
  const result = await store.txn({ compares: [{ key: META_KEY, revision: before?.revision }], ops: [op] });
  if (result.kind === "committed") return;
  throw new IpamError("contention", "another migration is under way", { key: META_KEY, attemptCount: 1 });
}

async function* everything(store: Store, options?: CallOptions): AsyncGenerator<StoreEntry> {
  for (let from = "!"; ; ) {
    const page = await store.range({ from, to: "~", limit: PAGE }, options);
    yield* page;
    const last = page[page.length - 1];
    if (last === undefined || page.length < PAGE) return;
    from = `${last.key}!`;
  }
}

/** Writes one record in the new layout; what an older writer changes meanwhile is read again. */
async function rewrite(store: Store, read: StoreEntry): Promise<boolean> {
  let entry: StoreEntry | undefined = read;
  for (let tries = 0; entry !== undefined; tries += 1) {
    const value: StoreRecord = upgradeRecord(entry.key, entry.value);
    if (value === entry.value) return false;
    const { key, revision } = entry;
    const result = await store.txn({ compares: [{ key, revision }], ops: [{ kind: "put", key, value }] });
    if (result.kind === "committed") return true;
    if (tries >= TRIES) {
      throw new IpamError("contention", `${key} is still being written`, { key, attemptCount: tries + 1 });
    }
    [entry] = result.current;
  }
  return false;
}
