import { IpamError, isIpamError } from "../errors.js";
import type { IpamEvent, IpamMetrics } from "../event.js";
import type { IpamOptions } from "../ipam.js";
import type { CallOptions, Store, StoreRange } from "../store.js";
import type { StoreEntry, StoreTxn, StoreTxnResult } from "../store-txn.js";
import { systemNow, systemRandom, systemSleep } from "../system.js";
import type { BlockRules } from "./block-draft.js";
import { type BlockState, decodeBlock } from "./block-state.js";
import { KeyLocks } from "./key-locks.js";
import { Keys } from "./keys.js";
import type { Policy, PoolPolicy } from "./policy.js";
import { loadPolicy } from "./policy-reader.js";
import { decodeHandle, RecordCache } from "./record-cache.js";

const PAGE = 1_000;
const LONGEST_WAIT_MS = 1_000;

type Counters = { -readonly [K in keyof IpamMetrics]: IpamMetrics[K] };

/** What all parts of one instance share: the store and its clock, the caches, the locks, the counters. */
export class Engine {
  readonly store: Store;
  readonly vrf: string;
  readonly keys: Keys;
  readonly cache: RecordCache;
  readonly locks: KeyLocks = new KeyLocks();
  readonly retryCount: number;
  readonly skewMs: number;
  readonly random: () => number;
  readonly counters: Counters = {
    allocatedCount: 0,
    releasedCount: 0,
    exhaustedCount: 0,
    txnCount: 0,
    readCount: 0,
    conflictCount: 0,
    batchedCount: 0,
    unknownOutcomeCount: 0,
  };
  /** Transactions of this instance that were committed. */
  commitCount = 0;
  readonly #now: () => number;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #onEvent: ((event: IpamEvent) => void) | undefined;
  readonly #instance: string;
  #attempts = 0;
  #policy: Policy | undefined;
  #loading: Promise<Policy> | undefined;
  #closed = false;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor(options: IpamOptions) {
    const { store, vrf = "default", retryCount = 20, cacheCount = 16_384, maxClockSkewMs = 5_000 } = options;
    checkCount("retryCount", retryCount, 0);
    checkCount("cacheCount", cacheCount, 1);
    checkCount("maxClockSkewMs", maxClockSkewMs, 0);
    if (vrf.length === 0 || vrf.length > 253) throw new RangeError(`vrf: 1 to 253 characters, got ${vrf.length}`);
    if (store.limits.txnKeyCount < 8) {
      throw new RangeError(`store: transactions of at least 8 keys are needed, got ${store.limits.txnKeyCount}`);
    }
    this.store = store;
    this.vrf = vrf;
    this.keys = new Keys(vrf);
    this.cache = new RecordCache(cacheCount);
    this.retryCount = retryCount;
    this.skewMs = store.now === undefined ? maxClockSkewMs : 0;
    this.#now = store.now?.bind(store) ?? options.now ?? systemNow;
    this.random = options.random ?? systemRandom;
    this.#sleep = options.sleep ?? systemSleep;
    this.#onEvent = options.onEvent;
    this.#instance = instanceName(this.random);
  }

  now(): number {
    return this.#now();
  }

  /** A name for one write, never used again by anybody. */
  nextWriter(): string {
    this.#attempts += 1;
    return `${this.#instance}.${this.#attempts}`;
  }

  /** Starts a call. */
  enter(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#closed) throw new IpamError("store_closed", "this instance is closed", {});
    this.#inFlight += 1;
  }

  /** Ends a call that `enter` started. */
  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Runs one call between `enter` and `leave`. */
  async run<T>(options: CallOptions | undefined, body: () => Promise<T>): Promise<T> {
    this.enter(options);
    try {
      return await body();
    } finally {
      this.leave();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  notify(event: IpamEvent): void {
    try {
      this.#onEvent?.(event);
    } catch {
      // What a listener throws must not change what it was told of, and there is nobody else to tell.
    }
  }

  /** The policy as last seen. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  forgetPolicy(): void {
    this.#policy = undefined;
  }

  /** The policy, read if it is not known. */
  async loadPolicy(options?: CallOptions): Promise<Policy> {
    if (this.#policy !== undefined) return this.#policy;
    this.#loading ??= loadPolicy(this).finally(() => {
      this.#loading = undefined;
    });
    const policy = await this.#loading;
    options?.signal?.throwIfAborted();
    this.#policy = policy;
    return policy;
  }

  /** The policy as it stands now: one read when it is known already, to see that it is still the one. */
  async freshPolicy(options?: CallOptions): Promise<Policy> {
    const known = this.#policy;
    if (known !== undefined) {
      const [gen] = await this.get([this.keys.gen], options);
      if (gen?.revision === known.revision) return known;
      this.#policy = undefined;
    }
    return this.loadPolicy(options);
  }

  /** What decides about the addresses of a block now. */
  rules(policy: PoolPolicy, state: Pick<BlockState, "key" | "prefix">, now: number): BlockRules {
    const { units } = policy.pool;
    if (units.kind !== "addresses") throw new TypeError(`rules: ${policy.pool.name} has no blocks`);
    return {
      order: units.order,
      restMs: units.cooldownMs === 0 ? 0 : units.cooldownMs + this.skewMs,
      skewMs: this.skewMs,
      excluded: policy.excludedBits(state.key, state.prefix),
      now,
      valueBytes: this.store.limits.valueBytes,
    };
  }

  get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]> {
    this.counters.readCount += 1;
    return this.store.get(keys, options);
  }

  range(range: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]> {
    this.counters.readCount += 1;
    return this.store.range(range, options);
  }

  /** A range of any length, in pages. */
  async *pages(
    range: { readonly from: string; readonly to: string },
    options?: CallOptions,
  ): AsyncGenerator<StoreEntry> {
    let from = range.from;
    for (;;) {
      options?.signal?.throwIfAborted();
      const page = await this.range({ from, to: range.to, limit: PAGE }, options);
      yield* page;
      const last = page[page.length - 1];
      if (last === undefined || page.length < PAGE) return;
      from = `${last.key}!`;
    }
  }

  txn(txn: StoreTxn): Promise<StoreTxnResult> {
    this.counters.txnCount += 1;
    return this.store.txn(txn);
  }

  /** Reads blocks into the cache; in the order of the keys, `undefined` for those that are not claimed. */
  async readBlocks(keys: readonly string[], options?: CallOptions): Promise<readonly (BlockState | undefined)[]> {
    if (keys.length === 0) return [];
    const entries = await this.get(keys, options);
    return keys.map((key, index) => this.learnBlock(key, entries[index]));
  }

  /** Keeps what the store said of a block. */
  learnBlock(key: string, entry: StoreEntry | undefined): BlockState | undefined {
    const known = this.cache.block(key);
    if (known !== undefined && known.revision === entry?.revision) return known;
    if (entry === undefined) {
      this.cache.dropBlock(key);
      return undefined;
    }
    const state = decodeBlock(entry);
    this.cache.putBlock(state);
    return state;
  }

  /** Keeps what the store said of a handle. */
  learnHandle(key: string, entry: StoreEntry | undefined): void {
    this.cache.putHandle(key, entry === undefined ? undefined : decodeHandle(entry));
  }

  /**
   * Waits before a try that follows `lost` lost ones: not at all after the first, then longer and longer, by chance.
   *
   * @throws IpamError `contention` when there were enough
   */
  async backOff(key: string, lost: number, signal?: AbortSignal): Promise<void> {
    if (lost > this.retryCount) {
      throw new IpamError("contention", `${key} changed ${lost} times while it was being written`, {
        key,
        attemptCount: lost,
      });
    }
    if (lost < 2) return;
    const longest = Math.min(LONGEST_WAIT_MS, 5 * 2 ** Math.min(lost - 2, 10));
    await this.#sleep(longest * (0.5 + this.random() / 2), signal);
  }

  /** Counts and tells of an unknown outcome; throws what is none. */
  noteUnknown(error: unknown, key: string, attempt: number): void {
    if (!isIpamError(error, "store_outcome_unknown")) throw error;
    this.counters.unknownOutcomeCount += 1;
    this.notify({ kind: "outcome_unknown", key, attempt });
  }
}

function instanceName(random: () => number): string {
  const half = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return half() + half();
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name}: a whole number of ${least} or more is needed, got ${value}`);
  }
}
