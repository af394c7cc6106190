import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statfsSync,
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
  /**
   * Called before anything is read or written: throws `store_damaged` when the data file has become shorter, or is gone.
   * A page behind the end of the file would kill the process (SIGBUS).
   */
  check(): void;
  /** Called inside a write transaction, before it dirties at most so many pages. */
  prepare(pageCount: number): void;
  /** Whether the disk has no room left. */
  isFull(): boolean;
  close(): Promise<void>;
}

/** The name of the database inside its environment. */
export const DATABASE_NAME = "netmason-ipam";

const DATABASE_OPTIONS = { keyEncoding: "binary", encoding: "binary", cache: false } as const;
/** Says that the data file was complete once: without it, a file of no bytes would pass for a new store. */
const MARKER_NAME = "netmason-ipam.json";
const MAX_READERS = 1_024;
/** Each of the first two pages has a head of 24 bytes, a magic number, and 24 bytes after that the size of a page. */
const MAGIC = 0xbeefc0de;
const MAGIC_OFFSET = 24;
const PAGE_SIZE_OFFSET = 48;
const HEAD_BYTES = 52;
/** Fewer free blocks than a transaction may need. */
const FULL_BLOCKS = 64;
const GROWTH_BYTES = 0x100000;

/**
 * Opens a folder. Transactions are synced inside their commit (`overlappingSync` off), so nobody ever reads what a crash
 * of the machine could take back.
 */
export function openFolder(path: string, mapSizeBytes: number): LmdbEnvironment {
  try {
    return openFiles(path, join(path, "data.mdb"), mapSizeBytes);
  } catch (cause) {
    if (cause instanceof IpamError) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new IpamError("store_unavailable", `opening ${path} failed: ${text}`, {}, { cause });
  }
}

function openFiles(path: string, file: string, mapSize: number): LmdbEnvironment {
  const isComplete = existsSync(join(path, MARKER_NAME));
  const size = existsSync(file) ? statSync(file).size : undefined;
  if (isComplete && !size) throw damaged(path, `${file} is ${size === undefined ? "gone" : "empty"}`);
  if (size) checkHead(path, file);
  mkdirSync(path, { recursive: true });
  // Without the batches of an event turn: when one of them fails, lmdb 3.5.6 leaves a rejection that nobody can handle.
  const settings = { maxReaders: MAX_READERS, mapSize, overlappingSync: false, eventTurnBatching: false };
  const root = open({ ...DATABASE_OPTIONS, path, noSubdir: false, ...settings });
  try {
    // Before more than the head of the file is read: a page behind the end of the file would kill the process.
    checkLength(root, path, file);
    const db = root.openDB<Buffer, Buffer>(DATABASE_NAME, DATABASE_OPTIONS);
    if (!isComplete) writeMarker(path);
    const data = new DataFile(path, file, root);
    const close = async (): Promise<void> => {
      data.close();
      await root.close();
    };
    const isFull = (): boolean => statfsSync(path).bavail < FULL_BLOCKS;
    return { path, db, check: () => data.check(), prepare: (pageCount) => data.grow(pageCount), isFull, close };
  } catch (error) {
    void root.close();
    throw error;
  }
}

/** Refuses what is no data file: lmdb 3.5.6 ends the process when LMDB refuses one. */
function checkHead(path: string, file: string): void {
  const descriptor = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    for (const at of [0, 1]) {
      const position = at * head.readUInt32LE(PAGE_SIZE_OFFSET);
      const length = readSync(descriptor, head, 0, HEAD_BYTES, position);
      if (length < HEAD_BYTES || head.readUInt32LE(MAGIC_OFFSET) !== MAGIC) {
        throw damaged(path, `${file} is no data file of LMDB`);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Settings with which a commit is answered, or seen by others, before it is on disk. */
const LOSSY = ["noSync", "noMetaSync", "mapAsync", "overlappingSync"] as const;

/**
 * Takes an environment that the caller opened, and leaves it open. With `overlappingSync`, which is lmdb's default but on
 * Windows, a commit is visible to every reader before it is on disk: who reads what a handle holds could be told of an
 * address that a crash of the machine takes back.
 */
export function useEnvironment(root: RootDatabase, name: string): LmdbEnvironment {
  const lossy = LOSSY.filter((option) => Reflect.get(root, option) === true);
  if (lossy.length > 0 || Reflect.get(root, "readOnly") === true) {
    const wrong = lossy[0] ?? "readOnly";
    throw new TypeError(
      `environment: ${wrong} is true; it must be opened for writing, with overlappingSync: false and every commit synced`,
    );
  }
  const db = root.openDB<Buffer, Buffer>(name, DATABASE_OPTIONS);
  const path = String(Reflect.get(root, "path"));
  const isFull = (): boolean => statfsSync(path).bavail < FULL_BLOCKS;
  return { path, db, check: () => {}, prepare: () => {}, isFull, close: async () => {} };
}

/** A file that ends before its last page was cut: every writer makes room before it writes (`growFile`). */
function checkLength(root: RootDatabase, path: string, file: string): void {
  const needed = lengthOf(root, 0);
  const { size } = statSync(file);
  if (size < needed) throw damaged(path, `${file} has ${size} bytes of ${needed}`);
}

/** The data file while it is open. No process of this package ever makes it shorter. */
class DataFile {
  readonly #path: string;
  readonly #file: string;
  readonly #root: RootDatabase;
  readonly #descriptor: number;
  #longest = 0;

  constructor(path: string, file: string, root: RootDatabase) {
    this.#path = path;
    this.#file = file;
    this.#root = root;
    this.#descriptor = openSync(file, "r+");
  }

  /** The length, which is at least what it was the last time. */
  check(): number {
    const { size, nlink } = fstatSync(this.#descriptor);
    if (nlink === 0) throw damaged(this.#path, `${this.#file} is gone`);
    if (size < this.#longest) throw damaged(this.#path, `${this.#file} has ${size} bytes of ${this.#longest}`);
    this.#longest = size;
    return size;
  }

  /**
   * Makes the file longer than the transaction can need, in steps. LMDB itself lets a file end before pages that it took
   * and gave back; with room made first, an end before the last page can only mean that something is missing. Only the
   * holder of the write lock makes room, so no other process writes there meanwhile.
   */
  grow(pageCount: number): void {
    const size = this.check();
    const needed = lengthOf(this.#root, pageCount);
    if (size >= needed) return;
    ftruncateSync(this.#descriptor, Math.ceil(needed / GROWTH_BYTES + 1) * GROWTH_BYTES);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
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

function damaged(path: string, reason: string): IpamError {
  return new IpamError("store_damaged", `the store in ${path} is damaged: ${reason}`, { path, reason });
}
