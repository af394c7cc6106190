import type { Address } from "./address.js";
import { NetError } from "./errors.js";
import { describeFailure, requireText } from "./internal/parse-failure.js";
import { failScan } from "./internal/scan-address.js";
import { AddressValue } from "./internal/values.js";
import type { Prefix } from "./prefix.js";

/** A 48-bit MAC address as canonical text, `02:00:5e:10:00:01`: `===` and `Map` work on it. */
export type Mac = string & { readonly "~kind": "mac" };

/** The forms in use, by the distance between separators: colons or hyphens, Cisco's dots, none. */
const FORMS: readonly { readonly length: number; readonly every: number; readonly separators: string }[] = [
  { length: 17, every: 2, separators: ":-" },
  { length: 14, every: 4, separators: "." },
  { length: 12, every: 12, separators: "" },
];

/**
 * Parses a 48-bit MAC address: `02:00:5e:10:00:01`, `02-00-5E-10-00-01`, `0200.5e10.0001` or `02005e100001`, in either
 * case, with one kind of separator.
 *
 * @throws NetError `invalid_mac`, with the column and what was expected there
 * @example
 * ```ts
 * import { parseMac } from "@netmason/net";
 *
 * parseMac("0200.5E10.0001"); // => "02:00:5e:10:00:01"
 * ```
 * @category MAC addresses
 */
export function parseMac(text: string): Mac {
  requireText(text);
  const digits = scanMac(text);
  if (digits !== undefined) return (digits.match(/../g) as string[]).join(":").toLowerCase() as Mac;
  const failure = describeFailure(text);
  throw new NetError("invalid_mac", `${failure.summary} is not a MAC address`, failure.details);
}

/** The twelve digits. */
function scanMac(text: string): string | undefined {
  const mark = /[^0-9a-fA-F]/.exec(text.slice(0, 5))?.[0] ?? "";
  const form = FORMS.find((f) => f.separators.includes(mark) && (mark !== "") === (f.separators !== ""));
  if (form === undefined) return failMac(text.indexOf(mark), "a hexadecimal digit, ':', '-' or '.'");
  let digits = "";
  for (let i = 0; i < Math.min(text.length, form.length); i++) {
    const char = text.charAt(i);
    if (i % (form.every + 1) === form.every) {
      if (char !== mark) return failMac(i, `'${mark}'`);
    } else if (/[0-9a-fA-F]/.test(char)) {
      digits += char;
    } else {
      return failMac(i, "a hexadecimal digit");
    }
  }
  if (text.length < form.length) return failMac(text.length, "12 hexadecimal digits");
  if (text.length > form.length) return failMac(form.length, "the end of the MAC address");
  return digits;
}

function failMac(at: number, expected: string): undefined {
  failScan(at, expected);
  return undefined;
}

/**
 * The address a host forms in a prefix from its MAC address: modified EUI-64 (RFC 4291 appendix A), as SLAAC without
 * privacy extensions does.
 *
 * @throws RangeError unless the prefix is IPv6 and /64 or shorter
 * @example
 * ```ts
 * import { addressFromMac, parseMac, parsePrefix } from "@netmason/net";
 *
 * String(addressFromMac(parsePrefix("2001:db8::/64"), parseMac("02-00-5e-10-00-01"))); // => "2001:db8::5eff:fe10:1"
 * ```
 * @category MAC addresses
 */
export function addressFromMac(prefix: Prefix, mac: Mac): Address {
  if (prefix.family !== 6 || prefix.length > 64) {
    throw new RangeError(`prefix: expected an IPv6 prefix of length 64 or less, got ${prefix}`);
  }
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const [o0 = 0, o1 = 0, o2 = 0, o3 = 0, o4 = 0, o5 = 0] = octets;
  const w2 = ((o0 ^ 2) << 24) | (o1 << 16) | (o2 << 8) | 0xff;
  const w3 = (0xfe << 24) | (o3 << 16) | (o4 << 8) | o5;
  return new AddressValue(6, prefix.w0, prefix.w1, w2, w3);
}
