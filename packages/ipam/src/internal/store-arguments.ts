import type { StoreLimits } from "../store.js";
import type { StoreCompare, StoreTxn } from "../store-txn.js";

const KEY = /^[!-~]+$/;

/** @throws RangeError for a key that is empty, too long or not printable ASCII */
export function checkKey(key: string, limits: StoreLimits): void {
  if (key.length > limits.keyBytes) {
    throw new RangeError(`key: ${key.length} bytes are more than the limit of ${limits.keyBytes}: ${quote(key)}`);
  }
  if (!KEY.test(key)) throw new RangeError(`key: not 1 or more printable ASCII characters: ${quote(key)}`);
}

/** Checks what a transaction may look like; its keys are checked by `checkKey`, one by one. */
export function checkTxn({ compares, ops }: StoreTxn, limits: StoreLimits): void {
  checkCount("compares", compares, limits.txnKeyCount);
  checkCount("ops", ops, limits.txnKeyCount);
  if (limits.txnKeyCount > 1 || compares.length === 0 || ops.length === 0) return;
  if (compares[0]?.key !== ops[0]?.key) {
    throw new RangeError("txn: a single-key store compares and writes the same key");
  }
}

/** @throws RangeError for a limit that is no count */
export function checkLimit(limit: number | undefined): number {
  if (limit === undefined) return Number.MAX_SAFE_INTEGER;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit: ${limit} is no count of 1 or more`);
  return limit;
}

function checkCount(name: string, list: readonly Pick<StoreCompare, "key">[], limit: number): void {
  if (list.length > limit) throw new RangeError(`${name}: ${list.length} are more than the limit of ${limit}`);
  if (list.length < 2) return;
  if (list.length > 8) {
    if (new Set(list.map(({ key }) => key)).size < list.length) throw new TypeError(`${name}: a key is in it twice`);
    return;
  }
  for (let i = 1; i < list.length; i++) {
    for (let j = 0; j < i; j++) {
      if (list[i]?.key === list[j]?.key) throw new TypeError(`${name}: ${quote(list[i]?.key ?? "")} is in it twice`);
    }
  }
}

function quote(key: string): string {
  return JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
}
