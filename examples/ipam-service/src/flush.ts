import { createLmdbStore } from "@netmason/ipam/lmdb";

/** The median time from a transaction to its place on the disk, in ms: what every allocation alone waits for. */
export async function measureFlush(path: string): Promise<number> {
  const store = createLmdbStore({ path });
  const times: number[] = [];
  for (let i = 0; i < 51; i++) {
    const begun = performance.now();
    await store.txn({ compares: [], ops: [{ kind: "put", key: "probe", value: { v: 1, i } }] });
    times.push(performance.now() - begun);
  }
  await store.close();
  return times.sort((a, b) => a - b)[25] ?? 0;
}
