import type { StoreEntry } from "../store-txn.js";
import type { BlockState } from "./block-state.js";
import { checkRecord, type HandleRecord } from "./records.js";

/** What the store said of a handle. */
export interface HandleState {
  readonly revision: string;
  readonly record: HandleRecord;
}

/** Reads a handle. */
export function decodeHandle(entry: StoreEntry): HandleState {
  return { revision: entry.revision, record: checkRecord<HandleRecord>(entry, { at: "array" }) };
}

/**
 * Decoded records beside their revisions, at most so many of each kind; the one that was put first goes first. Nothing
 * here is trusted: whoever uses an entry compares its revision in the transaction.
 */
export class RecordCache {
  readonly #blocks = new Map<string, BlockState>();
  readonly #handles = new Map<string, HandleState>();
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  block(key: string): BlockState | undefined {
    return this.#blocks.get(key);
  }

  putBlock(state: BlockState): void {
    put(this.#blocks, state.key, state, this.#count);
  }

  dropBlock(key: string): void {
    this.#blocks.delete(key);
  }

  handle(key: string): HandleState | undefined {
    return this.#handles.get(key);
  }

  putHandle(key: string, state: HandleState | undefined): void {
    if (state === undefined) this.#handles.delete(key);
    else put(this.#handles, key, state, this.#count);
  }
}

function put<V>(map: Map<string, V>, key: string, value: V, count: number): void {
  map.set(key, value);
  if (map.size <= count) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
