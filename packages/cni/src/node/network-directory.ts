import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CniError, isCniError } from "../errors.js";
import { parseJson } from "../internal/parse-json.js";
import type { Issue } from "../issue.js";
import { isJsonObject, type JsonValue } from "../json-value.js";
import { listOfPlugin, type NetworkConfigList, type PluginConfig, readList, readPlugin } from "../network-config.js";
import type { CallOptions } from "./exec.js";

/** A network configuration and the file it is in. */
export interface NetworkFile {
  readonly file: string;
  readonly network: NetworkConfigList;
}

/** What a directory of network configurations holds. */
export interface NetworkDirectory {
  /** In the order in which libcni takes them: lists before single plugins, by name. The first is the default network. */
  readonly networks: readonly NetworkFile[];
  /** What could not be read, and what is shadowed by another file of the same network name. */
  readonly issues: readonly Issue[];
}

/**
 * Finds a network by name with libcni's search and strictness: lists (`*.conflist`) by name of their files, then single
 * plugins (`*.conf`, `*.json`); every file before the match must be right. Plugins of `DIR/NAME/*.conf` are appended unless
 * the list loads only inlined ones; a list with appended plugins says so itself, so that it is complete where it is kept.
 *
 * @throws CniError `no_configs` when there is no file at all, `config_not_found`, `invalid_config`, `decode_failure`,
 * `io_failure`
 * @category Directories
 */
export async function loadNetwork(dir: string, name: string, { signal }: CallOptions = {}): Promise<NetworkConfigList> {
  signal?.throwIfAborted();
  const { lists, singles } = await listFiles(dir);
  for (const file of [...lists, ...singles]) {
    signal?.throwIfAborted();
    const network = await readNetworkFile(file, extensionOf(file) === "conflist" ? "list" : "single");
    if (network.name === name) return network;
  }
  if (lists.length + singles.length === 0) {
    throw new CniError("no_configs", `no net configurations found in ${dir}`);
  }
  throw new CniError("config_not_found", `no net configuration with name ${JSON.stringify(name)} in ${dir}`);
}

/**
 * Reads all networks of a directory. Files that cannot be read are passed over and told, and whether a file is a list or a
 * single plugin is told by its content. A missing directory holds none.
 *
 * @throws CniError `io_failure` when the directory cannot be read
 * @category Directories
 */
export async function loadNetworks(dir: string, { signal }: CallOptions = {}): Promise<NetworkDirectory> {
  signal?.throwIfAborted();
  const { lists, singles } = await listFiles(dir);
  const networks: NetworkFile[] = [];
  const issues: Issue[] = [];
  const seen = new Map<string, string>();
  for (const file of [...lists, ...singles]) {
    signal?.throwIfAborted();
    try {
      const network = await readNetworkFile(file, "either");
      const earlier = seen.get(network.name);
      if (earlier === undefined) {
        seen.set(network.name, file);
        networks.push({ file, network });
      } else {
        const message = `network ${network.name} is already in ${earlier}, which is taken`;
        issues.push({ path: "/name", rule: "conflict", severity: "warning", message, file });
      }
    } catch (error) {
      if (!isCniError(error)) throw error;
      const rule =
        error.code === "decode_failure" ? "syntax" : error.code === "io_failure" ? "unavailable" : "wrong_type";
      issues.push({ path: "", rule, severity: "error", message: error.msg, file });
    }
  }
  return { networks, issues };
}

/** What follows the last dot, also of a file whose name starts with it. */
function extensionOf(file: string): string {
  const dot = file.lastIndexOf(".");
  return dot < 0 ? "" : file.slice(dot + 1);
}

interface Files {
  readonly lists: readonly string[];
  readonly singles: readonly string[];
}

async function listFiles(dir: string): Promise<Files> {
  const names = await listNames(dir);
  const withExtension = (...extensions: readonly string[]): readonly string[] =>
    names.filter((name) => extensions.includes(extensionOf(name))).map((name) => join(dir, name));
  return { lists: withExtension("conflist"), singles: withExtension("conf", "json") };
}

/** Everything but directories, ordered by bytes; [] when the directory is missing. */
async function listNames(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new CniError("io_failure", `cannot read ${dir}: ${String(cause)}`, {}, { cause });
  }
}

/** A file as a list; a single plugin becomes a list of one. */
async function readNetworkFile(file: string, form: "list" | "single" | "either"): Promise<NetworkConfigList> {
  const value = await readJsonFile(file);
  if (form === "single" || (form === "either" && isSingle(value))) return listOfPlugin(readPlugin(value, ""));
  const list = readList(value);
  const appended =
    list.loadOnlyInlinedPlugins === true ? [] : await readPluginDirectory(join(dirname(file), list.name));
  const plugins = [...(list.plugins ?? []), ...appended];
  if (plugins.length === 0) throw new CniError("invalid_config", `${file}: no plugin configs found`);
  return appended.length === 0 ? list : { ...list, plugins, loadOnlyInlinedPlugins: true };
}

function isSingle(value: JsonValue): boolean {
  return isJsonObject(value) && !("plugins" in value) && "type" in value;
}

async function readPluginDirectory(dir: string): Promise<readonly PluginConfig[]> {
  const names = (await listNames(dir)).filter((name) => extensionOf(name) === "conf");
  return Promise.all(names.map(async (name) => readPlugin(await readJsonFile(join(dir, name)), `${name}: `)));
}

async function readJsonFile(file: string): Promise<JsonValue> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new CniError("io_failure", `error reading ${file}: ${String(cause)}`, {}, { cause });
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!isCniError(error, "decode_failure")) throw error;
    throw new CniError("decode_failure", `${file}: error parsing configuration: ${error.msg}`, {}, { cause: error });
  }
}
