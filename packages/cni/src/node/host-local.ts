/**
 * The host-local address manager: files and lock of the reference plugin, with GC and STATUS.
 *
 * @module host-local
 */
import { withLockAsync } from "./leases/directory-lock.js";
import { createHostLocal, type HostLocalOptions } from "./leases/serve-leases.js";
import type { Plugin } from "./plugin.js";

/**
 * The host-local plugin, for calls inside this process; `netmason-host-local` is the same as an executable. It works on
 * one data directory together with the reference plugin at the same time: files, their content, names and lock are the
 * same, and so are the messages. Beyond the reference it has GC, which frees the addresses of attachments that are not
 * valid, and STATUS, which says 50 when a range set has no address left; errors in a configuration have code 7 instead of
 * 999. Needs flock(1) of util-linux.
 *
 * @example
 * ```ts no-run
 * import { hostLocal } from "@netmason/cni/host-local";
 * import { createCni, createPluginExec, createProcessExec } from "@netmason/cni/node";
 *
 * const exec = createPluginExec({ "host-local": hostLocal() }, createProcessExec());
 * const cni = createCni({ pluginDirs: ["/opt/cni/bin"], exec });
 * ```
 * @category Plugins
 */
export function hostLocal(options: HostLocalOptions = {}): Plugin {
  return createHostLocal(withLockAsync, options);
}

export type { HostLocalOptions };
