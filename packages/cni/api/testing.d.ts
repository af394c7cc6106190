// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

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
interface ContractCase {
    readonly name: string;
    readonly run: () => void | Promise<void>;
}
declare function cacheContract(create: () => AttachmentCache | Promise<AttachmentCache>): readonly ContractCase[];
interface ExecContractSubject {
    readonly exec: Exec;
    readonly dirs: readonly string[];
    readonly type: string;
}
declare function execContract(create: () => ExecContractSubject | Promise<ExecContractSubject>): readonly ContractCase[];
interface FakeExec extends Exec {
    readonly calls: readonly ExecCall[];
}
declare function createFakeExec(answer: (call: ExecCall & {
    readonly type: string;
}) => Partial<ExecResult> | Promise<Partial<ExecResult>>): FakeExec;
declare function createMemoryCache(): AttachmentCache;
interface Netns extends AsyncDisposable {
    readonly path: string;
    readonly name: string;
}
declare function createNetns(): Promise<Netns>;
interface PluginContractOptions {
    readonly config?: JsonObject;
    readonly netns?: string;
    readonly delegates?: Readonly<Record<string, Plugin>>;
    readonly prevResult?: JsonObject;
}
declare function pluginContract(create: () => Plugin, options?: PluginContractOptions): readonly ContractCase[];
export { cacheContract, createFakeExec, createMemoryCache, createNetns, execContract, pluginContract };
export type { ContractCase, ExecContractSubject, FakeExec, Netns, PluginContractOptions };
