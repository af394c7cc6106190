/** So many entries that are gone are always kept. */
const FEW_GONE = 256;

/** What a key has that is gone. */
const GONE: unique symbol = Symbol("gone");

/**
 * A map for keys that come and go again and again. A deleted entry of a `Map` stays in its chain until the whole map is
 * built anew, so one key that is set and deleted n times in a map of n others costs O(n) each time. Here a deleted key
 * only loses its value, and the map is built anew when half of it is gone: O(1) amortized.
 */
export class SteadyMap<V extends object> {
  #map = new Map<string, V | typeof GONE>();
  #goneCount = 0;

  get size(): number {
    return this.#map.size - this.#goneCount;
  }

  get(key: string): V | undefined {
    const value = this.#map.get(key);
    return value === GONE ? undefined : value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Whether the key was not there before. */
  set(key: string, value: V): boolean {
    const before = this.#map.get(key);
    if (before === GONE) this.#goneCount -= 1;
    this.#map.set(key, value);
    return before === undefined || before === GONE;
  }

  delete(key: string): boolean {
    const before = this.#map.get(key);
    if (before === undefined || before === GONE) return false;
    this.#map.set(key, GONE);
    this.#goneCount += 1;
    if (this.#goneCount > FEW_GONE && this.#goneCount > this.#map.size >>> 1) this.#rebuild();
    return true;
  }

  clear(): void {
    this.#map = new Map();
    this.#goneCount = 0;
  }

  *keys(): Generator<string> {
    for (const [key, value] of this.#map) if (value !== GONE) yield key;
  }

  *values(): Generator<V> {
    for (const value of this.#map.values()) if (value !== GONE) yield value;
  }

  #rebuild(): void {
    const kept = new Map<string, V | typeof GONE>();
    for (const [key, value] of this.#map) if (value !== GONE) kept.set(key, value);
    this.#map = kept;
    this.#goneCount = 0;
  }
}
