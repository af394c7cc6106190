/** The unsigned 64-bit value of two words modulo `divisor` (1 to 2³²), exact. */
export function remainder64(hi: number, lo: number, divisor: number): number {
  const high = (hi >>> 0) % divisor;
  if (divisor <= 0x4000000) {
    // Below 2²⁶ the product of two remainders stays under 2⁵², where no quotient is rounded up to the next whole number.
    const sum = high * (0x100000000 % divisor) + ((lo >>> 0) % divisor);
    return (sum - Math.floor(sum / divisor) * divisor) | 0;
  }
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
