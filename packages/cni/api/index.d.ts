// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

type IssueRule = "required" | "wrong_type" | "enum" | "out_of_range" | "format" | "conflict" | "position" | "version" | "capability" | "unknown_field" | "deprecated_field" | "syntax" | "unavailable";
interface Issue {
    readonly path: string;
    readonly rule: IssueRule;
    readonly severity: "error" | "warning";
    readonly message: string;
    readonly hint?: string;
    readonly file?: string;
}
interface AttachmentId {
    readonly containerId: string;
    readonly ifname: string;
}
declare function validateAttachmentId({ containerId, ifname }: AttachmentId): readonly Issue[];
declare const rawNumber: unique symbol;
interface RawNumber {
    readonly [rawNumber]: string;
    toJSON(): number;
}
type JsonObject = {
    readonly [key: string]: JsonValue | undefined;
};
type JsonValue = null | boolean | number | string | RawNumber | readonly JsonValue[] | JsonObject;
declare function createNumber(text: string): number | RawNumber;
declare function isRawNumber(value: unknown): value is RawNumber;
declare function numberText(value: number | RawNumber): string;
type Dns = {
    readonly nameservers?: readonly string[];
    readonly domain?: string;
    readonly search?: readonly string[];
    readonly options?: readonly string[];
};
type Route = {
    readonly dst: string;
    readonly gw?: string;
    readonly mtu?: number;
    readonly advmss?: number;
    readonly priority?: number;
    readonly table?: number;
    readonly scope?: number;
};
type IpamConfig = {
    readonly type?: string;
    readonly [key: string]: JsonValue | undefined;
};
type PluginConfig = {
    readonly type: string;
    readonly capabilities?: Readonly<Record<string, boolean>>;
    readonly ipam?: IpamConfig;
    readonly dns?: Dns & JsonObject;
    readonly runtimeConfig?: JsonObject;
    readonly [key: string]: JsonValue | undefined;
};
type NetworkConfigList = {
    readonly name: string;
    readonly cniVersion?: string;
    readonly cniVersions?: readonly string[];
    readonly disableCheck?: boolean;
    readonly disableGC?: boolean;
    readonly loadOnlyInlinedPlugins?: boolean;
    readonly plugins?: readonly PluginConfig[];
    readonly [key: string]: JsonValue | undefined;
};
declare function parseNetworkConfigList(text: string): NetworkConfigList;
declare function formatNetworkConfigList(list: NetworkConfigList, indent?: number): string;
declare function effectiveVersion({ cniVersion, cniVersions }: NetworkConfigList): string;
type CniArgs = readonly (readonly [name: string, value: string])[];
declare function parseCniArgs(text: string): CniArgs;
declare function formatCniArgs(args: CniArgs): string;
declare function readCniArgs<N extends string>(args: CniArgs, names: readonly N[]): {
    readonly [K in N]?: string;
};
type FamilyAddress = {
    readonly ip: string;
    readonly gateway?: string;
    readonly routes?: readonly Route[];
};
type Result020<V extends "0.1.0" | "0.2.0" = "0.1.0" | "0.2.0"> = {
    readonly cniVersion: V;
    readonly ip4?: FamilyAddress;
    readonly ip6?: FamilyAddress;
    readonly dns: Dns;
};
type Interface040 = {
    readonly name: string;
    readonly mac?: string;
    readonly sandbox?: string;
};
type Address040 = {
    readonly version: "4" | "6";
    readonly interface?: number;
    readonly address: string;
    readonly gateway?: string;
};
type Result040<V extends "0.3.0" | "0.3.1" | "0.4.0" = "0.3.0" | "0.3.1" | "0.4.0"> = {
    readonly cniVersion: V;
    readonly interfaces?: readonly Interface040[];
    readonly ips?: readonly Address040[];
    readonly routes?: readonly Route[];
    readonly dns: Dns;
};
type Interface100 = {
    readonly name: string;
    readonly mac?: string;
    readonly mtu?: number;
    readonly sandbox?: string;
    readonly socketPath?: string;
    readonly pciID?: string;
};
type Address100 = {
    readonly interface?: number;
    readonly address: string;
    readonly gateway?: string;
};
type Result100<V extends "1.0.0" | "1.1.0" = "1.0.0" | "1.1.0"> = {
    readonly cniVersion: V;
    readonly interfaces?: readonly Interface100[];
    readonly ips?: readonly Address100[];
    readonly routes?: readonly Route[];
    readonly dns?: Dns;
};
declare const SPEC_VERSIONS: readonly ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
type SpecVersion = (typeof SPEC_VERSIONS)[number];
declare function isSpecVersion(text: string): text is SpecVersion;
declare function versionsFrom(oldest: SpecVersion): readonly SpecVersion[];
declare function compareSpecVersions(a: string, b: string): number;
type ResultOf<V extends SpecVersion> = V extends "0.1.0" | "0.2.0" ? Result020<V> : V extends "0.3.0" | "0.3.1" | "0.4.0" ? Result040<V> : V extends "1.0.0" | "1.1.0" ? Result100<V> : never;
type CniResult = ResultOf<SpecVersion>;
type Verb = "ADD" | "DEL" | "CHECK" | "STATUS" | "GC" | "VERSION";
interface PluginFailure {
    readonly plugin: string;
    readonly verb: Verb;
    readonly network: string;
    readonly specCode?: number;
    readonly specMsg?: string;
    readonly specDetails?: string;
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
    readonly rollback?: readonly unknown[];
}
interface CniErrorDetails {
    readonly incompatible_version: {
        readonly text?: string;
    };
    readonly unsupported_field: {
        readonly text?: string;
    };
    readonly unknown_container: {
        readonly text?: string;
    };
    readonly invalid_environment: {
        readonly text?: string;
    };
    readonly io_failure: {
        readonly text?: string;
    };
    readonly decode_failure: {
        readonly text?: string;
    };
    readonly invalid_config: {
        readonly text?: string;
        readonly issues?: readonly Issue[];
    };
    readonly invalid_netns: {
        readonly text?: string;
    };
    readonly try_again_later: {
        readonly text?: string;
    };
    readonly plugin_not_available: {
        readonly text?: string;
    };
    readonly plugin_limited: {
        readonly text?: string;
    };
    readonly plugin_specific: {
        readonly number: number;
        readonly text?: string;
    };
    readonly internal: {
        readonly text?: string;
    };
    readonly plugin_failed: PluginFailure;
    readonly plugin_crashed: PluginFailure;
    readonly plugin_timeout: PluginFailure;
    readonly plugin_output: PluginFailure;
    readonly plugin_not_found: {
        readonly text?: string;
    };
    readonly config_not_found: {
        readonly text?: string;
    };
    readonly no_configs: {
        readonly text?: string;
    };
    readonly check_not_supported: {
        readonly text?: string;
    };
    readonly unsupported_version: {
        readonly text?: string;
    };
    readonly invalid_result: {
        readonly text?: string;
    };
    readonly conversion_failed: {
        readonly text?: string;
    };
    readonly cache_failure: {
        readonly text?: string;
    };
    readonly gc_failed: {
        readonly text?: string;
    };
    readonly port_in_use: {
        readonly port: number;
        readonly protocol: string;
        readonly heldBy?: string;
    };
}
type CniErrorCode = keyof CniErrorDetails;
type ErrorRest<D> = Record<never, never> extends D ? [details?: D, options?: {
    readonly cause?: unknown;
}] : [details: D, options?: {
    readonly cause?: unknown;
}];
declare class CniError<C extends CniErrorCode = CniErrorCode> extends Error {
    readonly code: C;
    readonly msg: string;
    readonly details: CniErrorDetails[C];
    constructor(code: C, msg: string, ...[details, options]: ErrorRest<CniErrorDetails[C]>);
}
declare function isCniError<C extends CniErrorCode = CniErrorCode>(error: unknown, code?: C): error is {
    [K in C]: CniError<K>;
}[C];
declare function enabledCapabilities({ plugins }: NetworkConfigList): readonly string[];
declare function convertResult<V extends SpecVersion>(result: CniResult, version: V): ResultOf<V>;
type PluginPosition = "first" | "last" | {
    readonly before: string;
} | {
    readonly after: string;
};
declare function upsertPlugin(list: NetworkConfigList, plugin: PluginConfig, position?: PluginPosition): NetworkConfigList;
declare function removePlugin(list: NetworkConfigList, type: string): NetworkConfigList;
interface SpecErrorCode {
    readonly number: number | undefined;
    readonly retryable: boolean;
}
declare const ERROR_CODES: {
    readonly [C in CniErrorCode]: SpecErrorCode;
};
declare function isRetryable(error: CniError): boolean;
type HostLocalRange = {
    readonly subnet: string;
    readonly rangeStart?: string;
    readonly rangeEnd?: string;
    readonly gateway?: string;
};
type HostLocalFields = {
    readonly subnet?: string;
    readonly rangeStart?: string;
    readonly rangeEnd?: string;
    readonly gateway?: string;
    readonly ranges?: readonly (readonly HostLocalRange[])[];
    readonly routes?: readonly Route[];
    readonly dataDir?: string;
    readonly resolvConf?: string;
};
type StaticAddress = {
    readonly address: string;
    readonly gateway?: string;
};
type StaticFields = {
    readonly addresses?: readonly StaticAddress[];
    readonly routes?: readonly Route[];
    readonly dns?: Dns;
};
type DhcpProvide = {
    readonly option: string;
    readonly value?: string;
    readonly fromArg?: string;
};
type DhcpRequest = {
    readonly option?: string;
    readonly skipDefault?: boolean;
};
type DhcpFields = {
    readonly daemonSocketPath?: string;
    readonly provide?: readonly DhcpProvide[];
    readonly request?: readonly DhcpRequest[];
    readonly priority?: number;
};
type VlanTrunk = {
    readonly minID?: number;
    readonly maxID?: number;
    readonly id?: number;
};
type BridgeFields = {
    readonly bridge?: string;
    readonly isGateway?: boolean;
    readonly isDefaultGateway?: boolean;
    readonly forceAddress?: boolean;
    readonly ipMasq?: boolean;
    readonly ipMasqBackend?: "iptables" | "nftables";
    readonly mtu?: number;
    readonly hairpinMode?: boolean;
    readonly promiscMode?: boolean;
    readonly vlan?: number;
    readonly vlanTrunk?: readonly VlanTrunk[];
    readonly preserveDefaultVlan?: boolean;
    readonly macspoofchk?: boolean;
    readonly enabledad?: boolean;
    readonly disableContainerInterface?: boolean;
    readonly portIsolation?: boolean;
};
type CalicoPolicy = {
    readonly type?: string;
    readonly k8s_api_root?: string;
    readonly k8s_auth_token?: string;
    readonly k8s_client_certificate?: string;
    readonly k8s_client_key?: string;
    readonly k8s_certificate_authority?: string;
};
type CalicoFields = {
    readonly datastore_type?: "" | "kubernetes" | "etcdv3";
    readonly nodename?: string;
    readonly nodename_file?: string;
    readonly nodename_file_optional?: boolean;
    readonly etcd_endpoints?: string;
    readonly etcd_discovery_srv?: string;
    readonly etcd_scheme?: string;
    readonly etcd_key_file?: string;
    readonly etcd_cert_file?: string;
    readonly etcd_ca_cert_file?: string;
    readonly etcd_authority?: string;
    readonly hostname?: string;
    readonly log_level?: string;
    readonly log_file_path?: string;
    readonly log_file_max_size?: number;
    readonly log_file_max_age?: number;
    readonly log_file_max_count?: number;
    readonly mtu?: number;
    readonly require_mtu_file?: boolean;
    readonly num_queues?: number;
    readonly qps?: number;
    readonly burst?: number;
    readonly policy?: CalicoPolicy;
    readonly kubernetes?: {
        readonly k8s_api_root?: string;
        readonly kubeconfig?: string;
        readonly node_name?: string;
    };
    readonly feature_control?: {
        readonly ip_addrs_no_ipam?: boolean;
        readonly floating_ips?: boolean;
    };
    readonly container_settings?: {
        readonly allow_ip_forwarding?: boolean;
    };
    readonly include_default_routes?: boolean;
    readonly dataplane_options?: JsonObject;
    readonly device_type?: "" | "veth" | "netkit";
    readonly readiness_gates?: readonly string[];
    readonly policy_setup_timeout_seconds?: number;
    readonly endpoint_status_dir?: string;
    readonly calico_api_group?: string;
    readonly ipam_lock_file?: string;
    readonly mode?: string;
    readonly vxlan_mac_prefix?: string;
    readonly vxlan_vni?: number;
};
type CalicoIpamFields = {
    readonly assign_ipv4?: "true" | "false";
    readonly assign_ipv6?: "true" | "false";
    readonly ipv4_pools?: readonly string[];
    readonly ipv6_pools?: readonly string[];
    readonly subnet?: string;
};
type PortmapFields = {
    readonly backend?: "iptables" | "nftables";
    readonly snat?: boolean;
    readonly conditionsV4?: readonly string[];
    readonly conditionsV6?: readonly string[];
    readonly masqAll?: boolean;
    readonly markMasqBit?: number;
    readonly externalSetMarkChain?: string;
};
type BandwidthFields = {
    readonly ingressRate?: number;
    readonly ingressBurst?: number;
    readonly egressRate?: number;
    readonly egressBurst?: number;
};
type TuningFields = {
    readonly sysctl?: Readonly<Record<string, string>>;
    readonly mac?: string;
    readonly mtu?: number;
    readonly promisc?: boolean;
    readonly allmulti?: boolean;
    readonly txQLen?: number;
    readonly dataDir?: string;
};
type FirewallFields = {
    readonly backend?: string;
    readonly iptablesAdminChainName?: string;
    readonly firewalldZone?: string;
    readonly ingressPolicy?: "" | "open" | "same-bridge" | "isolated";
};
type SbrFields = {
    readonly table?: number;
    readonly gateways?: readonly string[];
    readonly addSourceHints?: boolean;
};
type VrfFields = {
    readonly vrfname: string;
    readonly table?: number;
};
type MultusLogOptions = {
    readonly maxAge?: number;
    readonly maxSize?: number;
    readonly maxBackups?: number;
    readonly compress?: boolean;
};
type MultusFields = {
    readonly kubeconfig?: string;
    readonly clusterNetwork?: string;
    readonly delegates?: readonly JsonObject[];
    readonly defaultNetworks?: readonly string[];
    readonly confDir?: string;
    readonly cniDir?: string;
    readonly binDir?: string;
    readonly logFile?: string;
    readonly logLevel?: string;
    readonly logToStderr?: boolean;
    readonly logOptions?: MultusLogOptions;
    readonly readinessindicatorfile?: string;
    readonly namespaceIsolation?: boolean;
    readonly globalNamespaces?: string;
    readonly systemNamespaces?: readonly string[];
    readonly multusNamespace?: string;
    readonly retryDeleteOnError?: boolean;
    readonly auxiliaryCNIChainName?: string;
    readonly daemonSocketDir?: string;
};
type WhereaboutsRange = {
    readonly range: string;
    readonly range_start?: string;
    readonly range_end?: string;
    readonly exclude?: readonly string[];
};
type WhereaboutsFields = {
    readonly range?: string;
    readonly range_start?: string;
    readonly range_end?: string;
    readonly exclude?: readonly string[];
    readonly ipRanges?: readonly WhereaboutsRange[];
    readonly gateway?: string;
    readonly routes?: readonly Route[];
    readonly addresses?: readonly StaticAddress[];
    readonly dns?: Dns;
    readonly datastore?: "" | "kubernetes" | "etcd";
    readonly node_slice_size?: string;
    readonly enable_overlapping_ranges?: boolean;
    readonly network_name?: string;
    readonly log_file?: string;
    readonly log_level?: string;
    readonly leader_lease_duration?: number;
    readonly leader_renew_deadline?: number;
    readonly leader_retry_period?: number;
    readonly sleep_for_race?: number;
    readonly reconciler_cron_expression?: string;
    readonly kubernetes?: {
        readonly kubeconfig: string;
        readonly k8s_api_root?: string;
    };
    readonly configuration_path?: string;
};
type CiliumFields = {
    readonly mtu?: number;
    readonly "enable-route-mtu"?: boolean;
    readonly "enable-debug"?: boolean;
    readonly "log-format"?: string;
    readonly "log-file"?: string;
    readonly "chaining-mode"?: string;
    readonly eni?: JsonObject;
    readonly azure?: JsonObject;
    readonly "alibaba-cloud"?: JsonObject;
};
type FlannelFields = {
    readonly subnetFile?: string;
    readonly dataDir?: string;
    readonly delegate?: JsonObject;
};
type WeaveFields = {
    readonly bridge?: string;
    readonly mtu?: number;
    readonly hairpinMode?: boolean;
    readonly isGateway?: boolean;
    readonly ipMasq?: boolean;
};
type WeaveIpamFields = {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly routes?: readonly Route[];
};
type PtpFields = {
    readonly ipMasq?: boolean;
    readonly ipMasqBackend?: "iptables" | "nftables";
    readonly mtu?: number;
};
type TapFields = {
    readonly multiQueue?: boolean;
    readonly mtu?: number;
    readonly mac?: string;
    readonly owner?: number;
    readonly group?: number;
    readonly selinuxContext?: string;
    readonly bridge?: string;
};
type HostDeviceFields = {
    readonly device?: string;
    readonly hwaddr?: string;
    readonly kernelpath?: string;
    readonly pciBusID?: string;
};
type MacvlanFields = {
    readonly master?: string;
    readonly mode?: "" | "bridge" | "private" | "vepa" | "passthru";
    readonly mtu?: number;
    readonly mac?: string;
    readonly linkInContainer?: boolean;
    readonly bcqueuelen?: number;
};
type IpvlanFields = {
    readonly master?: string;
    readonly mode?: "" | "l2" | "l3" | "l3s";
    readonly mtu?: number;
    readonly linkInContainer?: boolean;
};
type VlanFields = {
    readonly master: string;
    readonly vlanId?: number;
    readonly mtu?: number;
    readonly linkInContainer?: boolean;
};
interface PluginConfigs {
    readonly bridge: PluginConfig & BridgeFields & {
        readonly type: "bridge";
    };
    readonly ptp: PluginConfig & PtpFields & {
        readonly type: "ptp";
    };
    readonly dummy: PluginConfig & Record<never, never> & {
        readonly type: "dummy";
    };
    readonly loopback: PluginConfig & Record<never, never> & {
        readonly type: "loopback";
    };
    readonly tap: PluginConfig & TapFields & {
        readonly type: "tap";
    };
    readonly "host-device": PluginConfig & HostDeviceFields & {
        readonly type: "host-device";
    };
    readonly macvlan: PluginConfig & MacvlanFields & {
        readonly type: "macvlan";
    };
    readonly ipvlan: PluginConfig & IpvlanFields & {
        readonly type: "ipvlan";
    };
    readonly vlan: PluginConfig & VlanFields & {
        readonly type: "vlan";
    };
    readonly "host-local": IpamConfig & HostLocalFields & {
        readonly type: "host-local";
    };
    readonly static: IpamConfig & Omit<StaticFields, "dns"> & {
        readonly type: "static";
    };
    readonly dhcp: IpamConfig & DhcpFields & {
        readonly type: "dhcp";
    };
    readonly portmap: PluginConfig & PortmapFields & {
        readonly type: "portmap";
    };
    readonly bandwidth: PluginConfig & BandwidthFields & {
        readonly type: "bandwidth";
    };
    readonly tuning: PluginConfig & TuningFields & {
        readonly type: "tuning";
    };
    readonly firewall: PluginConfig & FirewallFields & {
        readonly type: "firewall";
    };
    readonly sbr: PluginConfig & SbrFields & {
        readonly type: "sbr";
    };
    readonly vrf: PluginConfig & VrfFields & {
        readonly type: "vrf";
    };
    readonly calico: PluginConfig & CalicoFields & {
        readonly type: "calico";
    };
    readonly "calico-ipam": IpamConfig & CalicoIpamFields & {
        readonly type: "calico-ipam";
    };
    readonly "cilium-cni": PluginConfig & CiliumFields & {
        readonly type: "cilium-cni";
    };
    readonly flannel: PluginConfig & FlannelFields & {
        readonly type: "flannel";
    };
    readonly "weave-net": PluginConfig & WeaveFields & {
        readonly type: "weave-net";
    };
    readonly "weave-ipam": IpamConfig & WeaveIpamFields & {
        readonly type: "weave-ipam";
    };
    readonly multus: PluginConfig & MultusFields & {
        readonly type: "multus";
    };
    readonly whereabouts: IpamConfig & WhereaboutsFields & {
        readonly type: "whereabouts";
    };
}
type SchemaName = keyof PluginConfigs | `network-${SpecVersion}` | `result-${SpecVersion}`;
declare function jsonSchema(of: SchemaName): JsonObject;
declare function parseResult(input: string | JsonValue, defaultVersion?: SpecVersion): CniResult;
declare function formatResult(result: CniResult, indent?: number): string;
declare function validateNetworkConfigList(value: JsonValue): readonly Issue[];
declare function validatePluginConfig(value: JsonValue, options?: {
    readonly cniVersion?: string;
}): readonly Issue[];
declare function assertNetworkConfigList(value: JsonValue): asserts value is NetworkConfigList;
declare function assertPluginConfig<T extends keyof PluginConfigs>(value: JsonValue, type: T): asserts value is PluginConfigs[T];
declare function validateResult(value: JsonValue, version: SpecVersion): readonly Issue[];
export { CniError, ERROR_CODES, SPEC_VERSIONS, assertNetworkConfigList, assertPluginConfig, compareSpecVersions, convertResult, createNumber, effectiveVersion, enabledCapabilities, formatCniArgs, formatNetworkConfigList, formatResult, isCniError, isRawNumber, isRetryable, isSpecVersion, jsonSchema, numberText, parseCniArgs, parseNetworkConfigList, parseResult, readCniArgs, removePlugin, upsertPlugin, validateAttachmentId, validateNetworkConfigList, validatePluginConfig, validateResult, versionsFrom };
export type { Address040, Address100, AttachmentId, BandwidthFields, BridgeFields, CalicoFields, CalicoIpamFields, CalicoPolicy, CiliumFields, CniArgs, CniErrorCode, CniErrorDetails, CniResult, DhcpFields, DhcpProvide, DhcpRequest, Dns, ErrorRest, FamilyAddress, FirewallFields, FlannelFields, HostDeviceFields, HostLocalFields, HostLocalRange, Interface040, Interface100, IpamConfig, IpvlanFields, Issue, IssueRule, JsonObject, JsonValue, MacvlanFields, MultusFields, MultusLogOptions, NetworkConfigList, PluginConfig, PluginConfigs, PluginFailure, PluginPosition, PortmapFields, PtpFields, RawNumber, Result020, Result040, Result100, ResultOf, Route, SbrFields, SchemaName, SpecErrorCode, SpecVersion, StaticAddress, StaticFields, TapFields, TuningFields, Verb, VlanFields, VlanTrunk, VrfFields, WeaveFields, WeaveIpamFields, WhereaboutsFields, WhereaboutsRange };
