// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

import { Dispatcher } from 'undici';
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
interface Picked<E extends Endpoint = Endpoint> {
    readonly kind: "complete";
    readonly endpoint: E;
    readonly slot: number;
}
type PickResult<E extends Endpoint = Endpoint> = Picked<E> | {
    readonly kind: "queue";
} | {
    readonly kind: "fail";
    readonly reason: FailReason;
} | {
    readonly kind: "drop";
    readonly reason: DropReason;
};
type DropReason = "overflow" | "drop_percent";
type Call = number & {
    readonly __call: true;
};
type Outcome = number | "success" | "failure" | "timeout" | "connect_failure" | "reset" | "cancelled";
interface LoadReport {
    readonly qps: number;
    readonly eps?: number;
    readonly applicationUtilization?: number;
    readonly cpuUtilization?: number;
}
interface OutcomeDetails {
    readonly latencyMs?: number;
    readonly load?: LoadReport;
    readonly retryAfterMs?: number;
}
interface Hash64 {
    readonly hi: number;
    readonly lo: number;
}
interface PickRequest {
    readonly hashKey?: string | Hash64;
    readonly attempt?: number;
    readonly avoid?: ReadonlySet<string>;
    readonly override?: string;
    readonly metadata?: Readonly<Record<string, unknown>>;
}
interface PriorityLoad {
    readonly healthyPercent: number;
    readonly degradedPercent: number;
    readonly panic: boolean;
}
interface Explanation {
    readonly result: PickResult | {
        readonly kind: "chance";
    };
    readonly hash?: string;
    readonly priority?: {
        readonly chosen: number;
        readonly source: "healthy" | "degraded" | "all";
        readonly loads: readonly PriorityLoad[];
        readonly withOneLess?: readonly PriorityLoad[];
    };
    readonly locality?: {
        readonly chosen?: Locality;
        readonly shares: readonly {
            readonly locality: Locality;
            readonly percent: number;
        }[];
    };
    readonly policy: {
        readonly name: string;
        readonly [detail: string]: unknown;
    };
    readonly ejections: readonly {
        readonly address: string;
        readonly untilMs: number;
    }[];
}
interface SleepSignal {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: "abort", listener: () => void): void;
    removeEventListener(type: "abort", listener: () => void): void;
}
interface EndpointState<E extends Endpoint = Endpoint> {
    readonly endpoint: E;
    readonly activeCount: number;
    readonly ejected: boolean;
}
interface Balancer<E extends Endpoint = Endpoint> {
    pick(request?: PickRequest): PickResult<E>;
    begin(picked: Picked<E>): Call;
    report(call: Call, outcome: Outcome, details?: OutcomeDetails): void;
    end(call: Call, outcome?: Outcome, details?: OutcomeDetails): boolean;
    update(endpoints: readonly E[] | EndpointSet<E>): void;
    nextUpdate(options?: {
        readonly signal?: SleepSignal;
    }): Promise<void>;
    explain(request?: PickRequest): Explanation;
    inspect(): readonly EndpointState<E>[];
    tick(): number;
    metrics(): Readonly<Record<string, number>>;
}
interface RetryBudget {
    requestStarted(): void;
    requestEnded(succeeded: boolean): void;
    tryRetry(): boolean;
    retryEnded(succeeded: boolean): void;
}
interface BalanceRetryOptions {
    readonly budget: RetryBudget;
    readonly maxAttempts?: number;
    readonly retryOn?: (outcome: Outcome, options: Dispatcher.DispatchOptions) => boolean;
    readonly backoff?: Backoff;
}
interface BalanceOptions<E extends Endpoint = Endpoint> {
    readonly balancer: Balancer<E>;
    readonly request?: (options: Dispatcher.DispatchOptions) => PickRequest;
    readonly retry?: BalanceRetryOptions;
    readonly queueTimeoutMs?: number;
    readonly now?: () => number;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
declare function balance<E extends Endpoint>(options: BalanceOptions<E>): Dispatcher.DispatcherComposeInterceptor;
export { balance };
export type { BalanceOptions, BalanceRetryOptions };
