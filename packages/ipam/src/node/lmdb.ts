/**
 * A durable store in a folder of the machine, shared by any number of its processes: LMDB, through the package `lmdb`.
 *
 * @module lmdb
 */
import type { RootDatabase } from "lmdb";
import type { Store } from "../store.js";
import { systemNow } from "../system.js";
import { DATABASE_NAME, openFolder, useEnvironment } from "./lmdb-environment.js";
import { LmdbStore } from "./lmdb-store.js";

/** Options of `createLmdbStore`, whichever way it gets its environment. */
export interface LmdbOptions {
  /** How often a watch looks for commits of other processes; default 100. Own commits show at once. */
  readonly pollMs?: number;
  /** Milliseconds since 1970. Default: the system's clock, which all processes of a machine share. */
  readonly now?: () => number;
}

/** A folder of its own, made if missing. */
export interface LmdbFolderOptions extends LmdbOptions {
  readonly path: string;
  /**
   * Address space mapped at first; default 1 GiB, 256 MiB where addresses have 32 bits. The store grows beyond it by
   * itself; the file is as long as its content, in steps of 1 MiB.
   */
  readonly mapSizeBytes?: number;
}

/** An open environment of the package `lmdb`: what its `open` returns. Its own types are not needed to read these. */
export interface OpenedEnvironment {
  /** Opens a database in it. */
  openDB(options: never): unknown;
  /** Closes it, which is the caller's to do. */
  close(): Promise<void>;
}

/** An environment that the caller opened and closes. */
export interface LmdbEnvironmentOptions extends LmdbOptions {
  /**
   * What `open` of `lmdb` returned, in every process with `overlappingSync: false`; a `TypeError` names the option that lets
   * a commit be seen before it is on disk. Open it with `eventTurnBatching: false`: lmdb 3.5.6 else leaves a rejection
   * unhandled when the disk is full, and Node ends. Its data file is not watched over: see `store_damaged`.
   */
  readonly environment: OpenedEnvironment;
  /** The database in it; default `"netmason-ipam"`. */
  readonly name?: string;
}

/**
 * Opens a store in LMDB. A transaction resolves when it is on disk: the commit has been synced (`fdatasync`), not merely
 * become visible. Transactions that come while one is under way share the next commit.
 *
 * A process that is killed leaves the store as its last commit left it, and the others go on. A process that is stopped
 * (SIGSTOP) inside a commit holds up the writes of the others until it goes on or dies; reads never wait.
 *
 * The data file of a folder is measured when it is opened and before every read and write: one that was cut short or
 * removed is `store_damaged` of the call that met it, and nothing is written to it. LMDB maps the file, so one that is cut
 * between the measuring and the read of a page behind its new end ends the process (SIGBUS), and bytes that were changed
 * inside it are not noticed: LMDB has no checksums.
 *
 * @throws IpamError `store_damaged` when the data file is cut short or is none; `store_format` when a newer version wrote
 * it; `store_unavailable` when the folder cannot be opened. A full disk is `store_full` of the transaction that met it.
 * @throws TypeError when an environment was opened with `overlappingSync` or without a sync of each commit.
 *
 * @example
 * ```ts no-run
 * import { createLmdbStore } from "@netmason/ipam/lmdb";
 *
 * const store = createLmdbStore({ path: "/var/lib/ipam" });
 * ```
 *
 * @category Stores
 */
export function createLmdbStore(options: LmdbFolderOptions | LmdbEnvironmentOptions): Store {
  const { now = systemNow, pollMs = 100 } = options;
  if (!(pollMs >= 1)) throw new RangeError(`pollMs: ${pollMs} is not 1 or more`);
  if ("environment" in options) {
    return new LmdbStore(
      useEnvironment(options.environment as RootDatabase, options.name ?? DATABASE_NAME),
      now,
      pollMs,
    );
  }
  const { path, mapSizeBytes = process.arch.endsWith("64") ? 0x40000000 : 0x10000000 } = options;
  if (!(mapSizeBytes >= 0x20000)) throw new RangeError(`mapSizeBytes: ${mapSizeBytes} is not 131072 or more`);
  const environment = openFolder(path, mapSizeBytes);
  try {
    return new LmdbStore(environment, now, pollMs);
  } catch (error) {
    void environment.close();
    throw error;
  }
}
