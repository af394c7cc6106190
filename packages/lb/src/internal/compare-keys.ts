const SURROGATES = 0xd800;

/**
 * Compares two texts as their UTF-8 bytes. UTF-16 has the same order but for surrogates, which stand for code points
 * above all others and have smaller units than U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  const isSurrogate = (unit & 0xf800) === SURROGATES;
  return isSurrogate ? unit + 0x10000 : unit;
}
