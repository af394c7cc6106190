import { existsSync, type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
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
 * among the issues and end nothing; a directory that is missing is waited for, one that is replaced is followed. Ends with `signal` or `break`.
 *
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

interface Changes {
  /** Watches what is there now: the directory and those in it, or the nearest one that is above it. */
  follow(): Promise<void>;
  pending(): boolean;
  forget(): void;
  /** Resolves with the next change, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  close(): void;
}

function watchTree(dir: string): Changes {
  const watchers = new Map<string, FSWatcher>();
  let pending = false;
  let wake = (): void => {};
  const note = (): void => {
    pending = true;
    wake();
  };
  const add = (folder: string): void => {
    const watcher = watch(folder);
    // A watcher stays with a folder that is deleted or moved, and is deaf to the one that takes its place.
    const drop = (): void => {
      watcher.close();
      if (watchers.get(folder) === watcher) watchers.delete(folder);
      note();
    };
    watcher.on("change", (event, name) => {
      // So the end of the folder itself is told; an entry of the same name costs a new watcher.
      if (event === "rename" && (name === null || name === basename(folder))) drop();
      else note();
    });
    watcher.on("error", drop);
    watchers.set(folder, watcher);
  };
  return {
    async follow() {
      const wanted = await foldersOf(dir);
      for (const [folder, watcher] of watchers) {
        if (wanted.includes(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      const fresh = wanted.filter((folder) => !watchers.has(folder));
      for (const folder of fresh) tryWatch(folder, add, note);
      // What came between the listing and the watch is told by none.
      if (fresh.length > 0 && (await foldersOf(dir)).join("\0") !== wanted.join("\0")) note();
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
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function tryWatch(folder: string, add: (folder: string) => void, note: () => void): void {
  try {
    add(folder);
  } catch (error) {
    // It went away since it was listed: look again.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    note();
  }
}

async function foldersOf(dir: string): Promise<readonly string[]> {
  if (existsSync(dir)) {
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
    return [dir, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name))];
  }
  let above = dirname(resolve(dir));
  while (!existsSync(above)) above = dirname(above);
  return [above];
}
