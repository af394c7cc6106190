// What Envoy checks of clusters and endpoints in code.
import type {
  CircuitBreakersJson,
  ClusterJson,
  LoadBalancingPolicyJson,
  OutlierDetectionJson,
} from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { HealthCheck_PayloadJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { ClusterLoadAssignmentJson, LbEndpointJson } from "@netmason/envoy-api/envoy/config/endpoint/v3";
import type { MaglevJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/maglev/v3";
import type { RingHashJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/ring_hash/v3";
import type { WrrLocalityJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/wrr_locality/v3";
import type { HttpProtocolOptionsJson } from "@netmason/envoy-api/envoy/extensions/upstreams/http/v3";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { isPrime } from "../prime.js";
import { typeUrlOf, unpacked } from "../typed-any.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { quoted, seconds } from "./route-rules.js";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const OPTIONS_URL = `type.googleapis.com/${OPTIONS}`;
function cluster(message: ClusterJson, visit: Visit): void {
  const type = message.clusterType === undefined ? (message.type ?? "STATIC") : undefined;
  visit.facts.http2 = speaksHttp2(message);
  visit.asksDns = type === "STRICT_DNS" || type === "LOGICAL_DNS";
  discovery(message, type, visit);
  balancing(message, type, visit);
  protocolOptions(message, visit);
  const checks = message.healthChecks ?? [];
  for (const [index, check] of checks.entries()) {
    if (checks.length > 1 && (check.name ?? "") === "") {
      visit.error("envoy_refuses", ["healthChecks", index, "name"], "one of several health checks needs a name");
    }
    if (check.grpcHealthCheck === undefined || visit.facts.http2) continue;
    const hint = `set ${OPTIONS} with http2ProtocolOptions`;
    visit.error("http2_required", ["healthChecks", index, "grpcHealthCheck"], "a gRPC health check needs HTTP/2", hint);
  }
}

function discovery(message: ClusterJson, type: ClusterJson["type"], visit: Visit): void {
  const groups = message.loadAssignment?.endpoints ?? [];
  if (type === "EDS" && message.edsClusterConfig?.edsConfig === undefined) {
    visit.error("envoy_refuses", ["edsClusterConfig"], "an EDS cluster needs an edsConfig");
  }
  if (type !== "EDS" && message.edsClusterConfig !== undefined) {
    visit.error(
      "envoy_refuses",
      ["edsClusterConfig"],
      `only an EDS cluster takes this, not ${type ?? "a clusterType"}`,
    );
  }
  if (type === "LOGICAL_DNS") {
    const count = groups.reduce((sum, { lbEndpoints = [] }) => sum + lbEndpoints.length, 0);
    if (groups.length !== 1 || count !== 1) {
      const parts = ["loadAssignment", ...(message.loadAssignment === undefined ? [] : ["endpoints"])];
      visit.error(
        "envoy_refuses",
        parts,
        `a LOGICAL_DNS cluster needs one endpoint, not ${count}`,
        "STRICT_DNS takes several",
      );
    }
  }
  if (type === "ORIGINAL_DST" && message.loadAssignment !== undefined) {
    visit.error("envoy_refuses", ["loadAssignment"], "an ORIGINAL_DST cluster takes no endpoints");
  }
  if (type === "STATIC") literalAddresses(message, visit);
  if (type !== "EDS" && message.loadAssignment === undefined && (type === "STATIC" || type === "STRICT_DNS")) {
    visit.warn(
      "ignored_field",
      ["loadAssignment"],
      `a ${type} cluster without endpoints answers every request with 503`,
    );
  }
}

function literalAddresses(message: ClusterJson, visit: Visit): void {
  for (const [group, { lbEndpoints = [] }] of (message.loadAssignment?.endpoints ?? []).entries()) {
    for (const [index, { endpoint }] of lbEndpoints.entries()) {
      const { address, resolverName } = endpoint?.address?.socketAddress ?? {};
      if (address === undefined || resolverName !== undefined || isIpLiteral(address)) continue;
      const parts = [
        "loadAssignment",
        "endpoints",
        group,
        "lbEndpoints",
        index,
        "endpoint",
        "address",
        "socketAddress",
        "address",
      ];
      visit.error(
        "envoy_refuses",
        parts,
        `${quoted(address)} is no IP address`,
        "a STATIC cluster resolves nothing: use STRICT_DNS",
      );
    }
  }
}

/** Whether Envoy reads the text as an IP address; IPv6 is told by its colons. */
export function isIpLiteral(text: string): boolean {
  if (text.includes(":")) return /^[0-9A-Fa-f:.]+(%[^%]+)?$/.test(text);
  const octets = text.split(".");
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}

function balancing(message: ClusterJson, type: ClusterJson["type"], visit: Visit): void {
  const extension = typeUrlOf(message.clusterType?.typedConfig);
  const provided =
    type === "ORIGINAL_DST" || (extension !== undefined && envoyFacts().selfBalancedClusters.includes(extension));
  const asked = message.lbPolicy === "CLUSTER_PROVIDED";
  if (provided && !asked && message.loadBalancingPolicy === undefined) {
    const what = type ?? "this clusterType";
    visit.error("envoy_refuses", ["lbPolicy"], `${what} balances by itself`, "set lbPolicy to CLUSTER_PROVIDED");
  }
  if (asked && !provided && type !== undefined) {
    visit.error("envoy_refuses", ["lbPolicy"], `a ${type} cluster provides no balancing`);
  }
  const { minimumRingSize, maximumRingSize } = message.ringHashLbConfig ?? {};
  ringSizes(minimumRingSize, maximumRingSize, ["ringHashLbConfig", "minimumRingSize"], visit);
  tableSize(message.maglevLbConfig?.tableSize, ["maglevLbConfig", "tableSize"], visit);
  const partial = ["zoneAwareLbConfig", "localityWeightedLbConfig", "consistentHashingLbConfig"] as const;
  const set = partial.find((name) => message.commonLbConfig?.[name] !== undefined);
  if (message.loadBalancingPolicy !== undefined && set !== undefined) {
    visit.error("envoy_refuses", ["commonLbConfig", set], "excluded by loadBalancingPolicy, which has its own");
  }
}

function protocolOptions(message: ClusterJson, visit: Visit): void {
  const all = message.typedExtensionProtocolOptions ?? {};
  for (const key of Object.keys(all)) {
    if (key === OPTIONS || typeUrlOf(all[key]) !== OPTIONS_URL) continue;
    visit.error("envoy_refuses", ["typedExtensionProtocolOptions", key], `the key must be ${OPTIONS}`);
  }
  if (unpacked<HttpProtocolOptionsJson>(all[OPTIONS], OPTIONS_URL)?.autoConfig === undefined) return;
  if (message.transportSocket !== undefined || (message.transportSocketMatches ?? []).length > 0) return;
  const parts = ["typedExtensionProtocolOptions", OPTIONS, "autoConfig"];
  visit.error("envoy_refuses", parts, "autoConfig asks by ALPN, so the cluster needs a TLS transportSocket");
}

function speaksHttp2(message: ClusterJson): boolean {
  if (message.http2ProtocolOptions !== undefined) return true;
  const options = unpacked<HttpProtocolOptionsJson>(message.typedExtensionProtocolOptions?.[OPTIONS], OPTIONS_URL);
  if (options === undefined) return false;
  const chosen = options.explicitHttpConfig ?? options.useDownstreamProtocolConfig;
  return options.autoConfig !== undefined || chosen?.http2ProtocolOptions !== undefined;
}

function assignment({ endpoints = [] }: ClusterLoadAssignmentJson, visit: Visit): void {
  const priorities = new Set(endpoints.map(({ priority = 0 }) => priority));
  for (const [index, { priority = 0 }] of endpoints.entries()) {
    if (priority === 0 || priority > 128 || priorities.has(priority - 1)) continue;
    const message = `priority ${priority} without priority ${priority - 1}`;
    visit.warn("priority_gap", ["endpoints", index, "priority"], message, "priorities count from 0 without gaps");
    break;
  }
  const seen = new Set<string>();
  for (const [index, { locality, priority = 0 }] of endpoints.entries()) {
    const key = JSON.stringify([priority, locality?.region, locality?.zone, locality?.subZone]);
    if (seen.has(key))
      visit.warn("duplicate_name", ["endpoints", index, "locality"], "a second group of this locality and priority");
    seen.add(key);
  }
}

function lbEndpoint({ endpoint, endpointName }: LbEndpointJson, visit: Visit): void {
  if (endpointName !== undefined || endpoint?.address !== undefined) return;
  const parts = endpoint === undefined ? ["endpoint"] : ["endpoint", "address"];
  if (visit.asksDns) visit.warn("ignored_field", parts, "an endpoint without an address is none");
  else visit.error("envoy_refuses", parts, "an endpoint needs an address");
}

function circuitBreakers({ thresholds = [] }: CircuitBreakersJson, visit: Visit): void {
  const seen = new Set<string>();
  for (const [index, { priority = "DEFAULT" }] of thresholds.entries()) {
    if (seen.has(priority)) {
      visit.error(
        "duplicate_priority",
        ["thresholds", index],
        `a second threshold for ${priority}: Envoy uses the first`,
      );
    }
    seen.add(priority);
  }
}

function outlierDetection({ baseEjectionTime = "30s", maxEjectionTime }: OutlierDetectionJson, visit: Visit): void {
  if (maxEjectionTime !== undefined && seconds(maxEjectionTime) < seconds(baseEjectionTime)) {
    const message = `${maxEjectionTime} is less than baseEjectionTime ${baseEjectionTime}`;
    visit.error("envoy_refuses", ["maxEjectionTime"], message);
  }
}

function payload({ text }: HealthCheck_PayloadJson, visit: Visit): void {
  if (text !== undefined && !/^([0-9A-Fa-f]{2})+$/.test(text)) {
    visit.error("envoy_refuses", ["text"], `${quoted(text)} is not hexadecimal`);
  }
}

function policy({ policies = [] }: LoadBalancingPolicyJson, visit: Visit): void {
  if (policies.some(({ typedExtensionConfig }) => typedExtensionConfig !== undefined)) return;
  visit.error("envoy_refuses", ["policies"], "a load balancing policy needs one policy that Envoy knows");
}

function wrrLocality({ endpointPickingPolicy }: WrrLocalityJson, visit: Visit): void {
  const policies = endpointPickingPolicy?.policies ?? [];
  const type = typeUrlOf(policies[0]?.typedExtensionConfig?.typedConfig);
  if (type === undefined || type.endsWith(".ClientSideWeightedRoundRobin")) return;
  const parts = ["endpointPickingPolicy", "policies", 0, "typedExtensionConfig", "typedConfig", "@type"];
  visit.error("envoy_refuses", parts, "Envoy takes only ClientSideWeightedRoundRobin below a locality");
}

function ringSizes(
  least: string | undefined,
  most: string | undefined,
  parts: readonly PathPart[],
  visit: Visit,
): void {
  const highest = Number(most ?? 8_388_608);
  const lowest = Number(least ?? 1_024);
  if (lowest > highest)
    visit.error("envoy_refuses", parts, `minimumRingSize ${lowest} is over maximumRingSize ${highest}`);
}

function tableSize(text: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  if (text !== undefined && !isPrime(Number(text))) visit.error("envoy_refuses", parts, `${text} is no prime`);
}

/** Of clusters, endpoints and load balancing policies. */
export const clusterRules: readonly MessageRule[] = [
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", cluster),
  messageRule<CircuitBreakersJson>("envoy.config.cluster.v3.CircuitBreakers", circuitBreakers),
  messageRule<OutlierDetectionJson>("envoy.config.cluster.v3.OutlierDetection", outlierDetection),
  messageRule<LoadBalancingPolicyJson>("envoy.config.cluster.v3.LoadBalancingPolicy", policy),
  messageRule<ClusterLoadAssignmentJson>("envoy.config.endpoint.v3.ClusterLoadAssignment", assignment),
  messageRule<LbEndpointJson>("envoy.config.endpoint.v3.LbEndpoint", lbEndpoint),
  messageRule<HealthCheck_PayloadJson>("envoy.config.core.v3.HealthCheck.Payload", payload),
  messageRule<RingHashJson>("envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash", (message, visit) =>
    ringSizes(message.minimumRingSize, message.maximumRingSize, ["minimumRingSize"], visit),
  ),
  messageRule<WrrLocalityJson>("envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality", wrrLocality),
  messageRule<MaglevJson>("envoy.extensions.load_balancing_policies.maglev.v3.Maglev", (message, visit) =>
    tableSize(message.tableSize, ["tableSize"], visit),
  ),
];
