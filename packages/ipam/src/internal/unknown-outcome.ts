import { IpamError, isIpamError } from "../errors.js";
import type { StoreEntry, StoreRecord, StoreTxn } from "../store-txn.js";
import type { Engine } from "./engine.js";
import type { LiveRecord } from "./records.js";

/** What a transaction came to. `conflict`: these keys had changed; the caches know what they are now. */
export type Outcome =
  /** The revision of everything put, if the store told it. */
  | { readonly kind: "committed"; readonly revision: string | undefined }
  | {
      readonly kind: "conflict";
      readonly keys: readonly string[];
      /**
       * Its answer was lost: it may have been applied and written over since, or be under way still, and arrive before
       * the next write.
       */
      readonly isUncertain: boolean;
    };

/**
 * Finds out what became of a transaction whose outcome the store did not tell, by the name of the write in the records it
 * put. Found unapplied, it cannot be applied after the next write, which compares the same revisions. Rethrows any other
 * error, and the unknown outcome itself when the store cannot be read.
 */
export async function settleUnknown(
  engine: Engine,
  error: unknown,
  { compares, ops }: StoreTxn,
  writer: string,
): Promise<Outcome> {
  const marked = ops.filter((op) => op.kind === "put" && isMarked(op.value, writer)).map(({ key }) => key);
  const keys = marked.length > 0 ? marked : [compares[1]?.key ?? engine.keys.gen];
  engine.noteUnknown(error, keys[0] as string, 1);
  const entries = await readAgain(engine, keys, error);
  for (const op of ops) if (op.key.startsWith("h/")) engine.cache.putHandle(op.key, undefined);
  for (const [index, key] of keys.entries()) if (key.startsWith("b/")) engine.learnBlock(key, entries[index]);
  if (entries.some((entry) => entry !== undefined && bearsMark(entry, writer)))
    return { kind: "committed", revision: undefined };
  return { kind: "conflict", keys: [], isUncertain: true };
}

/**
 * What a call fails with that sent a write whose answer was lost, and that then could not go on: the error that says that
 * nothing was done would not be true.
 */
export function uncertainError(error: unknown, key: string, handle?: string): unknown {
  if (!isIpamError(error, "store_unavailable") && !isIpamError(error, "contention")) return error;
  const text = `${key} may have been written: its answer was lost, and then ${error.message}`;
  const details = { key, ...(handle !== undefined && { handle }) };
  return new IpamError("store_outcome_unknown", text, details, { cause: error });
}

/** Whether a write names itself in a record it puts: as the writer, or as the sequence of what it allocates. */
function isMarked(value: StoreRecord, writer: string): boolean {
  return value.w === writer || value.sequence === writer;
}

/** Whether a write made a record, or allocated something in it that later writers kept. */
function bearsMark({ value }: StoreEntry, writer: string): boolean {
  if (isMarked(value, writer)) return true;
  return Array.isArray(value.live) && (value.live as readonly LiveRecord[]).some(({ s }) => s === writer);
}

async function readAgain(
  engine: Engine,
  keys: readonly string[],
  unknown: unknown,
): Promise<readonly (StoreEntry | undefined)[]> {
  for (let lost = 1; ; lost += 1) {
    try {
      return await engine.get(keys);
    } catch {
      // The store is still out of reach: what the caller has to know is that the outcome is unknown.
      if (lost > engine.retryCount) throw unknown;
    }
    await engine.backOff(keys[0] as string, lost);
  }
}
