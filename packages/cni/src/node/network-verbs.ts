import type { AttachmentId } from "../attachment-id.js";
import { CniError, isCniError } from "../errors.js";
import { formatPluginInput } from "../internal/plugin-input.js";
import type { Issue } from "../issue.js";
import type { NetworkConfigList } from "../network-config.js";
import { effectiveVersion } from "../network-config.js";
import { compareSpecVersions, SPEC_VERSIONS } from "../spec-version.js";
import type { CachedAttachment } from "./attachment-cache.js";
import { delAttachment } from "./attachment-verbs.js";
import type { ExecCall } from "./exec.js";
import { assertSucceeded, calledPlugin, readVersions } from "./interpret-output.js";
import { callPlugin, type RunnableNetwork, type RuntimeContext } from "./runtime-context.js";

const NEWEST = SPEC_VERSIONS[SPEC_VERSIONS.length - 1] as string;

/** Cached attachments of the network that are not among the valid ones. */
export async function findStale(
  { cache }: RuntimeContext,
  network: string,
  valid: readonly AttachmentId[] | "remove_all",
  signal: AbortSignal | undefined,
): Promise<readonly CachedAttachment[]> {
  const entries = await cache.list(signal === undefined ? {} : { signal });
  const kept = new Set(valid === "remove_all" ? [] : valid.map(keyOf));
  return entries.filter(({ network: { name }, attachment }) => name === network && !kept.has(keyOf(attachment)));
}

function keyOf({ containerId, ifname }: AttachmentId): string {
  return `${containerId}/${ifname}`;
}

/**
 * Deletes the stale attachments, then asks every plugin to collect what is not valid; goes on after errors.
 *
 * @throws CniError `gc_failed` with all of them as the `errors` of its cause
 */
export async function collectGarbage(
  context: RuntimeContext,
  network: RunnableNetwork,
  valid: readonly AttachmentId[] | "remove_all",
  signal: AbortSignal | undefined,
): Promise<readonly CachedAttachment[]> {
  const errors: unknown[] = [];
  const deleted: CachedAttachment[] = [];
  for (const entry of await findStale(context, network.name, valid, signal)) {
    try {
      await delAttachment(context, { network, attachment: entry.attachment, signal });
      deleted.push(entry);
    } catch (error) {
      signal?.throwIfAborted();
      errors.push(error);
    }
  }
  if (compareSpecVersions(network.version, "1.1.0") >= 0) {
    const attachments = valid === "remove_all" ? [] : valid;
    const list = attachments.map(({ containerId, ifname }) => ({ containerID: containerId, ifname }));
    // Both spellings: the specification's text once had the second (containernetworking/cni #1101).
    const extra = { "cni.dev/valid-attachments": list, "cni.dev/attachments": list };
    await askAll(context, network, "GC", signal, extra, (error) => errors.push(error));
  }
  if (errors.length === 0) return deleted;
  const texts = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  const cause = new AggregateError(errors, texts.join("; "));
  throw new CniError("gc_failed", `${errors.length} errors: ${texts.join("; ")}`, {}, { cause });
}

/** Asks every plugin for its status, in order; the first that is not ready decides. Before 1.1.0 nobody is asked. */
export async function askStatus(
  context: RuntimeContext,
  network: RunnableNetwork,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (compareSpecVersions(network.version, "1.1.0") >= 0) await askAll(context, network, "STATUS", signal, {});
}

async function askAll(
  context: RuntimeContext,
  { name, version, plugins }: RunnableNetwork,
  verb: "GC" | "STATUS",
  signal: AbortSignal | undefined,
  extra: NonNullable<Parameters<typeof formatPluginInput>[1]["extra"]>,
  onError?: (error: unknown) => void,
): Promise<void> {
  for (const plugin of plugins) {
    const input = { name, cniVersion: version, extra, strictSpec: context.strictSpec };
    try {
      const stdin = formatPluginInput(plugin, input);
      await callPlugin(context, { network: name, type: plugin.type, verb, stdin }, undefined, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (onError === undefined) throw error;
      onError(error);
    }
  }
}

/** Asks a plugin which versions it answers in; one from before VERSION answers in 0.1.0. */
export async function askVersions(
  { exec, pluginDirs }: RuntimeContext,
  type: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const abortable = signal === undefined ? {} : { signal };
  const path = await exec.find(type, pluginDirs, abortable);
  // The values satisfy plugins that demand them for every command.
  const cni = {
    CNI_COMMAND: "VERSION",
    CNI_CONTAINERID: "",
    CNI_NETNS: "dummy",
    CNI_IFNAME: "dummy",
    CNI_ARGS: "",
    CNI_PATH: "dummy",
  };
  const call: ExecCall = { path, stdin: JSON.stringify({ cniVersion: NEWEST }), cni };
  const output = await exec.run(call, abortable);
  const called = { ...calledPlugin(call, ""), plugin: type };
  try {
    assertSucceeded(called, output);
  } catch (error) {
    if (!isCniError(error, "plugin_failed")) throw error;
    const { specMsg, specDetails } = error.details;
    if (specMsg === "unknown CNI_COMMAND: VERSION" && specDetails === undefined) return ["0.1.0"];
    throw error;
  }
  return readVersions(called, output);
}

/** Whether each plugin is there and speaks the list's version. */
export async function validatePlugins(
  context: RuntimeContext,
  list: NetworkConfigList,
  signal: AbortSignal | undefined,
): Promise<readonly Issue[]> {
  const version = effectiveVersion(list) || "0.1.0";
  const issues: Issue[] = [];
  for (const [i, { type }] of (list.plugins ?? []).entries()) {
    const issue = { path: `/plugins/${i}/type`, severity: "error" } as const;
    try {
      const supported = await askVersions(context, type, signal);
      if (supported.includes(version)) continue;
      const message = `plugin ${type} does not support config version ${JSON.stringify(version)}`;
      issues.push({ ...issue, rule: "version", message, hint: `it supports ${supported.join(", ")}` });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isCniError(error)) throw error;
      issues.push({ ...issue, rule: "unavailable", message: error.msg });
    }
  }
  return issues;
}
