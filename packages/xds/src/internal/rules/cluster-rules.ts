// What Envoy checks of clusters and load balancing policies in code.
import type {
  CircuitBreakersJson,
  ClusterJson,
  LoadBalancingPolicyJson,
  OutlierDetectionJson,
} from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { MaglevJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/maglev/v3";
import type { RingHashJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/ring_hash/v3";
import type { SubsetJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/subset/v3";
import type { WrrLocalityJson } from "@netmason/envoy-api/envoy/extensions/load_balancing_policies/wrr_locality/v3";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { isPrime } from "../prime.js";
import { typeUrlOf } from "../typed-any.js";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { seconds } from "./rule-text.js";
import { literal } from "./socket-address.js";
import { httpOptionsOf, speaksHttp2 } from "./upstream-rules.js";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

function cluster(message: ClusterJson, visit: Visit): void {
  const type = message.clusterType === undefined ? (message.type ?? "STATIC") : undefined;
  visit.facts.http2 = speaksHttp2(message);
  visit.facts.upstreamFilters = new Set((httpOptionsOf(message)?.httpFilters ?? []).map(({ name = "" }) => name));
  visit.asksDns = type === "STRICT_DNS" || type === "LOGICAL_DNS";
  visit.hashes = type === "STATIC" && hashes(message);
  discovery(message, type, visit);
  const { clusterType } = message;
  if (clusterType?.name === "envoy.clusters.aggregate" && clusterType.typedConfig === undefined) {
    visit.refuse(["clusterType", "typedConfig"], "an aggregate needs its clusters");
  }
  balancing(message, type, visit);
  subset(message.lbSubsetConfig?.subsetSelectors, ["lbSubsetConfig"], visit);
  const checks = message.healthChecks ?? [];
  for (const [index, check] of checks.entries()) {
    if (checks.length > 1 && (check.name ?? "") === "") {
      visit.refuse(["healthChecks", index, "name"], "one of several health checks needs a name");
    }
    if (check.grpcHealthCheck === undefined || visit.facts.http2) continue;
    const hint = `set ${OPTIONS} with http2ProtocolOptions`;
    visit.error("http2_required", ["healthChecks", index, "grpcHealthCheck"], "a gRPC health check needs HTTP/2", hint);
  }
}

/** Whether endpoints are chosen by a hash, whose tables hold all weights of a cluster. */
function hashes({ lbPolicy, loadBalancingPolicy }: ClusterJson): boolean {
  if (loadBalancingPolicy === undefined) return lbPolicy === "RING_HASH" || lbPolicy === "MAGLEV";
  return /\.(RingHash|Maglev)"/.test(JSON.stringify(loadBalancingPolicy.policies?.[0] ?? {}));
}

type Selectors = NonNullable<ClusterJson["lbSubsetConfig"]>["subsetSelectors"];

function subset(selectors: Selectors = [], parts: readonly PathPart[], visit: Visit): void {
  for (const [index, { keys = [], fallbackPolicy, fallbackKeysSubset = [] }] of selectors.entries()) {
    const at = [...parts, "subsetSelectors", index, "fallbackKeysSubset"];
    const rest = new Set(fallbackKeysSubset);
    if (fallbackPolicy !== "KEYS_SUBSET") {
      if (rest.size > 0) visit.refuse(at, "goes with the fallbackPolicy KEYS_SUBSET only");
    } else if (rest.size === 0 || rest.size === new Set(keys).size || [...rest].some((key) => !keys.includes(key))) {
      visit.refuse(at, `must be some of ${keys.join(", ")}, not all of them`);
    }
  }
}

function discovery(message: ClusterJson, type: ClusterJson["type"], visit: Visit): void {
  const groups = message.loadAssignment?.endpoints ?? [];
  if (type === "EDS" && message.edsClusterConfig?.edsConfig === undefined) {
    visit.refuse(["edsClusterConfig"], "an EDS cluster needs an edsConfig");
  }
  if (type !== "EDS" && message.edsClusterConfig !== undefined) {
    visit.refuse(["edsClusterConfig"], `only an EDS cluster takes this, not ${type ?? "a clusterType"}`);
  }
  if (type === "LOGICAL_DNS") {
    const count = groups.reduce((sum, { lbEndpoints = [] }) => sum + lbEndpoints.length, 0);
    if (groups.length !== 1 || count !== 1) {
      const parts = ["loadAssignment", ...(message.loadAssignment === undefined ? [] : ["endpoints"])];
      visit.refuse(parts, `a LOGICAL_DNS cluster needs one endpoint, not ${count}`, "STRICT_DNS takes several");
    }
  }
  if (type === "ORIGINAL_DST" && message.loadAssignment !== undefined) {
    visit.refuse(["loadAssignment"], "an ORIGINAL_DST cluster takes no endpoints");
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

/** A STATIC cluster resolves nothing. */
function literalAddresses(message: ClusterJson, visit: Visit): void {
  for (const [group, { lbEndpoints = [] }] of (message.loadAssignment?.endpoints ?? []).entries()) {
    for (const [index, { endpoint = {} }] of lbEndpoints.entries()) {
      const at = ["loadAssignment", "endpoints", group, "lbEndpoints", index, "endpoint"];
      literal(endpoint.address, [...at, "address"], "a STATIC cluster resolves nothing: use STRICT_DNS", visit);
      for (const [more, { address }] of (endpoint.additionalAddresses ?? []).entries()) {
        literal(address, [...at, "additionalAddresses", more, "address"], undefined, visit);
      }
    }
  }
}

function balancing(message: ClusterJson, type: ClusterJson["type"], visit: Visit): void {
  const extension = typeUrlOf(message.clusterType?.typedConfig);
  const provided =
    type === "ORIGINAL_DST" || (extension !== undefined && envoyFacts().selfBalancedClusters.includes(extension));
  const asked = message.lbPolicy === "CLUSTER_PROVIDED";
  if (provided && !asked && message.loadBalancingPolicy === undefined) {
    const what = type ?? "this clusterType";
    visit.refuse(["lbPolicy"], `${what} balances by itself`, "set lbPolicy to CLUSTER_PROVIDED");
  }
  if (asked && !provided && type !== undefined) {
    visit.refuse(["lbPolicy"], `a ${type} cluster provides no balancing`);
  }
  const { minimumRingSize, maximumRingSize } = message.ringHashLbConfig ?? {};
  ringSizes(minimumRingSize, maximumRingSize, ["ringHashLbConfig", "minimumRingSize"], visit);
  tableSize(message.maglevLbConfig?.tableSize, ["maglevLbConfig", "tableSize"], visit);
  const partial = ["zoneAwareLbConfig", "localityWeightedLbConfig", "consistentHashingLbConfig"] as const;
  const set = partial.find((name) => message.commonLbConfig?.[name] !== undefined);
  if (message.loadBalancingPolicy !== undefined && set !== undefined) {
    visit.refuse(["commonLbConfig", set], "excluded by loadBalancingPolicy, which has its own");
  }
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
    visit.refuse(["maxEjectionTime"], message);
  }
}

function policy({ policies = [] }: LoadBalancingPolicyJson, visit: Visit): void {
  const known = /\/(envoy\.extensions\.load_balancing_policies\.|(?!envoy\.))/;
  if (policies.some(({ typedExtensionConfig }) => known.test(typeUrlOf(typedExtensionConfig?.typedConfig) ?? "")))
    return;
  visit.refuse(["policies"], "a load balancing policy needs one policy that Envoy knows");
}

function wrrLocality({ endpointPickingPolicy }: WrrLocalityJson, visit: Visit): void {
  const policies = endpointPickingPolicy?.policies ?? [];
  const type = typeUrlOf(policies[0]?.typedExtensionConfig?.typedConfig);
  if (type === undefined || type.endsWith(".ClientSideWeightedRoundRobin")) return;
  const parts = ["endpointPickingPolicy", "policies", 0, "typedExtensionConfig", "typedConfig", "@type"];
  visit.refuse(parts, "Envoy takes only ClientSideWeightedRoundRobin below a locality");
}

function ringSizes(
  least: string | undefined,
  most: string | undefined,
  parts: readonly PathPart[],
  visit: Visit,
): void {
  const highest = Number(most ?? 8_388_608);
  const lowest = Number(least ?? 1_024);
  if (lowest > highest) visit.refuse(parts, `minimumRingSize ${lowest} is over maximumRingSize ${highest}`);
}

function tableSize(text: string | undefined, parts: readonly PathPart[], visit: Visit): void {
  if (text !== undefined && !isPrime(Number(text))) visit.refuse(parts, `${text} is no prime`);
}

/** Of clusters and load balancing policies. */
export const clusterRules = (): readonly MessageRule[] => [
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", cluster),
  messageRule<CircuitBreakersJson>("envoy.config.cluster.v3.CircuitBreakers", circuitBreakers),
  messageRule<OutlierDetectionJson>("envoy.config.cluster.v3.OutlierDetection", outlierDetection),
  messageRule<LoadBalancingPolicyJson>("envoy.config.cluster.v3.LoadBalancingPolicy", policy),
  messageRule<RingHashJson>("envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash", (message, visit) =>
    ringSizes(message.minimumRingSize, message.maximumRingSize, ["minimumRingSize"], visit),
  ),
  messageRule<SubsetJson>("envoy.extensions.load_balancing_policies.subset.v3.Subset", (message, visit) =>
    subset(message.subsetSelectors, [], visit),
  ),
  messageRule<WrrLocalityJson>("envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality", wrrLocality),
  messageRule<MaglevJson>("envoy.extensions.load_balancing_policies.maglev.v3.Maglev", (message, visit) =>
    tableSize(message.tableSize, ["tableSize"], visit),
  ),
];
