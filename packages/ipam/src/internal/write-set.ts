import type { Prefix } from "@netmason/net";
import type { StoreCompare, StoreEntry, StoreOp, StoreRecord, StoreTxnResult } from "../store-txn.js";
import { BlockDraft } from "./block-draft.js";
import { type BlockState, type FreshBlock, newBlock } from "./block-state.js";
import type { Engine } from "./engine.js";
import { hexOf } from "./keys.js";
import type { Policy, PoolPolicy } from "./policy.js";
import type { HandleState } from "./record-cache.js";
import type { AffinityRow, HandleRecord } from "./records.js";
import { encodeRun, type Run, type StoredRun } from "./run-record.js";
import { BORROW_LIST, listsOf, nodeList, ROW, rowsOf, SHARED_LIST } from "./space-rows.js";
import { isInside, withoutBlock } from "./unclaimed.js";
import { type Outcome, settleUnknown } from "./unknown-outcome.js";

/** The blocks a node owns in one pool, as they were read. */
export interface StoredAffinity {
  readonly node: string;
  readonly key: string;
  readonly revision: string | undefined;
  readonly rows: readonly AffinityRow[];
  readonly record: StoreRecord | undefined;
}

/** Ops of one block, at most: itself, its rows, the run and the affinity it is claimed by. */
const LARGEST_BLOCK = 6;

/** How many blocks one transaction can take from, beside the policy and one handle. */
export function mostBlocks(txnKeyCount: number): number {
  return Math.max(1, Math.floor((txnKeyCount - 2) / LARGEST_BLOCK));
}

/** So many handles are looked through faster than a map is made. */
const FEW = 8;

interface BlockChange {
  readonly draft: BlockDraft;
  readonly policy: PoolPolicy;
  readonly claim:
    | { readonly prefix: Prefix; readonly run: StoredRun; readonly affinity: StoredAffinity | undefined }
    | undefined;
  removed: boolean;
}

/** A handle in the making: what it will name. */
export class HandleChange {
  readonly key: string;
  readonly before: HandleState | undefined;
  at: readonly string[];
  max: number | undefined;

  constructor(key: string, before: HandleState | undefined) {
    this.key = key;
    this.before = before;
    this.at = before?.record.at ?? [];
    this.max = before?.record.max;
  }

  add(place: string): void {
    if (!this.at.includes(place)) this.at = [...this.at, place];
  }

  remove(place: string): void {
    if (this.at.includes(place)) this.at = this.at.filter((each) => each !== place);
  }

  /** The record as it will be; `undefined`: the handle is gone. */
  finish(): HandleRecord | undefined {
    const { at, max, before } = this;
    if (at.length === 0) return undefined;
    const list = at.length === 1 ? at : at.toSorted();
    if (before === undefined) return max === undefined ? { v: 1, at: list } : { v: 1, at: list, max };
    return { ...before.record, v: 1, at: list, ...(max !== undefined && { max }) };
  }
}

class OtherChanges {
  readonly runs = new Map<string, RunChange>();
  readonly newRuns = new Map<string, StoreRecord>();
  readonly affinities = new Map<string, AffinityChange>();
  readonly compares = new Map<string, string | undefined>();
  readonly ops = new Map<string, StoreRecord | undefined>();
}

/** Blocks a node gives up or owns anew; those that are already in the record are replaced. */
interface AffinityChange {
  readonly stored: StoredAffinity;
  readonly gone: Set<string>;
  readonly added: AffinityRow[];
}

interface RunChange {
  readonly stored: StoredRun;
  rest: readonly Run[];
}

/**
 * One transaction in the making: blocks, handles and the records around them, all compared with what they were made from,
 * and with the generation of the policy that was applied.
 */
export class WriteSet {
  readonly engine: Engine;
  readonly policy: Policy;
  readonly now: number;
  /** Names this write; also the sequence of everything it allocates. */
  readonly writer: string;
  /** Blocks stay in lists of other affinities after a change of the pool; a pass over all blocks takes them out. */
  everyList = false;
  /** The answer to it was lost, and it was not found applied: it may have been, or be yet. */
  isUncertain = false;
  readonly #blocks: BlockChange[] = [];
  readonly #handles: HandleChange[] = [];
  /** The handles by key, once there are too many to look through. */
  #handlesByKey: Map<string, HandleChange> | undefined;
  /** What only some transactions touch. */
  #others: OtherChanges | undefined;

  constructor(engine: Engine, policy: Policy, now: number) {
    this.engine = engine;
    this.policy = policy;
    this.now = now;
    this.writer = engine.nextWriter();
  }

  /** Opens a block for change. */
  open(policy: PoolPolicy, state: BlockState): BlockDraft {
    const known = this.draft(state.key);
    if (known !== undefined) return known;
    const draft = new BlockDraft(state, this.engine.rules(policy, state, this.now));
    this.#blocks.push({ draft, policy, claim: undefined, removed: false });
    return draft;
  }

  draft(key: string): BlockDraft | undefined {
    return this.#block(key)?.draft;
  }

  #block(key: string): BlockChange | undefined {
    for (const change of this.#blocks) if (change.draft.state.key === key) return change;
    return undefined;
  }

  /** Opens a block that nobody has; it is claimed out of the run if anything is taken from it. */
  claim(
    policy: PoolPolicy,
    key: string,
    prefix: Prefix,
    run: StoredRun,
    affinity: StoredAffinity | undefined,
  ): BlockDraft {
    const state = newBlock(key, prefix, affinity?.node, this.now);
    const draft = new BlockDraft(state, this.engine.rules(policy, state, this.now));
    this.#blocks.push({ draft, policy, claim: { prefix, run, affinity }, removed: false });
    return draft;
  }

  /** Opens a block that nobody has here, as it was in another store. */
  adopt(policy: PoolPolicy, state: BlockState, run: StoredRun, affinity: StoredAffinity | undefined): BlockDraft {
    const draft = new BlockDraft(state, this.engine.rules(policy, state, this.now));
    this.#blocks.push({ draft, policy, claim: { prefix: state.prefix, run, affinity }, removed: false });
    return draft;
  }

  /** What will be put under a key. */
  valueOf(key: string): StoreRecord | undefined {
    return this.#others?.ops.get(key);
  }

  get #more(): OtherChanges {
    this.#others ??= new OtherChanges();
    return this.#others;
  }

  #cutOut(run: StoredRun, prefix: Prefix): void {
    const change = this.#more.runs.get(run.key) ?? { stored: run, rest: [run] };
    change.rest = change.rest.flatMap((part) => (isInside(part, prefix) ? withoutBlock(part, prefix) : [part]));
    this.#more.runs.set(run.key, change);
  }

  addAffinity(stored: StoredAffinity, prefix: string): void {
    const change = this.#affinity(stored);
    change.gone.add(prefix);
    change.added.push({ prefix, state: "confirmed", claimedAt: this.now });
  }

  removeAffinity(stored: StoredAffinity, prefix: string): void {
    this.#affinity(stored).gone.add(prefix);
  }

  #affinity(stored: StoredAffinity): AffinityChange {
    const known = this.#more.affinities.get(stored.key);
    if (known !== undefined) return known;
    const change: AffinityChange = { stored, gone: new Set(), added: [] };
    this.#more.affinities.set(stored.key, change);
    return change;
  }

  /** Deletes an opened block; `run` is what becomes unclaimed, put under `runKey`. */
  removeBlock(key: string, runKey: string, run: Run): void {
    const change = this.#block(key);
    if (change === undefined) throw new TypeError(`removeBlock: ${key} is not open`);
    change.removed = true;
    this.#more.newRuns.set(runKey, encodeRun(run, this.writer));
  }

  /** Opens a handle for change, as the cache knows it. */
  handle(name: string): HandleChange {
    const key = this.engine.keys.handle(name);
    const known = this.#knownHandle(key);
    if (known !== undefined) return known;
    const change = new HandleChange(key, this.engine.cache.handle(key));
    this.#handles.push(change);
    this.#handlesByKey?.set(key, change);
    return change;
  }

  #knownHandle(key: string): HandleChange | undefined {
    if (this.#handles.length > FEW && this.#handlesByKey === undefined) {
      this.#handlesByKey = new Map(this.#handles.map((change) => [change.key, change]));
    }
    if (this.#handlesByKey !== undefined) return this.#handlesByKey.get(key);
    for (const change of this.#handles) if (change.key === key) return change;
    return undefined;
  }

  /** Whether nothing would be written. */
  isEmpty(): boolean {
    if (this.#others !== undefined) return false;
    for (const { draft, removed } of this.#blocks) if (draft.changed || removed) return false;
    for (const { before, at } of this.#handles) if (before !== undefined && at !== before.record.at) return false;
    return true;
  }

  compare(key: string, revision: string | undefined): void {
    this.#more.compares.set(key, revision);
  }

  put(key: string, value: StoreRecord): void {
    this.#more.ops.set(key, value);
  }

  delete(key: string): void {
    this.#more.ops.set(key, undefined);
  }

  /** Whether the transaction, with so many more handles, is one the store takes; counts the most it can become. */
  fits(handles: number): boolean {
    return this.#largest(handles) <= this.engine.store.limits.txnKeyCount;
  }

  #largest(handles: number): number {
    const more = this.#others;
    const around = this.#handles.length + handles + (more?.affinities.size ?? 0);
    let compares = 1 + around + (more === undefined ? 0 : more.runs.size + more.compares.size);
    let ops = around + (more === undefined ? 0 : 2 * more.runs.size + more.newRuns.size + more.ops.size);
    for (const { policy, claim } of this.#blocks) {
      const { units } = policy.pool;
      const affine = units.kind === "addresses" && units.affinity !== "shared";
      const lists = units.kind === "addresses" && units.affinity === "preferred" ? 2 : 1;
      compares += 1 + (claim === undefined ? 0 : affine ? 2 : 1);
      ops += 1 + (claim === undefined ? 2 * lists : lists + 2) + (affine ? 1 : 0);
    }
    return Math.max(compares, ops);
  }

  /**
   * Sends the transaction once. On an unknown outcome it reads again until it knows: what was not applied then cannot be
   * later, because the next write compares the same revisions.
   */
  async commit(): Promise<Outcome> {
    const { engine } = this;
    const states: FreshBlock[] = [];
    const compares: StoreCompare[] = [{ key: engine.keys.gen, revision: this.policy.revision }];
    const ops: StoreOp[] = [];
    for (const change of this.#blocks) {
      if (change.draft.changed || change.removed) this.#addBlock(change, compares, ops, states);
    }
    const handles = this.#addHandles(compares, ops);
    if (this.#others !== undefined) addOthers(this.#others, this.writer, compares, ops);
    let result: StoreTxnResult;
    try {
      result = await engine.txn({ compares, ops });
    } catch (error) {
      const outcome = await settleUnknown(engine, error, { compares, ops }, this.writer);
      this.isUncertain = outcome.kind === "conflict" && outcome.isUncertain;
      return outcome;
    }
    if (result.kind === "conflict") return this.#learn(compares, result.current);
    const { revision } = result;
    engine.commitCount += 1;
    for (const state of states) {
      state.revision = revision;
      engine.cache.putBlock(state);
    }
    for (const { removed, draft } of this.#blocks) if (removed) engine.cache.dropBlock(draft.state.key);
    for (const { key, record } of handles) engine.cache.putHandle(key, record && { revision, record });
    return { kind: "committed", revision };
  }

  #addBlock(change: BlockChange, compares: StoreCompare[], ops: StoreOp[], states: FreshBlock[]): void {
    const { draft, policy, removed } = change;
    const before = draft.state;
    const { key } = before;
    compares.push({ key, revision: before.revision });
    if (change.claim !== undefined) {
      const { prefix, run, affinity } = change.claim;
      this.#cutOut(run, prefix);
      if (affinity !== undefined) this.addAffinity(affinity, prefix.toString());
    }
    if (removed) {
      ops.push({ kind: "delete", key });
      for (const row of this.#rowsBefore(policy, before)) ops.push({ kind: "delete", key: row });
      return;
    }
    const after = draft.finish(this.writer);
    states.push(after);
    ops.push({ kind: "put", key, value: after.record });
    const [old, now] = [before.record, after.record];
    const same =
      old.at === now.at &&
      old.ends === now.ends &&
      old.node === now.node &&
      (old.node === undefined || old.idle === now.idle);
    if (same && before.revision !== undefined && !this.everyList) return;
    const rowsNow = rowsOf(this.engine.keys, policy, hexOf(before.first), now);
    const rowsBefore = this.#rowsBefore(policy, before);
    for (const row of rowsBefore) if (!rowsNow.includes(row)) ops.push({ kind: "delete", key: row });
    for (const row of rowsNow) {
      if (this.everyList || !rowsBefore.includes(row)) ops.push({ kind: "put", key: row, value: ROW });
    }
  }

  #rowsBefore(policy: PoolPolicy, before: BlockState): readonly string[] {
    if (before.revision === undefined) return [];
    const { node } = before.record;
    const lists = this.everyList
      ? [SHARED_LIST, BORROW_LIST, ...(node === undefined ? [] : [nodeList(node)])]
      : listsOf(policy, node);
    return rowsOf(this.engine.keys, policy, hexOf(before.first), before.record, lists);
  }

  #addHandles(
    compares: StoreCompare[],
    ops: StoreOp[],
  ): readonly { readonly key: string; readonly record: HandleRecord | undefined }[] {
    const after: { readonly key: string; readonly record: HandleRecord | undefined }[] = [];
    for (const change of this.#handles) {
      const { key, before } = change;
      compares.push({ key, revision: before?.revision });
      const record = change.finish();
      after.push({ key, record });
      if (record !== undefined) ops.push({ kind: "put", key, value: record });
      else if (before !== undefined) ops.push({ kind: "delete", key });
    }
    return after;
  }

  #learn(compares: readonly StoreCompare[], current: readonly (StoreEntry | undefined)[]): Outcome {
    const { engine } = this;
    engine.counters.conflictCount += 1;
    const keys: string[] = [];
    for (const [index, { key, revision }] of compares.entries()) {
      const entry = current[index];
      if (entry?.revision === revision) continue;
      keys.push(key);
      if (key === engine.keys.gen) engine.forgetPolicy();
      else if (key.startsWith("b/")) engine.learnBlock(key, entry);
      else if (key.startsWith("h/")) engine.learnHandle(key, entry);
    }
    return { kind: "conflict", keys, isUncertain: false };
  }
}

function addOthers(more: OtherChanges, writer: string, compares: StoreCompare[], ops: StoreOp[]): void {
  for (const { stored, rest } of more.runs.values()) {
    compares.push({ key: stored.key, revision: stored.revision });
    const root = stored.key.slice(0, stored.key.lastIndexOf("/") + 1);
    const keys = rest.map((run) => root + hexOf(run.last));
    if (!keys.includes(stored.key)) ops.push({ kind: "delete", key: stored.key });
    for (const [index, run] of rest.entries()) {
      ops.push({ kind: "put", key: keys[index] as string, value: encodeRun(run, writer) });
    }
  }
  for (const [key, value] of more.newRuns) ops.push({ kind: "put", key, value });
  for (const [key, { stored, gone, added }] of more.affinities) {
    compares.push({ key, revision: stored.revision });
    const rows = stored.rows.filter(({ prefix }) => !gone.has(prefix)).concat(added);
    if (rows.length > 0) ops.push({ kind: "put", key, value: { ...stored.record, v: 1, blocks: rows, w: writer } });
    else if (stored.revision !== undefined) ops.push({ kind: "delete", key });
  }
  for (const [key, revision] of more.compares) {
    if (!compares.some((compare) => compare.key === key)) compares.push({ key, revision });
  }
  for (const [key, value] of more.ops) {
    if (!ops.some((op) => op.key === key))
      ops.push(value === undefined ? { kind: "delete", key } : { kind: "put", key, value });
  }
}
