import { hashKernel, hashMurmur2, hashXxh64, writeText } from "./hash-bytes.js";
import type { HashKernel } from "./hash-kernel.js";

/** Positions and owners, by entry. */
export interface RingEntries {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly owners: Uint32Array;
}

const MURMUR2_SEED = 0xc70f6907;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const NINE = 0x39;
const MOST_DIGITS = 8;

/** Hashes `key_0`, `key_1`, … of each member, as many as it has entries; in that order, not sorted. */
export function hashRingKeys(
  keys: readonly string[],
  members: Int32Array,
  counts: Int32Array,
  hash: "xxh64" | "murmur2",
): RingEntries {
  const size = counts.reduce((sum, count) => sum + count, 0);
  const entries = { hi: new Uint32Array(size), lo: new Uint32Array(size), owners: new Uint32Array(size) };
  let from = 0;
  for (const [i, member] of members.entries()) {
    const count = counts[i] as number;
    hashNumbered(keys[member] as string, hash, entries, from, count);
    entries.owners.fill(member, from, from + count);
    from += count;
  }
  return entries;
}

function hashNumbered(
  key: string,
  hash: "xxh64" | "murmur2",
  { hi, lo }: RingEntries,
  from: number,
  count: number,
): void {
  const kernel = hashKernel();
  const written = writeText(kernel, key);
  if (written < 0 || written + 1 + MOST_DIGITS > kernel.input.length) {
    hashLongNumbered(key, hash, { hi, lo }, from, count);
    return;
  }
  kernel.input[written] = UNDERSCORE;
  const digits = written + 1;
  kernel.input[digits] = ZERO;
  let end = digits + 1;
  for (let at = from; at < from + count; at++) {
    if (hash === "xxh64") kernel.xxh64(end, 0, 0);
    else kernel.murmur2(end, 0, MURMUR2_SEED);
    hi[at] = kernel.hash[1] as number;
    lo[at] = kernel.hash[0] as number;
    end = countUp(kernel, digits, end);
  }
}

/** Adds 1 to the decimal digits from `start` to `end`; answers their new end. */
function countUp({ input }: HashKernel, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && input[at] === NINE) input[at--] = ZERO;
  if (at >= start) {
    input[at] = (input[at] as number) + 1;
    return end;
  }
  input[start] = ZERO + 1;
  input[end] = ZERO;
  return end + 1;
}

function hashLongNumbered(
  key: string,
  hash: "xxh64" | "murmur2",
  { hi, lo }: Pick<RingEntries, "hi" | "lo">,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const text = `${key}_${i}`;
    const { hash: words } = hash === "xxh64" ? hashXxh64(text, 0, 0) : hashMurmur2(text, 0, MURMUR2_SEED);
    hi[from + i] = words[1] as number;
    lo[from + i] = words[0] as number;
  }
}
