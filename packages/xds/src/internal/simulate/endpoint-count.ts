import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { ClusterLoadAssignmentJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import type { ClusterConfigJson } from "@netmason/envoy-api/envoy/extensions/clusters/aggregate/v3";
import { decodeResource } from "../../resource.js";
import type { Snapshot } from "../../snapshot.js";
import { typeUrls } from "../../type-urls.js";
import { unpacked } from "../typed-any.js";

const AGGREGATE = "envoy.extensions.clusters.aggregate.v3.ClusterConfig";

/** Whether a snapshot has a cluster, and how many endpoints it has in all priorities. */
export interface ClusterState {
  readonly isThere: boolean;
  /** `undefined` where they are found by request. */
  readonly endpointCount: number | undefined;
  readonly why: string;
}

export function clusterState(snapshot: Snapshot, name: string): ClusterState {
  const resource = snapshot.get(typeUrls.cluster, name);
  if (resource === undefined) return { isThere: false, endpointCount: 0, why: "no such cluster" };
  const endpointCount = countOf(snapshot, decodeResource(resource), name, 0);
  const why = endpointCount === undefined ? "finds endpoints by request" : `has ${endpointCount} endpoints`;
  return { isThere: true, endpointCount, why };
}

function countOf(snapshot: Snapshot, cluster: ClusterJson, name: string, depth: number): number | undefined {
  if (cluster.clusterType !== undefined) {
    const members = unpacked<ClusterConfigJson>(cluster.clusterType.typedConfig, AGGREGATE)?.clusters;
    if (members === undefined || depth > 8) return undefined;
    let sum = 0;
    for (const member of members) {
      const resource = snapshot.get(typeUrls.cluster, member);
      const count = resource === undefined ? 0 : countOf(snapshot, decodeResource(resource), member, depth + 1);
      if (count === undefined) return undefined;
      sum += count;
    }
    return sum;
  }
  if (cluster.type === "ORIGINAL_DST") return undefined;
  if (cluster.type !== "EDS") return endpointsIn(cluster.loadAssignment);
  const assignment = snapshot.get(typeUrls.endpoints, cluster.edsClusterConfig?.serviceName || name);
  return assignment === undefined ? 0 : endpointsIn(decodeResource(assignment));
}

function endpointsIn(assignment: ClusterLoadAssignmentJson | undefined): number {
  return (assignment?.endpoints ?? []).reduce((sum, { lbEndpoints = [] }) => sum + lbEndpoints.length, 0);
}
