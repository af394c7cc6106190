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
declare const rawNumber: unique symbol;
interface RawNumber {
    readonly [rawNumber]: string;
    toJSON(): number;
}
type JsonObject = {
    readonly [key: string]: JsonValue | undefined;
};
type JsonValue = null | boolean | number | string | RawNumber | readonly JsonValue[] | JsonObject;
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
type CniArgs = readonly (readonly [name: string, value: string])[];
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
type ResultOf<V extends SpecVersion> = V extends "0.1.0" | "0.2.0" ? Result020<V> : V extends "0.3.0" | "0.3.1" | "0.4.0" ? Result040<V> : V extends "1.0.0" | "1.1.0" ? Result100<V> : never;
type CniResult = ResultOf<SpecVersion>;
type Verb = "ADD" | "DEL" | "CHECK" | "STATUS" | "GC" | "VERSION";
interface CallOptions {
    readonly signal?: AbortSignal;
}
interface ExecCall {
    readonly path: string;
    readonly stdin: string;
    readonly cni: Readonly<Record<`CNI_${string}`, string>>;
}
type ExecStop =
"timeout"
 | "output_limit"
 | "left_process";
interface ExecResult {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly stopped?: ExecStop;
}
interface Exec {
    find(type: string, dirs: readonly string[], options?: CallOptions): Promise<string>;
    run(call: ExecCall, options?: CallOptions): Promise<ExecResult>;
}
interface Attachment extends AttachmentId {
    readonly netns?: string;
    readonly args?: CniArgs;
    readonly capabilityArgs?: Readonly<Record<string, JsonValue>>;
}
interface CachedAttachment {
    readonly network: NetworkConfigList;
    readonly attachment: Attachment;
    readonly result?: CniResult;
}
interface AttachmentCache {
    put(entry: CachedAttachment, options?: CallOptions): Promise<void>;
    get(network: string, id: AttachmentId, options?: CallOptions): Promise<CachedAttachment | undefined>;
    delete(network: string, id: AttachmentId, options?: CallOptions): Promise<void>;
    list(options?: CallOptions): Promise<readonly CachedAttachment[]>;
}
interface PluginRequest {
    readonly verb: Exclude<Verb, "VERSION">;
    readonly containerId: string;
    readonly netns: string | undefined;
    readonly ifname: string;
    readonly args: CniArgs;
    readonly config: PluginConfig & {
        readonly name: string;
        readonly cniVersion: SpecVersion;
    };
    readonly prevResult: CniResult | undefined;
    readonly validAttachments: readonly AttachmentId[];
    readonly rawConfig: string;
    readonly delegate: (type: string) => Delegate;
    readonly signal: AbortSignal;
}
interface Delegate {
    add(): Promise<CniResult>;
    del(): Promise<void>;
    check(): Promise<void>;
    gc(): Promise<void>;
    status(): Promise<void>;
}
interface Plugin {
    readonly versions: readonly SpecVersion[];
    readonly about: string;
    add(request: PluginRequest): Promise<CniResult> | CniResult;
    del(request: PluginRequest): Promise<void> | void;
    check?(request: PluginRequest): Promise<void> | void;
    gc?(request: PluginRequest): Promise<void> | void;
    status?(request: PluginRequest): Promise<void> | void;
}
interface CniWarning {
    readonly kind: "warning";
    readonly issue: Issue;
}
type CniEvent =
{
    readonly kind: "call";
    readonly plugin: string;
    readonly verb: Verb;
    readonly network: string;
    readonly containerId: string;
    readonly ifname: string;
    readonly durationMs: number;
    readonly error: unknown;
}
 | {
    readonly kind: "rollback";
    readonly network: string;
    readonly attachment: Attachment;
    readonly errors: readonly unknown[];
} | CniWarning;
interface CniMetrics {
    readonly pluginCallCount: number;
    readonly pluginFailureCount: number;
    readonly addCount: number;
    readonly addFailureCount: number;
    readonly rollbackCount: number;
    readonly delCount: number;
    readonly delFailureCount: number;
    readonly checkCount: number;
    readonly checkFailureCount: number;
    readonly gcCount: number;
    readonly gcFailureCount: number;
    readonly warningCount: number;
    readonly pendingCount: number;
}
interface CniOptions {
    readonly pluginDirs: readonly string[];
    readonly cache?: AttachmentCache;
    readonly exec?: Exec;
    readonly strictSpec?: boolean;
    readonly onEvent?: (event: CniEvent) => void;
    readonly now?: () => number;
}
interface Cni {
    add(network: NetworkConfigList, attachment: Attachment, options?: CallOptions & {
        readonly rollback?: boolean;
    }): Promise<CniResult>;
    del(network: NetworkConfigList, attachment: Attachment, options?: CallOptions & {
        readonly continueOnError?: boolean;
    }): Promise<void>;
    check(network: NetworkConfigList, attachment: Attachment, options?: CallOptions): Promise<void>;
    gc(network: NetworkConfigList, valid: readonly AttachmentId[] | "remove_all", options?: CallOptions & {
        readonly dryRun?: boolean;
    }): Promise<readonly CachedAttachment[]>;
    status(network: NetworkConfigList, options?: CallOptions): Promise<void>;
    validate(network: NetworkConfigList, options?: CallOptions): Promise<readonly Issue[]>;
    versions(pluginType: string, options?: CallOptions): Promise<readonly string[]>;
    list(filter?: Partial<AttachmentId> & {
        readonly network?: string;
    }, options?: CallOptions): Promise<readonly CachedAttachment[]>;
    metrics(): CniMetrics;
}
declare function createCni(options: CniOptions): Cni;
declare const LOOPBACK: NetworkConfigList;
interface NetworkAttachment {
    readonly network: NetworkConfigList;
    readonly attachment: Attachment;
}
declare function attachAll(cni: Cni, attachments: readonly NetworkAttachment[], options?: CallOptions & {
    readonly mode?: "serial" | "parallel";
}): Promise<readonly CniResult[]>;
declare function formatChainName(network: string, containerId: string, prefix?: string): string;
declare function formatRuleComment(network: string, containerId: string): string;
declare function editNetwork(file: string, edit: (list: NetworkConfigList) => NetworkConfigList, { signal }?: CallOptions): Promise<string>;
interface FileCacheOptions {
    readonly dir: string;
    readonly onEvent?: (event: CniWarning) => void;
}
declare function createFileCache({ dir, onEvent }: FileCacheOptions): AttachmentCache;
interface HostPort {
    readonly port: number;
    readonly protocol?: "tcp" | "udp" | "sctp";
    readonly hostIP?: string;
}
interface HostAttachment {
    readonly containerId: string;
    readonly ports: readonly HostPort[];
}
interface HostAddress {
    readonly address: string;
    readonly cidr: string | null;
    readonly internal: boolean;
    readonly mac: string;
}
type HostAddresses = Readonly<Record<string, readonly HostAddress[] | undefined>>;
interface HostNetworkOptions {
    readonly stateDir: string;
    readonly interfaces?: readonly string[];
    readonly networkInterfaces?: () => HostAddresses;
}
interface HostNetwork {
    attach(request: {
        readonly containerId: string;
        readonly ports?: readonly HostPort[];
    }, options?: CallOptions): Promise<Result100<"1.1.0">>;
    detach(containerId: string, options?: CallOptions): Promise<void>;
    list(options?: CallOptions): Promise<readonly HostAttachment[]>;
}
declare function createHostNetwork(options: HostNetworkOptions): HostNetwork;
interface NetworkFile {
    readonly file: string;
    readonly network: NetworkConfigList;
}
interface NetworkDirectory {
    readonly networks: readonly NetworkFile[];
    readonly issues: readonly Issue[];
}
declare function loadNetwork(dir: string, name: string, { signal }?: CallOptions): Promise<NetworkConfigList>;
declare function loadNetworks(dir: string, { signal }?: CallOptions): Promise<NetworkDirectory>;
declare function createPluginExec(plugins: Readonly<Record<string, Plugin>>, fallback?: Exec): Exec;
interface ProcessExecOptions {
    readonly timeoutMs?: number;
    readonly maxOutputBytes?: number;
    readonly environment?: () => Readonly<Record<string, string | undefined>>;
    readonly stderr?: (text: string, plugin: string) => void;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
declare function createProcessExec(options?: ProcessExecOptions): Exec;
declare function runPlugin(plugin: Plugin): Promise<void>;
interface WatchNetworksOptions {
    readonly signal: AbortSignal;
    readonly settleMs?: number;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
declare function watchNetworks(dir: string, options: WatchNetworksOptions): AsyncGenerator<NetworkDirectory>;
export { LOOPBACK, attachAll, createCni, createFileCache, createHostNetwork, createPluginExec, createProcessExec, editNetwork, formatChainName, formatRuleComment, loadNetwork, loadNetworks, runPlugin, watchNetworks };
export type { Attachment, AttachmentCache, CachedAttachment, CallOptions, Cni, CniEvent, CniMetrics, CniOptions, CniWarning, Delegate, Exec, ExecCall, ExecResult, ExecStop, FileCacheOptions, HostAddress, HostAddresses, HostAttachment, HostNetwork, HostNetworkOptions, HostPort, NetworkAttachment, NetworkDirectory, NetworkFile, Plugin, PluginRequest, ProcessExecOptions, WatchNetworksOptions };
