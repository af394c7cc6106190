import { existsSync, type FSWatcher, watch } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CniError } from "../errors.js";
import { systemSleep } from "../system.js";
import { loadNetworks, type NetworkDirectory } from "./network-directory.js";

/** Options of `watchNetworks`. */
export interface WatchNetworksOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** How long the directory must be quiet before it is read again, so that a file is not read half written. Default 100. */
  readonly settleMs?: number;
  /** Default: a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * The networks of a directory now, and again after each change that makes a difference. Files that cannot be read are
 * among the issues and end nothing; a directory that is missing is waited for; when it, a folder above it or a link on the
 * way to it is replaced or moved, what its path leads to then is followed. Ends with `signal` or `break`.
 *
 * @throws CniError `io_failure` when the directory cannot be read or watched
 * @category Directories
 */
export async function* watchNetworks(dir: string, options: WatchNetworksOptions): AsyncGenerator<NetworkDirectory> {
  const { signal, settleMs = 100, sleep = systemSleep } = options;
  const changes = watchTree(dir);
  try {
    let last: string | undefined;
    while (!signal.aborted) {
      changes.forget();
      await changes.follow();
      const directory = await loadNetworks(dir, { signal });
      const text = JSON.stringify(directory);
      if (text !== last) {
        last = text;
        yield directory;
      }
      await changes.next(signal);
      while (changes.pending() && !signal.aborted) {
        changes.forget();
        await sleep(settleMs, signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    changes.close();
  }
}

interface Changes extends Omit<Bell, "ring"> {
  /** Watches what is there now: the directory, those in it and those above it. */
  follow(): Promise<void>;
  close(): void;
}

interface Bell {
  ring(): void;
  /** Whether it rang since it was forgotten. */
  pending(): boolean;
  forget(): void;
  /** Resolves when it rings next, or when the signal aborts; at once when it has rung. */
  next(signal: AbortSignal): Promise<void>;
}

function createBell(): Bell {
  let pending = false;
  let wake = (): void => {};
  return {
    ring() {
      pending = true;
      wake();
    },
    pending: () => pending,
    forget() {
      pending = false;
    },
    async next(signal) {
      if (pending || signal.aborted) return;
      await new Promise<void>((done) => {
        wake = () => {
          signal.removeEventListener("abort", wake);
          done();
        };
        signal.addEventListener("abort", wake);
      });
      wake = () => {};
    },
  };
}

function watchTree(dir: string): Changes {
  const watchers = new Map<string, FSWatcher>();
  let wanted: Folders = new Map();
  const { ring, ...bell } = createBell();
  // A watcher stays with a folder that is deleted or moved, and is deaf to the one that takes its place.
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const add = (folder: string): void => {
    const watcher = watch(folder);
    watcher.on("change", (event, name) => {
      const steps = wanted.get(folder);
      // So the end of the folder itself is told; an entry of the same name costs a new watcher.
      const isOwn = name === null || name === basename(folder);
      if (steps === undefined || isOwn) {
        if (event === "rename" && isOwn) drop(folder);
      } else {
        if (!steps.has(String(name))) return;
        // What lies behind it may be another now.
        if (event === "rename") for (const each of [...watchers.keys()]) drop(each);
      }
      ring();
    });
    watcher.on("error", () => {
      drop(folder);
      ring();
    });
    watchers.set(folder, watcher);
  };
  return {
    ...bell,
    async follow() {
      wanted = await foldersOf(dir);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder);
      const fresh = [...wanted.keys()].filter((folder) => !watchers.has(folder));
      // From above: what changes below a folder that is watched is not missed.
      for (const folder of fresh) if (!tryWatch(folder, wanted.get(folder) !== undefined, add)) ring();
      // What came between the listing and the watch is told by none.
      if (fresh.length > 0 && keysOf(await foldersOf(dir)) !== keysOf(wanted)) ring();
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** @returns `false` when it went away since it was listed: look again */
function tryWatch(folder: string, isAbove: boolean, add: (folder: string) => void): boolean {
  try {
    add(folder);
    return true;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") return false;
    // Who may not list a folder above may still go through it.
    if (isAbove && code === "EACCES") return true;
    throw new CniError("io_failure", `cannot watch ${folder}: ${String(cause)}`, {}, { cause });
  }
}

/** From above to below. Of a folder on the way, the names that lead on; `undefined` where everything counts. */
type Folders = Map<string, Set<string> | undefined>;

const keysOf = (folders: Folders): string => [...folders.keys()].join("\0");

async function foldersOf(dir: string): Promise<Folders> {
  const folders: Folders = new Map();
  const path = resolve(dir);
  for (const way of new Set([path, await realpath(path).catch(() => path)])) {
    for (const [above, name] of stepsOf(way)) folders.set(above, (folders.get(above) ?? new Set()).add(name));
  }
  if (!existsSync(path)) return folders;
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  for (const folder of [path, ...inside]) folders.set(folder, undefined);
  return folders;
}

/** The folders above a path that are there, from the root on, each with the name in it that leads on. */
function stepsOf(path: string): readonly (readonly [above: string, name: string])[] {
  const above = dirname(path);
  if (above === path) return [];
  const own = existsSync(above) ? [[above, basename(path)] as const] : [];
  return [...stepsOf(above), ...own];
}
