/** Keys of one chunk before it is halved: a splice of that many is cheaper than a level more of search. */
const CHUNK_KEYS = 512;

/**
 * A sorted set of strings (by code unit) in chunks: adding and deleting cost a binary search and one short splice.
 */
export class OrderedKeys {
  #chunks: string[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds keys; many at once are sorted and merged in one pass. None of them may be in the set. */
  add(keys: readonly string[]): void {
    if (keys.length > 64 && keys.length > this.#size >>> 3) this.#rebuild(keys);
    else for (const key of keys) this.#insert(key);
  }

  /** Deletes a key that is in the set. */
  delete(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] as string[];
    const index = lowerBound(chunk, key);
    if (chunk[index] !== key) return;
    chunk.splice(index, 1);
    this.#size--;
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(at, 1);
  }

  /** The keys in [from, to), ascending, at most `limit`. */
  between(from: string, to: string, limit: number): string[] {
    const found: string[] = [];
    let at = this.#chunkOf(from);
    let index = lowerBound(this.#chunks[at] as string[], from);
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at] as string[];
      for (; index < chunk.length; index++) {
        const key = chunk[index] as string;
        if (key >= to || found.length >= limit) return found;
        found.push(key);
      }
    }
    return found;
  }

  #insert(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] as string[];
    chunk.splice(lowerBound(chunk, key), 0, key);
    this.#size++;
    if (chunk.length > CHUNK_KEYS) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_KEYS >>> 1));
  }

  #rebuild(added: readonly string[]): void {
    const all = this.#chunks.flat().concat(added).sort();
    const half = CHUNK_KEYS >>> 1;
    this.#chunks = [];
    for (let start = 0; start < all.length; start += half) this.#chunks.push(all.slice(start, start + half));
    this.#size = all.length;
  }

  /** The last chunk whose first key is not above `key`, else the first. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (((this.#chunks[middle] as string[])[0] as string) <= key) low = middle;
      else high = middle;
    }
    return low;
  }
}

function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
