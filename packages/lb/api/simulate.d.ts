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
type DetectorEvent = Exclude<Outcome, "cancelled"> | "connect_success";
interface Ejection {
    readonly address: string;
    readonly rule: string;
    readonly sinceMs: number;
    readonly untilMs: number;
}
interface Detector {
    record(address: string, event: DetectorEvent): void;
    retain(addresses: readonly string[]): void;
    isEjected(address: string): boolean;
    readonly revision: number;
    tick(): number;
    list(): readonly Ejection[];
    begin?(address: string): number;
    abandon?(address: string, probe: number): void;
    metrics?(): Readonly<Record<string, number>>;
}
interface TimeAndChance {
    readonly now: () => number;
    readonly random: () => number;
}
type ServiceTime = {
    readonly kind: "fixed";
    readonly meanMs: number;
} | {
    readonly kind: "exponential";
    readonly meanMs: number;
} | {
    readonly kind: "lognormal";
    readonly medianMs: number;
    readonly sigma: number;
};
interface Period {
    readonly fromMs?: number;
    readonly toMs?: number;
}
interface SimulatedEndpoint extends Endpoint {
    readonly service: ServiceTime;
    readonly concurrency?: number;
    readonly failure?: Period & {
        readonly ratio: number;
    };
    readonly slowdown?: Period & {
        readonly factor: number;
    };
}
interface Scenario {
    readonly policy: Policy;
    readonly endpoints: readonly SimulatedEndpoint[];
    readonly arrivalsPerSecond: number;
    readonly durationMs: number;
    readonly seed: number;
    readonly hashKeyCount?: number;
    readonly detector?: (clock: TimeAndChance) => Detector;
}
interface SimulationReport {
    readonly requestCount: number;
    readonly failedCount: number;
    readonly latencyMs: {
        readonly mean: number;
        readonly p50: number;
        readonly p90: number;
        readonly p99: number;
        readonly max: number;
    };
    readonly shares: Readonly<Record<string, number>>;
    readonly ejectionCount: number;
}
declare function simulate(scenario: Scenario): SimulationReport;
export { simulate };
export type { Period, Scenario, ServiceTime, SimulatedEndpoint, SimulationReport };
