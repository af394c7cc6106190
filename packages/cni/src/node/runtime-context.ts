import { formatCniArgs } from "../cni-args.js";
import { CniError, type Verb } from "../errors.js";
import { assertNoFault, findContainerIdFault, findIfnameFault, findNetworkNameFault } from "../internal/name-faults.js";
import { effectiveVersion, type NetworkConfigList, type PluginConfig } from "../network-config.js";
import { isSpecVersion, type SpecVersion } from "../spec-version.js";
import type { Attachment, AttachmentCache } from "./attachment-cache.js";
import type { CniEvent } from "./cni-event.js";
import type { CniMetrics } from "./cni-metrics.js";
import type { Exec, ExecCall, ExecResult } from "./exec.js";
import { assertSucceeded, type CalledPlugin, calledPlugin } from "./interpret-output.js";

/** What the verbs of one runtime work with. */
export interface RuntimeContext {
  readonly pluginDirs: readonly string[];
  readonly exec: Exec;
  readonly cache: AttachmentCache;
  readonly strictSpec: boolean;
  readonly now: () => number;
  readonly emit: (event: CniEvent) => void;
  readonly counts: { -readonly [K in keyof CniMetrics]: number };
}

/** A network that is ready to be run. */
export interface RunnableNetwork {
  readonly list: NetworkConfigList;
  readonly name: string;
  readonly version: SpecVersion;
  readonly plugins: readonly PluginConfig[];
}

/**
 * Checks what becomes part of paths and variables, on every verb.
 *
 * @throws CniError `invalid_config`, `decode_failure`, `unsupported_version`
 */
export function prepareNetwork(list: NetworkConfigList): RunnableNetwork {
  assertNoFault(findNetworkNameFault(list.name));
  const version = effectiveVersion(list) || "0.1.0";
  if (!isSpecVersion(version)) {
    throw new CniError("unsupported_version", `configuration version ${JSON.stringify(version)} is not supported`);
  }
  const { plugins = [] } = list;
  if (plugins.length === 0) throw new CniError("invalid_config", `network ${list.name} has no plugins`);
  return { list, name: list.name, version, plugins };
}

/** @throws CniError `unknown_container`, `invalid_environment` */
export function assertAttachment({ containerId, ifname, args = [] }: Attachment): void {
  assertNoFault(findContainerIdFault(containerId));
  assertNoFault(findIfnameFault(ifname));
  formatCniArgs(args);
}

/** A call that succeeded. */
export interface Answer {
  readonly called: CalledPlugin;
  readonly output: ExecResult;
}

/** Finds and calls a plugin; `attachment` is left out for GC and STATUS. */
export async function callPlugin(
  context: RuntimeContext,
  { network, type, verb, stdin, onCall }: PluginCall,
  attachment: Attachment | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { exec, pluginDirs } = context;
  const abortable = signal === undefined ? {} : { signal };
  signal?.throwIfAborted();
  const path = await exec.find(type, pluginDirs, abortable);
  const call: ExecCall = { path, stdin, cni: variablesOf(verb, attachment, pluginDirs) };
  const called = { ...calledPlugin(call, network), plugin: type };
  onCall?.();
  return supervise(context, called, attachment, async () => {
    const output = await exec.run(call, abortable);
    assertSucceeded(called, output);
    return { called, output };
  });
}

export interface PluginCall {
  readonly network: string;
  readonly type: string;
  readonly verb: Verb;
  readonly stdin: string;
  /** Told when the plugin has been found and is about to run. */
  readonly onCall?: () => void;
}

/** Counts a call and tells of it. */
async function supervise(
  { now, emit, counts }: RuntimeContext,
  called: CalledPlugin,
  attachment: Attachment | undefined,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const started = now();
  const tell = (error: unknown): void => {
    counts.pluginCallCount++;
    if (error !== undefined) counts.pluginFailureCount++;
    const { containerId = "", ifname = "" } = attachment ?? {};
    emit({ kind: "call", ...called, containerId, ifname, durationMs: now() - started, error });
  };
  try {
    const answer = await run();
    tell(undefined);
    return answer;
  } catch (error) {
    tell(error);
    throw error;
  }
}

function variablesOf(verb: Verb, attachment: Attachment | undefined, dirs: readonly string[]): ExecCall["cni"] {
  return {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: attachment?.containerId ?? "",
    CNI_NETNS: attachment?.netns ?? "",
    CNI_IFNAME: attachment?.ifname ?? "",
    CNI_ARGS: argsOf(attachment),
    CNI_PATH: dirs.join(":"),
  };
}

/** Plugins refuse arguments they do not know unless told not to. */
function argsOf({ args = [] }: Partial<Attachment> = {}): string {
  if (args.length === 0) return "";
  const told = args.some(([name]) => name === "IgnoreUnknown");
  return formatCniArgs(told ? args : [["IgnoreUnknown", "1"], ...args]);
}
