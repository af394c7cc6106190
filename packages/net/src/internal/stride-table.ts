import type { Prefix } from "../prefix.js";

const BLOCK = 256;

/** Below this many prefixes a root of 65,536 slots would be most of the table. */
const FEW = 64;

/**
 * Longest-prefix match for IPv4 by tables: the root is indexed by the first 16 bits of an address (8 when there are few
 * prefixes), blocks of 256 slots by 8 bits more each. Every slot has its answer pushed down to it, so a lookup reads one
 * slot a level and compares nothing.
 *
 * A slot holds a number >= 0, which is the answer, or ~(index of the first slot of a block).
 */
export interface StrideTable {
  readonly rootShift: number;
  readonly slots: Int32Array;
}

/** Builds from prefixes in `comparePrefixes` order; prefix `i` answers `i + 1`, and 0 means no match. */
export function createStrideTable(prefixes: readonly Prefix[]): StrideTable {
  const rootBits = prefixes.length < FEW ? 8 : 16;
  const slots = new Int32Array((1 << rootBits) + countBlocks(prefixes, rootBits) * BLOCK);
  let used = 1 << rootBits;
  for (const [index, { w3, length }] of prefixes.entries()) {
    let level = 0;
    let bits = rootBits;
    while (length > bits) {
      const slot = level + slotAt(w3, bits, level === 0 ? rootBits : 8);
      const held = slots[slot] as number;
      if (held >= 0) {
        slots.fill(held, used, used + BLOCK);
        slots[slot] = ~used;
        level = used;
        used += BLOCK;
      } else {
        level = ~held;
      }
      bits += 8;
    }
    // An outer prefix comes before those inside it, so what is overwritten here is always an outer one's answer.
    const first = level + slotAt(w3, bits, level === 0 ? rootBits : 8);
    slots.fill(index + 1, first, first + (1 << (bits - length)));
  }
  return { rootShift: 32 - rootBits, slots };
}

/** The last `width` of the first `bits` bits. */
function slotAt(word: number, bits: number, width: number): number {
  return (word >>> (32 - bits)) & ((1 << width) - 1);
}

/** In order, the prefixes that share a block follow each other. */
function countBlocks(prefixes: readonly Prefix[], rootBits: number): number {
  let count = 0;
  for (let bits = rootBits; bits < 32; bits += 8) {
    let last = -1;
    for (const { w3, length } of prefixes) {
      const block = w3 >>> (32 - bits);
      if (length <= bits || block === last) continue;
      last = block;
      count++;
    }
  }
  return count;
}

/** The answer for an address. */
export function lookupStride({ rootShift, slots }: StrideTable, w3: number): number {
  let shift = rootShift;
  let slot = slots[w3 >>> shift] as number;
  while (slot < 0) {
    shift -= 8;
    slot = slots[~slot + ((w3 >>> shift) & 255)] as number;
  }
  return slot;
}
