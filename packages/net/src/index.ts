/**
 * IP addresses, prefixes, ranges, sets, longest-prefix match and strides, for IPv4 and IPv6.
 *
 * @module index
 */
export {
  type Address,
  addToAddress,
  compareAddresses,
  distance,
  equalAddresses,
  type Family,
  unmapAddress,
} from "./address.js";
export { type AddressSet, createAddressSet } from "./address-set.js";
export { isNetError, NetError, type NetErrorCode, type NetErrorDetails, type ParseFailure } from "./errors.js";
export { formatAddress } from "./format-address.js";
export { addressFromMac, type Mac, parseMac } from "./mac.js";
export { parseAddress, tryParseAddress } from "./parse-address.js";
export {
  comparePrefixes,
  containsAddress,
  containsPrefix,
  equalPrefixes,
  firstAddress,
  lastAddress,
  overlaps,
  type Prefix,
  prefixOf,
  subnets,
} from "./prefix.js";
export { createPrefixTable, type PrefixEntry, type PrefixLookup, type PrefixTable } from "./prefix-table.js";
export { formatPrefix, type ParsePrefixOptions, parsePrefix } from "./prefix-text.js";
export { type AddressRange, createRange } from "./range.js";
export { formatRange, parseRange } from "./range-text.js";
export { reverseName } from "./reverse-name.js";
export { classifyAddress, type SpecialPurpose } from "./special-purpose.js";
export { type Stride, type StrideOptions, stride } from "./stride.js";
