/** The unsigned 64-bit value of two words modulo `divisor` (1 to 2³²), exact. */
export function remainder64(hi: number, lo: number, divisor: number): number {
  const high = (hi >>> 0) % divisor;
  // Below 2²⁶ the product of two remainders stays under 2⁵².
  if (divisor <= 0x4000000) return (high * (0x100000000 % divisor) + ((lo >>> 0) % divisor)) % divisor;
  const middle = (high * 0x10000 + (lo >>> 16)) % divisor;
  return (middle * 0x10000 + (lo & 0xffff)) % divisor;
}
