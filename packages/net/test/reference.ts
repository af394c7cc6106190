// Slow, obvious versions of what the package does, in BigInt and strings: what tests compare with.
import { isIP } from "node:net";
import { type Address, addToAddress, type Family, parseAddress } from "@netmason/net";

export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

export interface ReferenceAddress {
  readonly family: Family;
  readonly value: bigint;
}

/** What `net.isIP` accepts without a zone id, and its value. */
export function parseSlowly(text: string): ReferenceAddress | undefined {
  const family = text.includes("%") ? 0 : isIP(text);
  if (family === 4) return { family, value: dottedQuadValue(text) };
  if (family === 6) return { family, value: ipv6Value(text) };
  return undefined;
}

function dottedQuadValue(text: string): bigint {
  return text.split(".").reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function ipv6Value(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<bigint>(missing).fill(0n), ...after].reduce((value, group) => value * 65536n + group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const quad = dottedQuadValue(group);
    return [quad >> 16n, quad & 0xffffn];
  });
}

/** RFC 5952 by its steps; IPv4-mapped addresses in mixed notation. */
export function formatSlowly({ family, value }: ReferenceAddress): string {
  if (family === 4) return dottedQuad(value);
  if (value >> 32n === 0xffffn) return `::ffff:${dottedQuad(value & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  for (let length = 8; length >= 2; length--) {
    for (let first = 0; first + length <= 8; first++) {
      const zeros = groups.slice(first, first + length).every((group) => group === "0");
      if (zeros) return `${groups.slice(0, first).join(":")}::${groups.slice(first + length).join(":")}`;
    }
  }
  return groups.join(":");
}

function dottedQuad(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
}

/** The unsigned value of an address, read from its text. */
export function numberOf(address: Address): bigint {
  const parsed = parseSlowly(String(address));
  if (parsed === undefined) throw new TypeError(`address: ${address} is no address text`);
  return parsed.value;
}

export function addressOfValue(family: Family, value: bigint): Address {
  return addToAddress(parseAddress(family === 4 ? "0.0.0.0" : "::"), value);
}
