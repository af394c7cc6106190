import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CniError } from "../errors.js";
import type { CallOptions } from "./exec.js";

/**
 * The file of a plugin: the first regular file of that name, links followed. Whether it may be executed shows when it is
 * (libcni looks no further either).
 */
export async function findPlugin(type: string, dirs: readonly string[], { signal }: CallOptions = {}): Promise<string> {
  assertFindable(type, dirs);
  for (const dir of dirs) {
    signal?.throwIfAborted();
    const file = join(dir, type);
    if (await isRegularFile(file)) return file;
  }
  throw new CniError("plugin_not_found", `failed to find plugin ${JSON.stringify(type)} in path [${dirs.join(" ")}]`);
}

/** What is refused before any directory is looked into. */
export function assertFindable(type: string, dirs: readonly string[]): void {
  if (type === "") throw new CniError("plugin_not_found", "no plugin name provided");
  if (type.includes("/")) throw new CniError("plugin_not_found", `invalid plugin name: ${type}`);
  if (dirs.length === 0) throw new CniError("plugin_not_found", "no paths provided");
}

async function isRegularFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // Whatever the reason, it is not here: the next directory may have it.
    return false;
  }
}
