/**
 * Runs CNI networks and writes CNI plugins: the runtime, its cache and directories, executors, and the plugin kit.
 *
 * @module node
 */
export { attachAll, LOOPBACK, type NetworkAttachment } from "./attach-all.js";
export type { Attachment, AttachmentCache, CachedAttachment } from "./attachment-cache.js";
export { formatChainName, formatRuleComment } from "./chain-name.js";
export { type Cni, type CniOptions, createCni } from "./cni.js";
export type { CniEvent, CniWarning } from "./cni-event.js";
export type { CniMetrics } from "./cni-metrics.js";
export { editNetwork } from "./edit-network.js";
export type { CallOptions, Exec, ExecCall, ExecResult, ExecStop } from "./exec.js";
export { createFileCache, type FileCacheOptions } from "./file-cache.js";
export {
  createHostNetwork,
  type HostAddress,
  type HostAddresses,
  type HostAttachment,
  type HostNetwork,
  type HostNetworkOptions,
  type HostPort,
} from "./host-network.js";
export { loadNetwork, loadNetworks, type NetworkDirectory, type NetworkFile } from "./network-directory.js";
export type { Delegate, Plugin, PluginRequest } from "./plugin.js";
export { createPluginExec } from "./plugin-exec.js";
export { createProcessExec, type ProcessExecOptions } from "./process-exec.js";
export { runPlugin } from "./run-plugin.js";
export { type WatchNetworksOptions, watchNetworks } from "./watch-networks.js";
