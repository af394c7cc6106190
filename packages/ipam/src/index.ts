/**
 * IP address management: pools, blocks, handles, leases and child prefixes over a transactional store.
 *
 * @module index
 */
export type {
  AddressAllocation,
  Allocation,
  Held,
  PrefixAllocation,
  ReleaseReport,
  ReleaseTarget,
} from "./allocation.js";
export type { AuditFinding, AuditReport, AuditRule } from "./audit.js";
export { type Bitmap, type BitmapOptions, createBitmap } from "./bitmap.js";
export type { Block, Counts, PoolUtilization } from "./block.js";
export type { CollectReport, CollectRequest, Liveness, Suspects } from "./collect.js";
export { createIpam } from "./create-ipam.js";
export { IpamError, type IpamErrorCode, type IpamErrorDetails, isIpamError } from "./errors.js";
export type { IpamChange, IpamEvent, IpamMetrics } from "./event.js";
export type { Explanation, PoolExplanation, PoolVerdict, Reclaimable, Refusal, RefusalCode } from "./explanation.js";
export type { Ipam, IpamOptions } from "./ipam.js";
export { createMemoryStore, type MemoryStoreOptions } from "./memory-store.js";
export { migrateStore, type StoreMigration } from "./migrate-store.js";
export type { AddressUnits, AllocationOrder, Attributes, PoolEligibility, PoolSpec, PrefixUnits } from "./pool.js";
export type { PoolExportLine, PoolImport } from "./pool-export.js";
export type { Pool, PoolChange, Reservation } from "./pool-state.js";
export { createPrefixAllocator, type PrefixAllocator } from "./prefix-allocator.js";
export type { AllocateRequest, ExactRequest, ExplainRequest, PrefixRequest } from "./request.js";
export { parseSelector, type Selector } from "./selector.js";
export type { CallOptions, Store, StoreBatch, StoreLimits, StoreRange } from "./store.js";
export type { StoreCompare, StoreEntry, StoreOp, StoreRecord, StoreTxn, StoreTxnResult } from "./store-txn.js";
