import { linkSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CniError, isCniError } from "../errors.js";
import { formatNetworkConfigList, type NetworkConfigList, parseNetworkConfigList } from "../network-config.js";
import type { CallOptions } from "./exec.js";
import { type FileContent, replaceFile } from "./replace-file.js";

/**
 * Changes a network configuration file so that others see the old one or the new one and nothing between. A single plugin's
 * file (`.conf`, `.json`) becomes a `.conflist` beside it and is removed. When `edit` returns what it was given, nothing is
 * written. Mode and owner stay; of a link, the target is changed.
 *
 * What another has written since the file was read is not overwritten: `conflict`, and the edit can be done again on what
 * is there now. Of two in one process one always learns of it; of two processes, unless both come within the microseconds
 * between the comparison and the rename.
 *
 * @returns the file that holds the configuration now
 * @throws CniError `io_failure`, `decode_failure`, `invalid_config` (the file, or its `.conflist` is already there),
 * `conflict`
 * @example
 * ```ts no-run
 * import { upsertPlugin } from "@netmason/cni";
 * import { editNetwork } from "@netmason/cni/node";
 *
 * await editNetwork("/etc/cni/net.d/10-calico.conflist", (list) =>
 *   upsertPlugin(list, { type: "istio-cni", log_level: "info" }, { after: "calico" }),
 * );
 * ```
 * @category Directories
 */
export async function editNetwork(
  file: string,
  edit: (list: NetworkConfigList) => NetworkConfigList,
  { signal }: CallOptions = {},
): Promise<string> {
  const source = await real(file);
  const { text, ...kept } = await readSource(source);
  const list = parseNetworkConfigList(text);
  const edited = edit(list);
  if (edited === list) return file;
  signal?.throwIfAborted();
  const content = { ...kept, text: formatNetworkConfigList(edited) };
  // What is written must be readable again: an edit may have made something else of it.
  parseNetworkConfigList(content.text);
  const isList = file.endsWith(".conflist");
  const target = isList ? source : `${file.replace(/\.(conf|json)$/, "")}.conflist`;
  // At one go: nothing else of this process comes between the comparison and its consequence.
  const place = (complete: string): void => {
    if (readNow(source) !== text) throw new CniError("conflict", `${file} has been changed since it was read`);
    if (isList) renameSync(complete, target);
    else {
      // Unlike a rename it leaves alone what is there.
      linkSync(complete, target);
      unlinkSync(complete);
      unlinkSync(file);
    }
  };
  try {
    // No extension that a runtime would read.
    await replaceFile(target, join(dirname(target), `.${basename(target)}.tmp`), content, place);
  } catch (cause) {
    if (isCniError(cause)) throw cause;
    if (hasCode(cause, "EEXIST")) throw new CniError("invalid_config", `${target} is already there`, {}, { cause });
    throw new CniError("io_failure", `cannot write ${target}: ${String(cause)}`, {}, { cause });
  }
  return isList ? file : target;
}

/** `undefined` when it is gone. */
function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function real(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    throw new CniError("io_failure", `error reading ${file}: ${String(cause)}`, {}, { cause });
  }
}

/** The text, and what else of the file is to stay. */
async function readSource(file: string): Promise<FileContent> {
  try {
    const { mode, uid, gid } = await stat(file);
    return { text: await readFile(file, "utf8"), mode: mode & 0o7777, owner: { uid, gid } };
  } catch (cause) {
    throw new CniError("io_failure", `error reading ${file}: ${String(cause)}`, {}, { cause });
  }
}
