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
interface EndpointView {
    readonly endpoints: readonly Endpoint[];
    readonly weights: ArrayLike<number>;
    readonly slots: ArrayLike<number>;
    readonly localities?: FoldedLocalities;
    activeCount(index: number): number;
    slowStartSinceMs(index: number): number;
}
interface FoldedLocalities {
    readonly indices: ArrayLike<number>;
    readonly weights: ArrayLike<number>;
}
interface Selection {
    readonly hi: number;
    readonly lo: number;
    readonly hashed: boolean;
    readonly attempt: number;
    readonly request: PickRequest;
}
interface Picker {
    pick(selection: Selection): number;
    explain?(selection: Selection): Readonly<Record<string, unknown>>;
}
interface Sample {
    readonly slot: number;
    readonly outcome: Outcome;
    readonly latencyMs: number;
    readonly nowMs: number;
    readonly details: OutcomeDetails | undefined;
}
interface Policy {
    readonly name: string;
    readonly word: "hash" | "draw" | "split";
    readonly locality?: LocalityMode;
    create(environment: PolicyEnvironment): PolicyState;
}
type LocalityMode = "merged" | "folded" | "weighted" | {
    readonly zoneAware: {
        readonly minEndpointCount?: number;
        readonly routingPercent?: number;
        readonly failOnPanic?: boolean;
    };
};
interface PolicyEnvironment {
    readonly now: () => number;
    readonly seed: Hash64;
    below(bound: number): number;
    totalActiveCount(): number;
}
interface PolicyState {
    build(view: EndpointView, previous?: Picker): Picker;
    observe?(sample: Sample): void;
    forget?(slot: number): void;
}
interface GrpcPolicyOptions {
    readonly hashHeader?: string;
}
declare function registerGrpcPolicy(name: string, policy: (config: Readonly<Record<string, unknown>>) => Policy, options?: GrpcPolicyOptions): void;
export { registerGrpcPolicy };
export type { GrpcPolicyOptions };
