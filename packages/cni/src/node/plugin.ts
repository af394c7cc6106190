import type { AttachmentId } from "../attachment-id.js";
import type { CniArgs } from "../cni-args.js";
import type { Verb } from "../errors.js";
import type { PluginConfig } from "../network-config.js";
import type { CniResult } from "../result.js";
import type { SpecVersion } from "../spec-version.js";

/** What a plugin is asked. */
export interface PluginRequest {
  readonly verb: Exclude<Verb, "VERSION">;
  /** `""` for GC and STATUS. */
  readonly containerId: string;
  /** Path of the network namespace; `undefined` when it is not given, which DEL must bear. */
  readonly netns: string | undefined;
  /** `""` for GC and STATUS. */
  readonly ifname: string;
  /** Read them with `readCniArgs`. */
  readonly args: CniArgs;
  readonly config: PluginConfig & { readonly name: string; readonly cniVersion: SpecVersion };
  /** In the configuration's version; a chained plugin's ADD returns it, changed or not. */
  readonly prevResult: CniResult | undefined;
  /** For GC. */
  readonly validAttachments: readonly AttachmentId[];
  /** The whole input as it came. */
  readonly rawConfig: string;
  /** Another plugin, searched in `CNI_PATH`, that is given the same input and environment. */
  readonly delegate: (type: string) => Delegate;
  /** Aborted when a caller inside this process gives up; a plugin in a process of its own is killed instead. */
  readonly signal: AbortSignal;
}

/** A plugin called by a plugin. Its own error is a `plugin_failed` whose number and text are printed unchanged. */
export interface Delegate {
  /** If the ADD of the calling plugin fails afterwards, DEL of this delegate is run before the failure is printed. */
  add(): Promise<CniResult>;
  /** Deletes; also what was never added. */
  del(): Promise<void>;
  /** Rejects when something is not as the last ADD left it. */
  check(): Promise<void>;
  /** Hands on which attachments are valid. */
  gc(): Promise<void>;
  /** Rejects when the plugin is not ready. */
  status(): Promise<void>;
}

/**
 * A plugin: one value for `runPlugin`, for `createPluginExec` and for tests. A handler throws a `CniError` to choose the
 * code that is printed; anything else is printed as 999. Without a handler the verb succeeds.
 */
export interface Plugin {
  /** The versions it answers in. */
  readonly versions: readonly SpecVersion[];
  /** Printed on stderr when it is started by hand. */
  readonly about: string;
  /** The result may be of any version; it is converted to the configuration's. */
  add(request: PluginRequest): Promise<CniResult> | CniResult;
  /** Must succeed when there is nothing left, or no namespace. */
  del(request: PluginRequest): Promise<void> | void;
  /** Throws when something is not as the last ADD left it. */
  check?(request: PluginRequest): Promise<void> | void;
  /** Removes everything that is not of `validAttachments`. */
  gc?(request: PluginRequest): Promise<void> | void;
  /** Throws `plugin_not_available` or `plugin_limited` when an ADD would fail now. */
  status?(request: PluginRequest): Promise<void> | void;
}
