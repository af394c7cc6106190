// What Envoy checks of endpoints in code.
import type {
  ClusterLoadAssignmentJson,
  LbEndpointJson,
  LocalityLbEndpointsJson,
} from "@netmason/envoy-api/envoy/config/endpoint/v3";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";

const MOST_WEIGHT = 0xffffffff;

function assignment({ endpoints = [] }: ClusterLoadAssignmentJson, visit: Visit): void {
  const priorities = new Set(endpoints.map(({ priority = 0 }) => priority));
  for (const [index, { priority = 0 }] of endpoints.entries()) {
    if (priority === 0 || priority > 128 || priorities.has(priority - 1)) continue;
    const message = `priority ${priority} without priority ${priority - 1}`;
    visit.warn("priority_gap", ["endpoints", index, "priority"], message, "priorities count from 0 without gaps");
    break;
  }
  const seen = new Set<string>();
  for (const [index, group] of endpoints.entries()) {
    const key = placeOf(group);
    if (seen.has(key))
      visit.warn("duplicate_name", ["endpoints", index, "locality"], "a second group of this locality and priority");
    seen.add(key);
  }
  weights(endpoints, visit);
}

function placeOf({ locality, priority = 0 }: LocalityLbEndpointsJson): string {
  return JSON.stringify([priority, locality?.region, locality?.zone, locality?.subZone]);
}

/** Sums that do not fit into 32 bits: hashing policies refuse them, others misjudge the shares. */
function weights(endpoints: readonly LocalityLbEndpointsJson[], visit: Visit): void {
  const ofPriority = new Map<number, number>();
  const ofPlace = new Map<string, number>();
  for (const [index, group] of endpoints.entries()) {
    const { priority = 0, loadBalancingWeight = 0, lbEndpoints = [] } = group;
    const place = placeOf(group);
    const own = lbEndpoints.reduce((sum, { loadBalancingWeight: weight = 1 }) => sum + weight, 0);
    if (isOver(ofPlace, place, own)) tooHeavy(["endpoints", index, "lbEndpoints"], "endpoints of the locality", visit);
    if (isOver(ofPriority, priority, loadBalancingWeight)) {
      tooHeavy(["endpoints", index, "loadBalancingWeight"], "localities of the priority", visit);
    }
  }
}

/** Adds, and says whether this is what made the sum too large. */
function isOver<K>(sums: Map<K, number>, key: K, weight: number): boolean {
  const before = sums.get(key) ?? 0;
  sums.set(key, before + weight);
  return before <= MOST_WEIGHT && before + weight > MOST_WEIGHT;
}

function tooHeavy(parts: readonly PathPart[], what: string, visit: Visit): void {
  const message = `the weights of the ${what} sum to over ${MOST_WEIGHT}`;
  if (visit.hashes) visit.refuse(parts, message);
  else visit.warn("out_of_range", parts, message, "ring hash and Maglev refuse this");
}

function lbEndpoint({ endpoint, endpointName }: LbEndpointJson, visit: Visit): void {
  if (endpointName !== undefined || endpoint?.address !== undefined) return;
  const parts = endpoint === undefined ? ["endpoint"] : ["endpoint", "address"];
  if (visit.asksDns) visit.warn("ignored_field", parts, "an endpoint without an address is none");
  else visit.refuse(parts, "an endpoint needs an address");
}

/** Of assignments, in a cluster or by themselves. */
export const endpointRules = (): readonly MessageRule[] => [
  messageRule<ClusterLoadAssignmentJson>("envoy.config.endpoint.v3.ClusterLoadAssignment", assignment),
  messageRule<LbEndpointJson>("envoy.config.endpoint.v3.LbEndpoint", lbEndpoint),
];
