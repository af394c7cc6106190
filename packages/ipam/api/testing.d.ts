// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

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
type StoreCall = "get" | "range" | "txn";
interface FaultOptions {
    readonly random: () => number;
    readonly conflictRatio?: number;
    readonly unknownOutcomeRatio?: number;
    readonly unavailableRatio?: number;
    readonly crashAfterCount?: number;
    readonly gate?: (call: StoreCall) => Promise<void>;
}
interface FaultyStore extends Store {
    counts(): {
        readonly getCount: number;
        readonly rangeCount: number;
        readonly txnCount: number;
    };
    settle(): Promise<void>;
}
declare function createFaultyStore(store: Store, options: FaultOptions): FaultyStore;
interface ManualClock {
    now(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
    advance(ms: number): Promise<void>;
}
declare function createManualClock(startMs?: number): ManualClock;
interface ScheduleContext {
    gate(name: string): (call: StoreCall) => Promise<void>;
    now(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
    advance(ms: number): void;
    random(): number;
}
interface ScheduleWorld {
    readonly actors: readonly (() => Promise<void>)[];
    check(): Promise<void> | void;
}
interface ScheduleOptions {
    readonly seed: number;
    readonly count: number;
    readonly world: (context: ScheduleContext) => ScheduleWorld | Promise<ScheduleWorld>;
    readonly only?: number | undefined;
    readonly replay?: (scheduleSeed: number) => string;
}
interface ScheduleReport {
    readonly scheduleCount: number;
    readonly stepCount: number;
}
declare function runSchedules(options: ScheduleOptions): Promise<ScheduleReport>;
declare function seededRandom(seed: number): () => number;
interface ContractCase {
    readonly name: string;
    run(): Promise<void>;
}
interface StoreContractOptions {
    readonly openAgain?: (store: Store) => Promise<Store>;
}
declare function storeContract(open: () => Promise<Store>, options?: StoreContractOptions): readonly ContractCase[];
export { createFaultyStore, createManualClock, runSchedules, seededRandom, storeContract };
export type { ContractCase, FaultOptions, FaultyStore, ManualClock, ScheduleContext, ScheduleOptions, ScheduleReport, ScheduleWorld, StoreCall, StoreContractOptions };
