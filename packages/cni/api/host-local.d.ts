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
interface HostLocalOptions {
    readonly dataDir?: string;
    readonly reclaimEmptyFiles?: boolean;
}
declare function hostLocal(options?: HostLocalOptions): Plugin;
export { hostLocal };
export type { HostLocalOptions };
