import { mkdir, readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { AttachmentId } from "../attachment-id.js";
import { CniError, isCniError } from "../errors.js";
import { assertNoFault, findContainerIdFault, findIfnameFault, findNetworkNameFault } from "../internal/name-faults.js";
import { parseResult } from "../result-text.js";
import type { AttachmentCache, CachedAttachment } from "./attachment-cache.js";
import { formatCacheDocument, parseCacheDocument } from "./cache-document.js";
import { type CniWarning, createEmit } from "./cni-event.js";
import type { CallOptions } from "./exec.js";
import { replaceFile } from "./replace-file.js";

/** Options of `createFileCache`. */
export interface FileCacheOptions {
  /** Files go to `results/` in it, as libcni has it in `/var/lib/cni`. Made when first written to. */
  readonly dir: string;
  /** Told of each file that cannot be read: what `createCni` takes fits here too. What it throws changes nothing. */
  readonly onEvent?: (event: CniWarning) => void;
}

/**
 * Keeps attachments in libcni's files, which either can read. A file is complete or absent: an empty one, such as a crash
 * of another program leaves, counts as absent and a warning tells of it. The file's name is the three names joined with `-`, so
 * that network `a-b` with container `c` and network `a` with container `b-c` share one: `put` and `get` refuse a file that
 * holds another attachment, and `delete` leaves it.
 *
 * @category Caches
 */
export function createFileCache({ dir, onEvent }: FileCacheOptions): AttachmentCache {
  const emit = createEmit(onEvent);
  const folder = join(dir, "results");
  const fileOf = (network: string, { containerId, ifname }: AttachmentId): string => {
    assertNoFault(findNetworkNameFault(network));
    assertNoFault(findContainerIdFault(containerId));
    assertNoFault(findIfnameFault(ifname));
    return join(folder, `${network}-${containerId}-${ifname}`);
  };
  const skip = (file: string, error: unknown): undefined => {
    if (!isCniError(error) && !isSystemError(error)) throw error;
    const message = `cached attachment: ${error.message}`;
    emit({ kind: "warning", issue: { path: "", rule: "syntax", severity: "warning", message, file } });
    return undefined;
  };
  return {
    async put(entry, options = {}) {
      options.signal?.throwIfAborted();
      const file = fileOf(entry.network.name, entry.attachment);
      const there = await readEntry(file, undefined).catch((error) => skip(file, error));
      if (there !== undefined && !isOf(there, entry.network.name, entry.attachment)) throw clash(file, there);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        // Outside of the folder, where another program would take it for an attachment.
        await replaceFile(file, join(dir, ".results.tmp"), { text: formatCacheDocument(entry), mode: 0o600 });
      } catch (cause) {
        throw new CniError("cache_failure", `cannot write ${file}: ${String(cause)}`, {}, { cause });
      }
    },
    async get(network, id, options = {}) {
      options.signal?.throwIfAborted();
      const file = fileOf(network, id);
      try {
        const entry = await readEntry(file, { network, id });
        if (entry !== undefined && !isOf(entry, network, id)) throw clash(file, entry);
        return entry;
      } catch (error) {
        if (isCniError(error, "unsupported_version") || isCniError(error, "cache_failure")) throw error;
        return skip(file, error);
      }
    },
    async delete(network, id, options = {}) {
      options.signal?.throwIfAborted();
      const file = fileOf(network, id);
      const there = await readEntry(file, undefined).catch(() => undefined);
      // Unreadable ones go too; another attachment's does not.
      if (there !== undefined && !isOf(there, network, id)) return;
      await unlink(file).catch((cause) => {
        if (isAbsence(cause)) return;
        throw new CniError("cache_failure", `cannot delete ${file}: ${String(cause)}`, {}, { cause });
      });
    },
    list: (options = {}) => listEntries(folder, skip, options),
  };
}

async function listEntries(
  folder: string,
  skip: (file: string, error: unknown) => undefined,
  { signal }: CallOptions,
): Promise<readonly CachedAttachment[]> {
  signal?.throwIfAborted();
  const names = await readdir(folder).catch((cause) => {
    if (isAbsence(cause)) return [];
    throw new CniError("cache_failure", `cannot read ${folder}: ${String(cause)}`, {}, { cause });
  });
  const entries: CachedAttachment[] = [];
  for (const name of names.sort()) {
    signal?.throwIfAborted();
    const file = join(folder, name);
    const entry = await readEntry(file, undefined).catch((error) => skip(file, error));
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The key is what a bare result is filed under; without a key it is passed over. */
async function readEntry(
  file: string,
  key: { readonly network: string; readonly id: AttachmentId } | undefined,
): Promise<CachedAttachment | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  const document = parseCacheDocument(text);
  if (document.kind === "entry") return document.entry;
  if (key === undefined) return undefined;
  const { containerId, ifname } = key.id;
  const result = parseResult(document.result);
  return { network: { name: key.network }, attachment: { containerId, ifname }, result };
}

function isOf({ network, attachment }: CachedAttachment, name: string, { containerId, ifname }: AttachmentId): boolean {
  return network.name === name && attachment.containerId === containerId && attachment.ifname === ifname;
}

function clash(file: string, { network, attachment }: CachedAttachment): CniError {
  const { containerId, ifname } = attachment;
  const owner = `network ${network.name}, container ${containerId}, interface ${ifname}`;
  return new CniError("cache_failure", `${file} already holds ${owner}: the names joined with "-" are the same`);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function isAbsence(error: unknown): boolean {
  return isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
