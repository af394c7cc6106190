import { statSync } from "node:fs";
import { parseCniArgs } from "../cni-args.js";
import { convertResult } from "../convert-result.js";
import { CniError } from "../errors.js";
import { formatJson } from "../internal/format-json.js";
import { isJsonObject, type JsonObject } from "../json-value.js";
import { formatResult } from "../result-text.js";
import { isSpecVersion, SPEC_VERSIONS } from "../spec-version.js";
import type { Delegates, RequestContext } from "./delegates.js";
import type { Plugin, PluginRequest } from "./plugin.js";
import {
  readCommonParts,
  readConfigVersion,
  readPluginInput,
  readPrevResult,
  readValidAttachments,
  reconcileVersions,
} from "./plugin-config-input.js";
import { type PluginEnvironment, readEnvironment } from "./plugin-environment.js";
import { formatErrorDocument } from "./print-error.js";

/** Where a request comes from. */
export interface PluginIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readStdin: () => string;
  /** Calls other plugins for this one. */
  readonly delegates: (context: RequestContext) => Delegates;
  readonly signal?: AbortSignal;
  /** Rejects when the handler can never settle. */
  readonly abandoned?: Promise<never>;
}

/** What a plugin process prints, and how it ends. */
export interface PluginOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: 0 | 1;
}

const NEWEST = SPEC_VERSIONS[SPEC_VERSIONS.length - 1] as string;

/**
 * Answers one request with libcni's order of checks and its words (pkg/skel): variables, stdin, name, verb, versions,
 * prevResult, handler, namespace. DEL bears a `prevResult` and `CNI_ARGS` that cannot be read: it goes on without them.
 * Never rejects.
 */
export async function servePlugin(plugin: Plugin, io: PluginIo): Promise<PluginOutput> {
  if ((io.environment.CNI_COMMAND ?? "") === "" && plugin.about !== "") {
    const stderr = `${plugin.about}\nCNI protocol versions supported: ${plugin.versions.join(", ")}\n`;
    return { stdout: "", stderr, exitCode: 0 };
  }
  const seen: Seen = { version: NEWEST, stderr: "" };
  try {
    return { stdout: await answer(plugin, io, seen), stderr: seen.stderr, exitCode: 0 };
  } catch (error) {
    return { stdout: formatErrorDocument(error, seen.version), stderr: seen.stderr, exitCode: 1 };
  }
}

/** What an error document needs to know of how far the request came. */
interface Seen {
  version: string;
  stderr: string;
}

async function answer(plugin: Plugin, io: PluginIo, seen: Seen): Promise<string> {
  const environment = readEnvironment(io.environment);
  const { command } = environment;
  if (command === "VERSION") return `${formatJson({ cniVersion: NEWEST, supportedVersions: plugin.versions })}\n`;
  const stdin = readInput(io);
  const document = readPluginInput(stdin);
  if (!isVerb(command)) throw new CniError("invalid_environment", `unknown CNI_COMMAND: ${command}`);
  const version = readConfigVersion(document);
  if (isSpecVersion(version)) seen.version = version;
  reconcileVersions(command, version, plugin.versions);
  const config = readCommonParts(command === "DEL" ? withoutOddPrevResult(document) : document, version);
  // Made when it is asked for: it costs a plugin that ends by itself the better part of a millisecond.
  let own = io.signal;
  const abortable = {
    get signal(): AbortSignal {
      own ??= new AbortController().signal;
      return own;
    },
  };
  const { delegate, undo } = io.delegates({
    environment: io.environment,
    stdin,
    network: config.name,
    cniVersion: version,
    abortable,
  });
  const request: PluginRequest = {
    ...requestOf(environment, command, document, config),
    rawConfig: stdin,
    delegate,
    get signal() {
      return abortable.signal;
    },
  };
  try {
    const handled = handle(plugin, request);
    const printed = await (io.abandoned === undefined ? handled : Promise.race([handled, io.abandoned]));
    if (command === "ADD" || command === "DEL") assertForeignNetns(environment);
    return printed;
  } catch (error) {
    const failures = command === "ADD" ? await undo() : [];
    for (const failure of failures) seen.stderr += `while undoing a delegate: ${String(failure)}\n`;
    throw error;
  }
}

function readInput({ readStdin }: PluginIo): string {
  try {
    return readStdin();
  } catch (cause) {
    throw new CniError("io_failure", `error reading from stdin: ${String(cause)}`, {}, { cause });
  }
}

function isVerb(command: string): command is PluginRequest["verb"] {
  return ["ADD", "DEL", "CHECK", "GC", "STATUS"].includes(command);
}

function requestOf(
  { containerId, netns, ifname, args }: PluginEnvironment,
  verb: PluginRequest["verb"],
  document: JsonObject,
  config: PluginRequest["config"],
): Omit<PluginRequest, "rawConfig" | "delegate" | "signal"> {
  const readPrevious = (): PluginRequest["prevResult"] => readPrevResult(document, config.cniVersion);
  return {
    verb,
    containerId,
    netns: netns === "" ? undefined : netns,
    ifname,
    args: verb === "DEL" ? orElse([], () => parseCniArgs(args)) : parseCniArgs(args),
    config,
    prevResult: verb === "DEL" ? orElse(undefined, readPrevious) : readPrevious(),
    validAttachments: readValidAttachments(document),
  };
}

function withoutOddPrevResult(document: JsonObject): JsonObject {
  const { prevResult, ...others } = document;
  return prevResult === undefined || isJsonObject(prevResult) ? document : others;
}

/** What DEL may lack: an attachment must not become undeletable for it. */
function orElse<T>(missing: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return missing;
  }
}

async function handle(plugin: Plugin, request: PluginRequest): Promise<string> {
  switch (request.verb) {
    case "ADD": {
      const result = await plugin.add(request);
      return formatResult(convertResult(result, request.config.cniVersion), 4);
    }
    case "DEL":
      await plugin.del(request);
      return "";
    case "CHECK":
      await plugin.check?.(request);
      return "";
    case "GC":
      await plugin.gc?.(request);
      return "";
    case "STATUS":
      await plugin.status?.(request);
      return "";
    default:
      return request.verb satisfies never;
  }
}

/** A namespace that cannot be opened is the plugin's to judge, and gone is right for DEL. */
function assertForeignNetns({ netns, netnsOverride }: PluginEnvironment): void {
  if (netns === "" || netnsOverride === "1" || netnsOverride.toUpperCase() === "TRUE") return;
  const given = identityOf(netns);
  if (given === undefined || given !== identityOf("/proc/self/ns/net")) return;
  throw new CniError("invalid_netns", "plugin's netns and netns from CNI_NETNS should not be the same");
}

function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Not there or not to be read: then it cannot be compared.
    return undefined;
  }
}
