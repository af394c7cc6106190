import { basename } from "node:path";
import { CniError, type PluginFailure, type Verb } from "../errors.js";
import { parseJson } from "../internal/parse-json.js";
import { fieldOf } from "../internal/read-fields.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json-value.js";
import type { CniResult } from "../result.js";
import { parseResult } from "../result-text.js";
import { isSpecVersion } from "../spec-version.js";
import type { ExecCall, ExecResult } from "./exec.js";

/** Who was called, for messages. */
export interface CalledPlugin {
  readonly plugin: string;
  readonly verb: Verb;
  readonly network: string;
}

export function calledPlugin(call: ExecCall, network: string): CalledPlugin {
  return { plugin: basename(call.path), verb: call.cni.CNI_COMMAND as Verb, network };
}

/** Throws what a plugin's end means unless it succeeded. The texts are libcni's, for the four forms it has. */
export function assertSucceeded(called: CalledPlugin, result: ExecResult): void {
  const { stdout, stderr, exitCode, signal, stopped } = result;
  const failure: PluginFailure = { ...called, exitCode, signal, stdout, stderr };
  if (stopped === "timeout") throw failed("plugin_timeout", failure, "did not end in time and was killed");
  if (stopped === "output_limit") throw failed("plugin_output", failure, "printed more than is kept and was killed");
  if (stopped === "left_process") {
    throw failed("plugin_output", failure, "left a process behind that held its output open; it was killed");
  }
  if (signal === null && exitCode === 0) return;
  const end = signal === null ? `exit status ${exitCode}` : `signal: ${signal}`;
  if (stdout === "") {
    const said = stderr === "" ? "netplugin failed with no error message" : `netplugin failed: ${quote(stderr)}`;
    throw failed(signal === null ? "plugin_failed" : "plugin_crashed", failure, `${said}: ${end}`);
  }
  const printed = readErrorDocument(stdout);
  if (printed === undefined) {
    const said = `netplugin failed but error parsing its diagnostic message ${quote(stdout)}: ${end}`;
    throw failed(signal === null ? "plugin_output" : "plugin_crashed", failure, said);
  }
  const { code, msg, details } = printed;
  const known = { ...failure, specCode: code, specMsg: msg, ...(details === "" ? {} : { specDetails: details }) };
  const text = details === "" ? msg : `${msg}; ${details}`;
  throw failed(signal === null ? "plugin_failed" : "plugin_crashed", known, text);
}

type FailureCode = "plugin_failed" | "plugin_crashed" | "plugin_timeout" | "plugin_output";

function failed(code: FailureCode, details: PluginFailure, text: string, cause?: unknown): CniError {
  const what = `plugin type=${quote(details.plugin)} network=${quote(details.network)} failed (${details.verb}): ${text}`;
  return new CniError(code, what, details, cause === undefined ? {} : { cause });
}

const MOST_QUOTED = 2_000;

function quote(text: string): string {
  return JSON.stringify(text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text);
}

interface ErrorDocument {
  readonly code: number;
  readonly msg: string;
  readonly details: string;
}

/** `{}` counts, with code 0 and no message. */
function readErrorDocument(stdout: string): ErrorDocument | undefined {
  let value: JsonValue;
  try {
    value = parseJson(stdout);
  } catch {
    // Not JSON: the caller tells it with the text.
    return undefined;
  }
  if (value === null) return { code: 0, msg: "", details: "" };
  if (!isJsonObject(value)) return undefined;
  const code = fieldOf(value, "code") ?? 0;
  const msg = fieldOf(value, "msg") ?? "";
  const details = fieldOf(value, "details") ?? "";
  if (typeof code !== "number" || typeof msg !== "string" || typeof details !== "string") return undefined;
  return { code, msg, details };
}

/**
 * The result an ADD printed.
 *
 * @param configVersion - what a missing version stands for
 * @throws CniError `plugin_output` when stdout is not one result
 */
export function readPrintedResult(called: CalledPlugin, result: ExecResult, configVersion: string): CniResult {
  const { stdout, stderr, exitCode, signal } = result;
  try {
    return parseResult(stdout, isSpecVersion(configVersion) ? configVersion : "0.1.0");
  } catch (cause) {
    const why = cause instanceof CniError ? cause.msg : String(cause);
    const text = `its result ${quote(stdout)} cannot be read: ${why}`;
    throw failed("plugin_output", { ...called, exitCode, signal, stdout, stderr }, text, cause);
  }
}

/**
 * The versions that an answer to VERSION lists. An answer of 0.2.0 without a list is from before there was one.
 *
 * @throws CniError `plugin_output`
 */
export function readVersions(called: CalledPlugin, result: ExecResult): readonly string[] {
  const { stdout, stderr, exitCode, signal } = result;
  const refuse = (text: string, cause?: unknown): CniError =>
    failed("plugin_output", { ...called, exitCode, signal, stdout, stderr }, `decoding version info: ${text}`, cause);
  let document: JsonObject;
  try {
    const value = parseJson(stdout);
    if (!isJsonObject(value)) throw refuse("not an object");
    document = value;
  } catch (error) {
    throw error instanceof CniError && error.code === "plugin_output" ? error : refuse("not JSON", error);
  }
  const version = fieldOf(document, "cniVersion") ?? "";
  if (typeof version !== "string" || version === "") throw refuse("missing field cniVersion");
  const supported = fieldOf(document, "supportedVersions") ?? [];
  if (!Array.isArray(supported) || !supported.every((each) => typeof each === "string")) {
    throw refuse("supportedVersions is not a list of texts");
  }
  if (supported.length > 0) return supported as readonly string[];
  if (version === "0.2.0") return ["0.1.0", "0.2.0"];
  throw refuse("missing field supportedVersions");
}
