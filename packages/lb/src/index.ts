/**
 * Load balancing: endpoints, policies, pickers and what happened to requests, with Envoy's answers.
 *
 * @module index
 */
export type { Endpoint, EndpointSet, Health, Locality, LocalityPeer, LocalityWeight } from "./endpoint.js";
export { type FailReason, isLbError, LbError, type LbErrorCode, type LbErrorDetails } from "./errors.js";
export { murmur2, xxh64 } from "./hash-functions.js";
export { type Hash64, hashFromBigInt, hashToBigInt, type MutableHash64 } from "./hash64.js";
export type { LoadReport, Outcome, OutcomeDetails } from "./outcome.js";
export type { EndpointView, FoldedLocalities, Picker, PickRequest, Sample, Selection } from "./picker.js";
export type { LocalityMode, Policy, PolicyEnvironment, PolicyState } from "./policy.js";
