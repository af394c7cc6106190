import type { Address } from "./address.js";
import { familyBits, requireLength } from "./internal/family.js";
import { PrefixValue } from "./internal/values.js";
import { addWords, bigintToWords, type MutableWords, shiftNumber, wordsToBigint } from "./internal/words.js";
import { containsAddress, type Prefix } from "./prefix.js";

/** Which units of a pool `stride` leaves out. */
export interface StrideOptions {
  /**
   * Units left out at the low end, for a network address or a gateway.
   *
   * @defaultValue 0
   */
  readonly first?: number;
  /**
   * Units left out at the high end, for a broadcast address.
   *
   * @defaultValue 0
   */
  readonly last?: number;
}

/**
 * Numbers the equal parts of a pool from 1. Pure arithmetic, exact in 128 bits:
 * `unit(n) = base + (first + n - 1) * 2^(W - length)`, W being 32 or 128. It never wraps.
 */
export interface Stride {
  /** How many units there are; `unit` takes 1 to this. */
  readonly capacity: bigint;
  /**
   * Unit `n`.
   *
   * @throws RangeError unless `n` is an integer from 1 to `capacity`
   */
  unit(n: number | bigint): Prefix;
  /** The number of the unit an address lies in; `undefined` outside every unit. */
  inverse(address: Address): bigint | undefined;
}

/**
 * Cuts a pool into units of `length` bits: /32 gives each container an address, /28 sixteen, an IPv6 /64 a whole subnet.
 * With nothing left out unit 1 begins at the pool's first address; pools of hosts usually want `{ first: 1, last: 1 }`.
 *
 * @throws RangeError when `length` is not one of a prefix inside the pool, or `first` and `last` leave no unit
 * @example
 * ```ts
 * import { parseAddress, parsePrefix, stride } from "@netmason/net";
 *
 * const perContainer = stride(parsePrefix("10.1.0.0/16"), 28, { first: 1 });
 * String(perContainer.unit(3)); // => "10.1.0.48/28"
 * perContainer.inverse(parseAddress("10.1.0.53")); // => 3n
 * perContainer.capacity; // => 4095n
 * ```
 * @category Plans
 */
export function stride(pool: Prefix, length: number, options: StrideOptions = {}): Stride {
  requireLength(length, pool.family, pool.length);
  const first = requireSkip("first", options.first);
  const last = requireSkip("last", options.last);
  const capacity = (1n << BigInt(length - pool.length)) - BigInt(first) - BigInt(last);
  if (capacity < 1n) throw new RangeError(`first: ${first} and last: ${last} leave no /${length} in ${pool}`);
  const shift = familyBits(pool.family) - length;
  const most = Number(capacity);
  return {
    capacity,
    unit(n) {
      if (!(n >= 1 && n <= (typeof n === "number" ? most : capacity)) || !isWhole(n)) {
        throw new RangeError(`n: expected an integer from 1 to ${capacity}, got ${n}`);
      }
      // In this order, a sum beyond the safe integers cannot round back to one.
      const offset = n <= Number.MAX_SAFE_INTEGER ? Number(n) - 1 + first : Number.NaN;
      if (Number.isSafeInteger(offset)) shiftNumber(offset, shift, start);
      else Object.assign(start, bigintToWords((BigInt(n) + BigInt(first) - 1n) << BigInt(shift)));
      addWords(pool, start, start);
      return new PrefixValue(pool.family, start.w0, start.w1, start.w2, start.w3, length);
    },
    inverse(address) {
      if (!containsAddress(pool, address)) return undefined;
      const n = ((wordsToBigint(address) - wordsToBigint(pool)) >> BigInt(shift)) - BigInt(first) + 1n;
      return n >= 1n && n <= capacity ? n : undefined;
    },
  };
}

// Work space, so that a unit is the only object made.
const start: MutableWords = { w0: 0, w1: 0, w2: 0, w3: 0 };

/** A number beyond the safe integers may stand for another integer than the one that was meant. */
function isWhole(n: number | bigint): boolean {
  return typeof n === "bigint" || Number.isSafeInteger(n);
}

function requireSkip(name: string, count = 0): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`${name}: expected a non-negative safe integer, got ${count}`);
}
