import { type MaglevOptions, maglevOf, maglevTableSize } from "./build-maglev.js";
import { type RingOptions, ringOf, ringSettings } from "./build-ring.js";
import type { HashTable } from "./hash-table.js";
import { requireWithin } from "./internal/bounds.js";
import { hashKeyPicker, type TablePicker } from "./internal/hash-picker.js";
import { MaglevPicker } from "./internal/maglev-picker.js";
import type { Shares } from "./internal/member-weights.js";
import { RingPicker } from "./internal/ring-picker.js";
import type { EndpointView, Picker } from "./picker.js";
import type { Policy, PolicyEnvironment } from "./policy.js";

/** What the hash policies have in common. */
export interface HashLocality {
  /** `folded`: the weights of localities are folded into those of endpoints; default `merged`: they do not count. */
  readonly locality?: "merged" | "folded";
  /** Hash `hostname` where an endpoint has one; default false: its address. A `hashKey` comes before both. */
  readonly useHostname?: boolean;
  /**
   * Requests in flight an endpoint may have, in percent of its share of all in flight; at least 100. One above it is
   * passed over, the same key always for the same endpoints in the same order. Absent: no bound.
   */
  readonly boundedLoadPercent?: number;
}

/**
 * Consistent hashing on a ring, Envoy's `RING_HASH` bit for bit (see `buildRing`). A lookup is O(1) by the upper bits of
 * the hash. An update rebuilds the ring only if a key or a share changed.
 *
 * @throws RangeError for options out of their range, TypeError for an unknown hash
 * @category Policies
 * @example
 * ```ts
 * import { ringHash } from "@netmason/lb";
 *
 * ringHash({ minSize: 4096, boundedLoadPercent: 125 }).word; // => "hash"
 * ```
 */
export function ringHash(options: RingOptions & HashLocality = {}): Policy {
  const settings = ringSettings(options);
  return hashPolicy("ring_hash", options, {
    build: (keys, weights, shares) => ringOf(keys, weights, shares, settings),
    pickerOf: (table, view) => new RingPicker(table, view),
  });
}

/**
 * Consistent hashing by a Maglev table, Envoy's `MAGLEV` bit for bit (see `buildMaglev`): evener than a ring of the same
 * memory and faster to look up, and about twice as many keys move when an endpoint leaves.
 *
 * @throws RangeError for options out of their range
 * @category Policies
 * @example
 * ```ts
 * import { maglev } from "@netmason/lb";
 *
 * maglev({ locality: "folded" }).locality; // => "folded"
 * ```
 */
export function maglev(options: MaglevOptions & HashLocality = {}): Policy {
  const tableSize = maglevTableSize(options);
  return hashPolicy("maglev", options, {
    build: (keys, _weights, shares) => maglevOf(keys, shares, tableSize),
    pickerOf: (table, view) => new MaglevPicker(table, view),
  });
}

interface TableKind {
  build(keys: readonly string[], weights: ArrayLike<number>, shares: Shares): HashTable;
  pickerOf(table: HashTable, view: EndpointView): TablePicker;
}

function hashPolicy(name: string, options: HashLocality, kind: TableKind): Policy {
  const { locality = "merged", useHostname = false, boundedLoadPercent } = options;
  if (boundedLoadPercent !== undefined) requireWithin("boundedLoadPercent", boundedLoadPercent, 100, 2 ** 31);
  if (locality !== "merged" && locality !== "folded") {
    throw new TypeError(`locality must be merged or folded, not ${String(locality)}`);
  }
  const settings = { useHostname, boundedLoadPercent, ...kind };
  return Object.freeze({
    name,
    word: "hash",
    locality,
    create: (environment: PolicyEnvironment) => ({
      build: (view: EndpointView, previous?: Picker) => hashKeyPicker(view, previous, environment, settings),
    }),
  } as const);
}
