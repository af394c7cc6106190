// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

interface Locality {
    readonly region?: string;
    readonly zone?: string;
    readonly subZone?: string;
}
type Health = "healthy" | "degraded" | "unhealthy" | "draining" | "excluded";
interface Endpoint {
    readonly address: string;
    readonly hostname?: string;
    readonly hashKey?: string;
    readonly weight?: number;
    readonly priority?: number;
    readonly locality?: Locality;
    readonly health?: Health;
    readonly metadata?: Readonly<Record<string, unknown>>;
}
interface LocalityWeight {
    readonly locality: Locality;
    readonly priority?: number;
    readonly weight: number;
}
interface LocalityPeer {
    readonly locality: Locality;
    readonly healthyCount: number;
}
interface EndpointSet<E extends Endpoint = Endpoint> {
    readonly endpoints: readonly E[];
    readonly localityWeights?: readonly LocalityWeight[];
    readonly overprovisioningPercent?: number;
    readonly weightedPriorityHealth?: boolean;
    readonly dropPercent?: number;
    readonly local?: {
        readonly locality: Locality;
        readonly peers: readonly LocalityPeer[];
    };
}
interface Backoff {
    delayMs(attempt: number): number;
}
type FailReason = "no_endpoints" | "no_eligible_endpoint" | "no_subset" | "policy_returned_none";
type DnsType = "A" | "AAAA" | "SRV";
interface LbErrorDetails {
    readonly duplicate_endpoint: {
        readonly address: string;
    };
    readonly invalid_endpoint: {
        readonly address: string;
        readonly field: keyof Endpoint | Exclude<keyof EndpointSet, "endpoints">;
        readonly value: unknown;
    };
    readonly weight_overflow: {
        readonly sum: number;
    };
    readonly invalid_table: {
        readonly path: string;
        readonly expected: string;
    };
    readonly invalid_assignment: {
        readonly path: string;
        readonly expected: string;
    };
    readonly contract_broken: {
        readonly rule: string;
    };
    readonly pick_failed: {
        readonly reason: FailReason;
    };
    readonly pick_dropped: {
        readonly reason: DropReason;
    };
    readonly queue_timeout: {
        readonly waitedMs: number;
    };
    readonly dns_no_such_name: {
        readonly name: string;
    };
    readonly dns_no_data: {
        readonly name: string;
        readonly type: DnsType;
    };
    readonly dns_failed: {
        readonly name: string;
        readonly type: DnsType;
        readonly dnsCode: string;
    };
    readonly undici_mismatch: {
        readonly lacking: "handler" | "dispatcher";
    };
}
type LbErrorCode = keyof LbErrorDetails;
declare class LbError<C extends LbErrorCode = LbErrorCode> extends Error {
    readonly code: C;
    readonly details: LbErrorDetails[C];
    constructor(code: C, text: string, details: LbErrorDetails[C], options?: {
        readonly cause?: unknown;
    });
}
type DropReason = "overflow" | "drop_percent";
interface ServiceRecord {
    readonly name: string;
    readonly port: number;
    readonly priority: number;
    readonly weight: number;
}
declare function orderServices(records: readonly ServiceRecord[], random: () => number): readonly ServiceRecord[];
interface AddressRecord {
    readonly address: string;
    readonly ttl: number;
}
interface DnsResolver {
    resolve4(name: string, options: {
        readonly ttl: true;
    }): Promise<readonly AddressRecord[]>;
    resolve6(name: string, options: {
        readonly ttl: true;
    }): Promise<readonly AddressRecord[]>;
    resolveSrv(name: string): Promise<readonly ServiceRecord[]>;
}
type AddressFamily = 4 | 6;
interface DnsLookupOptions {
    readonly families?: readonly AddressFamily[];
    readonly resolver?: DnsResolver;
    readonly signal?: AbortSignal;
}
type DnsEvent = {
    readonly kind: "resolved";
    readonly name: string;
    readonly endpointCount: number;
    readonly refreshMs: number;
} | {
    readonly kind: "no_data" | "no_such_name";
    readonly name: string;
    readonly refreshMs: number;
} | {
    readonly kind: "failed";
    readonly name: string;
    readonly error: LbError;
    readonly retryMs: number;
};
interface DnsWatchOptions extends DnsLookupOptions {
    readonly refreshMs?: number;
    readonly minRefreshMs?: number;
    readonly maxRefreshMs?: number;
    readonly jitterRatio?: number;
    readonly onNoSuchName?: "empty" | "keep";
    readonly backoff?: Backoff;
    readonly onEvent?: (event: DnsEvent) => void;
    readonly random?: () => number;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
declare function resolveAddresses(name: string, port: number, options?: DnsLookupOptions): Promise<EndpointSet>;
declare function resolveServices(name: string, options?: DnsLookupOptions): Promise<EndpointSet>;
declare function watchAddresses(name: string, port: number, options?: DnsWatchOptions): AsyncIterable<EndpointSet>;
declare function watchServices(name: string, options?: DnsWatchOptions): AsyncIterable<EndpointSet>;
export { orderServices, resolveAddresses, resolveServices, watchAddresses, watchServices };
export type { AddressFamily, AddressRecord, DnsEvent, DnsLookupOptions, DnsResolver, DnsWatchOptions, ServiceRecord };
