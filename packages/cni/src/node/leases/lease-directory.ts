import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type Address, tryParseAddress, unmapAddress } from "@netmason/net";
import type { AttachmentId } from "../../attachment-id.js";

/**
 * The files of one network, as the reference plugin keeps them: one file an address, named by it, holding container id and
 * interface name; `last_reserved_ip.N` for range set N. Whoever changes them holds the lock of the directory.
 */
export interface LeaseDirectory {
  readonly dir: string;
  /** Takes an address; `false` when it is taken. */
  reserve(address: Address, owner: AttachmentId, set: number): boolean;
  /** Where the search of this set goes on; `undefined` when there is no such address. */
  lastReserved(set: number): Address | undefined;
  /** Addresses of this container and interface, or of the bare container as old versions wrote it. */
  listOf(owner: AttachmentId): readonly Address[];
  /** Whether any file, of whatever name, is of this owner. */
  has(owner: AttachmentId): boolean;
  /** Frees what is of this owner; only if there is nothing, what is of the bare container. */
  release(owner: AttachmentId): void;
  /** Frees every address whose owner is not among the valid. */
  collect(valid: readonly AttachmentId[]): void;
  /** All addresses that have a file. */
  list(): readonly Address[];
}

const LINE_BREAK = "\r\n";
const LAST_RESERVED = "last_reserved_ip.";

/** Makes the directory. `reclaimEmptyFiles`: a file without content, which a crash has left, counts as free. */
export function openLeaseDirectory(dataDir: string, network: string, reclaimEmptyFiles: boolean): LeaseDirectory {
  const dir = join(dataDir, network);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  const findByContent = (content: string): readonly string[] =>
    listFiles(dir).filter((file) => readContent(file) === content);
  const findOwned = (owner: AttachmentId): readonly string[] => {
    const own = findByContent(contentOf(owner));
    return own.length > 0 ? own : findByContent(owner.containerId);
  };
  return {
    dir,
    reserve(address, owner, set) {
      const file = join(dir, String(address));
      if (!createFile(file, contentOf(owner), reclaimEmptyFiles)) return false;
      writeFileSync(join(dir, LAST_RESERVED + set), String(address), { mode: 0o600 });
      return true;
    },
    lastReserved(set) {
      const text = readText(join(dir, LAST_RESERVED + set));
      const address = text === undefined ? undefined : tryParseAddress(text);
      return address === undefined ? undefined : unmapAddress(address);
    },
    listOf(owner) {
      const contents = [contentOf(owner), owner.containerId];
      return listFiles(dir)
        .filter((file) => contents.includes(readContent(file) ?? ""))
        .flatMap(addressOf);
    },
    has: (owner) => findOwned(owner).length > 0,
    release(owner) {
      for (const file of findOwned(owner)) remove(file);
    },
    collect(valid) {
      const kept = new Set(valid.flatMap((owner) => [contentOf(owner), owner.containerId]));
      for (const file of listFiles(dir)) {
        if (addressOf(file).length > 0 && !kept.has(readContent(file) ?? "")) remove(file);
      }
    },
    list: () => listFiles(dir).flatMap(addressOf),
  };
}

function contentOf({ containerId, ifname }: AttachmentId): string {
  return containerId + LINE_BREAK + ifname;
}

/** Files at every depth, ordered by name. */
function listFiles(dir: string): readonly string[] {
  const found: string[] = [];
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = join(dir, entry.name);
    if (entry.isDirectory()) found.push(...listFiles(file));
    else found.push(file);
  }
  return found;
}

function addressOf(file: string): readonly Address[] {
  const address = tryParseAddress(file.slice(file.lastIndexOf("/") + 1));
  return address === undefined ? [] : [address];
}

function readContent(file: string): string | undefined {
  return readText(file)?.trim();
}

/** What cannot be read is passed over, as the reference does. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    // Releasing frees as much as it can; the rest is found again.
    if (!isSystemError(error)) throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function createFile(file: string, content: string, reclaimEmptyFiles: boolean): boolean {
  let fd: number;
  try {
    fd = openSync(file, "wx", 0o600);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "EEXIST") throw error;
    if (!reclaimEmptyFiles || !isEmpty(file)) return false;
    unlinkSync(file);
    return createFile(file, content, false);
  }
  try {
    writeSync(fd, content);
  } catch (error) {
    remove(file);
    throw error;
  } finally {
    closeSync(fd);
  }
  return true;
}

function isEmpty(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === 0;
}
