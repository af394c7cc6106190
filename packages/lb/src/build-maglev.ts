import type { HashMember, HashTable } from "./hash-table.js";
import { requireWhole } from "./internal/bounds.js";
import { compareKeys } from "./internal/compare-keys.js";
import { fillMaglev } from "./internal/fill-maglev.js";
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
 * table.keys[lookupTable(table, hashFromBigInt(10n))]; // => "10.0.0.1:80"
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
  // An array is sorted in next to no time where it is in order already.
  const order = Array.from(members, (_, i) => i);
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
  const shares = Float64Array.from(order, (i) => values[i] as number);
  const areSame = shares.every((share) => share === shares[0]);
  fillMaglev(owners, { owners: visits, places, skips, shares: areSame ? undefined : shares });
  return { kind: "maglev", keys, owners };
}
