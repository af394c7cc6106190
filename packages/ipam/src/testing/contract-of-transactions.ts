import type { Store } from "../store.js";
import type { StoreRecord, StoreTxn, StoreTxnResult } from "../store-txn.js";
import { assertEqual, assertRejects, assertTrue } from "./assertions.js";
import {
  assertValue,
  commit,
  isSingleKey,
  put,
  remove,
  revisionOf,
  type StoreCheck,
  valuesUnder,
  write,
} from "./contract-steps.js";

export const contractOfTransactions: readonly StoreCheck[] = [
  { name: "a revision is new with every write, also after delete and put", check: freshRevisions },
  { name: "a key is created once", check: createsOnce },
  { name: "a stale revision is a conflict, writes nothing and carries what is there", check: staleRevision },
  { name: "deleting compares, and deleting an absent key is no error", check: deletes },
  { name: "of many who create a key at once one commits", check: oneCreator },
  { name: "no increment of many writers is lost", check: noLostUpdate },
  { name: "several keys are written together or not at all", check: allOrNothing },
  { name: "a conflict carries the entry of each compare, in their order", check: currentInOrder },
  { name: "a key without a compare is written blindly", check: blindWrite },
  { name: "a transaction without ops only compares", check: compareOnly },
  { name: "every key of a transaction has its revision", check: oneRevision },
  { name: "a transaction that reaches a limit commits", check: atTheLimit },
  { name: "what passes a limit, or no key can be, is refused and does nothing", check: misuse },
];

function create(key: string, value: StoreRecord): StoreTxn {
  return { compares: [{ key, revision: undefined }], ops: [put(key, value)] };
}

function committedCount(results: readonly StoreTxnResult[]): number {
  return results.filter(({ kind }) => kind === "committed").length;
}

async function freshRevisions(store: Store): Promise<void> {
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++) {
    for (const value of [{ v: 1 }, { v: 1, i }]) {
      const revision = await commit(store, "k", await revisionOf(store, "k"), put("k", value));
      assertEqual(await revisionOf(store, "k"), revision, "revision as read");
      assertTrue(!seen.has(revision), `revision ${revision} came before`);
      seen.add(revision);
    }
    await commit(store, "k", await revisionOf(store, "k"), remove("k"));
    assertEqual(await revisionOf(store, "k"), undefined, "revision after delete");
  }
}

async function createsOnce(store: Store): Promise<void> {
  const first = await store.txn(create("k", { v: 1 }));
  assertEqual(first.kind, "committed", "the first creation");
  const second = await store.txn(create("k", { v: 2 }));
  assertEqual(second, { kind: "conflict", current: await store.get(["k"]) }, "the second creation");
  await assertValue(store, "k", { v: 1 });
}

async function staleRevision(store: Store): Promise<void> {
  const old = await write(store, put("k", { v: 1 }));
  await write(store, put("k", { v: 2 }));
  const stale = { key: "k", revision: old };
  const expected = { kind: "conflict", current: await store.get(["k"]) };
  assertEqual(await store.txn({ compares: [stale], ops: [put("k", { v: 3 })] }), expected, "a stale put");
  assertEqual(await store.txn({ compares: [stale], ops: [remove("k")] }), expected, "a stale delete");
  await assertValue(store, "k", { v: 2 });
  await write(store, remove("k"));
  const gone = await store.txn({ compares: [stale], ops: [put("k", { v: 3 })] });
  assertEqual(gone, { kind: "conflict", current: [undefined] }, "a put over a deleted key");
}

async function deletes(store: Store): Promise<void> {
  const revision = await write(store, put("k", { v: 1 }));
  const txn = { compares: [{ key: "k", revision }], ops: [remove("k")] };
  assertEqual((await store.txn(txn)).kind, "committed", "a delete");
  await assertValue(store, "k", undefined);
  assertEqual((await store.txn(txn)).kind, "conflict", "the same delete again");
  const absent = { compares: [{ key: "k", revision: undefined }], ops: [remove("k")] };
  assertEqual((await store.txn(absent)).kind, "committed", "a delete of an absent key");
}

async function oneCreator(store: Store): Promise<void> {
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.txn(create("k", { v: 1, i }))));
  assertEqual(committedCount(results), 1, "creators that committed");
  const winner = results.findIndex(({ kind }) => kind === "committed");
  await assertValue(store, "k", { v: 1, i: winner });
}

async function noLostUpdate(store: Store): Promise<void> {
  await write(store, put("n", { v: 1, n: 0 }));
  const increment = async (): Promise<void> => {
    for (let done = 0; done < 10; ) {
      const [entry] = await store.get(["n"]);
      const value = { v: 1, n: Number(entry?.value.n) + 1 };
      const result = await store.txn({ compares: [{ key: "n", revision: entry?.revision }], ops: [put("n", value)] });
      if (result.kind === "committed") done++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, increment));
  await assertValue(store, "n", { v: 1, n: 80 });
}

async function allOrNothing(store: Store): Promise<void> {
  if (isSingleKey(store)) return;
  const revision = await write(store, put("a", { v: 1 }), put("b", { v: 1 }));
  const ops = [put("a", { v: 2 }), remove("b"), put("c", { v: 2 })];
  const refused = await store.txn({
    compares: [
      { key: "c", revision: undefined },
      { key: "b", revision: "?" },
    ],
    ops,
  });
  assertEqual(refused.kind, "conflict", "a transaction with one compare that does not hold");
  assertEqual(await valuesUnder(store, ""), { a: { v: 1 }, b: { v: 1 } }, "after the conflict");
  const done = await store.txn({
    compares: [
      { key: "c", revision: undefined },
      { key: "b", revision },
    ],
    ops,
  });
  assertEqual(done.kind, "committed", "the transaction with compares that hold");
  assertEqual(await valuesUnder(store, ""), { a: { v: 2 }, c: { v: 2 } }, "after the commit");
}

async function currentInOrder(store: Store): Promise<void> {
  if (isSingleKey(store)) return;
  const revision = await write(store, put("a", { v: 1 }), put("b", { v: 2 }));
  const compares = [
    { key: "z", revision: undefined },
    { key: "b", revision },
    { key: "a", revision: undefined },
  ];
  const current = await store.get(["z", "b", "a"]);
  assertEqual(await store.txn({ compares, ops: [remove("b")] }), { kind: "conflict", current }, "the conflict");
}

async function blindWrite(store: Store): Promise<void> {
  if (isSingleKey(store)) return;
  await write(store, put("hint", { v: 1 }));
  const txn = { compares: [{ key: "a", revision: undefined }], ops: [put("a", { v: 1 }), put("hint", { v: 2 })] };
  assertEqual((await store.txn(txn)).kind, "committed", "a transaction with a blind write");
  await assertValue(store, "hint", { v: 2 });
}

async function compareOnly(store: Store): Promise<void> {
  const revision = await write(store, put("a", { v: 1 }));
  const held = await store.txn({ compares: [{ key: "a", revision }], ops: [] });
  assertEqual(held.kind, "committed", "a compare that holds");
  const broken = await store.txn({ compares: [{ key: "a", revision: undefined }], ops: [] });
  assertEqual(broken, { kind: "conflict", current: await store.get(["a"]) }, "a compare that does not hold");
  assertEqual(await revisionOf(store, "a"), revision, "the revision, compared only");
}

async function oneRevision(store: Store): Promise<void> {
  if (isSingleKey(store)) return;
  const ops = ["a", "b", "c"].map((key) => put(key, { v: 1 }));
  const result = await store.txn({ compares: [], ops });
  assertTrue(result.kind === "committed", "three blind puts commit");
  const revisions = (await store.get(["a", "b", "c"])).map((entry) => entry?.revision);
  const revision = result.kind === "committed" ? result.revision : "";
  assertEqual(revisions, [revision, revision, revision], "revisions of the keys");
}

async function atTheLimit(store: Store): Promise<void> {
  const { txnKeyCount, keyBytes } = store.limits;
  const count = Math.min(txnKeyCount, 1_000);
  const keys = Array.from({ length: count }, (_, i) => `${i}/`.padEnd(Math.min(keyBytes, 300), "k"));
  const compares = keys.map((key) => ({ key, revision: undefined }));
  const result = await store.txn({ compares, ops: keys.map((key) => put(key, { v: 1 })) });
  assertEqual(result.kind, "committed", `${count} keys`);
  assertEqual((await store.range({ from: "", to: "~", select: "keys" })).length, count, "keys in the store");
  const longest = "k".repeat(keyBytes);
  await write(store, put(longest, { v: 1 }));
  await assertValue(store, longest, { v: 1 });
}

async function misuse(store: Store): Promise<void> {
  const { txnKeyCount, keyBytes, valueBytes } = store.limits;
  const bad: [string, StoreTxn][] = ["", " ", "a b", "ü", "\u007f", "k".repeat(keyBytes + 1)].map((key) => [
    `key ${JSON.stringify(key.slice(0, 9))}`,
    create(key, { v: 1 }),
  ]);
  if (txnKeyCount < 10_000) {
    const keys = Array.from({ length: txnKeyCount + 1 }, (_, i) => `k${i}`);
    bad.push(["too many ops", { compares: [], ops: keys.map((key) => put(key, { v: 1 })) }]);
    bad.push(["too many compares", { compares: keys.map((key) => ({ key, revision: undefined })), ops: [] }]);
  }
  if (isSingleKey(store)) {
    bad.push(["two keys", { compares: [{ key: "a", revision: undefined }], ops: [put("b", { v: 1 })] }]);
  } else {
    bad.push(["a key twice in ops", { compares: [], ops: [put("a", { v: 1 }), remove("a")] }]);
    const twice = { key: "a", revision: undefined };
    bad.push(["a key twice in compares", { compares: [twice, twice], ops: [put("a", { v: 1 })] }]);
  }
  if (valueBytes <= 0x1000000) bad.push(["a long value", create("a", { v: 1, text: "x".repeat(valueBytes) })]);
  for (const [what, txn] of bad) {
    const error = await assertRejects(store.txn(txn), what);
    assertTrue(error instanceof RangeError || error instanceof TypeError, `${what}: misuse, not ${String(error)}`);
  }
  assertEqual(await store.range({ from: "", to: "\u{10ffff}" }), [], "the store after what was refused");
}
