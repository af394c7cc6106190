import { createHashPolicy, type HashLocality } from "./hash-locality.js";
import { compareKeys } from "./internal/compare-keys.js";
import { hashXxh64 } from "./internal/hash-bytes.js";
import { RendezvousPicker } from "./internal/rendezvous-picker.js";
import type { Policy } from "./policy.js";

/**
 * Highest random weight: the endpoint whose key, mixed with the hash, scores highest; with weights by `ln(score) /
 * weight`. Only keys of an endpoint that leaves move, and none but to one that comes; no table is kept. O(n) a pick: for
 * tens of endpoints, or for rare picks. A retry takes the next highest.
 *
 * The order of the endpoints does not matter. The mix is this package's own: other programs answer otherwise.
 *
 * @throws RangeError for options out of their range
 * @category Policies
 * @example
 * ```ts
 * import { rendezvous } from "@netmason/lb";
 *
 * rendezvous().word; // => "hash"
 * ```
 */
export function rendezvous(options: HashLocality = {}): Policy {
  return createHashPolicy("rendezvous", options, {
    build(keys, _weights, { members, values }) {
      const order = Array.from(members, (_, i) => i).sort((a, b) =>
        compareKeys(keys[members[a] as number] as string, keys[members[b] as number] as string),
      );
      const hashes = Int32Array.from({ length: 2 * order.length });
      for (const [i, at] of order.entries()) {
        const { hash } = hashXxh64(keys[members[at] as number] as string, 0, 0);
        hashes[2 * i] = hash[1] as number;
        hashes[2 * i + 1] = hash[0] as number;
      }
      return {
        hashes,
        members: Int32Array.from(order, (at) => members[at] as number),
        shares: Float64Array.from(order, (at) => values[at] as number),
      };
    },
    pickerOf: (table, view) => new RendezvousPicker(table, view),
  });
}
