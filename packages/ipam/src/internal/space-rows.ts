import type { StoreRecord } from "../store-txn.js";
import { type Keys, segment, timeDigits } from "./keys.js";
import type { PoolPolicy } from "./policy.js";
import type { BlockRecord } from "./records.js";

// Where a search for room looks. Each block with room has a row in every list whose users may take from it; a row is in
// class 0 while there is room, in class 1, by time, while all room still rests or is leased. A full block has no row, so
// no search ever sees one, however many there are. Rows are hints: the block decides.

/** The value of every row. */
export const ROW: StoreRecord = Object.freeze({ v: 1 });

/** Lists of blocks: `s` shared by all, `b` to borrow from, or one of a node. */
export const SHARED_LIST = "s";
export const BORROW_LIST = "b";

/** The list of blocks a node owns. */
export function nodeList(node: string): string {
  return `n/${segment(node)}`;
}

/** What a time in a row is of; a release may not lie in the future, the end of a lease does. */
export const RELEASE = "r";
const LEASE = "x";

/** The lists a block stands in. */
export function listsOf(policy: PoolPolicy, node: string | undefined): readonly string[] {
  const { units } = policy.pool;
  if (units.kind !== "addresses") return [];
  if (units.affinity === "shared") return [SHARED_LIST];
  const own = node === undefined ? [] : [nodeList(node)];
  return units.affinity === "strict" ? own : [...own, BORROW_LIST];
}

/** The keys of all rows a block should have. */
export function rowsOf(
  keys: Keys,
  policy: PoolPolicy,
  hex: string,
  record: Pick<BlockRecord, "at" | "ends" | "node" | "idle">,
  lists: readonly string[] = listsOf(policy, record.node),
): readonly string[] {
  const { at, ends, node, idle } = record;
  const { family } = policy.pool.prefix;
  const rows: string[] = [];
  if (at !== undefined) {
    const place = at === 0 ? hex : `${timeDigits(at)}${ends === true ? LEASE : RELEASE}/${hex}`;
    for (const list of lists) rows.push(`${keys.space(list, family, at === 0 ? 0 : 1)}${policy.segment}/${place}`);
  }
  const { units } = policy.pool;
  const owned = node !== undefined && units.kind === "addresses" && units.affinity !== "shared";
  if (owned && idle !== undefined) rows.push(`${keys.emptyOf(family)}${policy.segment}/${timeDigits(idle)}/${hex}`);
  return rows;
}
