import { NetError } from "./errors.js";
import { formatRangeWords } from "./internal/format-words.js";
import { describeFailure, requireText } from "./internal/parse-failure.js";
import { failScan, scanAddress, scanned } from "./internal/scan-address.js";
import { AddressValue, RangeValue } from "./internal/values.js";
import { compareWords } from "./internal/words.js";
import type { AddressRange } from "./range.js";

/** Two of the longest addresses and "-". */
const MAX_LENGTH = 91;

/**
 * Parses `FIRST-LAST`, two addresses of one family with a hyphen and no spaces between; both ends are included.
 *
 * @throws NetError `invalid_range`, with the column; also when `LAST` is lower than `FIRST`
 * @example
 * ```ts
 * import { parseRange } from "@netmason/net";
 *
 * const range = parseRange("10.0.0.5-10.0.0.77");
 * String(range.last); // => "10.0.0.77"
 * ```
 * @category Ranges
 */
export function parseRange(text: string): AddressRange {
  requireText(text);
  const range = scanRange(text);
  if (range !== undefined) return range;
  const failure = describeFailure(text);
  throw new NetError("invalid_range", `${failure.summary} is not an address range`, failure.details);
}

function scanRange(text: string): AddressRange | undefined {
  const hyphen = text.length > MAX_LENGTH ? -1 : text.indexOf("-");
  if (!scanAddress(text, 0, hyphen < 0 ? text.length : hyphen)) return undefined;
  if (hyphen < 0) return failRange(text.length, "'-'");
  const first = new AddressValue(scanned.family, scanned.w0, scanned.w1, scanned.w2, scanned.w3);
  if (!scanAddress(text, hyphen + 1, text.length)) return undefined;
  if (scanned.family !== first.family) return failRange(hyphen + 1, `an IPv${first.family} address`);
  if (compareWords(first, scanned) > 0) return failRange(hyphen + 1, `an address not lower than ${first}`);
  return new RangeValue(first, new AddressValue(scanned.family, scanned.w0, scanned.w1, scanned.w2, scanned.w3));
}

function failRange(at: number, expected: string): undefined {
  failScan(at, expected);
  return undefined;
}

/**
 * The canonical text, `FIRST-LAST`.
 *
 * @category Ranges
 */
export function formatRange(range: AddressRange): string {
  return formatRangeWords(range);
}
