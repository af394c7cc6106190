import type { Hash64 } from "./hash64.js";
import { requireWhole } from "./internal/bounds.js";
import { upperProduct } from "./internal/upper-product.js";
import type { EndpointView, Picker, Selection } from "./picker.js";
import type { Policy } from "./policy.js";

// 2862933555777941757, the multiplier of the generator in the paper.
const MULTIPLIER_HI = 0x27bb2ee6;
const MULTIPLIER_LO = 0x87b0b0fd;
const MOST_BUCKETS = 2 ** 31 - 1;

/**
 * The bucket of a hash by jump consistent hashing (Lamping and Veach, arXiv 1406.2294): even to the last bit of chance,
 * O(log n), without a table. From n to n + 1 buckets only keys that go to the new bucket move; only the last bucket can
 * be taken away.
 *
 * @param bucketCount - 1 to 2³¹−1
 * @throws RangeError for another number of buckets
 * @category Hash tables
 * @example
 * ```ts
 * import { hashFromBigInt, jumpHash } from "@netmason/lb";
 *
 * jumpHash(hashFromBigInt(2016238256797177309n), 11); // => 3
 * ```
 */
export function jumpHash(hash: Hash64, bucketCount: number): number {
  requireWhole("bucketCount", bucketCount, 1, MOST_BUCKETS);
  return bucketOf(hash.hi, hash.lo, bucketCount);
}

function bucketOf(hashHi: number, hashLo: number, bucketCount: number): number {
  let hi = hashHi | 0;
  let lo = hashLo | 0;
  let bucket = 0;
  for (let next = 0; next < bucketCount; ) {
    bucket = next;
    hi = (upperProduct(lo, MULTIPLIER_LO) + Math.imul(lo, MULTIPLIER_HI) + Math.imul(hi, MULTIPLIER_LO)) | 0;
    lo = (Math.imul(lo, MULTIPLIER_LO) + 1) | 0;
    if (lo === 0) hi = (hi + 1) | 0;
    next = Math.floor((bucket + 1) * (2 ** 31 / ((hi >>> 1) + 1)));
  }
  return bucket;
}

/**
 * Jump consistent hashing over the endpoints in host order: for numbered shards, where endpoints are added and removed at
 * the end of the list. Weights do not count. A retry hashes on, as Maglev's does.
 *
 * @category Policies
 * @example
 * ```ts
 * import { jump } from "@netmason/lb";
 *
 * jump().name; // => "jump"
 * ```
 */
export function jump(): Policy {
  return Object.freeze({
    name: "jump",
    word: "hash",
    create: () => ({ build: (view: EndpointView) => new JumpPicker(view) }),
  } as const);
}

class JumpPicker implements Picker {
  readonly #view: EndpointView;

  constructor(view: EndpointView) {
    this.#view = view;
  }

  pick({ hi, lo, attempt }: Selection): number {
    const count = this.#view.endpoints.length;
    return attempt === 0 ? bucketOf(hi, lo, count) : bucketOf(~hi, lo ^ -attempt, count);
  }

  explain(selection: Selection): Readonly<Record<string, unknown>> {
    const bucket = this.pick(selection);
    return { bucket, bucketCount: this.#view.endpoints.length, endpoint: this.#view.endpoints[bucket]?.address };
  }
}
