import { type Address, compareAddresses } from "./address.js";
import { RangeValue } from "./internal/values.js";

/** All addresses from `first` to `last`, both included; one family, `first <= last`. */
export interface AddressRange {
  readonly "~kind": "range";
  readonly first: Address;
  readonly last: Address;
  /** `formatRange` of this. */
  toString(): string;
  /** `formatRange` of this, so that JSON carries canonical text. */
  toJSON(): string;
}

/**
 * The range between two addresses, both included. Its minimal prefixes are those of a set of one:
 * `createAddressSet([range]).prefixes()`.
 *
 * @throws TypeError when the families differ
 * @throws RangeError when `last` is lower than `first`
 * @category Ranges
 */
export function createRange(first: Address, last: Address): AddressRange {
  if (first.family !== last.family) throw new TypeError(`range: ${first} and ${last} are of two families`);
  if (compareAddresses(first, last) > 0) throw new RangeError(`last: ${last} is lower than first, ${first}`);
  return new RangeValue(first, last);
}
