import { tryParseAddress, unmapAddress } from "@netmason/net";

/**
 * The canonical text of an address, host bits kept: IPv6 compressed, an IPv4-mapped one as IPv4. `undefined` when it is
 * no address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (CANONICAL_V4.test(text)) return text;
  const address = tryParseAddress(text);
  return address === undefined ? undefined : String(unmapAddress(address));
}

/** Octets without leading zeros. */
const CANONICAL_V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** The canonical text of an address with a prefix length; `undefined` when it is none. */
export function canonicalCidr(text: string): string | undefined {
  const slash = text.indexOf("/");
  const lengthText = text.slice(slash + 1);
  if (slash < 0 || !/^\d{1,8}$/.test(lengthText)) return undefined;
  const addressText = text.slice(0, slash);
  const length = Number(lengthText);
  const address = canonicalAddress(addressText);
  if (address === undefined) return undefined;
  const written6 = addressText.includes(":");
  if (length > (written6 ? 128 : 32)) return undefined;
  // An IPv4-mapped address counts its length from bit 96.
  const unmapped = written6 && !address.includes(":");
  return `${address}/${unmapped ? Math.max(0, length - 96) : length}`;
}

/** "4" or "6", of the text of an address with or without a length, as libcni tells them: IPv4-mapped is 4. */
export function familyOf(text: string): "4" | "6" {
  if (!text.includes(":")) return "4";
  if (!text.includes(".") && !/^[0:]*:ffff:/i.test(text)) return "6";
  return canonicalAddress(text.replace(/\/.*$/, ""))?.includes(":") === false ? "4" : "6";
}
