import type { AttachmentId } from "../attachment-id.js";
import { convertResult } from "../convert-result.js";
import { CniError } from "../errors.js";
import { errorOf, findNetworkNameFault } from "../internal/name-faults.js";
import { parseJson } from "../internal/parse-json.js";
import { fieldOf } from "../internal/read-fields.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json-value.js";
import { checkPluginParts } from "../network-config.js";
import type { CniResult } from "../result.js";
import { parseResult } from "../result-text.js";
import { compareSpecVersions, type SpecVersion } from "../spec-version.js";
import type { PluginRequest } from "./plugin.js";

/**
 * Reads a plugin's stdin as far as every plugin must: JSON with a network name.
 *
 * @throws CniError `decode_failure`, `invalid_config`
 */
export function readPluginInput(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(text) ?? {};
  } catch (error) {
    const why = error instanceof CniError ? error.msg : String(error);
    throw new CniError("decode_failure", `error unmarshall network config: ${why}`, {}, { cause: error });
  }
  const name = isJsonObject(value) ? (fieldOf(value, "name") ?? "") : undefined;
  if (!isJsonObject(value) || typeof name !== "string") {
    throw new CniError("decode_failure", "error unmarshall network config: not an object with a name of text");
  }
  if (name === "") throw new CniError("invalid_config", "missing network name");
  const fault = findNetworkNameFault(name);
  if (fault !== undefined) throw errorOf(fault);
  return value;
}

/** The version in the configuration, `0.1.0` when there is none. */
export function readConfigVersion(config: JsonObject): string {
  const version = fieldOf(config, "cniVersion") ?? "";
  if (typeof version !== "string") {
    throw new CniError("decode_failure", "decoding version from network config: cniVersion is not text");
  }
  return version === "" ? "0.1.0" : version;
}

/** What a verb needs at least; ADD and DEL are in every version. */
const OLDEST_CONFIG: Readonly<Record<string, string>> = { CHECK: "0.4.0", GC: "1.1.0", STATUS: "1.1.0" };

/**
 * Holds configuration and plugin against each other, in libcni's order and words.
 *
 * @throws CniError `incompatible_version`, or `decode_failure` when a version is ill-formed
 */
export function reconcileVersions(
  verb: string,
  configVersion: string,
  supported: readonly string[],
): asserts configVersion is SpecVersion {
  const oldest = OLDEST_CONFIG[verb];
  if (oldest !== undefined) {
    if (compareSpecVersions(configVersion, oldest) < 0) {
      throw new CniError("incompatible_version", `config version does not allow ${verb}`);
    }
    if (!supported.some((version) => compareSpecVersions(version, configVersion) >= 0)) {
      throw new CniError("incompatible_version", `plugin version does not allow ${verb}`);
    }
  }
  if (supported.includes(configVersion)) return;
  const listed = supported.map((version) => JSON.stringify(version)).join(" ");
  const text = `config is ${JSON.stringify(configVersion)}, plugin supports [${listed}]`;
  throw new CniError("incompatible_version", "incompatible CNI versions", { text });
}

/**
 * The configuration with the shapes of its common parts held.
 *
 * @throws CniError `decode_failure`
 */
export function readCommonParts(config: JsonObject, cniVersion: SpecVersion): PluginRequest["config"] {
  try {
    const checked = checkPluginParts(config, "");
    const type = typeof checked.type === "string" ? checked.type : "";
    return { ...checked, type, name: String(fieldOf(config, "name")), cniVersion };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    throw new CniError("decode_failure", error.msg, {}, { cause: error });
  }
}

/**
 * The result of the plugin before, in the configuration's version. One without version has the configuration's; one of
 * another generation is refused, as libcni does.
 *
 * @throws CniError `decode_failure`
 */
export function readPrevResult(config: JsonObject, version: SpecVersion): CniResult | undefined {
  const value = fieldOf(config, "prevResult");
  if (value === undefined || value === null) return undefined;
  const refuse = (why: string, cause?: unknown): CniError =>
    new CniError("decode_failure", `could not parse prevResult: ${why}`, {}, { cause });
  let result: CniResult;
  try {
    result = parseResult(value, version);
  } catch (error) {
    throw refuse(error instanceof CniError ? error.msg : String(error), error);
  }
  if (generationOf(result.cniVersion) !== generationOf(version)) {
    throw refuse(`its version is ${JSON.stringify(result.cniVersion)}, the configuration's ${JSON.stringify(version)}`);
  }
  return convertResult(result, version);
}

/** Versions whose results have the same fields. */
function generationOf(version: SpecVersion): string {
  if (version === "0.1.0" || version === "0.2.0") return "0.2.0";
  return version.startsWith("0.") ? "0.4.0" : "1.0.0";
}

/** For GC: both spellings of the key are read, as both are sent. */
export function readValidAttachments(config: JsonObject): readonly AttachmentId[] {
  const value = config["cni.dev/valid-attachments"] ?? config["cni.dev/attachments"] ?? [];
  if (!Array.isArray(value)) throw new CniError("decode_failure", "cni.dev/valid-attachments is not a list");
  return (value as readonly JsonValue[]).map((each, i) => {
    const containerId = isJsonObject(each) ? fieldOf(each, "containerID") : undefined;
    const ifname = isJsonObject(each) ? fieldOf(each, "ifname") : undefined;
    if (typeof containerId === "string" && typeof ifname === "string") return { containerId, ifname };
    throw new CniError("decode_failure", `cni.dev/valid-attachments/${i}: containerID and ifname must be text`);
  });
}
