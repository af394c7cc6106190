/**
 * Load balancing: endpoints, policies, pickers and what happened to requests, with Envoy's answers.
 *
 * @module index
 */

export { type Backoff, type BackoffOptions, createBackoff } from "./backoff.js";
export { type Balancer, type BalancerOptions, createBalancer, type EndpointState } from "./balancer.js";
export type { BalancerEvent } from "./balancer-event.js";
export { buildMaglev, type MaglevOptions } from "./build-maglev.js";
export { buildRing, type RingOptions } from "./build-ring.js";
export { compareTables, type Disruption } from "./compare-tables.js";
export type { Detector, DetectorEvent, Ejection } from "./detector.js";
export { type ApertureOptions, deterministicAperture } from "./deterministic-aperture.js";
export type { Endpoint, EndpointSet, Health, Locality, LocalityPeer, LocalityWeight } from "./endpoint.js";
export { endpointsFromAssignment } from "./endpoints-from-assignment.js";
export { type DnsType, type FailReason, isLbError, LbError, type LbErrorCode, type LbErrorDetails } from "./errors.js";
export type { Explanation } from "./explanation.js";
export { type AccrualSuccessRate, createFailureAccrual, type FailureAccrualOptions } from "./failure-accrual.js";
export { murmur2, xxh64 } from "./hash-functions.js";
export type { HashLocality } from "./hash-locality.js";
export { maglev, ringHash } from "./hash-policies.js";
export { type HashRule, type HashSource, hashRequest, type RequestHash } from "./hash-request.js";
export type { HashMember, HashTable } from "./hash-table.js";
export { type Hash64, hashFromBigInt, hashToBigInt, type MutableHash64 } from "./hash64.js";
export { jump, jumpHash } from "./jump.js";
export { type LeastRequestOptions, leastRequest } from "./least-request.js";
export { effectiveLocalityWeights, type LocalityCounts } from "./locality-weight.js";
export { lookupTable } from "./lookup-table.js";
export type { LoadReport, Outcome, OutcomeDetails } from "./outcome.js";
export { createOutlierDetector } from "./outlier-detector.js";
export type { ConsecutiveRule, EjectionOptions, OutlierOptions, RatioRule } from "./outlier-options.js";
export { type PeakEwmaOptions, peakEwma } from "./peak-ewma.js";
export type { Call, DropReason, Picked, PickResult } from "./pick-result.js";
export type { EndpointView, FoldedLocalities, Picker, PickRequest, Sample, Selection } from "./picker.js";
export type { LocalityMode, Policy, PolicyEnvironment, PolicyState } from "./policy.js";
export { type PriorityCounts, type PriorityLoad, type PriorityOptions, priorityLoads } from "./priority-load.js";
export { type RandomOptions, random } from "./random.js";
export { rendezvous } from "./rendezvous.js";
export {
  type ConcurrencyBudgetOptions,
  createConcurrencyBudget,
  createDepositBudget,
  createThrottleBudget,
  type DepositBudgetOptions,
  type RetryBudget,
  type ThrottleBudget,
  type ThrottleBudgetOptions,
} from "./retry-budget.js";
export { type LeafOptions, roundRobin } from "./round-robin.js";
export { type SlowStart, slowStartFactor } from "./slow-start.js";
export { smoothWeightedRoundRobin } from "./smooth-weighted-round-robin.js";
export { staticStride } from "./static-stride.js";
export type { SubsetFallback, SubsetOptions, SubsetSelector } from "./subset.js";
export type { SleepSignal } from "./system.js";
export { formatTable, parseTable } from "./table-text.js";
export { createThresholds, type ThresholdResource, type Thresholds } from "./thresholds.js";
export type { TimeAndChance } from "./time-and-chance.js";
export { createTokenBucket, type RateLimit, type TokenBucketOptions } from "./token-bucket.js";
export { chooseZone, type ZoneCounts, type ZoneRouting, type ZoneRoutingOptions, zoneRouting } from "./zone-routing.js";
