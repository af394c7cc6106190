// A slow and obvious reading and writing of addresses, on its own so that it can judge every contender.

export type Family = 4 | 6;

export function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** The value of an address as hexadecimal digits, the form in which contenders are compared. */
export function hexOf(family: Family, value: bigint): string {
  return value.toString(16).padStart(widthOf(family) / 4, "0");
}

/** Value of a dotted quad, or of colon-separated groups with at most one `::`. The text must be valid. */
export function numberOf(text: string): bigint {
  if (!text.includes(":")) return text.split(".").reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Canonical text; IPv6 by RFC 5952 without the mixed notation, which no input of the bench has. */
export function textOf(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return compress(groups);
}

/** Hides the longest run of two zero groups or more, the first of equals. */
function compress(groups: readonly string[]): string {
  let best = { first: 0, length: 1 };
  for (let first = 0; first < 8; first++) {
    let length = 0;
    while (groups[first + length] === "0") length++;
    if (length > best.length) best = { first, length };
  }
  if (best.length === 1) return groups.join(":");
  return `${groups.slice(0, best.first).join(":")}::${groups.slice(best.first + best.length).join(":")}`;
}

/** The value with all bits after the first `length` zero. */
export function maskValue(family: Family, value: bigint, length: number): bigint {
  const hostBits = BigInt(widthOf(family) - length);
  return (value >> hostBits) << hostBits;
}

export function prefixText(family: Family, value: bigint, length: number): string {
  return `${textOf(family, maskValue(family, value, length))}/${length}`;
}
