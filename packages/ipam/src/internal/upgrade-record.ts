import type { StoreRecord } from "../store-txn.js";
import { FORMAT } from "./records.js";

/** From each layout to the next one, by the first letter of the key. */
const STEPS: readonly ((root: string, record: StoreRecord) => StoreRecord)[] = [
  // Layout 0, before the first release: blocks knew neither where they had handed out last nor which write they were of.
  (root, record) => (root === "b" ? { cursor: 0, w: "", ...record, v: 1 } : { ...record, v: 1 }),
];

/** A record in the layout of this version; the very record if it is in it already. */
export function upgradeRecord(key: string, record: StoreRecord): StoreRecord {
  let upgraded = record;
  while (upgraded.v < FORMAT) {
    const step = STEPS[upgraded.v];
    if (step === undefined) return upgraded;
    upgraded = step(key.charAt(0), upgraded);
  }
  return upgraded;
}
