import type { Family } from "../address.js";
import { FIRST_OCTET, LAST_OCTET } from "./octet-tables.js";

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const MAX_LENGTH = 45;
const DOT = 46;
const COLON = 58;

/**
 * The outcome of the last scan. A scan fills this one object instead of returning a new one: what callers build from the
 * words is then the only allocation, and a failure allocates nothing.
 */
export const scanned = {
  family: 4 as Family,
  w0: 0,
  w1: 0,
  w2: 0,
  w3: 0,
  /** Index in the text where the last failed scan stopped. */
  failedAt: 0,
  /** What would have been right there. */
  expected: "",
};

const groups: Uint16Array = /* @__PURE__ */ new Uint16Array(8);

/** Notes where and why a scan failed; returns false. */
export function failScan(at: number, expected: string): false {
  scanned.failedAt = at;
  scanned.expected = expected;
  return false;
}

/**
 * Reads `text[start, textEnd)` as an address: a dotted quad, or any text form of RFC 4291 §2.2. It accepts what `net.isIP`
 * accepts, but for zone ids. On success the words are in `scanned`.
 */
export function scanAddress(text: string, start: number, textEnd: number): boolean {
  // No address is longer, so the scan of a longer text fails inside the part that is kept.
  const end = Math.min(textEnd, start + MAX_LENGTH + 1);
  if (start >= end) return failScan(start, "an IPv4 or IPv6 address");
  if (readDottedQuad(text, start, end)) {
    scanned.family = 4;
    scanned.w0 = 0;
    scanned.w1 = 0;
    scanned.w2 = 0;
    return true;
  }
  return looksLikeIpv4(text, start, end) ? failDottedQuad(text, start, end) : scanIpv6(text, start, end);
}

/**
 * Leaves the value in `scanned.w3`; false, without saying why, for any other text. It takes three characters at a time
 * and branches on no digit, because how many digits an octet has cannot be predicted. Text that is no dotted quad is
 * given up at its first octet that cannot be one.
 */
function readDottedQuad(text: string, start: number, end: number): boolean {
  let value = 0;
  let at = start;
  for (let dots = 0; dots < 4; dots++) {
    const isLast = dots === 3;
    const from = isLast ? end - 3 : at;
    if (from + 3 > end) return false;
    const octet = (isLast ? LAST_OCTET : FIRST_OCTET)[threeAt(text, from)] as number;
    if (octet < 0) return false;
    value = (value << 8) | (octet & 255);
    at += octet >> 8;
    if (isLast) break;
    if (at >= end || text.charCodeAt(at) !== DOT) return false;
    at++;
  }
  if (at !== end) return false;
  scanned.w3 = value;
  return true;
}

/** The key of three characters in the tables of octets; one without an entry unless all three are digits and dots. */
function threeAt(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 1);
  const c = text.charCodeAt(at + 2);
  // Negative when one is below '.' or above '9'; '/', which lies between, has low bits that no entry has.
  const others = (a - 46) | (57 - a) | (b - 46) | (57 - b) | (c - 46) | (57 - c);
  return (((a & 15) << 8) | ((b & 15) << 4) | (c & 15) | (others >> 31)) & 0xfff;
}

/** The first separator tells the families apart; it stands among the first five characters, and no letter before a dot. */
function looksLikeIpv4(text: string, start: number, end: number): boolean {
  for (let i = start; i < end && i < start + 5; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) return true;
    if (code >= COLON) return false;
  }
  return true;
}

/**
 * Says what is wrong with a text that `readDottedQuad` did not read. Leading zeros are refused: some parsers read them as
 * octal (RFC 6943 §3.1.1).
 */
function failDottedQuad(text: string, start: number, end: number): false {
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && octet === 0) return failScan(i, "no leading zero");
      octet = octet * 10 + digit;
      if (octet > 255) return failScan(i, "a number from 0 to 255");
      digits++;
    } else if (digit === DOT - 48 && digits > 0) {
      if (dots === 3) return failScan(i, "the end of the address");
      octet = 0;
      digits = 0;
      dots++;
    } else {
      return failScan(i, digits === 0 ? "a decimal digit" : dots === 3 ? "the end of the address" : "a digit or '.'");
    }
  }
  return failScan(end, digits === 0 ? "a decimal digit" : "'.'");
}

/** The values of hexadecimal digits by character code, -1 for other characters. */
const HEX_VALUES: Int8Array = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase()),
);

function scanIpv6(text: string, start: number, end: number): boolean {
  let count = 0; // groups finished
  let gap = -1; // how many of them stand before "::"
  let group = 0;
  let digits = 0;
  let i = start;
  if (text.charCodeAt(start) === COLON) {
    if (start + 1 >= end || text.charCodeAt(start + 1) !== COLON) return failScan(start + 1, "':'");
    gap = 0;
    i = start + 2;
  }
  for (; i < end; i++) {
    const code = text.charCodeAt(i);
    const digit = code < 128 ? (HEX_VALUES[code] as number) : -1;
    if (digit >= 0) {
      if (digits === 4) return failScan(i, count === 7 ? "the end of the address" : "':'");
      group = (group << 4) | digit;
      digits++;
    } else if (code === COLON && digits > 0) {
      if (count === 7) return failScan(i, "the end of the address");
      groups[count++] = group;
      group = 0;
      digits = 0;
    } else if (code === COLON) {
      if (gap >= 0) return failScan(i, "a hexadecimal digit: '::' may stand once");
      gap = count;
    } else if (code === DOT && digits > 0 && (count > 0 || gap === 0)) {
      return scanEmbeddedIpv4(text, i - digits, end, count, gap);
    } else {
      return failScan(i, digits === 0 ? "a hexadecimal digit" : "a hexadecimal digit or ':'");
    }
  }
  if (digits > 0) groups[count++] = group;
  else if (gap !== count) return failScan(end, "a hexadecimal digit");
  return finishIpv6(count, gap, end);
}

/** The rest of the text as a dotted quad that stands for the last two groups. */
function scanEmbeddedIpv4(text: string, at: number, end: number, count: number, gap: number): boolean {
  if (!readDottedQuad(text, at, end)) return failDottedQuad(text, at, end);
  groups[count] = scanned.w3 >>> 16;
  groups[count + 1] = scanned.w3;
  return finishIpv6(count + 2, gap, end);
}

/** Moves the groups behind "::" to the end and packs all eight into the words. */
function finishIpv6(count: number, gap: number, end: number): boolean {
  if (gap < 0) {
    if (count !== 8) return failScan(end, count < 8 ? "':'" : "at most eight groups");
  } else {
    if (count > 7) return failScan(end, "at most seven groups beside '::'");
    const tail = count - gap;
    for (let k = 1; k <= tail; k++) groups[8 - k] = groups[count - k] as number;
    for (let k = gap; k < 8 - tail; k++) groups[k] = 0;
  }
  scanned.family = 6;
  scanned.w0 = ((groups[0] as number) << 16) | (groups[1] as number);
  scanned.w1 = ((groups[2] as number) << 16) | (groups[3] as number);
  scanned.w2 = ((groups[4] as number) << 16) | (groups[5] as number);
  scanned.w3 = ((groups[6] as number) << 16) | (groups[7] as number);
  return true;
}
