import { NetError } from "./errors.js";
import { familyBits } from "./internal/family.js";
import { formatPrefixWords } from "./internal/format-words.js";
import { describeFailure, requireText } from "./internal/parse-failure.js";
import { failScan, scanAddress, scanned } from "./internal/scan-address.js";
import { maskedPrefix } from "./internal/values.js";
import { equalWords } from "./internal/words.js";
import type { Prefix } from "./prefix.js";

/** What `parsePrefix` lets pass. */
export interface ParsePrefixOptions {
  /**
   * What to do with bits set behind the length, as in `10.0.0.1/8`: refuse the text, or clear them.
   *
   * @defaultValue `"reject"`
   */
  readonly hostBits?: "reject" | "mask";
}

/** The longest address and "/128". */
const MAX_LENGTH = 49;

/**
 * Parses `ADDRESS/LENGTH` (RFC 4632 §3.1, RFC 4291 §2.3). The address follows `parseAddress`; the length is decimal
 * without leading zeros or sign. A bare address and a dotted mask are refused. One object is allocated.
 *
 * @throws NetError `invalid_prefix` with the column; `host_bits_set` with the masked prefix in the details
 * @example
 * ```ts
 * import { parsePrefix } from "@netmason/net";
 *
 * String(parsePrefix("2001:DB8::/32")); // => "2001:db8::/32"
 * String(parsePrefix("10.1.2.3/8", { hostBits: "mask" })); // => "10.0.0.0/8"
 * ```
 * @category Prefixes
 */
export function parsePrefix(text: string, options?: ParsePrefixOptions): Prefix {
  requireText(text);
  const length = scanPrefix(text);
  if (length < 0) {
    const failure = describeFailure(text);
    throw new NetError("invalid_prefix", `${failure.summary} is not a prefix`, failure.details);
  }
  const prefix = maskedPrefix(scanned.family, scanned, length);
  if (options?.hostBits !== "mask" && !equalWords(prefix, scanned)) throw hostBitsError(text, prefix);
  return prefix;
}

/** The length, or -1; the address is left in `scanned`. */
function scanPrefix(text: string): number {
  const slash = slashAt(text);
  const end = slash < 0 ? text.length : slash;
  if (!scanAddress(text, 0, end)) return -1;
  if (slash < 0) return failAt(end, "'/'");
  const most = familyBits(scanned.family);
  let length = 0;
  for (let i = slash + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return failAt(i, "a decimal digit");
    if (length === 0 && i > slash + 1) return failAt(i, "no leading zero");
    length = length * 10 + digit;
    if (length > most) return failAt(i, `a length from 0 to ${most}`);
  }
  return slash + 1 === text.length ? failAt(text.length, `a length from 0 to ${most}`) : length;
}

function failAt(at: number, expected: string): -1 {
  failScan(at, expected);
  return -1;
}

/** -1 too when the text is too long to be a prefix; then it is not searched. */
function slashAt(text: string): number {
  return text.length > MAX_LENGTH ? -1 : text.indexOf("/");
}

function hostBitsError(text: string, masked: Prefix): NetError<"host_bits_set"> {
  const slash = slashAt(text);
  failScan(slash, `no bits set behind the first ${masked.length}, as in ${masked}`);
  const failure = describeFailure(text);
  return new NetError("host_bits_set", `${failure.summary} has host bits set`, { ...failure.details, masked });
}

/**
 * The canonical text, `formatAddress` of the first address and the length. Equal prefixes have equal text.
 *
 * @category Prefixes
 */
export function formatPrefix(prefix: Prefix): string {
  return formatPrefixWords(prefix);
}
