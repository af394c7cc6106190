import type { HashMember, HashTable } from "./hash-table.js";
import { requireWhole } from "./internal/bounds.js";
import { compareKeys } from "./internal/compare-keys.js";
import { hashXxh64 } from "./internal/hash-bytes.js";
import { type Shares, sharesOf, weightsOf } from "./internal/member-weights.js";
import { remainder64 } from "./internal/remainder64.js";

const MOST_SIZE = 5_000_011;

/** How a Maglev table is built. */
export interface MaglevOptions {
  /** A prime up to 5,000,011, well above the number of members; default 65,537. */
  readonly tableSize?: number;
}

/**
 * The table of Envoy's `MAGLEV`, bit for bit: the order of the members does not matter, a member's share of the slots is
 * its weight's share, and with equal weights no two differ by more than one slot. O(size · log(size)).
 *
 * Source: `source/extensions/load_balancing_policies/maglev/maglev_lb.cc`.
 *
 * @throws RangeError if the size is not prime or a weight is out of its range, TypeError for an empty key, LbError
 * `weight_overflow`
 * @category Hash tables
 * @example
 * ```ts
 * import { buildMaglev, hashFromBigInt, lookupTable } from "@netmason/lb";
 *
 * const table = buildMaglev([{ key: "10.0.0.1:80" }, { key: "10.0.0.2:80", weight: 2 }]);
 * table.owners.filter((owner) => owner === 0).length; // => 21846
 * table.keys[lookupTable(table, hashFromBigInt(10n))]; // => "10.0.0.2:80"
 * ```
 */
export function buildMaglev(members: readonly HashMember[], options: MaglevOptions = {}): HashTable {
  const tableSize = maglevTableSize(options);
  return maglevOf(
    members.map(({ key }) => key),
    sharesOf(weightsOf(members)),
    tableSize,
  );
}

/** Checks the options and fills in the default. */
export function maglevTableSize({ tableSize = 65_537 }: MaglevOptions): number {
  requireWhole("tableSize", tableSize, 2, MOST_SIZE);
  for (let divisor = 2; divisor * divisor <= tableSize; divisor++) {
    if (tableSize % divisor === 0) throw new RangeError(`tableSize must be a prime, not ${tableSize}`);
  }
  return tableSize;
}

/** A table over members that were checked. */
export function maglevOf(keys: readonly string[], { members, values }: Shares, tableSize: number): HashTable {
  if (members.length === 0) return { kind: "maglev", keys, owners: new Uint32Array(0) };
  const order = Int32Array.from(members, (_, i) => i);
  order.sort((a, b) => compareKeys(keys[members[a] as number] as string, keys[members[b] as number] as string));
  const visits = Int32Array.from(order, (i) => members[i] as number);
  const places = new Int32Array(visits.length);
  const skips = new Int32Array(visits.length);
  for (const [i, member] of visits.entries()) {
    const key = keys[member] as string;
    const first = hashXxh64(key, 0, 0).hash;
    places[i] = remainder64(first[1] as number, first[0] as number, tableSize);
    const second = hashXxh64(key, 0, 1).hash;
    skips[i] = remainder64(second[1] as number, second[0] as number, tableSize - 1) + 1;
  }
  const owners = new Uint32Array(tableSize);
  const shares = order.length === 1 ? values : Float64Array.from(order, (i) => values[i] as number);
  if (shares.every((share) => share === shares[0])) fillInTurn(owners, visits, places, skips);
  else fillByShare(owners, visits, places, skips, shares);
  return { kind: "maglev", keys, owners };
}

// In both fills a member's next place is kept modulo the size, and taken slots are bits, so that what is read most stays
// in the nearest cache.

/** Each member takes a slot in turn until none is left. */
function fillInTurn(owners: Uint32Array, visits: Int32Array, places: Int32Array, skips: Int32Array): void {
  const size = owners.length;
  const taken = new Int32Array((size >> 5) + 1);
  for (let left = size; ; ) {
    for (let i = 0; i < visits.length; i++) {
      const skip = skips[i] as number;
      let place = places[i] as number;
      while (((taken[place >> 5] as number) & (1 << place)) !== 0) {
        place += skip;
        if (place >= size) place -= size;
      }
      taken[place >> 5] = (taken[place >> 5] as number) | (1 << place);
      owners[place] = visits[i] as number;
      if (--left === 0) return;
      place += skip;
      places[i] = place >= size ? place - size : place;
    }
  }
}

/** A member with the largest share takes a slot in every round, others as often as their share says. */
function fillByShare(
  owners: Uint32Array,
  visits: Int32Array,
  places: Int32Array,
  skips: Int32Array,
  shares: Float64Array,
): void {
  const size = owners.length;
  const taken = new Int32Array((size >> 5) + 1);
  const targets = new Float64Array(visits.length);
  const most = shares.reduce((a, b) => Math.max(a, b));
  let left = size;
  for (let round = 1; ; round++) {
    for (let i = 0; i < visits.length; i++) {
      const target = targets[i] as number;
      if (round * (shares[i] as number) < target) continue;
      targets[i] = target + most;
      const skip = skips[i] as number;
      let place = places[i] as number;
      while (((taken[place >> 5] as number) & (1 << place)) !== 0) {
        place += skip;
        if (place >= size) place -= size;
      }
      taken[place >> 5] = (taken[place >> 5] as number) | (1 << place);
      owners[place] = visits[i] as number;
      if (--left === 0) return;
      place += skip;
      places[i] = place >= size ? place - size : place;
    }
  }
}
