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
interface RetryBudget {
    requestStarted(): void;
    requestEnded(succeeded: boolean): void;
    tryRetry(): boolean;
    retryEnded(succeeded: boolean): void;
}
declare function seededRandom(seed: number): () => number;
declare function fixedDraws(draws: readonly (number | bigint)[]): () => number;
interface ContractCase {
    readonly name: string;
    run(): void | Promise<void>;
}
declare function detectorContract(create: (clock: TimeAndChance) => Detector): readonly ContractCase[];
interface ManualClock {
    readonly now: () => number;
    advance(ms: number): void;
}
declare function createManualClock(startMs?: number): ManualClock;
declare function policyContract(create: () => Policy): readonly ContractCase[];
declare function retryBudgetContract(create: () => RetryBudget): readonly ContractCase[];
export { createManualClock, detectorContract, fixedDraws, policyContract, retryBudgetContract, seededRandom };
export type { ContractCase, ManualClock };
