import { type MaglevOptions, maglevOf, maglevTableSize } from "./build-maglev.js";
import { type RingOptions, ringOf, ringSettings } from "./build-ring.js";
import { createHashPolicy, type HashLocality } from "./hash-locality.js";
import { MaglevPicker } from "./internal/maglev-picker.js";
import { RingPicker } from "./internal/ring-picker.js";
import type { Policy } from "./policy.js";

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
  return createHashPolicy("ring_hash", options, {
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
  return createHashPolicy("maglev", options, {
    build: (keys, _weights, shares) => maglevOf(keys, shares, tableSize),
    pickerOf: (table, view) => new MaglevPicker(table, view),
  });
}
