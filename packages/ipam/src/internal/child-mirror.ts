import { createAddressSet, overlaps, type Prefix } from "@netmason/net";
import { createPrefixAllocator, type PrefixAllocator } from "../prefix-allocator.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import { decodeChild, type StoredChild } from "./child-record.js";
import type { Engine } from "./engine.js";
import { under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { checkRecord } from "./records.js";

/** How many changes the guard remembers, so that who lags behind need not read all children again. */
const REMEMBERED = 64;

/** One change of a pool of prefixes: a child came, went, or was rewritten. */
interface GuardChange {
  readonly n: number;
  readonly key: string;
}

/** The record that every change of a pool of prefixes rewrites: `n` counts them. */
export interface GuardRecord extends StoreRecord {
  readonly n: number;
  readonly recent: readonly GuardChange[];
  /** Names the creation of the pool: a pool deleted and created again counts from 0 anew. */
  readonly born?: string;
}

/** The guard of a new pool. */
export function firstGuard(writer: string): GuardRecord {
  return { v: 1, n: 0, recent: [], born: writer, w: writer };
}

/** Reads a guard. */
export function decodeGuard(entry: StoreEntry): GuardRecord {
  return checkRecord<GuardRecord>(entry, { n: "number", recent: "array" });
}

/** The guard after a change of some children. */
export function nextGuard(guard: GuardRecord, keys: readonly string[], writer: string): GuardRecord {
  const n = guard.n + 1;
  const recent = [...guard.recent, ...keys.map((key) => ({ n, key }))].slice(-REMEMBERED);
  return { ...guard, v: 1, n, recent, w: writer };
}

/** Keys of the children that changed since an earlier guard, or `undefined` if the guard cannot tell all of them. */
function changesSince(guard: GuardRecord, { n, born }: GuardRecord): readonly string[] | undefined {
  // Another creation, or a count that did not grow under a new revision: what was known is of another pool.
  if (guard.born !== born || guard.n <= n) return undefined;
  const oldest = guard.recent[0]?.n ?? guard.n + 1;
  const whole = oldest <= n || (guard.recent.length < REMEMBERED && oldest === n + 1);
  if (!whole) return undefined;
  return [...new Set(guard.recent.filter((change) => change.n > n).map(({ key }) => key))];
}

/**
 * The children of one pool as they stood at one revision of its guard, and where there is room between them. Never
 * trusted: every transaction compares the guard.
 */
export class ChildMirror {
  readonly engine: Engine;
  readonly segment: string;
  guard: { readonly revision: string; readonly record: GuardRecord } | undefined;
  readonly children: Map<string, StoredChild> = new Map();
  #policy: PoolPolicy | undefined;
  #space: PrefixAllocator | undefined;

  constructor(engine: Engine, segment: string) {
    this.engine = engine;
    this.segment = segment;
  }

  get guardKey(): string {
    return this.engine.keys.guard(this.segment);
  }

  /** Reads what changed since; all children if that is not known. `false`: there is no such pool. */
  async refresh(): Promise<boolean> {
    for (;;) {
      const [entry] = await this.engine.get([this.guardKey]);
      if (entry === undefined) {
        this.guard = undefined;
        this.#space = undefined;
        return false;
      }
      const record = decodeGuard(entry);
      const before = this.guard;
      if (before?.revision === entry.revision) return true;
      const missed = before === undefined ? undefined : changesSince(record, before.record);
      if (missed === undefined) await this.#readAll();
      else await this.#readKeys(missed);
      this.#space = undefined;
      const [again] = await this.engine.get([this.guardKey]);
      this.guard = { revision: entry.revision, record };
      if (again?.revision === entry.revision) return true;
    }
  }

  async #readKeys(keys: readonly string[]): Promise<void> {
    const entries = keys.length === 0 ? [] : await this.engine.get(keys);
    for (const [index, key] of keys.entries()) this.learn(key, entries[index]);
  }

  async #readAll(): Promise<void> {
    this.children.clear();
    for await (const entry of this.engine.pages(under(this.engine.keys.childrenOf(this.segment)))) {
      this.learn(entry.key, entry);
    }
  }

  /** Keeps what the store said of one child. */
  learn(key: string, entry: StoreEntry | undefined): void {
    if (entry === undefined) this.children.delete(key);
    else this.children.set(key, decodeChild(entry));
  }

  /** Where there is room under a policy. */
  space(policy: PoolPolicy): PrefixAllocator {
    if (this.#space === undefined || this.#policy !== policy) {
      const open = createAddressSet([policy.pool.prefix]).subtract(createAddressSet(policy.excluded));
      const live: Prefix[] = [];
      const space = createPrefixAllocator(open.prefixes());
      for (const { prefix } of this.children.values()) if (!space.allocateExact(prefix)) live.push(prefix);
      // Children that a later reservation cuts into: their place is taken by whatever part of it is not reserved.
      for (const prefix of live) for (const part of space.free()) if (overlaps(part, prefix)) space.allocateExact(part);
      this.#space = space;
      this.#policy = policy;
    }
    return this.#space;
  }

  /** Forgets the space after a change that was not committed. */
  reset(): void {
    this.#space = undefined;
  }

  /** A child went, and its place is free. */
  freed(prefix: Prefix): void {
    if (this.#space?.release(prefix) === false) this.#space = undefined;
  }

  /** The child in the way of a prefix. */
  blocker(prefix: Prefix): StoredChild | undefined {
    for (const child of this.children.values()) if (overlaps(child.prefix, prefix)) return child;
    return undefined;
  }
}

/** The mirrors of an engine, one a pool of prefixes that was used. */
export class ChildMirrors {
  readonly #engine: Engine;
  readonly #mirrors = new Map<string, ChildMirror>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  of(segment: string): ChildMirror {
    const known = this.#mirrors.get(segment) ?? new ChildMirror(this.#engine, segment);
    this.#mirrors.set(segment, known);
    return known;
  }
}
