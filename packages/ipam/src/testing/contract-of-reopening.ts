import type { Store } from "../store.js";
import { assertEqual, assertTrue, fail } from "./assertions.js";
import { assertValue, put, remove, revisionOf, valuesUnder, write } from "./contract-steps.js";

type OpenAgain = (store: Store) => Promise<Store>;

/** What holds between two that opened the same data. */
export const contractOfReopening: readonly {
  readonly name: string;
  readonly check: (store: Store, openAgain: OpenAgain) => Promise<void>;
}[] = [
  { name: "what was committed is there after close", check: survivesClose },
  { name: "revisions do not repeat after close", check: freshAfterClose },
  { name: "two users see each other's writes at once", check: seeEachOther },
  { name: "no increment of two users is lost", check: noLostUpdate },
  { name: "a watch tells the writes of another user", check: watchesAnother },
];

async function survivesClose(store: Store, openAgain: OpenAgain): Promise<void> {
  await write(store, put("a", { v: 1, text: "kept" }), put("b", { v: 2 }), put("gone", { v: 3 }), remove("gone"));
  const revision = await revisionOf(store, "a");
  await store.close();
  await withAgain(store, openAgain, async (again) => {
    assertEqual(await valuesUnder(again, ""), { a: { v: 1, text: "kept" }, b: { v: 2 } }, "after close");
    assertEqual(await revisionOf(again, "a"), revision, "revision after close");
  });
}

async function freshAfterClose(store: Store, openAgain: OpenAgain): Promise<void> {
  const old = new Set<string>();
  for (let i = 0; i < 20; i++) old.add(await write(store, put("a", { v: 1, i })));
  await write(store, remove("a"));
  await store.close();
  await withAgain(store, openAgain, async (again) => {
    for (let i = 0; i < 20; i++) {
      const revision = await write(again, put("a", { v: 1, i }));
      assertTrue(!old.has(revision), `revision ${revision} came before the close`);
    }
  });
}

async function seeEachOther(store: Store, openAgain: OpenAgain): Promise<void> {
  await withAgain(store, openAgain, async (again) => {
    for (let i = 0; i < 20; i++) {
      await write(store, put("a", { v: 1, i }));
      await assertValue(again, "a", { v: 1, i });
      await write(again, put("b", { v: 1, i }), remove("a"));
      assertEqual(await valuesUnder(store, ""), { b: { v: 1, i } }, "what the first user reads");
    }
    const revision = await revisionOf(again, "b");
    await write(store, put("b", { v: 2 }));
    const stale = await again.txn({ compares: [{ key: "b", revision }], ops: [put("b", { v: 3 })] });
    assertEqual(stale, { kind: "conflict", current: await store.get(["b"]) }, "a stale write of the second user");
  });
}

async function noLostUpdate(store: Store, openAgain: OpenAgain): Promise<void> {
  await write(store, put("n", { v: 1, n: 0 }));
  const increment = async (user: Store): Promise<void> => {
    for (let done = 0; done < 50; ) {
      const [entry] = await user.get(["n"]);
      const value = { v: 1, n: Number(entry?.value.n) + 1 };
      const result = await user.txn({ compares: [{ key: "n", revision: entry?.revision }], ops: [put("n", value)] });
      if (result.kind === "committed") done++;
    }
  };
  await withAgain(store, openAgain, async (again) => {
    await Promise.all([increment(store), increment(again), increment(store)]);
    await assertValue(again, "n", { v: 1, n: 150 });
  });
}

async function watchesAnother(store: Store, openAgain: OpenAgain): Promise<void> {
  await withAgain(store, openAgain, async (again) => {
    await write(again, put("w/before", { v: 1 }));
    const iterator = store.watch("w/")[Symbol.asyncIterator]();
    const first = await iterator.next();
    assertEqual(first.value, { kind: "snapshot", entries: await store.get(["w/before"]) }, "the snapshot");
    await write(again, put("w/after", { v: 2 }), remove("w/before"));
    const left = new Set(["w/after", "w/before"]);
    while (left.size > 0) {
      const { done, value } = await iterator.next();
      if (done) fail("the watch ended");
      if (value.kind === "snapshot") break;
      for (const { key } of value.changes) left.delete(key);
    }
    await iterator.return?.(undefined);
  });
}

async function withAgain(store: Store, openAgain: OpenAgain, check: (again: Store) => Promise<void>): Promise<void> {
  const again = await openAgain(store);
  try {
    await check(again);
  } finally {
    await again.close();
  }
}
