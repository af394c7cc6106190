import type { HashTable } from "./hash-table.js";
import type { Hash64 } from "./hash64.js";
import { remainder64, remainder65537 } from "./internal/remainder64.js";

/**
 * The owner of a hash, an index into `keys`; -1 if the table is empty. A ring's owner is that of the first entry at or
 * after the hash, found in O(log n); a Maglev table's that of the slot `hash mod size`, in O(1).
 *
 * A retry moves on as Envoy does: `attempt` entries further on a ring, to the slot of another hash in a table. Both may
 * come to the same owner again.
 *
 * @param attempt - default 0
 * @category Hash tables
 */
export function lookupTable(table: HashTable, hash: Hash64, attempt = 0): number {
  const { owners } = table;
  const size = owners.length;
  // What is asked most, with as few questions as can be.
  if (size === 65_537 && attempt === 0 && table.kind === "maglev")
    return owners[remainder65537(hash.hi, hash.lo)] as number;
  if (size === 0) return -1;
  if (table.kind === "maglev") return owners[maglevSlot(hash.hi, hash.lo, attempt, size)] as number;
  const entry = ringEntry(table, hash.hi >>> 0, hash.lo >>> 0) + attempt;
  return owners[entry < size ? entry : entry % size] as number;
}

/** The slot of a hash; a retry's hash is mixed with 2⁶⁴ − attempt. */
export function maglevSlot(hi: number, lo: number, attempt: number, size: number): number {
  const high = attempt === 0 ? hi : ~hi;
  const low = attempt === 0 ? lo : lo ^ -attempt;
  return size === 65_537 ? remainder65537(high, low) : remainder64(high, low, size);
}

function ringEntry({ hi, lo, owners }: HashTable, high: number, low: number): number {
  let from = 0;
  let to = owners.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = hi?.[middle] as number;
    if (at < high || (at === high && (lo?.[middle] as number) < low)) from = middle + 1;
    else to = middle;
  }
  return from === owners.length ? 0 : from;
}
