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
interface LmdbOptions {
    readonly pollMs?: number;
    readonly now?: () => number;
}
interface LmdbFolderOptions extends LmdbOptions {
    readonly path: string;
    readonly mapSizeBytes?: number;
}
interface OpenedEnvironment {
    openDB(options: never): unknown;
    close(): Promise<void>;
}
interface LmdbEnvironmentOptions extends LmdbOptions {
    readonly environment: OpenedEnvironment;
    readonly name?: string;
}
declare function createLmdbStore(options: LmdbFolderOptions | LmdbEnvironmentOptions): Store;
export { createLmdbStore };
export type { LmdbEnvironmentOptions, LmdbFolderOptions, LmdbOptions, OpenedEnvironment };
