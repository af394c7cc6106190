import { IpamError } from "../errors.js";
import type { CallOptions, Store, StoreBatch, StoreLimits, StoreRange } from "../store.js";
import type { StoreEntry, StoreTxn, StoreTxnResult } from "../store-txn.js";

/** The calls a fault or a scheduler can come upon. */
export type StoreCall = "get" | "range" | "txn";

/** Which faults, how often. Ratios are from 0 (default) to 1 and drawn anew at each call. */
export interface FaultOptions {
  /** `seededRandom` makes a run repeatable. */
  readonly random: () => number;
  /** Transactions that answer a conflict although nothing has changed. */
  readonly conflictRatio?: number;
  /**
   * Transactions that reject with `store_outcome_unknown`: a third of them is applied, a third is not, and a third is
   * applied late, before one of the next three calls and only if its compares still hold then.
   */
  readonly unknownOutcomeRatio?: number;
  /** Calls that reject with `store_unavailable` and do nothing. */
  readonly unavailableRatio?: number;
  /** The crash of a process: after so many calls one more may still be applied, then all reject with `store_closed`. */
  readonly crashAfterCount?: number;
  /** Awaited before each call: where a scheduler interleaves. */
  readonly gate?: (call: StoreCall) => Promise<void>;
}

/** A store with faults, and what was asked of it. */
export interface FaultyStore extends Store {
  /** Calls since creation, those that failed included. */
  counts(): { readonly getCount: number; readonly rangeCount: number; readonly txnCount: number };
  /** Applies what is still to arrive late. */
  settle(): Promise<void>;
}

/**
 * Puts faults in front of a store. It freezes each record on its way in, so that who changes one afterwards finds out.
 * Watches and the clock of the store pass unharmed; closing it leaves the store beneath open.
 */
export function createFaultyStore(store: Store, options: FaultOptions): FaultyStore {
  const faulty = new FaultInjector(store, options);
  return store.now === undefined ? faulty : Object.assign(faulty, { now: () => store.now?.() ?? Number.NaN });
}

class FaultInjector implements FaultyStore {
  readonly limits: StoreLimits;
  readonly #store: Store;
  readonly #options: FaultOptions;
  readonly #counts = { getCount: 0, rangeCount: 0, txnCount: 0 };
  /** Transactions under way, each with the number of calls until it arrives. */
  #late: { txn: StoreTxn; calls: number }[] = [];
  #closed = false;

  constructor(store: Store, options: FaultOptions) {
    this.limits = store.limits;
    this.#store = store;
    this.#options = options;
  }

  counts(): { readonly getCount: number; readonly rangeCount: number; readonly txnCount: number } {
    return { ...this.#counts };
  }

  async settle(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const { txn } of late) await this.#store.txn(txn);
  }

  async get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]> {
    await this.#before("get", keys[0] ?? "", options);
    return this.#store.get(keys, options);
  }

  async range(range: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]> {
    await this.#before("range", range.from, options);
    return this.#store.range(range, options);
  }

  async txn(txn: StoreTxn, options?: CallOptions): Promise<StoreTxnResult> {
    for (const op of txn.ops) if (op.kind === "put") freezeDeeply(op.value);
    const key = txn.ops[0]?.key ?? txn.compares[0]?.key ?? "";
    const crashes = await this.#before("txn", key, options);
    const { random, conflictRatio = 0, unknownOutcomeRatio = 0 } = this.#options;
    if (crashes) {
      if (random() < 0.5) await this.#store.txn(txn);
      throw this.#crash(key);
    }
    if (random() < conflictRatio && txn.compares.length > 0) {
      return { kind: "conflict", current: await this.#store.get(txn.compares.map((compare) => compare.key)) };
    }
    if (random() < unknownOutcomeRatio) {
      const fate = random() * 3;
      if (fate < 1) await this.#store.txn(txn);
      else if (fate < 2) this.#late.push({ txn, calls: 1 + Math.floor(random() * 3) });
      throw new IpamError("store_outcome_unknown", "no answer to a transaction", { key });
    }
    return this.#store.txn(txn, options);
  }

  watch(prefix: string, options?: CallOptions): AsyncIterable<StoreBatch> {
    return this.#store.watch(prefix, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** True: the process crashes in this very call. */
  async #before(call: StoreCall, key: string, options: CallOptions | undefined): Promise<boolean> {
    options?.signal?.throwIfAborted();
    this.#counts[`${call}Count`]++;
    await this.#options.gate?.(call);
    if (this.#closed) throw new IpamError("store_closed", "the store is closed", { key });
    await this.#arrivals();
    const { random, unavailableRatio = 0, crashAfterCount = Number.POSITIVE_INFINITY } = this.#options;
    const { getCount, rangeCount, txnCount } = this.#counts;
    if (getCount + rangeCount + txnCount > crashAfterCount) {
      this.#closed = true;
      if (call === "txn") return true;
      throw this.#crash(key);
    }
    if (random() < unavailableRatio) throw new IpamError("store_unavailable", "nothing was sent", { key });
    return false;
  }

  async #arrivals(): Promise<void> {
    if (this.#late.length === 0) return;
    for (const waiting of this.#late) waiting.calls--;
    const arrived = this.#late.filter(({ calls }) => calls <= 0);
    this.#late = this.#late.filter(({ calls }) => calls > 0);
    for (const { txn } of arrived) await this.#store.txn(txn);
  }

  #crash(key: string): IpamError {
    return new IpamError("store_closed", "the process crashed here", { key });
  }
}

function freezeDeeply(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freezeDeeply(inner);
}
