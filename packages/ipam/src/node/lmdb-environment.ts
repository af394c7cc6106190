import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { IpamError } from "../errors.js";

/** The database of a store and what may be done around it. */
export interface LmdbEnvironment {
  readonly path: string;
  readonly db: Database<Buffer, Buffer>;
  /** Awaited after a commit, until what was committed is on disk; absent where a commit resolves no earlier. */
  readonly flush?: () => Promise<void>;
  /** Called inside a write transaction, before it dirties at most so many pages. */
  prepare(pageCount: number): void;
  close(): Promise<void>;
}

/** The name of the database inside its environment. */
export const DATABASE_NAME = "netmason-ipam";

const DATABASE_OPTIONS = { keyEncoding: "binary", encoding: "binary", cache: false } as const;
/** Says that the data file was complete once: without it, a file of no bytes would pass for a new store. */
const MARKER_NAME = "netmason-ipam.json";
const MAX_READERS = 1_024;
const GROWTH_BYTES = 0x100000;

/**
 * Opens a folder. Transactions are synced inside their commit (`overlappingSync` off), so nobody ever reads what a crash
 * of the machine could take back.
 */
export function openFolder(path: string, mapSizeBytes: number): LmdbEnvironment {
  const file = join(path, "data.mdb");
  const isComplete = existsSync(join(path, MARKER_NAME));
  if (isComplete && (!existsSync(file) || statSync(file).size === 0)) {
    throw damaged(path, `${file} is ${existsSync(file) ? "empty" : "gone"}`);
  }
  mkdirSync(path, { recursive: true });
  const root = openRoot(path, mapSizeBytes);
  try {
    // Before anything but the head of the file is read: a page behind the end of the file would kill the process.
    checkLength(root, path, file);
    const db = root.openDB<Buffer, Buffer>(DATABASE_NAME, DATABASE_OPTIONS);
    const descriptor = openSync(file, "r+");
    if (!isComplete) writeMarker(path);
    return {
      path,
      db,
      prepare: (pageCount) => growFile(descriptor, root, pageCount),
      close: async () => {
        closeSync(descriptor);
        await root.close();
      },
    };
  } catch (error) {
    void root.close();
    throw error;
  }
}

/** Takes an environment that the caller opened, and leaves it open. */
export function useEnvironment(root: RootDatabase, name: string): LmdbEnvironment {
  if (Reflect.get(root, "noSync") === true || Reflect.get(root, "readOnly") === true) {
    throw new TypeError("environment: it must be opened for writing and without noSync");
  }
  const db = root.openDB<Buffer, Buffer>(name, DATABASE_OPTIONS);
  const environment = { path: String(Reflect.get(root, "path")), db, prepare: () => {}, close: async () => {} };
  if (Reflect.get(root, "overlappingSync") === false) return environment;
  // `db.flushed` forgets a flush when another write is queued; a sync of one's own says exactly what is on disk.
  const sync = (done: (error?: unknown) => void): void => Reflect.apply(Reflect.get(root, "sync"), root, [done]);
  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      sync((error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  return { ...environment, flush };
}

function openRoot(path: string, mapSize: number): RootDatabase {
  const options = {
    ...DATABASE_OPTIONS,
    path,
    noSubdir: false,
    maxReaders: MAX_READERS,
    mapSize,
    overlappingSync: false,
  };
  try {
    return open(options);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (/MDB_INVALID|MDB_VERSION_MISMATCH|MDB_CORRUPTED|MDB_PAGE_NOTFOUND/.test(text)) throw damaged(path, text, cause);
    throw new IpamError("store_unavailable", `opening ${path} failed: ${text}`, {}, { cause });
  }
}

/** A file that ends before its last page was cut: every writer makes room before it writes (`growFile`). */
function checkLength(root: RootDatabase, path: string, file: string): void {
  const needed = lengthOf(root, 0);
  const { size } = statSync(file);
  if (size < needed) throw damaged(path, `${file} has ${size} bytes of ${needed}`);
}

/**
 * Makes the file longer than the transaction can need, in steps. LMDB itself lets a file end before pages that it took
 * and gave back; with room made first, an end before the last page can only mean that something is missing. Only the
 * holder of the write lock makes room, so no other process writes there meanwhile.
 */
function growFile(descriptor: number, root: RootDatabase, pageCount: number): void {
  const needed = lengthOf(root, pageCount);
  if (fstatSync(descriptor).size >= needed) return;
  ftruncateSync(descriptor, Math.ceil(needed / GROWTH_BYTES + 1) * GROWTH_BYTES);
}

function lengthOf(root: RootDatabase, pagesMore: number): number {
  const stats = root.getStats();
  const lastPage = Number(Reflect.get(stats, "lastPageNumber"));
  const pageSize = Number(Reflect.get(Object(Reflect.get(stats, "root")), "pageSize"));
  return (lastPage + 1 + pagesMore) * pageSize;
}

function writeMarker(path: string): void {
  const marker = join(path, MARKER_NAME);
  const draft = `${marker}.${process.pid}`;
  writeFileSync(draft, '{"format":1}\n', { flush: true });
  renameSync(draft, marker);
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function damaged(path: string, reason: string, cause?: unknown): IpamError {
  return new IpamError("store_damaged", `the store in ${path} is damaged: ${reason}`, { path, reason }, { cause });
}
