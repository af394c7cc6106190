import type { StoreEntry, StoreRecord } from "../store-txn.js";

/**
 * How the store lies in a database of LMDB. Keys are their ASCII bytes, so LMDB's order is the store's order; no key of
 * the store starts with a byte below `!`, which leaves those to the store itself:
 *
 * - `00`: the state, as JSON.
 * - `01` and the number of a batch in 8 bytes: the mark of its writer and the keys it wrote, a line each; the latest
 *   `LOG_BATCHES` are kept.
 *
 * A record is its revision in 8 bytes, most significant first, and its JSON text in UTF-8.
 */
export const LAYOUT_FORMAT = 1;

// The buffers that lmdb reads into are longer than the value, and only their own `length` says where it ends: Node 24
// decodes to the end of the memory unless it is told. So every text below is read up to `length`.

/** Changes that a watch of another process can be behind before it starts over with a snapshot. */
export const LOG_BATCHES = 1_024;

export const STATE_KEY: Buffer = Buffer.from([0]);

/** What one transaction of LMDB leaves for the next one, of any process. */
export interface LayoutState {
  readonly format: number;
  /** The last revision given. */
  readonly revision: number;
  /** The last batch in the log. */
  readonly batch: number;
}

export const EMPTY_STATE: LayoutState = { format: LAYOUT_FORMAT, revision: 0, batch: 0 };

const REVISION_BYTES = 8;

export function encodeState(state: LayoutState): Buffer {
  return Buffer.from(JSON.stringify(state));
}

export function decodeState(bytes: Buffer | undefined): LayoutState | undefined {
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8", 0, bytes.length)) as LayoutState);
}

export function logKey(batch: number): Buffer {
  const key = Buffer.alloc(9);
  key[0] = 1;
  writeNumber(key, 1, batch);
  return key;
}

export function encodeLog(mark: string, keys: Iterable<string>): Buffer {
  return Buffer.from([mark, ...keys].join("\n"), "latin1");
}

export function decodeLog(bytes: Buffer): { readonly mark: string; readonly keys: readonly string[] } {
  const [mark = "", ...keys] = bytes.toString("latin1", 0, bytes.length).split("\n");
  return { mark, keys };
}

export function encodeKey(key: string): Buffer {
  return Buffer.from(key, "latin1");
}

export function decodeKey(bytes: Buffer): string {
  return bytes.toString("latin1", 0, bytes.length);
}

/** Bounds of a range need not be keys: any text orders by its UTF-8 bytes. */
export function encodeBound(bound: string): Buffer {
  return Buffer.from(bound, "utf8");
}

/** The bytes of a record, with room for the revision that `setRevision` writes. */
export function encodeRecord(value: StoreRecord): Buffer {
  const text = JSON.stringify(value);
  const bytes = Buffer.allocUnsafe(REVISION_BYTES + Buffer.byteLength(text));
  bytes.write(text, REVISION_BYTES);
  return bytes;
}

/** Bytes of the JSON text alone. */
export function textBytes(bytes: Buffer): number {
  return bytes.length - REVISION_BYTES;
}

export function setRevision(bytes: Buffer, revision: number): void {
  writeNumber(bytes, 0, revision);
}

export function revisionOf(bytes: Buffer): string {
  return String(bytes.readUInt32BE(0) * 0x100000000 + bytes.readUInt32BE(4));
}

export function decodeEntry(key: string, bytes: Buffer): StoreEntry {
  const value = JSON.parse(bytes.toString("utf8", REVISION_BYTES, bytes.length)) as StoreRecord;
  return { key, revision: revisionOf(bytes), value };
}

function writeNumber(bytes: Buffer, offset: number, value: number): void {
  bytes.writeUInt32BE(Math.floor(value / 0x100000000), offset);
  bytes.writeUInt32BE(value >>> 0, offset + 4);
}
