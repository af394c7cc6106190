import type { HashTable } from "./hash-table.js";

/** How much of the hash space has another owner. */
export interface Disruption {
  /** The part whose owner changed, 0 to 1. */
  readonly movedRatio: number;
  /** The least part that had to change owners, because owners came, left or changed their shares. */
  readonly necessaryRatio: number;
  /** Who lost what to whom, the largest part first, then by key. */
  readonly moves: readonly { readonly from: string; readonly to: string; readonly ratio: number }[];
}

const WORD = 2 ** 32;

/**
 * Compares two tables over the whole hash space: exact for rings (sums of 64-bit arcs), to the slot for Maglev tables.
 * Owners are told apart by key. O(entries).
 *
 * @throws RangeError if one is empty, or if they are not of one kind and, for Maglev, of one size
 * @category Hash tables
 * @example
 * ```ts
 * import { buildMaglev, compareTables } from "@netmason/lb";
 *
 * const members = Array.from({ length: 100 }, (_, i) => ({ key: `10.0.0.${i}:80` }));
 * const { movedRatio, necessaryRatio } = compareTables(buildMaglev(members), buildMaglev(members.slice(1)));
 * necessaryRatio.toFixed(3); // => "0.010"
 * movedRatio < 0.02; // => true
 * ```
 */
export function compareTables(before: HashTable, after: HashTable): Disruption {
  for (const [name, { owners }] of Object.entries({ before, after })) {
    if (owners.length === 0) throw new RangeError(`${name}: the table is empty`);
  }
  if (before.kind !== after.kind) throw new RangeError(`before is a ${before.kind} and after is a ${after.kind}`);
  const numbers = new Map<string, number>();
  const from = numberKeys(before, numbers);
  const to = numberKeys(after, numbers);
  const pairs = before.kind === "maglev" ? compareSlots(from, to) : compareArcs(before, from, after, to);
  return summarize([...numbers.keys()], pairs);
}

/** By entry, the number of its owner's key. */
function numberKeys({ keys, owners }: HashTable, numbers: Map<string, number>): Int32Array {
  for (const key of keys) if (!numbers.has(key)) numbers.set(key, numbers.size);
  const byOwner = Int32Array.from(keys, (key) => numbers.get(key) as number);
  return Int32Array.from(owners, (owner) => byOwner[owner] as number);
}

/** The sizes of the parts with the same two owners, as sums of upper and of lower words, which stay whole. */
type Pairs = Map<number, Map<number, { hi: number; lo: number }>>;

function addPair(pairs: Pairs, from: number, to: number, hi: number, lo: number): void {
  const row = pairs.get(from) ?? new Map<number, { hi: number; lo: number }>();
  if (row.size === 0) pairs.set(from, row);
  const sum = row.get(to);
  if (sum === undefined) {
    row.set(to, { hi, lo });
  } else {
    sum.hi += hi;
    sum.lo += lo;
  }
}

function compareSlots(from: Int32Array, to: Int32Array): Pairs {
  if (from.length !== to.length) throw new RangeError(`before has ${from.length} slots and after has ${to.length}`);
  const pairs: Pairs = new Map();
  const share = WORD / from.length;
  for (let slot = 0; slot < from.length; slot++) addPair(pairs, from[slot] as number, to[slot] as number, 1, 0);
  for (const row of pairs.values()) for (const sum of row.values()) sum.hi *= share;
  return pairs;
}

/** Walks over the positions of both rings in order: an entry owns what lies between the one before it and itself. */
function compareArcs(before: HashTable, from: Int32Array, after: HashTable, to: Int32Array): Pairs {
  const pairs: Pairs = new Map();
  let [i, j] = [0, 0];
  // The first arc begins at 0 itself, one before which is -1.
  let [hi, lo] = [0, -1];
  while (i < from.length || j < to.length) {
    const order = comparePositions(before, i, after, j);
    const [ring, entry] = order <= 0 ? [before, i] : [after, j];
    const nextHi = ring.hi?.[entry] as number;
    const nextLo = ring.lo?.[entry] as number;
    const [owner, newOwner] = [from[i % from.length] as number, to[j % to.length] as number];
    addPair(pairs, owner, newOwner, nextHi - hi, nextLo - lo);
    [hi, lo] = [nextHi, nextLo];
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  addPair(pairs, from[0] as number, to[0] as number, WORD - 1 - hi, WORD - 1 - lo);
  return pairs;
}

/** Past its end a ring has no more positions. */
function comparePositions(before: HashTable, i: number, after: HashTable, j: number): number {
  if (i >= before.owners.length) return 1;
  if (j >= after.owners.length) return -1;
  const upper = (before.hi?.[i] as number) - (after.hi?.[j] as number);
  return upper !== 0 ? upper : (before.lo?.[i] as number) - (after.lo?.[j] as number);
}

function summarize(keys: readonly string[], pairs: Pairs): Disruption {
  const moves: { from: string; to: string; ratio: number }[] = [];
  const gains = new Float64Array(keys.length);
  for (const [from, row] of pairs) {
    for (const [to, { hi, lo }] of row) {
      const ratio = hi / WORD + lo / WORD / WORD;
      if (from === to || ratio === 0) continue;
      gains[from] = (gains[from] as number) - ratio;
      gains[to] = (gains[to] as number) + ratio;
      moves.push({ from: keys[from] as string, to: keys[to] as string, ratio });
    }
  }
  const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  moves.sort((a, b) => b.ratio - a.ratio || compareText(a.from, b.from) || compareText(a.to, b.to));
  return {
    movedRatio: moves.reduce((sum, { ratio }) => sum + ratio, 0),
    necessaryRatio: gains.reduce((sum, gain) => sum + Math.max(0, gain), 0),
    moves,
  };
}
