import type { Family } from "../address.js";

/** IPv4 values sit in the last of four words, so their bits begin at 96. */
export function firstBit(family: Family): 0 | 96 {
  return family === 4 ? 96 : 0;
}

/** The longest prefix length of a family. */
export function familyBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Refuses a length that no prefix of the family, or none inside `least` bits, can have. */
export function requireLength(length: number, family: Family, least = 0): void {
  const most = familyBits(family);
  if (Number.isInteger(length) && length >= least && length <= most) return;
  throw new RangeError(`length: expected an integer from ${least} to ${most} for IPv${family}, got ${length}`);
}
