import { CniError } from "./errors.js";
import { checkShape, collectIssues, pointer, type Report } from "./internal/check-shape.js";
import { pluginFields } from "./internal/common-shapes.js";
import { networkShape } from "./internal/network-shape.js";
import type { PluginDefinition } from "./internal/plugin-definition.js";
import { anyObject, field, type ShapeNode, textOf } from "./internal/shape.js";
import type { Issue } from "./issue.js";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.js";
import { effectiveVersion, type NetworkConfigList } from "./network-config.js";
import { findDefinition, type PluginConfigs } from "./plugins/plugin-configs.js";
import { compareSpecVersions, isSpecVersion } from "./spec-version.js";

/**
 * Finds what is wrong in a network configuration: what libcni refuses, what each well-known plugin refuses, its place in
 * the chain and its version. Unknown types are looked at as far as every plugin goes. Never throws.
 *
 * @returns findings in document order; [] when there is none
 * @example
 * ```ts
 * import { validateNetworkConfigList } from "@netmason/cni";
 *
 * const issues = validateNetworkConfigList({ name: "lab", cniVersion: "1.0.0", plugins: [{ type: "bridge", vlan: 5000 }] });
 * issues.map(({ path, message }) => `${path} ${message}`); // => ["/plugins/0/vlan must be between 0 and 4094, not 5000"]
 * ```
 * @category Validation
 */
export function validateNetworkConfigList(value: JsonValue): readonly Issue[] {
  return collectIssues(value, (report) => {
    checkShape(networkShape, value, "", report);
    if (!isJsonObject(value)) return;
    const version = versionOf(value);
    if (version !== undefined) checkVersion(value, version, report);
    if (!Array.isArray(value.plugins)) return;
    for (const [i, plugin] of (value.plugins as readonly JsonValue[]).entries()) {
      checkPlugin(plugin, { version, first: i === 0 }, `/plugins/${i}`, report);
    }
  });
}

/** `undefined` when it cannot be told; that is told elsewhere. */
function versionOf(list: JsonObject): string | undefined {
  try {
    return effectiveVersion(list as NetworkConfigList) || "0.1.0";
  } catch {
    return undefined;
  }
}

function checkVersion(list: JsonObject, version: string, report: Report): void {
  if (!isSpecVersion(version)) {
    const path = "cniVersion" in list ? "/cniVersion" : "/cniVersions";
    report({ path, rule: "version", message: `${JSON.stringify(version)} is no released version` });
    return;
  }
  if (compareSpecVersions(version, "1.1.0") >= 0) return;
  for (const key of ["disableGC", "loadOnlyInlinedPlugins"]) {
    if (list[key] === undefined) continue;
    const message = `means something from 1.1.0 on, this is ${version}`;
    report({ path: `/${key}`, rule: "version", severity: "warning", message });
  }
}

interface Surroundings {
  readonly version: string | undefined;
  readonly first: boolean;
}

const unknownPlugin: ShapeNode = {
  kind: "object",
  fields: {
    type: field(textOf({ nonEmpty: true }), "Name of the executable.", { required: true }),
    ...pluginFields,
    ipam: field(anyObject, "Which plugin manages addresses, and its settings."),
  },
  rules: [],
};

function checkPlugin(plugin: JsonValue, around: Surroundings, path: string, report: Report): void {
  const type = isJsonObject(plugin) ? plugin.type : undefined;
  const definition = typeof type === "string" ? findDefinition(type) : undefined;
  if (definition === undefined || !isJsonObject(plugin)) {
    const known: Report = (issue) => {
      if (issue.rule !== "unknown_field") report(issue);
    };
    checkShape(unknownPlugin, plugin, path, known);
    return;
  }
  if (definition.role === "ipam") {
    checkManager(definition, plugin, path, report);
    return;
  }
  checkShape(definition.shape, plugin, path, report);
  checkPlace(definition, around, path, report);
  checkCapabilities(definition, plugin.capabilities, path, report);
  checkIpam(plugin.ipam, `${path}/ipam`, report);
}

/** An address manager as a plugin of its own, with `ipam` in it, or what stands in `ipam`. */
function checkManager({ shape }: PluginDefinition, plugin: JsonObject, path: string, report: Report): void {
  if (!isJsonObject(plugin.ipam)) {
    checkShape(shape, plugin, path, report);
    return;
  }
  checkShape(unknownPlugin, plugin, path, report);
  checkIpam(plugin.ipam, `${path}/ipam`, report);
}

function checkIpam(ipam: JsonValue | undefined, path: string, report: Report): void {
  if (!isJsonObject(ipam) || typeof ipam.type !== "string") return;
  const definition = findDefinition(ipam.type);
  if (definition?.role === "ipam") checkShape(definition.shape, ipam, path, report);
}

function checkPlace(
  { type, needsPrevResult, oldest }: PluginDefinition,
  around: Surroundings,
  path: string,
  report: Report,
): void {
  if (needsPrevResult && around.first) {
    report({ path, rule: "position", message: `${type} must come behind a plugin that makes an interface` });
  }
  const { version } = around;
  if (version === undefined || !isSpecVersion(version) || compareSpecVersions(version, oldest) >= 0) return;
  report({ path, rule: "version", message: `${type} needs at least ${oldest}, this is ${version}` });
}

function checkCapabilities(
  { type, capabilities }: PluginDefinition,
  value: JsonValue | undefined,
  path: string,
  report: Report,
): void {
  if (!isJsonObject(value)) return;
  for (const [name, enabled] of Object.entries(value)) {
    if (enabled !== true || capabilities.includes(name) || ANYBODYS.has(name)) continue;
    const message = `${type} takes no ${name}`;
    report({ path: `${path}/capabilities/${pointer(name)}`, rule: "capability", severity: "warning", message });
  }
}

/** Capabilities that reach a delegate through the plugin, or that any plugin may read. */
const ANYBODYS: ReadonlySet<string> = new Set([
  "ips",
  "ipRanges",
  "dns",
  "cgroupPath",
  "aliases",
  "io.kubernetes.cri.pod-annotations",
]);

/**
 * Finds what is wrong in one plugin's configuration, or in what stands in `ipam`, by its `type`. Never throws.
 *
 * @param options - `cniVersion` is the list's; without it nothing is said of versions
 * @category Validation
 */
export function validatePluginConfig(
  value: JsonValue,
  options: { readonly cniVersion?: string } = {},
): readonly Issue[] {
  const around = { version: options.cniVersion, first: false };
  return collectIssues(value, (report) => checkPlugin(value, around, "", report));
}

/**
 * Refuses a network configuration with errors; warnings pass.
 *
 * @throws CniError `invalid_config` with `details.issues`
 * @category Validation
 */
export function assertNetworkConfigList(value: JsonValue): asserts value is NetworkConfigList {
  assertNoErrors(validateNetworkConfigList(value));
}

/**
 * Refuses a plugin's configuration that is not of this type or has errors; warnings pass.
 *
 * @throws CniError `invalid_config` with `details.issues`
 * @category Validation
 */
export function assertPluginConfig<T extends keyof PluginConfigs>(
  value: JsonValue,
  type: T,
): asserts value is PluginConfigs[T] {
  const found = isJsonObject(value) ? value.type : undefined;
  if (found !== type) {
    const message = `must be ${JSON.stringify(type)}, not ${JSON.stringify(found) ?? "absent"}`;
    assertNoErrors([{ path: "/type", rule: "enum", severity: "error", message }]);
  }
  assertNoErrors(validatePluginConfig(value));
}

function assertNoErrors(issues: readonly Issue[]): void {
  const errors = issues.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? "" : ` and ${errors.length - 1} more`;
  throw new CniError("invalid_config", `${first.path || "configuration"}: ${first.message}${more}`, { issues });
}
