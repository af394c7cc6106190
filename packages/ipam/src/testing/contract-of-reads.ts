import { isIpamError } from "../errors.js";
import type { Store } from "../store.js";
import type { StoreRecord } from "../store-txn.js";
import { assertEqual, assertRejects, assertTrue } from "./assertions.js";
import { assertValue, commit, put, remove, revisionOf, type StoreCheck, valuesUnder, write } from "./contract-steps.js";
import { seededRandom } from "./seeded-random.js";

/** JSON at its edges. */
const VALUES: readonly StoreRecord[] = [
  { v: 1 },
  { v: 7, text: "", quote: '"\\\u0000\u2028', wide: "straße 東京 🚀", lone: "\ud800" },
  { v: 1, zero: 0, small: -1.5e-300, big: 9007199254740991, huge: 1.7976931348623157e308 },
  { v: 1, yes: true, no: false, nothing: null, list: [], deep: [[{ a: [{ b: {} }] }]] },
  { v: 2, "": "no name", __proto__x: 1, constructor: "own", "a/b": 2, long: "x".repeat(5000) },
];

/** Every printable character stands at its place; "a/" is no part of "ab". */
const ORDERED_KEYS: readonly string[] = "! %2F - 0 1 10 2 A Z _ a a/ a/1 a/~ a0 ab/1 b z ~ ~~"
  .split(" ")
  .map((key) => `r/${key}`);

export const contractOfReads: readonly StoreCheck[] = [
  { name: "an absent key has no entry", check: absentKeys },
  { name: "a record comes back as it was put", check: keepsValues },
  { name: "get answers in the order of its keys", check: orderOfGet },
  { name: "a range is ascending, from its first bound up to without its last", check: orderOfRange },
  { name: "a range has at most limit entries, the lowest", check: limitOfRange },
  { name: "a range of keys spares the values and keeps the revisions", check: keysOfRange },
  { name: "reads agree with a sorted map after random writes", check: agreesWithModel },
  { name: "an aborted signal rejects with its reason before anything is done", check: aborted },
  { name: "a closed store refuses with store_closed", check: closed },
  { name: "the clock, where there is one, counts milliseconds since 1970", check: clock },
];

async function absentKeys(store: Store): Promise<void> {
  assertEqual(await store.get([]), [], "get of no key");
  assertEqual(await store.get(["a"]), [undefined], "get of an absent key");
  assertEqual(await store.range({ from: "", to: "\u{10ffff}" }), [], "range over an empty store");
}

async function keepsValues(store: Store): Promise<void> {
  for (const [i, value] of VALUES.entries()) {
    await commit(store, `k/${i}`, undefined, put(`k/${i}`, structuredClone(value)));
  }
  for (const [i, value] of VALUES.entries()) await assertValue(store, `k/${i}`, value);
  const text = JSON.stringify((await store.get(["k/2"]))[0]?.value);
  assertEqual(text, JSON.stringify(VALUES[2]), "text of the record, fields in their order");
}

async function orderOfGet(store: Store): Promise<void> {
  await write(store, put("b", { v: 2 }), put("a", { v: 1 }));
  const entries = await store.get(["b", "absent", "a", "b"]);
  assertEqual(
    entries.map((entry) => entry?.value.v),
    [2, undefined, 1, 2],
    "values by key",
  );
  assertEqual(
    entries.map((entry) => entry?.key),
    ["b", undefined, "a", "b"],
    "keys",
  );
}

async function orderOfRange(store: Store): Promise<void> {
  const shuffled = [...ORDERED_KEYS.slice(9), ...ORDERED_KEYS.slice(0, 9)].reverse();
  await write(store, put("q/9", { v: 1 }), put("s", { v: 1 }), ...shuffled.map((key) => put(key, { v: 1 })));
  const keys = async (from: string, to: string): Promise<string[]> =>
    (await store.range({ from, to })).map(({ key }) => key);
  assertEqual(await keys("r/", "r/\u{10ffff}"), ORDERED_KEYS, "all keys under r/");
  assertEqual(await keys("r/a/", "r/a0"), ["r/a/", "r/a/1", "r/a/~"], "keys under r/a/");
  assertEqual(await keys("r/1", "r/2"), ["r/1", "r/10"], "keys from one key up to another");
  assertEqual(await keys("r/b", "r/b"), [], "an empty range");
  assertEqual(await keys("r/z", "r/b"), [], "a range whose bounds are the wrong way round");
  assertEqual(await keys("", "r"), ["q/9"], "keys from the start");
}

async function limitOfRange(store: Store): Promise<void> {
  await write(store, ...["c", "a", "d", "b"].map((key) => put(key, { v: 1 })));
  const keys = async (limit: number): Promise<string[]> =>
    (await store.range({ from: "a", to: "e", limit })).map(({ key }) => key);
  assertEqual(await keys(1), ["a"], "limit 1");
  assertEqual(await keys(3), ["a", "b", "c"], "limit 3");
  assertEqual(await keys(100), ["a", "b", "c", "d"], "limit 100");
  const error = await assertRejects(store.range({ from: "a", to: "e", limit: 0 }), "limit 0");
  assertTrue(error instanceof RangeError, `limit 0 is a RangeError, not ${String(error)}`);
}

async function keysOfRange(store: Store): Promise<void> {
  await write(store, put("k/1", { v: 3, text: "long" }), put("k/2", { v: 4 }));
  const entries = await store.range({ from: "k/", to: "k0" });
  const keys = await store.range({ from: "k/", to: "k0", select: "keys" });
  assertEqual(
    keys,
    entries.map((entry) => ({ ...entry, value: { v: 0 } })),
    "range of keys",
  );
}

async function agreesWithModel(store: Store): Promise<void> {
  const random = seededRandom(19);
  const model = new Map<string, StoreRecord>();
  for (let step = 0; step < 1_500; step++) {
    const key = `m/${Math.floor(random() * 400).toString(36)}${random() < 0.5 ? "/x" : ""}`;
    if (random() < 0.6) {
      const value = { v: 1, step };
      await commit(store, key, await revisionOf(store, key), put(key, value));
      model.set(key, value);
    } else {
      await commit(store, key, await revisionOf(store, key), remove(key));
      model.delete(key);
    }
    if (step % 50 === 0) await compareWithModel(store, model, random);
  }
  await compareWithModel(store, model, random);
}

async function compareWithModel(store: Store, model: Map<string, StoreRecord>, random: () => number): Promise<void> {
  const expected = Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
  const found = await valuesUnder(store, "m/");
  assertEqual(found, expected, "everything");
  assertEqual(Object.keys(found), Object.keys(expected), "the order of everything");
  const from = `m/${Math.floor(random() * 400).toString(36)}`;
  const wanted = Object.keys(expected)
    .filter((key) => key >= from)
    .slice(0, 7);
  const part = await store.range({ from, to: "m0", limit: 7, select: "keys" });
  assertEqual(
    part.map(({ key }) => key),
    wanted,
    `seven keys from ${from}`,
  );
}

async function aborted(store: Store): Promise<void> {
  const reason = new RangeError("not wanted any more");
  const signal = AbortSignal.abort(reason);
  const txn = { compares: [{ key: "a", revision: undefined }], ops: [put("a", { v: 1 })] };
  assertTrue((await assertRejects(store.get(["a"], { signal }), "get")) === reason, "get rejects with the reason");
  const range = store.range({ from: "a", to: "b" }, { signal });
  assertTrue((await assertRejects(range, "range")) === reason, "range rejects with the reason");
  assertTrue((await assertRejects(store.txn(txn, { signal }), "txn")) === reason, "txn rejects with the reason");
  await assertValue(store, "a", undefined);
}

async function closed(store: Store): Promise<void> {
  await store.close();
  await store.close();
  await store[Symbol.asyncDispose]();
  const calls = [store.get(["a"]), store.range({ from: "a", to: "b" }), store.txn({ compares: [], ops: [] })];
  const errors = await Promise.all(calls.map((call) => assertRejects(call, "a call after close")));
  for (const error of errors) assertTrue(isIpamError(error, "store_closed"), `store_closed, not ${String(error)}`);
}

async function clock(store: Store): Promise<void> {
  if (store.now === undefined) return;
  const time = store.now();
  assertTrue(Number.isFinite(time) && time >= 0, `${time} is a time`);
}
