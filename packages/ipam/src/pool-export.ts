import type { StoreRecord } from "./store-txn.js";

/**
 * One line of an exported pool, JSON-safe: the pool, then its blocks, then its child prefixes, then `end` with the count
 * of lines before it, so that a cut file is seen. A block carries the maxima (`maxPerHandle`) of the handles that hold
 * something in it and have one.
 */
export type PoolExportLine =
  | { readonly kind: "pool"; readonly format: number; readonly name: string; readonly record: StoreRecord }
  | {
      readonly kind: "block";
      readonly record: StoreRecord;
      readonly maxPerHandle?: Readonly<Record<string, number>>;
    }
  | { readonly kind: "child"; readonly record: StoreRecord }
  | { readonly kind: "end"; readonly lineCount: number };

/** What `importPool` wrote. */
export interface PoolImport {
  readonly pool: string;
  readonly blockCount: number;
  readonly liveCount: number;
  readonly prefixCount: number;
}
