import type { Store, StoreRecord } from "@netmason/ipam";

/** The one key under a prefix, with its value; throws unless there is exactly one. */
export async function onlyKey(
  store: Store,
  prefix: string,
): Promise<{ readonly key: string; readonly value: StoreRecord }> {
  const entries = await store.range({ from: prefix, to: `${prefix.slice(0, -1)}0` });
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) throw new RangeError(`${prefix}: ${entries.length} keys`);
  return entry;
}

/** Writes records past the engine, `undefined` deletes: what no caller of the package can do. */
export async function plant(store: Store, records: Readonly<Record<string, StoreRecord | undefined>>): Promise<void> {
  const ops = Object.entries(records).map(([key, value]) =>
    value === undefined ? ({ kind: "delete", key } as const) : ({ kind: "put", key, value } as const),
  );
  await store.txn({ compares: [], ops });
}

/** Changes one record past the engine. */
export async function edit(
  store: Store,
  prefix: string,
  change: (value: StoreRecord) => StoreRecord | undefined,
): Promise<void> {
  const { key, value } = await onlyKey(store, prefix);
  await plant(store, { [key]: change(value) });
}
