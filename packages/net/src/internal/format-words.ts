import { formatDottedQuad, formatIpv4Prefix } from "./dotted-quad-text.js";
import type { FamilyWords } from "./words.js";

// Text for every octet, so that formatting joins ready pieces: Number.prototype.toString is several times slower.
const HEX: readonly string[] = /* @__PURE__ */ octets((octet) => octet.toString(16));
const COLON_HEX: readonly string[] = /* @__PURE__ */ octets((octet) => `:${octet.toString(16)}`);
const PADDED_HEX: readonly string[] = /* @__PURE__ */ octets((octet) => octet.toString(16).padStart(2, "0"));

/** "/0" to "/128". */
const LENGTHS: readonly string[] = /* @__PURE__ */ Array.from({ length: 129 }, (_, length) => `/${length}`);

/** For each set of zero groups (bit 7 = first group): where "::" begins, times 16, plus how many groups it hides. */
const ZERO_RUNS: Uint8Array = /* @__PURE__ */ zeroRuns();

function octets<T>(of: (octet: number) => T): T[] {
  return Array.from({ length: 256 }, (_, octet) => of(octet));
}

/**
 * RFC 5952 §4.2: the longest run, the first of equals, and never a single group. From short runs to long and from the last
 * to the first, each is written wherever it occurs, so that what stays is the one to hide.
 */
function zeroRuns(): Uint8Array {
  const table = new Uint8Array(256);
  for (let length = 2; length <= 8; length++) {
    for (let first = 8 - length; first >= 0; first--) {
      const run = ((1 << length) - 1) << (8 - length - first);
      const others = 255 & ~run;
      // Every set of the other groups, the empty one last.
      for (let set = others; ; set = (set - 1) & others) {
        table[run | set] = (first << 4) | length;
        if (set === 0) break;
      }
    }
  }
  return table;
}

/** The RFC 5952 text of an address, or of a prefix's first address. */
export function formatWords(address: FamilyWords): string {
  if (address.family === 4) return formatDottedQuad(address.w3);
  const run = ZERO_RUNS[zeroGroups(address)] as number;
  if (run === 0) return formatAllGroups(address);
  if (run === 5 && address.w2 === 0xffff) return `::ffff:${formatDottedQuad(address.w3)}`;
  return formatAroundRun(address, run >>> 4, run & 15);
}

export function formatPrefixWords(prefix: FamilyWords & { readonly length: number }): string {
  if (prefix.family === 4) return formatIpv4Prefix(prefix.w3, prefix.length);
  return formatWords(prefix) + (LENGTHS[prefix.length] as string);
}

export function formatRangeWords(range: { readonly first: FamilyWords; readonly last: FamilyWords }): string {
  return `${formatWords(range.first)}-${formatWords(range.last)}`;
}

function zeroGroups({ w0, w1, w2, w3 }: FamilyWords): number {
  return (
    (w0 >>> 16 ? 0 : 128) |
    (w0 & 0xffff ? 0 : 64) |
    (w1 >>> 16 ? 0 : 32) |
    (w1 & 0xffff ? 0 : 16) |
    (w2 >>> 16 ? 0 : 8) |
    (w2 & 0xffff ? 0 : 4) |
    (w3 >>> 16 ? 0 : 2) |
    (w3 & 0xffff ? 0 : 1)
  );
}

function formatAllGroups({ w0, w1, w2, w3 }: FamilyWords): string {
  return (
    hex(w0 >>> 16) +
    colonHex(w0 & 0xffff) +
    colonHex(w1 >>> 16) +
    colonHex(w1 & 0xffff) +
    colonHex(w2 >>> 16) +
    colonHex(w2 & 0xffff) +
    colonHex(w3 >>> 16) +
    colonHex(w3 & 0xffff)
  );
}

function formatAroundRun(address: FamilyWords, first: number, length: number): string {
  let text = "";
  if (first > 0) {
    text = hex(address.w0 >>> 16);
    for (let index = 1; index < first; index++) text += colonHex(groupAt(address, index));
  }
  if (first + length === 8) return `${text}::`;
  text += ":";
  for (let index = first + length; index < 8; index++) text += colonHex(groupAt(address, index));
  return text;
}

function groupAt(address: FamilyWords, index: number): number {
  const word = index < 4 ? (index < 2 ? address.w0 : address.w1) : index < 6 ? address.w2 : address.w3;
  return index & 1 ? word & 0xffff : word >>> 16;
}

function hex(group: number): string {
  return group < 256 ? (HEX[group] as string) : (HEX[group >>> 8] as string) + (PADDED_HEX[group & 255] as string);
}

function colonHex(group: number): string {
  return group < 256
    ? (COLON_HEX[group] as string)
    : (COLON_HEX[group >>> 8] as string) + (PADDED_HEX[group & 255] as string);
}
