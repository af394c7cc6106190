import type { LiveRecord } from "./records.js";

/** An entry as large as requests allow: a handle, a node and attributes in which every character is escaped. */
const LARGEST_ENTRY_BYTES = 54_000;

/** Field names, numbers and punctuation of an entry. */
const ENTRY_BYTES = 96;

/** The other fields of a block; each ordinal may be in the queue. */
const BLOCK_BYTES = 1_024;
const QUEUED_BYTES = 48;

/** Escaped, a code unit is at most six bytes. */
const WORST_BYTES = 6;

const known = new WeakMap<LiveRecord, number>();

/** Whether the record of a block of `size` addresses might be larger than `limit` with one more entry. */
export function mayOutgrow(live: readonly LiveRecord[], size: number, limit: number): boolean {
  const room = limit - BLOCK_BYTES - size * QUEUED_BYTES - LARGEST_ENTRY_BYTES;
  let rough = 0;
  for (const entry of live) rough += entry.a === undefined ? roughBytes(entry) : exactBytes(entry);
  if (rough <= room) return false;
  let exact = 0;
  for (const entry of live) exact += exactBytes(entry);
  return exact > room;
}

function roughBytes({ h, s, n }: LiveRecord): number {
  return ENTRY_BYTES + WORST_BYTES * (h.length + s.length + (n === undefined ? 0 : n.length));
}

/** The bytes of an entry as JSON; entries never change, so each is measured once. */
function exactBytes(entry: LiveRecord): number {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const text = JSON.stringify(entry);
  // Beyond ASCII a code unit is at most three bytes.
  const bytes = 1 + (/^[ -~]*$/.test(text) ? text.length : 3 * text.length);
  known.set(entry, bytes);
  return bytes;
}
