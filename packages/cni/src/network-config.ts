import { CniError } from "./errors.js";
import { formatJson } from "./internal/format-json.js";
import { parseJson } from "./internal/parse-json.js";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.js";
import type { Dns } from "./result-parts.js";
import { compareSpecVersions, SPEC_VERSIONS } from "./spec-version.js";

/** The `ipam` part of a plugin configuration. `{}` is legal: no IPAM. */
export type IpamConfig = { readonly type?: string; readonly [key: string]: JsonValue | undefined };

/** One plugin's part of a network configuration, keys as written. `PluginConfigs` has the types of well-known plugins. */
export type PluginConfig = {
  /** The name of the executable. */
  readonly type: string;
  /** Which capabilities the plugin takes: an argument of the attachment reaches it where this says `true`. */
  readonly capabilities?: Readonly<Record<string, boolean>>;
  readonly ipam?: IpamConfig;
  readonly dns?: Dns & JsonObject;
  readonly runtimeConfig?: JsonObject;
  readonly [key: string]: JsonValue | undefined;
};

/**
 * A network configuration as written, unknown keys kept; only the three switches are read from `"true"` and `"false"` to
 * booleans.
 */
export type NetworkConfigList = {
  readonly name: string;
  /** `effectiveVersion` is what counts. */
  readonly cniVersion?: string;
  /** Versions to choose the highest known from, since 1.1.0. */
  readonly cniVersions?: readonly string[];
  /** CHECK succeeds without asking the plugins. */
  readonly disableCheck?: boolean;
  /** GC does nothing, since 1.1.0. */
  readonly disableGC?: boolean;
  /** Leaves out the plugins of `<directory>/<name>/*.conf`, since 1.1.0. */
  readonly loadOnlyInlinedPlugins?: boolean;
  /** In the order of ADD. Absent where all of them come from the directory. */
  readonly plugins?: readonly PluginConfig[];
  readonly [key: string]: JsonValue | undefined;
};

/**
 * Reads a network configuration, or a single plugin's from before lists, told apart by content; the single one becomes a
 * list of one.
 *
 * @throws CniError `decode_failure` when it is no JSON, `invalid_config` where libcni refuses it: no name, no `type`, an
 * ill-formed version, a switch that is none
 * @example
 * ```ts
 * import { effectiveVersion, parseNetworkConfigList } from "@netmason/cni";
 *
 * const list = parseNetworkConfigList('{"name":"lab","cniVersions":["0.4.0","1.0.0"],"plugins":[{"type":"bridge"}]}');
 * effectiveVersion(list); // => "1.0.0"
 * list.plugins?.[0]?.type; // => "bridge"
 * ```
 * @category Configurations
 */
export function parseNetworkConfigList(text: string): NetworkConfigList {
  const value = parseJson(text);
  if (isJsonObject(value) && !("plugins" in value) && "type" in value) return listOfPlugin(readPlugin(value, ""));
  return readList(value);
}

/**
 * Formats a network configuration, keys in their own order, numbers as they were written.
 *
 * @param indent - spaces a level; default 2
 * @category Configurations
 */
export function formatNetworkConfigList(list: NetworkConfigList, indent = 2): string {
  return `${formatJson(list, { indent })}\n`;
}

const NEWEST = SPEC_VERSIONS[SPEC_VERSIONS.length - 1] as string;

/**
 * The version a list is run with: the highest known one of `cniVersions` and `cniVersion`; `cniVersion` as written when
 * none is known; `""`, which means 0.1.0, when there is none at all.
 *
 * @throws CniError `decode_failure` when an entry is ill-formed and there are several to choose from
 * @category Configurations
 */
export function effectiveVersion({ cniVersion = "", cniVersions }: NetworkConfigList): string {
  if (cniVersions === undefined) return cniVersion;
  const written = cniVersion === "" ? cniVersions : [...cniVersions, cniVersion];
  let highest: string | undefined;
  for (const version of written) {
    if (compareSpecVersions(version, NEWEST) > 0) continue;
    // Of two spellings of one version libcni takes the first.
    if (highest === undefined || compareSpecVersions(version, highest) > 0) highest = version;
  }
  return highest ?? cniVersion;
}

/** A list of one plugin, which keeps its own `name` and `cniVersion` too. */
export function listOfPlugin(plugin: PluginConfig): NetworkConfigList {
  const { name, cniVersion } = plugin;
  return { name: textOr(name, ""), cniVersion: textOr(cniVersion, ""), plugins: [plugin] };
}

function textOr(value: JsonValue | undefined, other: string): string {
  return typeof value === "string" ? value : other;
}

/** A list as libcni reads one; a single plugin's configuration passes as a list without plugins. */
export function readList(value: JsonValue): NetworkConfigList {
  if (!isJsonObject(value)) throw refuse("configuration list", "not an object");
  if (!("name" in value)) throw refuse("configuration list", "no name");
  if (typeof value.name !== "string") throw refuse("configuration list", "invalid name type");
  const { cniVersion, cniVersions } = value;
  if (cniVersion !== undefined && typeof cniVersion !== "string") {
    throw refuse("configuration list", "invalid cniVersion type");
  }
  checkVersions(cniVersion ?? "", cniVersions);
  const switches = {
    ...readSwitch(value, "disableCheck"),
    ...readSwitch(value, "disableGC"),
    ...readSwitch(value, "loadOnlyInlinedPlugins"),
  };
  const { plugins } = value;
  if (plugins === undefined && switches.loadOnlyInlinedPlugins === true) {
    throw refuse("configuration list", "`loadOnlyInlinedPlugins` is true, and no 'plugins' key");
  }
  const read = plugins === undefined ? {} : { plugins: readPlugins(plugins) };
  return { ...value, name: value.name, ...switches, ...read } as NetworkConfigList;
}

function checkVersions(cniVersion: string, versions: JsonValue | undefined): void {
  if (versions === undefined) return;
  if (!Array.isArray(versions)) throw refuse("configuration list", "invalid type for cniVersions");
  for (const [i, version] of (versions as readonly JsonValue[]).entries()) {
    if (typeof version !== "string") throw refuse("configuration list", `invalid type for cniVersions index ${i}`);
    checkVersion(version, `invalid cniVersions entry ${version} at index ${i}`);
  }
  checkVersion(cniVersion, `invalid cniVersion ${cniVersion}`);
}

function checkVersion(version: string, complaint: string): void {
  try {
    compareSpecVersions(version, NEWEST);
  } catch (cause) {
    throw new CniError("invalid_config", `error parsing configuration list: ${complaint}`, {}, { cause });
  }
}

function readSwitch(list: JsonObject, key: string): { readonly [key: string]: boolean } {
  const value = list[key];
  if (value === undefined) return {};
  if (typeof value === "boolean") return { [key]: value };
  if (typeof value !== "string") throw refuse("configuration list", `invalid type for ${key}`);
  const word = value.toLowerCase();
  if (word === "true" || word === "false") return { [key]: word === "true" };
  throw refuse("configuration list", `invalid value ${JSON.stringify(word)} for ${key}`);
}

function readPlugins(plugins: JsonValue): readonly PluginConfig[] {
  if (!Array.isArray(plugins)) throw refuse("configuration list", "invalid 'plugins' type");
  if (plugins.length === 0) throw refuse("configuration list", "no plugins in list");
  return (plugins as readonly JsonValue[]).map((plugin, i) => readPlugin(plugin, `plugin config ${i}: `));
}

/** One plugin's configuration as libcni reads it; what only the plugin knows is not looked at. */
export function readPlugin(value: JsonValue, where: string): PluginConfig {
  const plugin = checkPluginParts(value, where);
  if (typeof plugin.type !== "string" || plugin.type === "") throw refuse("configuration", `${where}missing 'type'`);
  return plugin as PluginConfig;
}

/** Holds the shapes of the parts that every plugin's configuration has; `type` may be missing. */
export function checkPluginParts(value: JsonValue, where: string): JsonObject {
  if (!isJsonObject(value)) throw refuse("configuration", `${where}not an object`);
  for (const key of ["cniVersion", "name", "type"]) {
    if (!isTextOrAbsent(value[key])) throw refuse("configuration", `${where}'${key}' is not text`);
  }
  const { capabilities, ipam, dns, prevResult } = value;
  for (const [key, part] of Object.entries({ capabilities, ipam, dns, prevResult })) {
    if (!isJsonObject(part ?? {})) throw refuse("configuration", `${where}'${key}' is not an object`);
  }
  if (Object.values((capabilities ?? {}) as JsonObject).some((each) => typeof (each ?? true) !== "boolean")) {
    throw refuse("configuration", `${where}a value in 'capabilities' is not a boolean`);
  }
  if (isJsonObject(ipam) && !isTextOrAbsent(ipam.type))
    throw refuse("configuration", `${where}'ipam.type' is not text`);
  if (isJsonObject(dns)) checkDns(dns, where);
  return value;
}

function checkDns(dns: JsonObject, where: string): void {
  if (!isTextOrAbsent(dns.domain)) throw refuse("configuration", `${where}'dns.domain' is not text`);
  for (const key of ["nameservers", "search", "options"]) {
    const list = dns[key] ?? [];
    if (!Array.isArray(list) || !list.every((each) => isTextOrAbsent(each as JsonValue))) {
      throw refuse("configuration", `${where}'dns.${key}' is not a list of texts`);
    }
  }
}

function isTextOrAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || typeof value === "string";
}

function refuse(what: string, complaint: string): CniError {
  return new CniError("invalid_config", `error parsing ${what}: ${complaint}`);
}
