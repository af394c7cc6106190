/** The unsigned 64-bit value of two words modulo `divisor` (1 to 2³²), exact. */
export function remainder64(hi: number, lo: number, divisor: number): number {
  const upper = hi >>> 0;
  if (divisor <= 0x100000) {
    // Quotients instead of `%`, which is several times slower on doubles. Up to 2²⁰ the rest of the upper word beside the
    // lower one stays below 2⁵², and a quotient, below 2³², is not rounded up to the next whole number.
    const both = (upper - Math.floor(upper / divisor) * divisor) * 0x100000000 + (lo >>> 0);
    return (both - Math.floor(both / divisor) * divisor) | 0;
  }
  const high = upper % divisor;
  const middle = (high * 0x10000 + (lo >>> 16)) % divisor;
  return (middle * 0x10000 + (lo & 0xffff)) % divisor;
}

/** As `remainder64` for 65537, without a division: 2³² is 1 and 2¹⁶ is −1 modulo 65537. */
export function remainder65537(hi: number, lo: number): number {
  const sum = (hi + lo) | 0;
  const carry = ((hi & lo) | ((hi | lo) & ~sum)) >>> 31;
  const rest = (sum & 0xffff) - (sum >>> 16) + carry;
  return rest + ((rest >> 31) & 65_537);
}
