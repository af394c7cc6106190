// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { Address, Prefix, Family, AddressRange } from '@netmason/net';
interface StoreRecord {
    readonly v: number;
    readonly [field: string]: unknown;
}
interface StoreEntry {
    readonly key: string;
    readonly revision: string;
    readonly value: StoreRecord;
}
interface StoreCompare {
    readonly key: string;
    readonly revision: string | undefined;
}
type StoreOp = {
    readonly kind: "put";
    readonly key: string;
    readonly value: StoreRecord;
} | {
    readonly kind: "delete";
    readonly key: string;
};
interface StoreTxn {
    readonly compares: readonly StoreCompare[];
    readonly ops: readonly StoreOp[];
}
type StoreTxnResult = {
    readonly kind: "committed";
    readonly revision: string;
} | {
    readonly kind: "conflict";
    readonly current: readonly (StoreEntry | undefined)[];
};
interface CallOptions {
    readonly signal?: AbortSignal | undefined;
}
interface StoreLimits {
    readonly txnKeyCount: number;
    readonly valueBytes: number;
    readonly keyBytes: number;
}
interface StoreRange {
    readonly from: string;
    readonly to: string;
    readonly limit?: number;
    readonly select?: "entries" | "keys";
}
type StoreBatch = {
    readonly kind: "snapshot";
    readonly entries: readonly StoreEntry[];
} | {
    readonly kind: "changes";
    readonly changes: readonly {
        readonly key: string;
        readonly entry: StoreEntry | undefined;
    }[];
};
interface Store extends AsyncDisposable {
    readonly limits: StoreLimits;
    now?(): number;
    get(keys: readonly string[], options?: CallOptions): Promise<readonly (StoreEntry | undefined)[]>;
    range(range: StoreRange, options?: CallOptions): Promise<readonly StoreEntry[]>;
    txn(txn: StoreTxn, options?: CallOptions): Promise<StoreTxnResult>;
    watch(prefix: string, options?: CallOptions): AsyncIterable<StoreBatch>;
    close(): Promise<void>;
}
type Attributes = Readonly<Record<string, string>>;
type AllocationOrder = "oldest" | "lowest" | "next";
interface AddressUnits {
    readonly kind: "addresses";
    readonly blockLength?: number;
    readonly affinity?: "shared" | "preferred" | "strict";
    readonly maxBlocksPerNode?: number;
    readonly order?: AllocationOrder;
    readonly cooldownMs?: number;
    readonly gateway?: Address;
    readonly skipFirst?: number;
    readonly skipLast?: number;
}
interface PrefixUnits {
    readonly kind: "prefixes";
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly cooldownMs?: number;
}
interface PoolEligibility {
    readonly nodeSelector?: string;
    readonly namespaceSelector?: string;
    readonly uses?: readonly string[];
    readonly assignment?: "automatic" | "manual";
}
interface PoolSpec {
    readonly name: string;
    readonly prefix: Prefix;
    readonly units: AddressUnits | PrefixUnits;
    readonly eligibility?: PoolEligibility;
    readonly attributes?: Attributes;
    readonly state?: "enabled" | "disabled" | "draining";
}
interface Held {
    readonly handle: string;
    readonly pool: string;
    readonly sequence: string;
    readonly allocatedAt: number;
    readonly attributes: Attributes;
}
interface AddressAllocation extends Held {
    readonly kind: "address";
    readonly address: Address;
    readonly block: Prefix;
    readonly node?: string;
    readonly expiresAt?: number;
}
interface PrefixAllocation extends Held {
    readonly kind: "prefix";
    readonly prefix: Prefix;
}
type Allocation = AddressAllocation | PrefixAllocation;
type ReleaseTarget = {
    readonly handle?: string;
    readonly sequence?: string;
} & ({
    readonly address: Address;
} | {
    readonly prefix: Prefix;
});
interface ReleaseReport {
    readonly released: readonly Allocation[];
    readonly notHeld: readonly ReleaseTarget[];
    readonly stale: readonly ReleaseTarget[];
}
type AuditRule = "A1" | "A2" | "A3" | "A4" | "A5" | "A6" | "A7" | "A8" | "A9" | "A10" | "A11" | "A12" | "A13" | "A14";
interface AuditFinding {
    readonly rule: AuditRule;
    readonly path: string;
    readonly message: string;
}
interface AuditReport {
    readonly checkedCount: number;
    readonly findings: readonly AuditFinding[];
}
interface Bitmap {
    readonly size: number;
    readonly freeCount: number;
    take(): number | undefined;
    takeExact(ordinal: number): boolean;
    release(ordinal: number): boolean;
}
interface BitmapOptions {
    readonly size: number;
    readonly order?: AllocationOrder;
}
declare function createBitmap({ size, order }: BitmapOptions): Bitmap;
interface Pool extends PoolSpec {
    readonly units: (Required<Omit<AddressUnits, "gateway">> & Pick<AddressUnits, "gateway">) | Required<PrefixUnits>;
    readonly state: NonNullable<PoolSpec["state"]>;
}
interface PoolChange {
    readonly state?: Pool["state"];
    readonly units?: Partial<Omit<AddressUnits, "kind" | "blockLength">>;
    readonly eligibility?: PoolEligibility;
    readonly attributes?: Attributes;
}
interface Reservation {
    readonly name: string;
    readonly addresses: Prefix | AddressRange;
    readonly reason?: string;
}
interface Counts {
    readonly capacity: bigint;
    readonly liveCount: number;
    readonly coolingCount: number;
    readonly reservedCount: bigint;
    readonly disabledCount: bigint;
    readonly freeCount: bigint;
}
interface Block {
    readonly prefix: Prefix;
    readonly pool: string;
    readonly node?: string;
    readonly claimedAt: number;
    readonly size: number;
    readonly liveCount: number;
    readonly coolingCount: number;
}
interface PoolUtilization {
    readonly pool: Pool;
    readonly counts: Counts;
    readonly blockCount: number;
    readonly prefixCount: number;
    readonly nodes: Readonly<Record<string, {
        readonly blockCount: number;
        readonly liveCount: number;
        readonly borrowedCount: number;
    }>>;
}
type Suspects = readonly {
    readonly id: string;
    readonly sequence: string;
    readonly seenAt: number;
}[];
interface Liveness {
    readonly asOf: number;
    readonly handles: ReadonlySet<string>;
    readonly nodes?: ReadonlySet<string>;
}
interface CollectRequest {
    readonly liveness?: (options: CallOptions) => Promise<Liveness>;
    readonly suspects?: Suspects;
    readonly graceMs?: number;
    readonly maxFreedRatio?: number;
    readonly maxAgeMs?: number;
}
interface CollectReport {
    readonly released: readonly Allocation[];
    readonly blocks: readonly Block[];
    readonly repairedCount: number;
    readonly suspects: Suspects;
}
type IpamChange = {
    readonly kind: "allocated" | "released";
    readonly allocation: Allocation;
} | {
    readonly kind: "block_changed";
    readonly prefix: Prefix;
    readonly block: Block | undefined;
} | {
    readonly kind: "pool_changed";
    readonly name: string;
    readonly pool: Pool | undefined;
} | {
    readonly kind: "synced";
};
type IpamEvent = {
    readonly kind: "block_claimed" | "block_reclaimed" | "block_released";
    readonly prefix: Prefix;
    readonly pool: string;
    readonly node?: string;
} | {
    readonly kind: "conflict" | "outcome_unknown";
    readonly key: string;
    readonly attempt: number;
} | {
    readonly kind: "exhausted";
    readonly handle: string;
    readonly pools: readonly string[];
} | {
    readonly kind: "undo_failed";
    readonly handle: string;
    readonly error: unknown;
};
interface IpamMetrics {
    readonly allocatedCount: number;
    readonly releasedCount: number;
    readonly exhaustedCount: number;
    readonly txnCount: number;
    readonly readCount: number;
    readonly conflictCount: number;
    readonly batchedCount: number;
    readonly unknownOutcomeCount: number;
}
interface IpamErrorDetails {
    readonly pool_exhausted: {
        readonly explanation: Explanation;
        readonly requestedCount: number;
        readonly obtainedCount: number;
    };
    readonly no_pool: {
        readonly explanation: Explanation;
    };
    readonly unknown_pool: {
        readonly pool: string;
    };
    readonly pool_exists: {
        readonly pool: string;
    };
    readonly pool_overlap: {
        readonly pool: string;
        readonly other: string;
    };
    readonly pool_not_empty: {
        readonly pool: string;
        readonly liveCount: number;
        readonly coolingCount: number;
        readonly prefixCount: number;
    };
    readonly invalid_pool: {
        readonly pool: string;
        readonly path: string;
        readonly column?: number;
    };
    readonly invalid_selector: {
        readonly selector: string;
        readonly column: number;
    };
    readonly address_in_use: {
        readonly address: Address;
        readonly handle: string;
        readonly holder: AddressAllocation;
    };
    readonly address_unavailable: {
        readonly address: Address;
        readonly reason: "no_pool" | "disabled" | "draining" | "use_mismatch" | "prefixes_only" | "reserved" | "cooling" | "gateway" | "skipped" | "other_node" | "block_limit" | "node_required" | "record_full";
        readonly until?: number;
    };
    readonly prefix_unavailable: {
        readonly prefix: Prefix;
        readonly blocker: Prefix | string;
    };
    readonly prefix_in_use: {
        readonly prefix: Prefix;
        readonly pool: string;
    };
    readonly handle_limit: {
        readonly handle: string;
        readonly limitCount: number;
        readonly held: readonly AddressAllocation[];
    };
    readonly lease_lost: {
        readonly address: Address;
        readonly reason: "expired" | "released" | "reallocated";
    };
    readonly collect_refused: {
        readonly reason: "stale" | "implausible" | "source_failed";
        readonly freedCount: number;
        readonly liveCount: number;
    };
    readonly contention: {
        readonly key: string;
        readonly attemptCount: number;
    };
    readonly store_unavailable: {
        readonly key?: string;
    };
    readonly store_outcome_unknown: {
        readonly key: string;
        readonly handle?: string;
    };
    readonly store_closed: {
        readonly key?: string;
    };
    readonly store_format: {
        readonly key: string;
        readonly version: number;
    };
    readonly store_full: {
        readonly key?: string;
    };
    readonly store_damaged: {
        readonly path: string;
        readonly reason: string;
    };
    readonly handle_busy: {
        readonly handle: string;
        readonly until: number;
    };
}
type IpamErrorCode = keyof IpamErrorDetails;
declare class IpamError<C extends IpamErrorCode = IpamErrorCode> extends Error {
    readonly code: C;
    readonly details: IpamErrorDetails[C];
    readonly retryable: boolean;
    constructor(code: C, text: string, details: IpamErrorDetails[C], options?: {
        readonly cause?: unknown;
    });
}
declare function isIpamError<C extends IpamErrorCode = IpamErrorCode>(error: unknown, code?: C): error is {
    [K in C]: IpamError<K>;
}[C];
type PoolVerdict = "usable" | "exhausted" | "disabled" | "draining" | "selector_mismatch" | "use_mismatch" | "manual_only" | "node_required" | "block_limit" | "prefixes_only";
interface Reclaimable {
    readonly kind: "empty_block" | "expired" | "cooling";
    readonly prefix: Prefix;
    readonly node?: string;
    readonly count: number;
}
interface PoolExplanation {
    readonly name: string;
    readonly family: Family;
    readonly verdict: PoolVerdict;
    readonly counts: Counts;
    readonly nextFreeAt?: number;
    readonly largestFree?: number;
    readonly topHolders: readonly {
        readonly handle: string;
        readonly count: number;
    }[];
    readonly reclaimable: readonly Reclaimable[];
}
type RefusalCode = "pool_exhausted" | "no_pool" | "handle_limit" | "address_in_use" | "address_unavailable" | "prefix_unavailable";
type Refusal = {
    readonly [C in RefusalCode]: {
        readonly code: C;
        readonly message: string;
        readonly details: Omit<IpamErrorDetails[C], "explanation">;
    };
}[RefusalCode];
interface Explanation {
    readonly satisfiable: boolean;
    readonly pools: readonly PoolExplanation[];
    readonly refusal?: Refusal;
}
type PoolExportLine = {
    readonly kind: "pool";
    readonly format: number;
    readonly name: string;
    readonly record: StoreRecord;
} | {
    readonly kind: "block";
    readonly record: StoreRecord;
    readonly maxPerHandle?: Readonly<Record<string, number>>;
} | {
    readonly kind: "child";
    readonly record: StoreRecord;
} | {
    readonly kind: "end";
    readonly lineCount: number;
};
interface PoolImport {
    readonly pool: string;
    readonly blockCount: number;
    readonly liveCount: number;
    readonly prefixCount: number;
}
interface AllocateRequest {
    readonly handle: string;
    readonly node?: string;
    readonly pools?: readonly string[];
    readonly families?: readonly Family[];
    readonly count?: number;
    readonly ifHeld?: "keep" | "fail" | {
        readonly addUpTo: number;
    };
    readonly maxPerHandle?: number;
    readonly shortfall?: "fail" | "accept";
    readonly labels?: {
        readonly node?: Attributes;
        readonly namespace?: Attributes;
    };
    readonly use?: string;
    readonly attributes?: Attributes;
    readonly ttlMs?: number;
}
interface ExactRequest extends Pick<AllocateRequest, "handle" | "node" | "use" | "maxPerHandle" | "attributes" | "ttlMs"> {
    readonly address: Address;
}
interface PrefixRequest {
    readonly handle: string;
    readonly pool: string;
    readonly want: number | Prefix;
    readonly attributes?: Attributes;
}
type ExplainRequest = AllocateRequest | ExactRequest | PrefixRequest;
interface IpamOptions {
    readonly store: Store;
    readonly vrf?: string;
    readonly now?: () => number;
    readonly random?: () => number;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
    readonly maxClockSkewMs?: number;
    readonly retryCount?: number;
    readonly cacheCount?: number;
    readonly onEvent?: (event: IpamEvent) => void;
}
interface Ipam extends AsyncDisposable {
    createPool(spec: PoolSpec, options?: CallOptions): Promise<Pool>;
    updatePool(name: string, change: PoolChange, options?: CallOptions): Promise<Pool>;
    deletePool(name: string, options?: CallOptions): Promise<void>;
    listPools(options?: CallOptions): Promise<readonly Pool[]>;
    reserve(spec: Reservation, options?: CallOptions): Promise<{
        readonly live: readonly AddressAllocation[];
    }>;
    unreserve(name: string, options?: CallOptions): Promise<void>;
    listReservations(options?: CallOptions): Promise<readonly Reservation[]>;
    allocate(request: AllocateRequest, options?: CallOptions): Promise<readonly AddressAllocation[]>;
    allocateExact(request: ExactRequest, options?: CallOptions): Promise<AddressAllocation>;
    allocatePrefix(request: PrefixRequest, options?: CallOptions): Promise<PrefixAllocation>;
    release(targets: readonly ReleaseTarget[], options?: CallOptions): Promise<ReleaseReport>;
    releaseByHandle(handle: string, options?: CallOptions): Promise<ReleaseReport>;
    renew(allocations: readonly AddressAllocation[], ttlMs: number, options?: CallOptions): Promise<readonly AddressAllocation[]>;
    getAllocation(address: Address, options?: CallOptions): Promise<AddressAllocation | undefined>;
    listAllocations(filter?: {
        readonly handle?: string;
        readonly pool?: string;
        readonly node?: string;
    }, options?: CallOptions): AsyncIterable<Allocation>;
    claimBlocks(request: {
        readonly node: string;
        readonly pool: string;
        readonly available: number;
    }, options?: CallOptions): Promise<readonly Block[]>;
    releaseBlocks(request: {
        readonly node: string;
        readonly when: "empty" | "always";
    }, options?: CallOptions): Promise<readonly Block[]>;
    listBlocks(filter?: {
        readonly pool?: string;
        readonly node?: string;
    }, options?: CallOptions): AsyncIterable<Block>;
    utilization(options?: CallOptions): Promise<readonly PoolUtilization[]>;
    explain(request: ExplainRequest, options?: CallOptions): Promise<Explanation>;
    collect(request: CollectRequest, options?: CallOptions): Promise<CollectReport>;
    audit(options?: CallOptions): Promise<AuditReport>;
    watch(options?: CallOptions): AsyncIterable<IpamChange>;
    exportPool(name: string, options?: CallOptions): AsyncIterable<PoolExportLine>;
    importPool(lines: AsyncIterable<PoolExportLine> | Iterable<PoolExportLine>, options?: CallOptions): Promise<PoolImport>;
    metrics(): IpamMetrics;
    close(): Promise<void>;
}
declare function createIpam(options: IpamOptions): Ipam;
interface MemoryStoreOptions {
    readonly txnKeyCount?: number;
    readonly valueBytes?: number;
    readonly now?: () => number;
}
declare function createMemoryStore(options?: MemoryStoreOptions): Store;
interface StoreMigration {
    readonly from: number;
    readonly to: number;
    readonly rewrittenCount: number;
}
declare function migrateStore(store: Store, options?: CallOptions): Promise<StoreMigration>;
interface PrefixAllocator {
    allocate(length: number): Prefix | undefined;
    allocateExact(prefix: Prefix): boolean;
    release(prefix: Prefix): boolean;
    free(): readonly Prefix[];
}
declare function createPrefixAllocator(space: Iterable<Prefix>, live?: Iterable<Prefix>): PrefixAllocator;
interface Selector {
    matches(labels: Attributes): boolean;
    toString(): string;
}
declare function parseSelector(text: string): Selector;
export { IpamError, createBitmap, createIpam, createMemoryStore, createPrefixAllocator, isIpamError, migrateStore, parseSelector };
export type { AddressAllocation, AddressUnits, AllocateRequest, Allocation, AllocationOrder, Attributes, AuditFinding, AuditReport, AuditRule, Bitmap, BitmapOptions, Block, CallOptions, CollectReport, CollectRequest, Counts, ExactRequest, ExplainRequest, Explanation, Held, Ipam, IpamChange, IpamErrorCode, IpamErrorDetails, IpamEvent, IpamMetrics, IpamOptions, Liveness, MemoryStoreOptions, Pool, PoolChange, PoolEligibility, PoolExplanation, PoolExportLine, PoolImport, PoolSpec, PoolUtilization, PoolVerdict, PrefixAllocation, PrefixAllocator, PrefixRequest, PrefixUnits, Reclaimable, Refusal, RefusalCode, ReleaseReport, ReleaseTarget, Reservation, Selector, Store, StoreBatch, StoreCompare, StoreEntry, StoreLimits, StoreMigration, StoreOp, StoreRange, StoreRecord, StoreTxn, StoreTxnResult, Suspects };
