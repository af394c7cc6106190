import { CniError } from "./errors.js";
import { formatJson } from "./internal/format-json.js";
import { parseJson } from "./internal/parse-json.js";
import { fieldOf } from "./internal/read-fields.js";
import { isJsonObject, type JsonValue } from "./json-value.js";
import type { CniResult } from "./result.js";
import { readResult020 } from "./result-020.js";
import { readResult040 } from "./result-040.js";
import { readResult100 } from "./result-100.js";
import { isSpecVersion, type SpecVersion } from "./spec-version.js";

/**
 * Reads a result as libcni does: addresses become canonical with their host bits kept, an IPv4-mapped one becomes IPv4,
 * `null`, `""` and `[]` become absent, unknown keys are dropped. `null` is an empty result.
 *
 * @param defaultVersion - when `cniVersion` is missing or empty; default `0.1.0`
 * @throws CniError `decode_failure` when it is no JSON, `unsupported_version`, or `invalid_result`
 * @example
 * ```ts
 * import { parseResult } from "@netmason/cni";
 *
 * const result = parseResult('{"cniVersion":"1.0.0","ips":[{"address":"2001:DB8::7/64"}]}');
 * result.cniVersion === "1.0.0" && result.ips?.[0]?.address; // => "2001:db8::7/64"
 * ```
 * @category Results
 */
export function parseResult(input: string | JsonValue, defaultVersion: SpecVersion = "0.1.0"): CniResult {
  const value = (typeof input === "string" ? parseJson(input) : input) ?? {};
  const version = (isJsonObject(value) && fieldOf(value, "cniVersion")) || defaultVersion;
  if (typeof version !== "string" || !isSpecVersion(version)) {
    const text = typeof version === "string" ? version : formatJson(version);
    throw new CniError("unsupported_version", `unsupported CNI result version ${JSON.stringify(text)}`);
  }
  return readResult(value, version);
}

/** Reads the fields of that version, whatever `cniVersion` the value has. */
export function readResult(value: JsonValue, version: SpecVersion): CniResult {
  switch (version) {
    case "0.1.0":
    case "0.2.0":
      return readResult020(value, version);
    case "0.3.0":
    case "0.3.1":
    case "0.4.0":
      return readResult040(value, version);
    case "1.0.0":
    case "1.1.0":
      return readResult100(value, version);
    default:
      return version satisfies never;
  }
}

/**
 * Formats a result as libcni prints that version: up to 0.4.0 keys in declared order with `dns` always there, from 1.0.0
 * alphabetical. Addresses are made canonical.
 *
 * @param indent - spaces a level; plugins print with 4; default 0, one line
 * @throws CniError `invalid_result` when a field cannot be printed: an address that is none, a number that is no integer
 * @category Results
 */
export function formatResult(result: CniResult, indent = 0): string {
  const ordered = readResult(result, result.cniVersion);
  const sortKeys = ordered.cniVersion === "1.0.0" || ordered.cniVersion === "1.1.0";
  return formatJson(ordered, { indent, sortKeys });
}
