/** The upper 32 bits of a product of two unsigned words. */
export function upperProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16);
  const low = Math.imul(a0, b1) + (middle & 0xffff);
  return Math.imul(a1, b1) + (middle >>> 16) + (low >>> 16);
}
