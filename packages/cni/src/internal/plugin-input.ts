import { CniError } from "../errors.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json-value.js";
import type { PluginConfig } from "../network-config.js";
import { formatJson } from "./format-json.js";

/** What a runtime adds to a plugin's configuration before it goes to its stdin. */
export interface PluginInput {
  readonly name: string;
  readonly cniVersion: string;
  readonly prevResult?: JsonObject;
  /** Of the attachment; those reach the plugin whose capability is `true`. */
  readonly capabilityArgs?: Readonly<Record<string, JsonValue>>;
  /** Further keys, for GC. */
  readonly extra?: JsonObject;
  /** Leaves `capabilities` out, as section 3 of the specification has it; libcni leaves it in. */
  readonly strictSpec?: boolean;
}

/** The JSON a plugin gets: as libcni, keys are in order at every level. */
export function formatPluginInput(plugin: PluginConfig, input: PluginInput): string {
  const { name, cniVersion, prevResult, capabilityArgs = {}, extra = {}, strictSpec = false } = input;
  const runtimeConfig = selectCapabilityArgs(plugin, capabilityArgs);
  const config = injectValues(plugin, {
    name,
    cniVersion,
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(Object.keys(runtimeConfig).length === 0 ? {} : { runtimeConfig }),
    ...extra,
  });
  return formatJson(strictSpec ? { ...config, capabilities: undefined } : config, { sortKeys: true });
}

/** The plugin's object with these keys set; unknown ones are kept. */
export function injectValues(plugin: JsonObject, values: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(values)) {
    if (key === "") throw new CniError("invalid_config", "keys cannot be empty");
    if (value === undefined || value === null) {
      throw new CniError("invalid_config", `key '${key}' value must not be nil`);
    }
  }
  return { ...plugin, ...values };
}

/** The arguments whose capability the plugin's configuration has switched on. */
export function selectCapabilityArgs(
  { capabilities }: PluginConfig,
  args: Readonly<Record<string, JsonValue>>,
): JsonObject {
  if (!isJsonObject(capabilities)) return {};
  const enabled = Object.keys(capabilities).filter((name) => capabilities[name] === true && Object.hasOwn(args, name));
  return Object.fromEntries(enabled.map((name) => [name, args[name]]));
}
