import { createSeededRandom } from "../seeded-random.js";
import { prefixText } from "./address-text.js";

export const subtractBase = "10.0.0.0/8";
const baseValue = 10n << 24n;
const slotBits = 16;

/** Different /24 prefixes in 10.0.0.0/8, in no order. */
export function subtractedPrefixes(count: number): readonly string[] {
  const random = createSeededRandom(count);
  const texts = new Set<string>();
  while (texts.size < count) texts.add(slotPrefix(random.below(1 << slotBits), slotBits));
  return [...texts];
}

/** 10.0.0.0/8 without the prefixes, minimal and ascending: halves the /8 until a part is wholly there or wholly gone. */
export function subtractSlowly(excluded: readonly string[]): readonly string[] {
  const gone = new Set(excluded);
  const goneIn = new Uint32Array((1 << slotBits) + 1);
  for (let slot = 0; slot < 1 << slotBits; slot++) {
    goneIn[slot + 1] = (goneIn[slot] as number) + (gone.has(slotPrefix(slot, slotBits)) ? 1 : 0);
  }
  const left: string[] = [];
  const visit = (first: number, bits: number): void => {
    const size = 1 << (slotBits - bits);
    const missing = (goneIn[first + size] as number) - (goneIn[first] as number);
    if (missing === 0) left.push(slotPrefix(first, bits));
    else if (missing < size) {
      visit(first, bits + 1);
      visit(first + size / 2, bits + 1);
    }
  };
  visit(0, 0);
  return left;
}

function slotPrefix(slot: number, bits: number): string {
  return prefixText(4, baseValue | (BigInt(slot) << 8n), 8 + bits);
}
