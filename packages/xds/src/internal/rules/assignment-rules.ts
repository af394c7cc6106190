// Priorities and weights of endpoints.
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { ClusterLoadAssignmentJson, LocalityLbEndpointsJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";

const MOST_WEIGHT = 0xffffffff;
const ASSIGNMENT = "envoy.config.endpoint.v3.ClusterLoadAssignment";

function assignment({ endpoints = [] }: ClusterLoadAssignmentJson, visit: Visit): void {
  const gap = gapsIn(endpoints).find(({ priority }) => priority <= 128);
  if (gap !== undefined) {
    const message = `priority ${gap.priority} without priority ${gap.priority - 1}`;
    visit.warn("priority_gap", gap.parts, message, "priorities count from 0 without gaps");
  }
  const tooHeavy = (parts: readonly PathPart[], what: string): void => {
    const message = `the weights of the ${what} sum to over ${MOST_WEIGHT}`;
    if (isHashed(visit.within<ClusterJson>("envoy.config.cluster.v3.Cluster")))
      visit.error("envoy_refuses", parts, message);
    else visit.warn("out_of_range", parts, message, "ring hash and Maglev refuse this");
  };
  for (const parts of tooHeavyPriorities(endpoints)) tooHeavy(parts, "localities of the priority");
  const sums = new Map<string, number>();
  for (const [index, { locality, priority = 0, lbEndpoints = [] }] of endpoints.entries()) {
    const place = JSON.stringify([priority, locality?.region, locality?.zone, locality?.subZone]);
    const own = lbEndpoints.reduce((sum, { loadBalancingWeight = 1 }) => sum + loadBalancingWeight, 0);
    if (isOver(sums, place, own)) tooHeavy(["endpoints", index, "lbEndpoints"], "endpoints of the locality");
  }
}

/** Of EDS: the one endpoint in a cluster for DNS is read otherwise. */
function grpcAssignment({ endpoints = [] }: ClusterLoadAssignmentJson, visit: Visit): void {
  if (visit.at.length > 0) return;
  for (const { parts, priority } of gapsIn(endpoints)) {
    visit.error("grpc_unsupported", parts, `no priority ${priority - 1}`);
  }
  for (const parts of tooHeavyPriorities(endpoints)) {
    visit.error("grpc_unsupported", parts, "the weights of the priority sum to over 32 bits");
  }
}

interface Gap {
  readonly parts: readonly PathPart[];
  readonly priority: number;
}

/** Priorities above one that nobody has. */
function gapsIn(endpoints: readonly LocalityLbEndpointsJson[]): readonly Gap[] {
  const priorities = new Set(endpoints.map(({ priority = 0 }) => priority));
  return endpoints.flatMap(({ priority = 0 }, index) =>
    priority === 0 || priorities.has(priority - 1) ? [] : [{ parts: ["endpoints", index, "priority"], priority }],
  );
}

function tooHeavyPriorities(endpoints: readonly LocalityLbEndpointsJson[]): readonly (readonly PathPart[])[] {
  const sums = new Map<number, number>();
  return endpoints.flatMap(({ priority = 0, loadBalancingWeight = 0 }, index) =>
    isOver(sums, priority, loadBalancingWeight) ? [["endpoints", index, "loadBalancingWeight"]] : [],
  );
}

/** Adds, and says whether this is what made the sum too large. */
function isOver<K>(sums: Map<K, number>, key: K, weight: number): boolean {
  const before = sums.get(key) ?? 0;
  sums.set(key, before + weight);
  return before <= MOST_WEIGHT && before + weight > MOST_WEIGHT;
}

/** Whether endpoints of a static cluster are chosen by a hash, whose tables hold all its weights. */
function isHashed(cluster: ClusterJson | undefined): boolean {
  if (cluster === undefined || cluster.clusterType !== undefined || (cluster.type ?? "STATIC") !== "STATIC")
    return false;
  const { lbPolicy, loadBalancingPolicy } = cluster;
  if (loadBalancingPolicy === undefined) return lbPolicy === "RING_HASH" || lbPolicy === "MAGLEV";
  return /\.(RingHash|Maglev)"/.test(JSON.stringify(loadBalancingPolicy.policies?.[0] ?? {}));
}

/** Of assignments, in a cluster or by themselves. */
export const assignmentRules = (): readonly MessageRule[] => [
  messageRule<ClusterLoadAssignmentJson>(ASSIGNMENT, assignment),
];

/** For `target: "grpc"`. */
export const grpcAssignmentRules = (): readonly MessageRule[] => [
  messageRule<ClusterLoadAssignmentJson>(ASSIGNMENT, grpcAssignment),
];
