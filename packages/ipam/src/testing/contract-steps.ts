import type { Store } from "../store.js";
import type { StoreOp, StoreRecord } from "../store-txn.js";
import { assertEqual, fail } from "./assertions.js";

/** One check of what a store does. */
export interface StoreCheck {
  readonly name: string;
  readonly check: (store: Store) => Promise<void>;
}

export function put(key: string, value: StoreRecord): StoreOp {
  return { kind: "put", key, value };
}

export function remove(key: string): StoreOp {
  return { kind: "delete", key };
}

/** Writes one key after another, whatever is there; answers the last revision. */
export async function write(store: Store, ...ops: readonly StoreOp[]): Promise<string> {
  let revision = "";
  for (const op of ops) revision = await commit(store, op.key, await revisionOf(store, op.key), op);
  return revision;
}

/** A transaction of one key that must commit. */
export async function commit(store: Store, key: string, revision: string | undefined, op: StoreOp): Promise<string> {
  const result = await store.txn({ compares: [{ key, revision }], ops: [op] });
  if (result.kind === "conflict") fail(`writing ${key} alone met a conflict`);
  return result.revision;
}

export async function revisionOf(store: Store, key: string): Promise<string | undefined> {
  return (await store.get([key]))[0]?.revision;
}

/** The values of a range by key. */
export async function valuesUnder(store: Store, prefix: string): Promise<Record<string, StoreRecord>> {
  const entries = await store.range({ from: prefix, to: `${prefix}\u{10ffff}` });
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

export async function assertValue(store: Store, key: string, value: StoreRecord | undefined): Promise<void> {
  assertEqual((await store.get([key]))[0]?.value, value, `value of ${key}`);
}

/** Single-key stores are asked nothing that needs several keys in one transaction. */
export function isSingleKey(store: Store): boolean {
  return store.limits.txnKeyCount === 1;
}
