// An immutable map with sorted text keys, in chunks of a few hundred entries: a change copies its chunk and the list of
// chunks, and two versions share all other chunks, by which they are compared.

import { addTo } from "./lists-by-key.js";

const CHUNK_SIZE = 256;

interface Chunk<V> {
  readonly keys: readonly string[];
  readonly values: readonly V[];
}

export interface SortedChunks<V> {
  readonly size: number;
  readonly chunks: readonly Chunk<V>[];
}

const EMPTY: SortedChunks<never> = { size: 0, chunks: [] };

export function emptyChunks<V>(): SortedChunks<V> {
  return EMPTY;
}

function cut<V>(keys: readonly string[], entries: ReadonlyMap<string, V>): Chunk<V>[] {
  const chunks: Chunk<V>[] = [];
  for (let at = 0; at < keys.length; at += CHUNK_SIZE) {
    const some = keys.slice(at, at + CHUNK_SIZE);
    chunks.push({ keys: some, values: some.map((key) => entries.get(key) as V) });
  }
  return chunks;
}

export function getEntry<V>({ chunks }: SortedChunks<V>, key: string): V | undefined {
  const chunk = chunks[chunkIndex(chunks, key)];
  if (chunk === undefined) return undefined;
  const at = lowerBound(chunk.keys, key);
  return chunk.keys[at] === key ? chunk.values[at] : undefined;
}

/** Sets entries, and takes those out whose value is `undefined`. */
export function withChanges<V>(map: SortedChunks<V>, changes: ReadonlyMap<string, V | undefined>): SortedChunks<V> {
  if (changes.size === 0) return map;
  const byChunk = new Map<number, string[]>();
  for (const key of changes.keys()) {
    const index = Math.max(0, chunkIndex(map.chunks, key));
    addTo(byChunk, index, key);
  }
  const chunks: Chunk<V>[] = [];
  let size = map.size;
  for (let index = 0; index < Math.max(1, map.chunks.length); index++) {
    const chunk = map.chunks[index];
    const keys = byChunk.get(index);
    if (keys === undefined) {
      if (chunk !== undefined) chunks.push(chunk);
      continue;
    }
    const merged = mergedChunk(chunk, keys, changes);
    size += merged.size - (chunk?.keys.length ?? 0);
    chunks.push(...cut([...merged.keys()].sort(), merged));
  }
  return { size, chunks };
}

function mergedChunk<V>(
  chunk: Chunk<V> | undefined,
  keys: readonly string[],
  changes: ReadonlyMap<string, V | undefined>,
): Map<string, V> {
  const merged = new Map<string, V>();
  chunk?.keys.forEach((key, index) => {
    merged.set(key, chunk.values[index] as V);
  });
  for (const key of keys) {
    const value = changes.get(key);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return merged;
}

/** Values in order of their keys. */
export function* valuesOf<V>({ chunks }: SortedChunks<V>): Generator<V, undefined> {
  for (const { values } of chunks) yield* values;
}

/** Entries whose keys begin with a text, in order. */
export function visitPrefix<V>(
  { chunks }: SortedChunks<V>,
  prefix: string,
  visit: (key: string, value: V) => void,
): void {
  for (let index = Math.max(0, chunkIndex(chunks, prefix)); index < chunks.length; index++) {
    const { keys, values } = chunks[index] as Chunk<V>;
    for (let at = lowerBound(keys, prefix); at < keys.length; at++) {
      const key = keys[at] as string;
      if (!key.startsWith(prefix)) return;
      visit(key, values[at] as V);
    }
  }
}

/** Entries that differ; chunks that both share are skipped. */
export function differences<V>(
  before: SortedChunks<V>,
  after: SortedChunks<V>,
): { readonly changed: readonly V[]; readonly removed: readonly string[] } {
  const shared = new Set<Chunk<V>>(before.chunks);
  const kept = new Set<Chunk<V>>(after.chunks.filter((chunk) => shared.has(chunk)));
  const changed: V[] = [];
  const removed: string[] = [];
  for (const chunk of after.chunks) {
    if (kept.has(chunk)) continue;
    chunk.keys.forEach((key, index) => {
      const value = chunk.values[index] as V;
      if (getEntry(before, key) !== value) changed.push(value);
    });
  }
  for (const chunk of before.chunks) {
    if (kept.has(chunk)) continue;
    for (const key of chunk.keys) if (getEntry(after, key) === undefined) removed.push(key);
  }
  return { changed, removed };
}

/** The last chunk whose first key is not after `key`; -1 where all are. */
function chunkIndex(chunks: readonly Chunk<unknown>[], key: string): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (((chunks[middle] as Chunk<unknown>).keys[0] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
