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
interface BackoffOptions {
    readonly kind?: "envoy" | "grpc" | "linkerd";
    readonly baseMs?: number;
    readonly maxMs?: number;
    readonly multiplier?: number;
    readonly random?: () => number;
}
declare function createBackoff(options?: BackoffOptions): Backoff;
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
declare function isLbError<C extends LbErrorCode = LbErrorCode>(error: unknown, code?: C): error is {
    [K in C]: LbError<K>;
}[C];
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
interface MutableHash64 {
    hi: number;
    lo: number;
}
declare function hashToBigInt(hash: Hash64): bigint;
declare function hashFromBigInt(value: bigint): Hash64;
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
type BalancerEvent = {
    readonly kind: "endpoints_updated";
    readonly endpointCount: number;
    readonly addedCount: number;
    readonly removedCount: number;
} | {
    readonly kind: "endpoint_ejected";
    readonly address: string;
    readonly rule: string;
    readonly untilMs: number;
} | {
    readonly kind: "endpoint_returned";
    readonly address: string;
} | {
    readonly kind: "panic_changed";
    readonly priority: number;
    readonly panic: boolean;
} | {
    readonly kind: "policy_failed";
    readonly error: unknown;
};
interface PriorityCounts {
    readonly healthy: number;
    readonly degraded: number;
    readonly excluded: number;
    readonly total: number;
    readonly weights?: Omit<PriorityCounts, "weights">;
}
interface PriorityLoad {
    readonly healthyPercent: number;
    readonly degradedPercent: number;
    readonly panic: boolean;
}
interface PriorityOptions {
    readonly overprovisioningPercent?: number;
    readonly panicPercent?: number;
    readonly failOnPanic?: boolean;
}
declare function priorityLoads(levels: readonly PriorityCounts[], options?: PriorityOptions): readonly PriorityLoad[];
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
type SubsetFallback = "none" | "any_endpoint" | "default_subset";
interface SubsetSelector {
    readonly keys: readonly string[];
    readonly fallback?: SubsetFallback | "keys_subset";
    readonly fallbackKeys?: readonly string[];
    readonly singleEndpoint?: boolean;
}
interface SubsetOptions {
    readonly selectors: readonly SubsetSelector[];
    readonly fallback?: SubsetFallback;
    readonly defaultSubset?: Readonly<Record<string, unknown>>;
}
interface SleepSignal {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: "abort", listener: () => void): void;
    removeEventListener(type: "abort", listener: () => void): void;
}
type ThresholdResource = "connections" | "pending" | "requests" | "retries";
interface Thresholds {
    tryAcquire(resource: ThresholdResource): boolean;
    release(resource: ThresholdResource): void;
    remaining(resource: ThresholdResource): number;
}
declare function createThresholds(max?: Partial<Readonly<Record<ThresholdResource, number>>>): Thresholds;
interface BalancerOptions<E extends Endpoint = Endpoint> extends Partial<TimeAndChance> {
    readonly policy: Policy;
    readonly endpoints?: readonly E[] | EndpointSet<E>;
    readonly priority?: PriorityOptions;
    readonly subset?: SubsetOptions;
    readonly detector?: (clock: TimeAndChance) => Detector;
    readonly thresholds?: Thresholds;
    readonly onEvent?: (event: BalancerEvent) => void;
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
declare function createBalancer<E extends Endpoint = Endpoint>(options: BalancerOptions<E>): Balancer<E>;
interface RetryBudget {
    requestStarted(): void;
    requestEnded(succeeded: boolean): void;
    tryRetry(): boolean;
    retryEnded(succeeded: boolean): void;
}
interface ConcurrencyBudgetOptions {
    readonly percent?: number;
    readonly minConcurrency?: number;
}
declare function createConcurrencyBudget(options?: ConcurrencyBudgetOptions): RetryBudget;
interface DepositBudgetOptions {
    readonly ttlMs?: number;
    readonly percent?: number;
    readonly minPerSecond?: number;
    readonly now?: () => number;
}
declare function createDepositBudget(options?: DepositBudgetOptions): RetryBudget;
interface ThrottleBudgetOptions {
    readonly maxTokens: number;
    readonly tokenRatio: number;
}
interface ThrottleBudget extends RetryBudget {
    readonly tokens: number;
    readonly allowsRetries: boolean;
}
declare function createThrottleBudget(options: ThrottleBudgetOptions): ThrottleBudget;
interface HashMember {
    readonly key: string;
    readonly weight?: number;
}
interface HashTable {
    readonly kind: "ring" | "maglev";
    readonly keys: readonly string[];
    readonly owners: Uint32Array;
    readonly hi?: Uint32Array;
    readonly lo?: Uint32Array;
}
interface MaglevOptions {
    readonly tableSize?: number;
}
declare function buildMaglev(members: readonly HashMember[], options?: MaglevOptions): HashTable;
interface RingOptions {
    readonly minSize?: number;
    readonly maxSize?: number;
    readonly hash?: "xxh64" | "murmur2";
    readonly vnodesPerEndpoint?: number;
}
declare function buildRing(members: readonly HashMember[], options?: RingOptions): HashTable;
interface Disruption {
    readonly movedRatio: number;
    readonly necessaryRatio: number;
    readonly moves: readonly {
        readonly from: string;
        readonly to: string;
        readonly ratio: number;
    }[];
}
declare function compareTables(before: HashTable, after: HashTable): Disruption;
interface ApertureOptions {
    readonly peerIndex: number;
    readonly peerCount: number;
    readonly minSize?: number;
}
declare function deterministicAperture(options: ApertureOptions): Policy;
declare function endpointsFromAssignment(assignment: object): EndpointSet;
interface AccrualSuccessRate {
    readonly thresholdRatio: number;
    readonly minCount: number;
    readonly windowMs: number;
}
interface FailureAccrualOptions extends Partial<TimeAndChance> {
    readonly consecutiveCount?: number;
    readonly successRate?: AccrualSuccessRate;
    readonly backoff?: Backoff;
}
declare function createFailureAccrual(options?: FailureAccrualOptions): Detector;
declare function xxh64(input: string | Uint8Array, out?: MutableHash64, seed?: Hash64): Hash64;
declare function murmur2(input: string | Uint8Array, out?: MutableHash64): Hash64;
interface HashLocality {
    readonly locality?: "merged" | "folded";
    readonly useHostname?: boolean;
    readonly boundedLoadPercent?: number;
}
declare function ringHash(options?: RingOptions & HashLocality): Policy;
declare function maglev(options?: MaglevOptions & HashLocality): Policy;
interface HashSource {
    header(name: string): readonly string[];
    cookie?(name: string): string | undefined;
    query?(name: string): string | undefined;
    readonly sourceAddress?: string;
    readonly localAddress?: string;
}
type HashRule = {
    readonly terminal?: boolean;
} & ({
    readonly kind: "header";
    readonly name: string;
    readonly rewrite?: {
        readonly pattern: RegExp;
        readonly substitution: string;
    };
} | {
    readonly kind: "cookie";
    readonly name: string;
    readonly ttlMs?: number;
} | {
    readonly kind: "query";
    readonly name: string;
} | {
    readonly kind: "source_address";
});
interface RequestHash {
    readonly hash: Hash64 | undefined;
    readonly cookie?: {
        readonly name: string;
        readonly value: string;
        readonly ttlMs: number;
    };
}
declare function hashRequest(rules: readonly HashRule[], source: HashSource, out?: MutableHash64): RequestHash;
declare function jumpHash(hash: Hash64, bucketCount: number): number;
declare function jump(): Policy;
interface SlowStart {
    readonly windowMs: number;
    readonly aggression?: number;
    readonly minWeightPercent?: number;
}
declare function slowStartFactor(elapsedMs: number, options: SlowStart): number;
interface LeafOptions {
    readonly locality?: Exclude<LocalityMode, "folded">;
    readonly slowStart?: SlowStart;
}
declare function roundRobin(options?: LeafOptions): Policy;
interface LeastRequestOptions extends LeafOptions {
    readonly sampling?: "with_replacement" | "distinct" | "full_scan";
    readonly choiceCount?: number;
    readonly activeRequestBias?: number;
}
declare function leastRequest(options?: LeastRequestOptions): Policy;
interface LocalityCounts {
    readonly weight: number;
    readonly eligible: number;
    readonly excluded: number;
    readonly total: number;
}
declare function effectiveLocalityWeights(localities: readonly LocalityCounts[], overprovisioningPercent?: number): readonly number[];
declare function lookupTable(table: HashTable, hash: Hash64, attempt?: number): number;
interface ConsecutiveRule {
    readonly threshold?: number;
    readonly enforcePercent?: number;
}
interface RatioRule {
    readonly minEndpointCount?: number;
    readonly requestVolume?: number;
    readonly enforcePercent?: number;
    readonly enforceLocalOriginPercent?: number;
}
interface EjectionOptions {
    readonly baseMs?: number;
    readonly maxMs?: number;
    readonly jitterMs?: number;
    readonly maxPercent?: number;
    readonly alwaysOne?: boolean;
}
interface OutlierOptions {
    readonly intervalMs?: number;
    readonly ejection?: EjectionOptions;
    readonly consecutive5xx?: ConsecutiveRule;
    readonly consecutiveGateway?: ConsecutiveRule;
    readonly consecutiveLocalOrigin?: ConsecutiveRule & {
        readonly split?: boolean;
    };
    readonly successRate?: RatioRule & {
        readonly stdevFactor?: number;
    };
    readonly failurePercent?: RatioRule & {
        readonly thresholdPercent?: number;
    };
}
declare function createOutlierDetector(options?: OutlierOptions & Partial<TimeAndChance>): Detector;
interface PeakEwmaOptions {
    readonly decayMs?: number;
    readonly defaultLatencyMs?: number;
    readonly failurePenaltyMs?: number;
}
declare function peakEwma(options?: PeakEwmaOptions): Policy;
interface RandomOptions {
    readonly locality?: Exclude<LocalityMode, "folded">;
    readonly weighted?: boolean;
}
declare function random(options?: RandomOptions): Policy;
declare function rendezvous(options?: HashLocality): Policy;
declare function smoothWeightedRoundRobin(): Policy;
declare function staticStride(): Policy;
declare function formatTable({ kind, keys, owners, hi, lo }: HashTable): string;
declare function parseTable(text: string): HashTable;
interface RateLimit {
    tryTake(count?: number): boolean;
    nextMs(): number;
}
interface TokenBucketOptions {
    readonly ratePerSecond: number;
    readonly burst: number;
    readonly now?: () => number;
}
declare function createTokenBucket(options: TokenBucketOptions): RateLimit;
interface ZoneCounts {
    readonly endpoints: number;
    readonly peers: number;
}
interface ZoneRoutingOptions {
    readonly hasOwnZone?: boolean;
    readonly minEndpointCount?: number;
    readonly peersElsewhere?: readonly number[];
}
type ZoneRouting = {
    readonly kind: "none";
    readonly reason: "few_zones" | "few_endpoints" | "few_peer_zones" | "no_peers_at_home";
} | {
    readonly kind: "direct";
} | {
    readonly kind: "residual";
    readonly localShare: number;
    readonly residuals: readonly number[];
};
declare function zoneRouting(zones: readonly ZoneCounts[], options?: ZoneRoutingOptions): ZoneRouting;
declare function chooseZone(routing: Exclude<ZoneRouting, {
    readonly kind: "none";
}>, below: (bound: number) => number): number;
export { LbError, buildMaglev, buildRing, chooseZone, compareTables, createBackoff, createBalancer, createConcurrencyBudget, createDepositBudget, createFailureAccrual, createOutlierDetector, createThresholds, createThrottleBudget, createTokenBucket, deterministicAperture, effectiveLocalityWeights, endpointsFromAssignment, formatTable, hashFromBigInt, hashRequest, hashToBigInt, isLbError, jump, jumpHash, leastRequest, lookupTable, maglev, murmur2, parseTable, peakEwma, priorityLoads, random, rendezvous, ringHash, roundRobin, slowStartFactor, smoothWeightedRoundRobin, staticStride, xxh64, zoneRouting };
export type { AccrualSuccessRate, ApertureOptions, Backoff, BackoffOptions, Balancer, BalancerEvent, BalancerOptions, Call, ConcurrencyBudgetOptions, ConsecutiveRule, DepositBudgetOptions, Detector, DetectorEvent, Disruption, DnsType, DropReason, Ejection, EjectionOptions, Endpoint, EndpointSet, EndpointState, EndpointView, Explanation, FailReason, FailureAccrualOptions, FoldedLocalities, Hash64, HashLocality, HashMember, HashRule, HashSource, HashTable, Health, LbErrorCode, LbErrorDetails, LeafOptions, LeastRequestOptions, LoadReport, Locality, LocalityCounts, LocalityMode, LocalityPeer, LocalityWeight, MaglevOptions, MutableHash64, Outcome, OutcomeDetails, OutlierOptions, PeakEwmaOptions, PickRequest, PickResult, Picked, Picker, Policy, PolicyEnvironment, PolicyState, PriorityCounts, PriorityLoad, PriorityOptions, RandomOptions, RateLimit, RatioRule, RequestHash, RetryBudget, RingOptions, Sample, Selection, SleepSignal, SlowStart, SubsetFallback, SubsetOptions, SubsetSelector, ThresholdResource, Thresholds, ThrottleBudget, ThrottleBudgetOptions, TimeAndChance, TokenBucketOptions, ZoneCounts, ZoneRouting, ZoneRoutingOptions };
