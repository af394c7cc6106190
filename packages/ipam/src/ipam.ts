import type { Address } from "@netmason/net";
import type { AddressAllocation, Allocation, PrefixAllocation, ReleaseReport, ReleaseTarget } from "./allocation.js";
import type { AuditReport } from "./audit.js";
import type { Block, PoolUtilization } from "./block.js";
import type { CollectReport, CollectRequest } from "./collect.js";
import type { IpamChange, IpamEvent, IpamMetrics } from "./event.js";
import type { Explanation } from "./explanation.js";
import type { PoolSpec } from "./pool.js";
import type { PoolExportLine, PoolImport } from "./pool-export.js";
import type { Pool, PoolChange, Reservation } from "./pool-state.js";
import type { AllocateRequest, ExactRequest, ExplainRequest, PrefixRequest } from "./request.js";
import type { CallOptions, Store } from "./store.js";

/** Options of `createIpam`. */
export interface IpamOptions {
  readonly store: Store;
  /** The name space of addresses and handles; equal addresses may be live in two of them. Default `default`. */
  readonly vrf?: string;
  /** Wall time in ms since 1970, used where the store has no clock of its own. */
  readonly now?: () => number;
  /** In [0, 1): back-off, and the name of this instance in sequences. */
  readonly random?: () => number;
  /** Waits between tries. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /**
   * How far the clocks of the users of one store may be apart, in ms; default 5,000. Added before anything that expires
   * is used again; not used where the store has a clock.
   */
  readonly maxClockSkewMs?: number;
  /** Conflicts a call bears before it fails with `contention`; default 20. Waits grow from 5 ms, jittered. */
  readonly retryCount?: number;
  /** Records kept in memory; default 16,384. */
  readonly cacheCount?: number;
  /** Told what an operator may want to log; what it throws changes nothing. */
  readonly onEvent?: (event: IpamEvent) => void;
}

/**
 * Hands out addresses and prefixes of one VRF of a store. Any number of instances, in any number of processes, may share
 * a store: what is cached here is compared in every transaction, never trusted.
 *
 * Every call checks `signal` first. An abort before the transaction is sent leaves nothing behind; after it, what was
 * taken is given back before the call rejects with the signal's reason.
 */
export interface Ipam extends AsyncDisposable {
  /**
   * Adds a pool. A pool inside a live child prefix of a pool of prefixes is allowed, other overlaps are not.
   *
   * @throws IpamError `invalid_pool`, `pool_exists`, `pool_overlap`
   */
  createPool(spec: PoolSpec, options?: CallOptions): Promise<Pool>;
  /**
   * Changes a pool; what is held stays held.
   *
   * @throws IpamError `unknown_pool`, `invalid_pool`
   */
  updatePool(name: string, change: PoolChange, options?: CallOptions): Promise<Pool>;
  /**
   * Removes an empty pool.
   *
   * @throws IpamError `unknown_pool`; `pool_not_empty` while anything is live, resting or a child; the pool stays as it was
   */
  deletePool(name: string, options?: CallOptions): Promise<void>;
  /** All pools, by name. */
  listPools(options?: CallOptions): Promise<readonly Pool[]>;
  /**
   * Keeps addresses from being handed out; the same name replaces. Addresses that are live stay live and are returned;
   * once released they are not handed out again. Costs a pass over the claimed blocks it touches.
   */
  reserve(spec: Reservation, options?: CallOptions): Promise<{ readonly live: readonly AddressAllocation[] }>;
  /** Ends a reservation; an unknown name does nothing. */
  unreserve(name: string, options?: CallOptions): Promise<void>;
  /** All reservations, by name. */
  listReservations(options?: CallOptions): Promise<readonly Reservation[]>;
  /**
   * Takes addresses, all or nothing unless `shortfall` says otherwise, in the order of the families asked for. The same
   * call again returns what the handle holds. More addresses than one transaction of the store can write are taken in
   * several: a crash in between leaves a part with the handle, and the same call again completes it.
   *
   * A lease that has ended is nobody else's for `maxClockSkewMs` more. Until then the same call begins it anew, like
   * `renew`: same address and sequence, the end `ttlMs` from now, or none if the call has no `ttlMs`; the call then may be
   * refused or aborted for what else it asks, and the lease stays begun. After that the call takes a new allocation. What
   * is held and has not ended is returned with the end it has; only `renew` moves it.
   *
   * @throws IpamError `pool_exhausted`, `no_pool`, `unknown_pool`, `handle_limit`, `contention`, `store_unavailable`,
   * `store_outcome_unknown`
   */
  allocate(request: AllocateRequest, options?: CallOptions): Promise<readonly AddressAllocation[]>;
  /**
   * Takes this address; if the handle holds it already, returns it, with its lease begun anew if that has ended, as by
   * `allocate`.
   *
   * @throws IpamError `address_in_use`, `address_unavailable`, `handle_limit`
   */
  allocateExact(request: ExactRequest, options?: CallOptions): Promise<AddressAllocation>;
  /**
   * Takes a child prefix. With a length the handle gets another one each time; with a prefix it holds, that one.
   *
   * @throws IpamError `pool_exhausted`, `prefix_unavailable`, `unknown_pool`
   */
  allocatePrefix(request: PrefixRequest, options?: CallOptions): Promise<PrefixAllocation>;
  /**
   * Gives back what the targets name. Repeating it is safe: what nobody holds is reported, and a guard that does not
   * match leaves the address alone. When the answer of the store is lost and the target is gone afterwards, it counts as
   * released by this call, although another call may have released it in the same moment.
   *
   * @throws IpamError `prefix_in_use` when a pool lies in a child prefix; nothing is released
   */
  release(targets: readonly ReleaseTarget[], options?: CallOptions): Promise<ReleaseReport>;
  /** Gives back all a handle holds; a handle that holds nothing is an empty report. */
  releaseByHandle(handle: string, options?: CallOptions): Promise<ReleaseReport>;
  /**
   * Moves the end of leases to `ttlMs` from now, all or none if they are in at most 16 blocks (fewer where the store takes
   * few keys in a transaction). More take several transactions: all leases are looked at before the first is moved, and
   * one that is lost, or an abort, after that leaves those of the transactions before it moved. A lease that ended less
   * than `maxClockSkewMs` ago can still be moved, because nobody else has had the address.
   *
   * @throws IpamError `lease_lost`
   */
  renew(
    allocations: readonly AddressAllocation[],
    ttlMs: number,
    options?: CallOptions,
  ): Promise<readonly AddressAllocation[]>;
  /** Who holds an address: one read. */
  getAllocation(address: Address, options?: CallOptions): Promise<AddressAllocation | undefined>;
  /** What is held, in the order of the keys of the store; read in pages, so writers in between may or may not be seen. */
  listAllocations(
    filter?: { readonly handle?: string; readonly pool?: string; readonly node?: string },
    options?: CallOptions,
  ): AsyncIterable<Allocation>;
  /** Claims blocks until the node has `available` free addresses (resting ones do not count) or the pool has no more. */
  claimBlocks(
    request: { readonly node: string; readonly pool: string; readonly available: number },
    options?: CallOptions,
  ): Promise<readonly Block[]>;
  /** Gives back blocks of a node: the empty ones, or all; blocks that are not empty only lose their node. */
  releaseBlocks(
    request: { readonly node: string; readonly when: "empty" | "always" },
    options?: CallOptions,
  ): Promise<readonly Block[]>;
  /** Claimed blocks by pool and address; read in pages. */
  listBlocks(filter?: { readonly pool?: string; readonly node?: string }, options?: CallOptions): AsyncIterable<Block>;
  /** A recount of every pool: reads all blocks. */
  utilization(options?: CallOptions): Promise<readonly PoolUtilization[]>;
  /**
   * What `allocate`, `allocateExact` or `allocatePrefix` would find for this request, and why: counts of every pool it is
   * about, who holds most, what could be had back, and what the call would throw. Reads all blocks or children of these
   * pools, writes nothing.
   *
   * @throws IpamError `unknown_pool`
   */
  explain(request: ExplainRequest, options?: CallOptions): Promise<Explanation>;
  /**
   * Frees leases that ran out, what belongs to handles that are gone, and blocks that stayed empty; repairs indexes. A
   * handle is freed only if two looks `graceMs` apart and one more right before missed it; one live address keeps it.
   *
   * @throws IpamError `collect_refused`; nothing was freed
   */
  collect(request: CollectRequest, options?: CallOptions): Promise<CollectReport>;
  /** Recounts the VRF and names each broken invariant. What a writer changes meanwhile is read again before it is told. */
  audit(options?: CallOptions): Promise<AuditReport>;
  /** The state, then its changes, until `break` or the signal. */
  watch(options?: CallOptions): AsyncIterable<IpamChange>;
  /**
   * A pool with all that is held in it, as lines of JSON, the pool first. Disable the pool before; each block is exact for
   * its moment, not all of them for one.
   *
   * @throws IpamError `unknown_pool`
   */
  exportPool(name: string, options?: CallOptions): AsyncIterable<PoolExportLine>;
  /**
   * Writes an exported pool into this VRF. The pool is disabled until its last line is in; a failed import leaves it
   * disabled, and the same import again completes it.
   *
   * @throws IpamError `pool_overlap`, `pool_exists`, `store_format`, `invalid_pool`
   */
  importPool(
    lines: AsyncIterable<PoolExportLine> | Iterable<PoolExportLine>,
    options?: CallOptions,
  ): Promise<PoolImport>;
  /** Counters of this instance. */
  metrics(): IpamMetrics;
  /** Waits for transactions and undos in flight; calls after it reject. The store stays open. */
  close(): Promise<void>;
}
