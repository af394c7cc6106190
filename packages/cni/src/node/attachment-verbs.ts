import { convertResult } from "../convert-result.js";
import { CniError, type CniErrorDetails, isCniError } from "../errors.js";
import { formatPluginInput } from "../internal/plugin-input.js";
import type { PluginConfig } from "../network-config.js";
import type { CniResult } from "../result.js";
import { compareSpecVersions, type SpecVersion } from "../spec-version.js";
import type { Attachment, CachedAttachment } from "./attachment-cache.js";
import { readPrintedResult } from "./interpret-output.js";
import {
  type Answer,
  callPlugin,
  type PluginCall,
  type RunnableNetwork,
  type RuntimeContext,
} from "./runtime-context.js";

/** ADD, DEL and CHECK of one attachment, without order and exclusion. */
export interface AttachmentJob {
  readonly network: RunnableNetwork;
  readonly attachment: Attachment;
  readonly signal: AbortSignal | undefined;
}

/** Runs the chain and remembers the attachment. What was attached before is not undone when it is added again in vain. */
export async function addAttachment(
  context: RuntimeContext,
  job: AttachmentJob,
  rollback: boolean,
): Promise<CniResult> {
  const { network, attachment, signal } = job;
  // Told before anything is done, and again by put: the place must not be another attachment's.
  const held = await holds(context, job);
  const progress: Progress = { started: false, last: undefined };
  try {
    await runChain(context, job, progress);
    const result = progress.last as CniResult;
    await remember(context, { network: network.list, attachment, result }, signal);
    return result;
  } catch (error) {
    if (!rollback || held || !progress.started) throw error;
    throw withRollback(error, await undoAdd(context, job, progress.last));
  }
}

/** Whether the cache has the attachment; an entry that is not understood is one. */
async function holds({ cache }: RuntimeContext, { network, attachment }: AttachmentJob): Promise<boolean> {
  try {
    return (await cache.get(network.name, attachment)) !== undefined;
  } catch (error) {
    if (isCniError(error, "cache_failure")) throw error;
    return true;
  }
}

/** A cache of somebody else's making may reject with anything. */
async function remember(
  { cache }: RuntimeContext,
  entry: CachedAttachment,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await cache.put(entry, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (isCniError(cause)) throw cause;
    throw new CniError("cache_failure", `the attachment cannot be remembered: ${String(cause)}`, {}, { cause });
  }
}

interface Progress {
  /** Whether a plugin was called at all. */
  started: boolean;
  last: CniResult | undefined;
}

async function runChain(context: RuntimeContext, job: AttachmentJob, progress: Progress): Promise<void> {
  const { network, attachment, signal } = job;
  for (const plugin of network.plugins) {
    const stdin = inputOf(context, job, plugin, progress.last);
    const onCall = (): void => {
      progress.started = true;
    };
    const call: PluginCall = { network: network.name, type: plugin.type, verb: "ADD", stdin, onCall };
    progress.last = readResult(context, network, await callPlugin(context, call, attachment, signal));
  }
}

function readResult(context: RuntimeContext, { version }: RunnableNetwork, { called, output }: Answer): CniResult {
  const result = readPrintedResult(called, output, version);
  if (result.cniVersion === version) return result;
  const message = `plugin ${called.plugin} answered in version ${result.cniVersion} instead of ${version}`;
  warn(context, "version", message);
  return convertResult(result, version);
}

function warn({ counts, emit }: RuntimeContext, rule: "version" | "syntax", message: string): void {
  counts.warningCount++;
  emit({ kind: "warning", issue: { path: "", rule, severity: "warning", message } });
}

/** Deletes what a failed ADD has done, with the executor's own time-out and no other. */
async function undoAdd(
  context: RuntimeContext,
  { network, attachment }: AttachmentJob,
  last: CniResult | undefined,
): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  await delChain(context, { network, attachment, signal: undefined }, last, (error) => errors.push(error));
  await context.cache.delete(network.name, attachment).catch((error) => errors.push(error));
  context.counts.rollbackCount++;
  context.emit({ kind: "rollback", network: network.name, attachment, errors });
  return errors;
}

/** An abort's reason stays what it is: the event alone has what went wrong meanwhile. */
function withRollback(error: unknown, rollback: readonly unknown[]): unknown {
  if (!isCniError(error)) return error;
  const { code, msg, details, cause } = error;
  // Of whatever code: what a call can end with has room for it.
  const undone = { ...details, rollback } as CniErrorDetails["io_failure"];
  return new CniError(code as "io_failure", msg, undone, cause === undefined ? {} : { cause });
}

/** Runs DEL of every plugin in reverse; `onError` keeps going, without it the first error stops. */
export async function delAttachment(
  context: RuntimeContext,
  job: AttachmentJob,
  onError?: (error: unknown) => void,
): Promise<void> {
  const { network, attachment, signal } = job;
  let failed = false;
  const passOn =
    onError &&
    ((error: unknown): void => {
      failed = true;
      onError(error);
    });
  await delChain(context, job, await resultForDel(context, job), passOn);
  if (!failed) await context.cache.delete(network.name, attachment, signal === undefined ? {} : { signal });
}

async function delChain(
  context: RuntimeContext,
  job: AttachmentJob,
  prevResult: CniResult | undefined,
  onError: ((error: unknown) => void) | undefined,
): Promise<void> {
  const { network, attachment, signal } = job;
  const passed = carriesPrevResult(network.version) ? prevResult : undefined;
  for (const plugin of [...network.plugins].reverse()) {
    const stdin = inputOf(context, job, plugin, passed);
    try {
      await callPlugin(context, { network: network.name, type: plugin.type, verb: "DEL", stdin }, attachment, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (onError === undefined) throw error;
      onError(error);
    }
  }
}

/** DEL and CHECK get the cached result from 0.4.0 up. */
function carriesPrevResult(version: SpecVersion): boolean {
  return compareSpecVersions(version, "0.4.0") >= 0;
}

/** What cannot be read or converted must not keep an attachment from being deleted. */
async function resultForDel(context: RuntimeContext, job: AttachmentJob): Promise<CniResult | undefined> {
  if (!carriesPrevResult(job.network.version)) return undefined;
  try {
    return await cachedResult(context, job);
  } catch (error) {
    if (!isCniError(error)) throw error;
    warn(context, "syntax", `cached result is left out: ${error.msg}`);
    return undefined;
  }
}

async function cachedResult(
  { cache }: RuntimeContext,
  { network, attachment, signal }: AttachmentJob,
): Promise<CniResult | undefined> {
  const entry = await cache.get(network.name, attachment, signal === undefined ? {} : { signal });
  return entry?.result === undefined ? undefined : convertResult(entry.result, network.version);
}

/** Runs CHECK of every plugin in order; each gets the final result. */
export async function checkAttachment(context: RuntimeContext, job: AttachmentJob): Promise<void> {
  const { network, attachment, signal } = job;
  const prevResult = await cachedResult(context, job);
  for (const plugin of network.plugins) {
    const stdin = inputOf(context, job, plugin, prevResult);
    await callPlugin(context, { network: network.name, type: plugin.type, verb: "CHECK", stdin }, attachment, signal);
  }
}

function inputOf(
  { strictSpec }: RuntimeContext,
  { network, attachment }: AttachmentJob,
  plugin: PluginConfig,
  prevResult: CniResult | undefined,
): string {
  return formatPluginInput(plugin, {
    name: network.name,
    cniVersion: network.version,
    strictSpec,
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(attachment.capabilityArgs === undefined ? {} : { capabilityArgs: attachment.capabilityArgs }),
  });
}
