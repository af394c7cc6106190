// What proxyless gRPC clients refuse (gRFCs A27, A28, A31, A47 and the clients' own checks), beside what Envoy does.
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { ClusterLoadAssignmentJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { CommonTlsContextJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import { typeUrlOf } from "../typed-any.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";

const RULE = "grpc_unsupported";

function listener(message: ListenerJson, visit: Visit): void {
  if (message.apiListener !== undefined) return;
  if ((message.listenerFilters ?? []).length > 0)
    visit.error(RULE, ["listenerFilters"], "a gRPC server takes no listener filters");
  if (message.useOriginalDst === true)
    visit.error(RULE, ["useOriginalDst"], "a gRPC server does not restore destinations");
}

function connectionManager(
  { httpFilters = [], xffNumTrustedHops, originalIpDetectionExtensions }: HttpConnectionManagerJson,
  visit: Visit,
): void {
  const last = typeUrlOf(httpFilters.at(-1)?.typedConfig);
  if (last === undefined || !last.endsWith(".Router"))
    visit.error(RULE, ["httpFilters"], "the last HTTP filter must be the router");
  if ((xffNumTrustedHops ?? 0) > 0) visit.error(RULE, ["xffNumTrustedHops"], "must be 0");
  if ((originalIpDetectionExtensions ?? []).length > 0)
    visit.error(RULE, ["originalIpDetectionExtensions"], "must be empty");
}

function cluster(message: ClusterJson, visit: Visit): void {
  const { type, clusterType, edsClusterConfig, lbPolicy, loadBalancingPolicy, loadAssignment } = message;
  const isAggregate = typeUrlOf(clusterType?.typedConfig)?.endsWith("aggregate.v3.ClusterConfig") === true;
  if (!isAggregate && type !== "EDS" && type !== "LOGICAL_DNS") {
    visit.error(
      RULE,
      [clusterType === undefined ? "type" : "clusterType"],
      "gRPC knows EDS, LOGICAL_DNS and aggregate clusters",
    );
  }
  if (type === "EDS") {
    const { ads, self } = edsClusterConfig?.edsConfig ?? {};
    if (ads === undefined && self === undefined)
      visit.error(RULE, ["edsClusterConfig", "edsConfig"], "the source must be ads or self");
    const needsName = (message.name ?? "").startsWith("xdstp:") && (edsClusterConfig?.serviceName ?? "") === "";
    if (needsName) visit.error(RULE, ["edsClusterConfig", "serviceName"], "an xdstp cluster needs a serviceName");
  }
  if (type === "LOGICAL_DNS" && loadAssignment === undefined)
    visit.error(RULE, ["loadAssignment"], "needs its endpoint");
  const known = ["ROUND_ROBIN", "RING_HASH", "LEAST_REQUEST"];
  if (loadBalancingPolicy === undefined && lbPolicy !== undefined && !known.includes(lbPolicy)) {
    const hint = isAggregate
      ? "list ClusterProvided and RoundRobin in loadBalancingPolicy: Envoy and gRPC take the first they know"
      : undefined;
    visit.error(RULE, ["lbPolicy"], `gRPC knows ${known.join(", ")}, not ${lbPolicy}`, hint);
  }
}

/** Of EDS: the one endpoint in a cluster for DNS is read otherwise. */
function assignment({ endpoints = [] }: ClusterLoadAssignmentJson, visit: Visit): void {
  if (visit.at.length > 0) return;
  const priorities = new Set(endpoints.map(({ priority = 0 }) => priority));
  const seen = new Set<string>();
  const weights = new Map<number, number>();
  for (const [index, { locality, priority = 0, loadBalancingWeight, lbEndpoints = [] }] of endpoints.entries()) {
    const at: readonly PathPart[] = ["endpoints", index];
    if (locality === undefined) visit.error(RULE, [...at, "locality"], "gRPC needs a locality");
    if (loadBalancingWeight === undefined && lbEndpoints.length > 0) {
      visit.error(RULE, [...at, "loadBalancingWeight"], "gRPC leaves out a locality without a weight");
    }
    const weight = (weights.get(priority) ?? 0) + (loadBalancingWeight ?? 0);
    if (weight > 0xffffffff)
      visit.error(RULE, [...at, "loadBalancingWeight"], "the weights of the priority sum to over 32 bits");
    weights.set(priority, weight);
    if (priority > 0 && !priorities.has(priority - 1))
      visit.error(RULE, [...at, "priority"], `no priority ${priority - 1}`);
    const key = JSON.stringify([priority, locality?.region ?? "", locality?.zone ?? "", locality?.subZone ?? ""]);
    if (seen.has(key)) visit.error(RULE, [...at, "locality"], "a second group of this locality and priority");
    seen.add(key);
  }
}

function commonTls(message: CommonTlsContextJson, visit: Visit): void {
  const fields = ["tlsCertificates", "tlsCertificateSdsSecretConfigs", "validationContextSdsSecretConfig"] as const;
  for (const field of fields) {
    if (message[field] !== undefined)
      visit.error(RULE, [field], "gRPC takes certificates from provider instances alone");
  }
}

/** For `target: "grpc"`. */
export const grpcRules = (): readonly MessageRule[] => [
  messageRule<ListenerJson>("envoy.config.listener.v3.Listener", listener),
  messageRule<HttpConnectionManagerJson>(
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    connectionManager,
  ),
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", cluster),
  messageRule<ClusterLoadAssignmentJson>("envoy.config.endpoint.v3.ClusterLoadAssignment", assignment),
  messageRule<CommonTlsContextJson>("envoy.extensions.transport_sockets.tls.v3.CommonTlsContext", commonTls),
];
