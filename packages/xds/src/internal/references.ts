// Which fields hold the name of another resource. They and the table of fields that name a cluster are checked against every
// field of the API that looks like a reference: one that is in neither nor excluded with a reason fails a test.
import type { RuntimeLayer_RtdsLayerJson } from "@netmason/envoy-api/envoy/config/bootstrap/v3";
import type { Cluster_EdsClusterConfigJson, ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { ConfigSourceJson } from "@netmason/envoy-api/envoy/config/core/v3";
import type { DnsCacheConfigJson } from "@netmason/envoy-api/envoy/extensions/common/dynamic_forward_proxy/v3";
import type {
  HttpFilterJson,
  RdsJson,
  ScopedRoutesJson,
} from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { SdsSecretConfigJson } from "@netmason/envoy-api/envoy/extensions/transport_sockets/tls/v3";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { type TypeUrl, typeUrls } from "../type-urls.js";
import { type Demand, type MessageRule, messageRule, type PathPart, type Visit } from "./visit.js";

const ROUTE = "envoy.config.route.v3";
const HCM = "envoy.extensions.filters.network.http_connection_manager.v3";
const TLS = "envoy.extensions.transport_sockets.tls.v3";

/** Fields that need more than their own text: the source beside them, or a name above them. */
export const sourcedFields: Readonly<Record<string, readonly string[]>> = {
  "envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer": ["name"],
  "envoy.config.cluster.v3.Cluster.EdsClusterConfig": ["serviceName"],
  "envoy.config.endpoint.v3.ClusterLoadAssignment": ["clusterName"],
  [`${ROUTE}.ScopedRouteConfiguration`]: ["routeConfigurationName"],
  [`${HCM}.Rds`]: ["routeConfigName"],
  [`${TLS}.SdsSecretConfig`]: ["name"],
};

/** Whether what a source names can be in the same graph; a file or another server cannot be looked into. */
function missingFrom(source: ConfigSourceJson | undefined): "error" | "none" {
  return source?.ads !== undefined || source?.self !== undefined ? "error" : "none";
}

function clusterRule([typeName, fields]: readonly [string, readonly string[]]): MessageRule {
  const inRoute = typeName.startsWith(ROUTE);
  const demand: Demand | undefined = typeName.endsWith(".EnvoyGrpc") ? { kind: "http2" } : undefined;
  return messageRule<Readonly<Record<string, unknown>>>(typeName, (message, visit) => {
    const missing = inRoute ? visit.missingRouteCluster : "error";
    for (const field of fields) {
      const value = message[field];
      if (Array.isArray(value)) for (const [index, name] of value.entries()) refer(name, [field, index]);
      else refer(value, [field]);
    }
    function refer(name: unknown, parts: readonly PathPart[]): void {
      if (typeof name !== "string") return;
      visit.refer({ typeUrl: typeUrls.cluster, name, parts, missing, ...(demand && { demand }) });
    }
  });
}

function edsName(message: ClusterJson, visit: Visit): void {
  if (message.type !== "EDS" || message.edsClusterConfig === undefined) return;
  const { serviceName, edsConfig }: Cluster_EdsClusterConfigJson = message.edsClusterConfig;
  const named = serviceName !== undefined && serviceName !== "";
  const name = named ? serviceName : (message.name ?? "");
  const parts = ["edsClusterConfig", ...(named ? ["serviceName"] : [])];
  visit.refer({ typeUrl: typeUrls.endpoints, name, parts, missing: missingFrom(edsConfig) });
}

function rds({ routeConfigName = "", configSource }: RdsJson, visit: Visit): void {
  const demand = { kind: "filters", names: visit.filterNames ?? new Set<string>() } as const;
  visit.refer({
    typeUrl: typeUrls.route,
    name: routeConfigName,
    parts: ["routeConfigName"],
    missing: missingFrom(configSource),
    demand,
  });
}

function sds({ name = "", sdsConfig }: SdsSecretConfigJson, visit: Visit): void {
  const missing = sdsConfig === undefined ? "error" : missingFrom(sdsConfig);
  visit.refer({ typeUrl: typeUrls.secret, name, parts: ["name"], missing });
}

function rtds({ name = "", rtdsConfig }: RuntimeLayer_RtdsLayerJson, visit: Visit): void {
  visit.refer({ typeUrl: typeUrls.runtime, name, parts: ["name"], missing: missingFrom(rtdsConfig) });
}

function scopedRoutes({ scopedRouteConfigurationsList }: ScopedRoutesJson, visit: Visit): void {
  for (const [index, scope] of (scopedRouteConfigurationsList?.scopedRouteConfigurations ?? []).entries()) {
    const parts = ["scopedRouteConfigurationsList", "scopedRouteConfigurations", index, "routeConfigurationName"];
    visit.refer({ typeUrl: typeUrls.route, name: scope.routeConfigurationName ?? "", parts, missing: "none" });
  }
}

function scope({ routeConfigurationName = "" }: { readonly routeConfigurationName?: string }, visit: Visit): void {
  if (visit.root !== typeUrls.scopedRoute) return;
  visit.refer({
    typeUrl: typeUrls.route,
    name: routeConfigurationName,
    parts: ["routeConfigurationName"],
    missing: "error",
  });
}

/** An extension whose configuration comes by ECDS is named by what holds it. */
function discovered(
  { name = "", configDiscovery }: Pick<HttpFilterJson, "name" | "configDiscovery">,
  visit: Visit,
): void {
  if (configDiscovery === undefined) return;
  visit.refer({
    typeUrl: typeUrls.extension,
    name,
    parts: ["name"],
    missing: missingFrom(configDiscovery.configSource),
  });
}

/** DNS caches of one name must be equal wherever they stand; no resource has the type, so it is never missing. */
export const DNS_CACHE: TypeUrl = "type.googleapis.com/envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig";

function dnsCache(message: DnsCacheConfigJson, visit: Visit): void {
  const demand = { kind: "same", as: sortedJson(message) } as const;
  visit.refer({ typeUrl: DNS_CACHE, name: message.name ?? "", parts: [], missing: "none", demand });
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** All rules that collect references; those of connection managers must run before. */
export const referenceRules = (): readonly MessageRule[] => [
  ...Object.entries(envoyFacts().clusterFields).map(clusterRule),
  messageRule<ClusterJson>("envoy.config.cluster.v3.Cluster", edsName),
  messageRule<RdsJson>(`${HCM}.Rds`, rds),
  messageRule<SdsSecretConfigJson>(`${TLS}.SdsSecretConfig`, sds),
  messageRule<RuntimeLayer_RtdsLayerJson>("envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer", rtds),
  messageRule<ScopedRoutesJson>(`${HCM}.ScopedRoutes`, scopedRoutes),
  messageRule<{ readonly routeConfigurationName?: string }>(`${ROUTE}.ScopedRouteConfiguration`, scope),
  messageRule<HttpFilterJson>(`${HCM}.HttpFilter`, discovered),
  messageRule<HttpFilterJson>("envoy.config.listener.v3.Filter", discovered),
  messageRule<HttpFilterJson>("envoy.config.listener.v3.ListenerFilter", discovered),
  messageRule<HttpFilterJson>("envoy.config.cluster.v3.Filter", discovered),
  messageRule<DnsCacheConfigJson>("envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig", dnsCache),
];
