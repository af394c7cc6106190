import type { Address } from "./address.js";
import { NetError } from "./errors.js";
import { describeFailure, requireText } from "./internal/parse-failure.js";
import { scanAddress, scanned } from "./internal/scan-address.js";
import { AddressValue } from "./internal/values.js";

/**
 * Parses an IPv4 dotted quad or any IPv6 text form of RFC 4291 §2.2. Accepts exactly what Node's `net.isIP` accepts,
 * except zone ids (`fe80::1%eth0`): a zone belongs to a host, not to an address. Leading zeros (`010.0.0.1`), short
 * forms (`10.1`) and numbers (`0x7f000001`) are refused, because programs disagree on what they mean.
 *
 * One object is allocated. The time is bounded by 45 characters, however long the text.
 *
 * @throws NetError `invalid_address`, with the column and what was expected there
 * @example
 * ```ts
 * import { parseAddress } from "@netmason/net";
 *
 * String(parseAddress("2001:DB8:0:0:0:0:0:1")); // => "2001:db8::1"
 * parseAddress("192.0.2.7").family; // => 4
 * ```
 * @category Addresses
 */
export function parseAddress(text: string): Address {
  requireText(text);
  if (scanAddress(text, 0, text.length)) return takeScannedAddress();
  const failure = describeFailure(text);
  throw new NetError("invalid_address", `${failure.summary} is not an IP address`, failure.details);
}

/**
 * `parseAddress` for text that is often not an address: `undefined` instead of an error, and no allocation then.
 *
 * @category Addresses
 */
export function tryParseAddress(text: string): Address | undefined {
  requireText(text);
  return scanAddress(text, 0, text.length) ? takeScannedAddress() : undefined;
}

function takeScannedAddress(): Address {
  return new AddressValue(scanned.family, scanned.w0, scanned.w1, scanned.w2, scanned.w3);
}
