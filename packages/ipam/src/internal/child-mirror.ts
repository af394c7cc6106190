import { createAddressSet, equalAddresses, equalPrefixes, overlaps, type Prefix } from "@netmason/net";
import { createPrefixAllocator, type PrefixAllocator } from "../prefix-allocator.js";
import type { StoreEntry, StoreRecord } from "../store-txn.js";
import { decodeChild, type StoredChild } from "./child-record.js";
import { DueQueue } from "./due-queue.js";
import type { Engine } from "./engine.js";
import { RecentCensus } from "./explain.js";
import { under } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import { checkRecord } from "./records.js";
import { SteadyMap } from "./steady-map.js";

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
 * The children of one pool as they stood at one revision of its guard, where there is room between them, and which rest
 * longest. Never trusted: every transaction compares the guard. Each change costs the length of its prefix, however many
 * children there are; only the first look, and one that missed more changes than the guard remembers, read all of them.
 */
export class ChildMirror {
  readonly engine: Engine;
  readonly segment: string;
  /** Counts for refusals. */
  readonly recent: RecentCensus;
  guard: { readonly revision: string; readonly record: GuardRecord } | undefined;
  readonly #children = new SteadyMap<StoredChild>();
  readonly #resting = new DueQueue((key, at) => this.#children.get(key)?.record.releasedAt === at);
  #policy: PoolPolicy | undefined;
  #space: PrefixAllocator | undefined;

  constructor(engine: Engine, segment: string) {
    this.engine = engine;
    this.segment = segment;
    this.recent = new RecentCensus(engine);
  }

  get guardKey(): string {
    return this.engine.keys.guard(this.segment);
  }

  /** A child by its key. */
  child(key: string): StoredChild | undefined {
    return this.#children.get(key);
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
      const [again] = await this.engine.get([this.guardKey]);
      this.guard = { revision: entry.revision, record };
      if (again?.revision === entry.revision) return true;
    }
  }

  async #readKeys(keys: readonly string[]): Promise<void> {
    const entries = keys.length === 0 ? [] : await this.engine.get(keys);
    // All that went before any that came: a new child may lie where an old one was.
    for (const key of keys) this.#drop(key);
    for (const entry of entries) if (entry !== undefined) this.restore(decodeChild(entry));
  }

  async #readAll(): Promise<void> {
    this.#children.clear();
    this.#resting.clear();
    this.#space = undefined;
    for await (const entry of this.engine.pages(under(this.engine.keys.childrenOf(this.segment)))) {
      this.keep(decodeChild(entry));
    }
  }

  /** A child is as it says, in a place that is taken already. */
  keep(child: StoredChild): void {
    const { key, record } = child;
    this.#children.set(key, child);
    if (record.releasedAt !== undefined) this.#resting.push(key, record.releasedAt);
  }

  /** A child that is there after all, or came, in a place that is free. */
  restore(child: StoredChild): void {
    this.keep(child);
    if (this.#space?.allocateExact(child.prefix) === false) this.#space = undefined;
  }

  /** A child went, and its place is free. */
  drop({ key }: StoredChild): void {
    this.#drop(key);
  }

  #drop(key: string): void {
    const child = this.#children.get(key);
    if (child === undefined) return;
    this.#children.delete(key);
    this.giveBack(child.prefix);
  }

  /** The child that rests longest. */
  get restsLongest(): StoredChild | undefined {
    const first = this.#resting.first();
    return first === undefined ? undefined : this.#children.get(first.key);
  }

  /** Children that rest and say they were released after a time, at most so many. */
  releasedAfter(time: number, most: number): readonly StoredChild[] {
    const found: StoredChild[] = [];
    for (const child of this.#children.values()) {
      if ((child.record.releasedAt ?? time) > time) found.push(child);
      if (found.length >= most) break;
    }
    return found;
  }

  /** Takes a place: the best fit of a length, or this very prefix. */
  take(policy: PoolPolicy, want: number | Prefix): Prefix | undefined {
    const space = this.#spaceUnder(policy);
    if (typeof want === "number") return space.allocate(want);
    return space.allocateExact(want) ? want : undefined;
  }

  /** A place that was taken is free again. */
  giveBack(prefix: Prefix): void {
    if (this.#space?.release(prefix) === false) this.#space = undefined;
  }

  #spaceUnder(policy: PoolPolicy): PrefixAllocator {
    const known = this.#policy;
    this.#policy = policy;
    // Other pools and reservations elsewhere come and go without a meaning for this one.
    if (known !== undefined && known !== policy && !hasSameSpace(known, policy)) this.#space = undefined;
    this.#space ??= this.#spaceAnew(policy);
    return this.#space;
  }

  #spaceAnew(policy: PoolPolicy): PrefixAllocator {
    const open = createAddressSet([policy.pool.prefix]).subtract(createAddressSet(policy.excluded));
    const cut: Prefix[] = [];
    const space = createPrefixAllocator(open.prefixes());
    for (const { prefix } of this.#children.values()) if (!space.allocateExact(prefix)) cut.push(prefix);
    // Children that a later reservation cuts into: their place is taken by whatever part of it is not reserved.
    for (const prefix of cut) for (const part of space.free()) if (overlaps(part, prefix)) space.allocateExact(part);
    return space;
  }

  /** A child in the way of a prefix, of those that count. */
  blocker(prefix: Prefix, counts: (child: StoredChild) => boolean): StoredChild | undefined {
    for (const child of this.#children.values()) if (overlaps(child.prefix, prefix) && counts(child)) return child;
    return undefined;
  }
}

function hasSameSpace(a: PoolPolicy, b: PoolPolicy): boolean {
  if (!equalPrefixes(a.pool.prefix, b.pool.prefix) || a.excluded.length !== b.excluded.length) return false;
  return a.excluded.every(({ first, last }, index) => {
    const other = b.excluded[index];
    return other !== undefined && equalAddresses(first, other.first) && equalAddresses(last, other.last);
  });
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
