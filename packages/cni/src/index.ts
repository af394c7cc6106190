/**
 * Container Network Interface documents: configurations, results of every version and their conversion, arguments,
 * errors. Text and values only: nothing here needs Node.
 *
 * @module index
 */
export { type AttachmentId, validateAttachmentId } from "./attachment-id.js";
export { enabledCapabilities } from "./capabilities.js";
export { type CniArgs, formatCniArgs, parseCniArgs, readCniArgs } from "./cni-args.js";
export { convertResult } from "./convert-result.js";
export { type PluginPosition, removePlugin, upsertPlugin } from "./edit-plugins.js";
export { ERROR_CODES, isRetryable, type SpecErrorCode } from "./error-codes.js";
export {
  CniError,
  type CniErrorCode,
  type CniErrorDetails,
  type ErrorRest,
  isCniError,
  type PluginFailure,
  type Verb,
} from "./errors.js";
export type { Issue, IssueRule } from "./issue.js";
export { jsonSchema, type SchemaName } from "./json-schema.js";
export {
  createNumber,
  isRawNumber,
  type JsonObject,
  type JsonValue,
  numberText,
  type RawNumber,
} from "./json-value.js";
export {
  effectiveVersion,
  formatNetworkConfigList,
  type IpamConfig,
  type NetworkConfigList,
  type PluginConfig,
  parseNetworkConfigList,
} from "./network-config.js";
export type {
  DhcpFields,
  DhcpProvide,
  DhcpRequest,
  HostLocalFields,
  HostLocalRange,
  StaticAddress,
  StaticFields,
} from "./plugins/address-managers.js";
export type { BridgeFields, VlanTrunk } from "./plugins/bridge.js";
export type { CalicoFields, CalicoIpamFields, CalicoPolicy } from "./plugins/calico.js";
export type {
  BandwidthFields,
  FirewallFields,
  PortmapFields,
  SbrFields,
  TuningFields,
  VrfFields,
} from "./plugins/chained-plugins.js";
export type { MultusFields, MultusLogOptions, WhereaboutsFields, WhereaboutsRange } from "./plugins/multi-network.js";
export type { CiliumFields, FlannelFields, WeaveFields, WeaveIpamFields } from "./plugins/overlay-plugins.js";
export type { PluginConfigs } from "./plugins/plugin-configs.js";
export type { HostDeviceFields, PtpFields, TapFields } from "./plugins/point-plugins.js";
export type { IpvlanFields, MacvlanFields, VlanFields } from "./plugins/sub-interfaces.js";
export type { CniResult, ResultOf } from "./result.js";
export type { FamilyAddress, Result020 } from "./result-020.js";
export type { Address040, Interface040, Result040 } from "./result-040.js";
export type { Address100, Interface100, Result100 } from "./result-100.js";
export type { Dns, Route } from "./result-parts.js";
export { formatResult, parseResult } from "./result-text.js";
export { compareSpecVersions, isSpecVersion, SPEC_VERSIONS, type SpecVersion, versionsFrom } from "./spec-version.js";
export {
  assertNetworkConfigList,
  assertPluginConfig,
  validateNetworkConfigList,
  validatePluginConfig,
} from "./validate-network.js";
export { validateResult } from "./validate-result.js";
