import type { HashMember, HashTable } from "./hash-table.js";
import { requireWhole } from "./internal/bounds.js";
import { canonicalWeights } from "./internal/canonical-weights.js";
import { hashRingKeys } from "./internal/hash-ring-keys.js";
import { type Shares, sharesOf, weightsOf } from "./internal/member-weights.js";
import { sortRing } from "./internal/sort-ring.js";

const MOST_SIZE = 8_388_608;
const MOST_VNODES = 65_536;

/** How a ring is built. */
export interface RingOptions {
  /** The least number of entries; 1 to 8,388,608, default 1,024. More spread the load better and take longer to build. */
  readonly minSize?: number;
  /** The most entries; not less than `minSize`, at most and by default 8,388,608. */
  readonly maxSize?: number;
  /** What hashes the keys of entries; default `xxh64`. */
  readonly hash?: "xxh64" | "murmur2";
  /**
   * Gives each member this many entries times its weight, at least one, instead of what Envoy gives; 1 to 65,536. Envoy's
   * number depends on how many members there are, so that one that leaves also moves keys of others; with a constant
   * number it moves its own keys alone. `minSize` is not used then; above `maxSize` all numbers are scaled down.
   */
  readonly vnodesPerEndpoint?: number;
}

/**
 * The ring of Envoy's `RING_HASH`, bit for bit, which is also that of gRPC's `ring_hash` (with its own `maxSize`). The
 * order of the members decides who gets an entry where numbers are not whole.
 *
 * Source: `source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc`.
 *
 * @throws RangeError for options or weights out of their range, TypeError for an empty key, LbError `weight_overflow`
 * @category Hash tables
 * @example
 * ```ts
 * import { buildRing, lookupTable, xxh64 } from "@netmason/lb";
 *
 * const ring = buildRing([{ key: "10.0.0.1:80" }, { key: "10.0.0.2:80", weight: 3 }]);
 * ring.owners.length; // => 1024
 * ring.keys[lookupTable(ring, xxh64("alice"))]; // => "10.0.0.2:80"
 * ```
 */
export function buildRing(members: readonly HashMember[], options: RingOptions = {}): HashTable {
  const settings = ringSettings(options);
  const weights = weightsOf(members);
  return ringOf(
    members.map(({ key }) => key),
    weights,
    sharesOf(weights),
    settings,
  );
}

/** Checks options and fills in defaults. */
export function ringSettings(options: RingOptions): RingSettings {
  const { minSize = 1024, maxSize = MOST_SIZE, hash = "xxh64", vnodesPerEndpoint } = options;
  requireWhole("minSize", minSize, 1, MOST_SIZE);
  requireWhole("maxSize", maxSize, 1, MOST_SIZE);
  if (minSize > maxSize) throw new RangeError(`minSize (${minSize}) must not be greater than maxSize (${maxSize})`);
  if (hash !== "xxh64" && hash !== "murmur2") throw new TypeError(`hash must be xxh64 or murmur2, not ${String(hash)}`);
  if (vnodesPerEndpoint !== undefined) requireWhole("vnodesPerEndpoint", vnodesPerEndpoint, 1, MOST_VNODES);
  return { minSize, maxSize, hash, vnodesPerEndpoint };
}

/** Options that were checked. */
export interface RingSettings {
  readonly minSize: number;
  readonly maxSize: number;
  readonly hash: "xxh64" | "murmur2";
  readonly vnodesPerEndpoint: number | undefined;
}

/** A ring over members that were checked. */
export function ringOf(
  keys: readonly string[],
  weights: ArrayLike<number>,
  shares: Shares,
  settings: RingSettings,
): HashTable {
  const counts =
    settings.vnodesPerEndpoint === undefined
      ? countsOfEnvoy(shares.values, settings)
      : constantCounts(weights, shares.members, settings.vnodesPerEndpoint, settings.maxSize);
  const entries = hashRingKeys(keys, shares.members, counts, settings.hash);
  return { kind: "ring", keys, ...sortRing(entries) };
}

/**
 * How many entries each gets: the least share gets a whole number, the others what a running sum of parts leaves them.
 * Envoy counts up to the sum one by one, which comes to its next whole number.
 */
function countsOfEnvoy(shares: Float64Array, { minSize, maxSize }: RingSettings): Int32Array {
  const least = shares.reduce((a, b) => Math.min(a, b), 1);
  const scale = Math.min(Math.ceil(least * minSize) / least, maxSize);
  let target = 0;
  let current = 0;
  return Int32Array.from(shares, (share) => {
    target += scale * share;
    const before = current;
    current = Math.max(current, Math.ceil(target));
    return current - before;
  });
}

function constantCounts(weights: ArrayLike<number>, members: Int32Array, vnodes: number, maxSize: number): Int32Array {
  if (members.length === 0) return new Int32Array(0);
  const wanted = canonicalWeights(Float64Array.from(members, (i) => weights[i] as number)).map(
    (weight) => weight * vnodes,
  );
  const sum = wanted.reduce((all, count) => all + count, 0);
  const scale = Math.min(1, maxSize / sum);
  return Int32Array.from(wanted, (count) => Math.max(1, Math.round(count * scale)));
}
