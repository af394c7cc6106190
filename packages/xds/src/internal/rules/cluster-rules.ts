// What a cluster is to others, and what needs it.
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { HttpProtocolOptionsJson } from "@netmason/envoy-api/envoy/extensions/upstreams/http/v3";
import { unpacked } from "../typed-any.js";
import { type MessageRule, messageRule, type Visit } from "../visit.js";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

function cluster(message: ClusterJson, visit: Visit): void {
  const options = unpacked<HttpProtocolOptionsJson>(message.typedExtensionProtocolOptions?.[OPTIONS], OPTIONS);
  visit.facts.http2 = speaksHttp2(message, options);
  visit.facts.upstreamFilters = new Set((options?.httpFilters ?? []).map(({ name = "" }) => name));
  for (const [index, { grpcHealthCheck }] of (message.healthChecks ?? []).entries()) {
    if (grpcHealthCheck === undefined || visit.facts.http2) continue;
    const hint = `set ${OPTIONS} with http2ProtocolOptions`;
    visit.error("http2_required", ["healthChecks", index, "grpcHealthCheck"], "a gRPC health check needs HTTP/2", hint);
  }
}

/** Whether gRPC can be spoken to it. */
function speaksHttp2(message: ClusterJson, options: HttpProtocolOptionsJson | undefined): boolean {
  if (message.http2ProtocolOptions !== undefined) return true;
  const chosen = options?.explicitHttpConfig ?? options?.useDownstreamProtocolConfig;
  return options?.autoConfig !== undefined || chosen?.http2ProtocolOptions !== undefined;
}

/** Of clusters. */
export const clusterRules = (): readonly MessageRule[] => [
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", cluster),
];
