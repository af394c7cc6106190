import { readFile, realpath, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CniError } from "../errors.js";
import { formatNetworkConfigList, type NetworkConfigList, parseNetworkConfigList } from "../network-config.js";
import type { CallOptions } from "./exec.js";
import { replaceFile } from "./replace-file.js";

/**
 * Changes a network configuration file so that others see the old one or the new one and nothing between. A single plugin's
 * file (`.conf`, `.json`) becomes a `.conflist` beside it and is removed. When `edit` returns what it was given, nothing is
 * written. Mode and owner of a link's target stay with the target.
 *
 * @returns the file that holds the configuration now
 * @throws CniError `io_failure`, `decode_failure`, `invalid_config` (the file, or its `.conflist` is already there)
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
  const list = parseNetworkConfigList(await readText(source));
  const edited = edit(list);
  if (edited === list) return file;
  signal?.throwIfAborted();
  const text = formatNetworkConfigList(edited);
  // What is written must be readable again: an edit may have made something else of it.
  parseNetworkConfigList(text);
  const { mode } = await stat(source);
  const isList = file.endsWith(".conflist");
  const target = isList ? source : `${file.replace(/\.(conf|json)$/, "")}.conflist`;
  if (!isList) await assertAbsent(target);
  try {
    // No extension that a runtime would read.
    await replaceFile(target, join(dirname(target), `.${basename(target)}.tmp`), text, mode & 0o777);
    if (!isList) await unlink(file);
  } catch (cause) {
    throw new CniError("io_failure", `cannot write ${target}: ${String(cause)}`, {}, { cause });
  }
  return isList ? file : target;
}

async function real(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    throw new CniError("io_failure", `error reading ${file}: ${String(cause)}`, {}, { cause });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CniError("io_failure", `error reading ${file}: ${String(cause)}`, {}, { cause });
  }
}

async function assertAbsent(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there !== undefined) throw new CniError("invalid_config", `${file} is already there`);
}
