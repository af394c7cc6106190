import type { Store, StoreBatch } from "../store.js";
import type { StoreRecord } from "../store-txn.js";
import { assertEqual, assertTrue, fail } from "./assertions.js";
import { commit, put, remove, revisionOf, type StoreCheck, valuesUnder, write } from "./contract-steps.js";

export const contractOfWatches: readonly StoreCheck[] = [
  { name: "a watch starts with what is there", check: startsWithSnapshot },
  { name: "a watch tells puts and deletes under its prefix and nothing else", check: tellsChanges },
  { name: "a watch that is read slowly ends at the truth", check: slowReader },
  { name: "a watch misses nothing written while its snapshot is read", check: noGapAtStart },
  { name: "a signal ends a watch without an error", check: endsBySignal },
  { name: "close ends a watch", check: endsByClose },
];

/** What a reader of a watch believes. */
class Follower {
  readonly values = new Map<string, StoreRecord>();
  readonly seen: string[] = [];
  readonly #iterator: AsyncIterator<StoreBatch>;

  constructor(watch: AsyncIterable<StoreBatch>) {
    this.#iterator = watch[Symbol.asyncIterator]();
  }

  async next(): Promise<StoreBatch | undefined> {
    const { done, value } = await this.#iterator.next();
    if (done) return undefined;
    if (value.kind === "snapshot") {
      this.values.clear();
      for (const entry of value.entries) this.values.set(entry.key, entry.value);
    } else {
      for (const { key, entry } of value.changes) {
        this.seen.push(entry === undefined ? `-${key}` : `${key}=${entry.value.n}`);
        if (entry === undefined) this.values.delete(key);
        else this.values.set(key, entry.value);
      }
    }
    return value;
  }

  /** Reads on until the belief is what is wanted. */
  async until(wanted: () => boolean): Promise<void> {
    for (let batches = 0; !wanted(); batches++) {
      if (batches > 10_000 || (await this.next()) === undefined) fail("the watch ended before it told everything");
    }
  }

  async end(): Promise<void> {
    await this.#iterator.return?.();
  }
}

async function startsWithSnapshot(store: Store): Promise<void> {
  await write(store, put("w/b", { v: 1, n: 2 }), put("w/a", { v: 1, n: 1 }), put("x/a", { v: 1, n: 3 }));
  const follower = new Follower(store.watch("w/"));
  const batch = await follower.next();
  assertEqual(batch, { kind: "snapshot", entries: await store.get(["w/a", "w/b"]) }, "the first batch");
  await follower.end();
  const empty = new Follower(store.watch("none/"));
  assertEqual(await empty.next(), { kind: "snapshot", entries: [] }, "the first batch of an empty prefix");
  await empty.end();
}

async function tellsChanges(store: Store): Promise<void> {
  const follower = new Follower(store.watch("w/"));
  await follower.next();
  await write(store, put("w/a", { v: 1, n: 1 }));
  await follower.until(() => follower.values.get("w/a")?.n === 1);
  await write(store, put("x/a", { v: 1, n: 9 }), put("w", { v: 1, n: 9 }), put("w/a", { v: 1, n: 2 }));
  await follower.until(() => follower.values.get("w/a")?.n === 2);
  await write(store, put("w/b", { v: 1, n: 3 }), remove("w/a"));
  await follower.until(() => follower.values.size === 1 && follower.values.has("w/b"));
  const outside = follower.seen.filter((change) => !/^-?w\//.test(change));
  assertEqual(outside, [], "changes outside the prefix");
  const ofA = follower.seen.filter((change) => change.includes("w/a"));
  assertTrue(ofA.join() === "w/a=1,w/a=2,-w/a" || ofA.length === 0, `changes of w/a in their order: ${ofA.join()}`);
  await follower.end();
}

async function slowReader(store: Store): Promise<void> {
  const follower = new Follower(store.watch("w/"));
  await follower.next();
  for (let n = 0; n < 300; n++) {
    const key = `w/${n % 40}`;
    const op = n % 7 === 0 ? remove(key) : put(key, { v: 1, n });
    await commit(store, key, await revisionOf(store, key), op);
  }
  await write(store, put("w/last", { v: 1, n: -1 }));
  const truth = await valuesUnder(store, "w/");
  await follower.until(() => follower.values.has("w/last") && follower.values.size === Object.keys(truth).length);
  const believed = Object.fromEntries([...follower.values].sort(([a], [b]) => (a < b ? -1 : 1)));
  assertEqual(believed, truth, "what the reader believes");
  await follower.end();
}

async function noGapAtStart(store: Store): Promise<void> {
  await write(store, ...Array.from({ length: 30 }, (_, n) => put(`w/${n}`, { v: 1, n: 0 })));
  const follower = new Follower(store.watch("w/"));
  const reading = follower.next();
  await Promise.all(Array.from({ length: 30 }, (_, n) => write(store, put(`w/${n}`, { v: 1, n: 1 }))));
  await reading;
  await follower.until(() => [...follower.values.values()].every(({ n }) => n === 1));
  assertEqual(follower.values.size, 30, "keys the reader knows");
  await follower.end();
}

async function endsBySignal(store: Store): Promise<void> {
  const gone = new AbortController();
  const follower = new Follower(store.watch("w/", { signal: gone.signal }));
  await follower.next();
  const waiting = follower.next();
  gone.abort(new RangeError("enough"));
  assertEqual(await waiting, undefined, "the batch after the abort");
  const never = new Follower(store.watch("w/", { signal: gone.signal }));
  assertEqual(await never.next(), undefined, "the first batch of a watch that was aborted before");
}

async function endsByClose(store: Store): Promise<void> {
  const follower = new Follower(store.watch("w/"));
  await follower.next();
  const waiting = follower.next();
  await store.close();
  assertEqual(await waiting, undefined, "the batch after close");
}
