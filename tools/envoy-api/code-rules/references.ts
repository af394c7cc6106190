// Fields that hold the name of another resource. They are checked against every field of the API that looks like a
// reference: one that is neither here nor excluded with a reason fails a test.
import { CLUSTER, HTTP_FILTER, RDS, ROUTE, TLS } from "./names.js";
import type { ReferenceSource, ReferenceSources } from "./rule-source.js";

const GRPC_SERVICE = "envoy.config.core.v3.GrpcService.EnvoyGrpc";
const ROUTE_CONFIGURATION = `${ROUTE}.RouteConfiguration`;

/** Fields that name a cluster. */
const CLUSTER_FIELDS: Readonly<Record<string, string>> = {
  "envoy.config.core.v3.HttpUri": "cluster",
  "envoy.config.core.v3.ApiConfigSource": "clusterNames.*",
  "envoy.config.core.v3.GrpcService.EnvoyGrpc": "clusterName",
  "envoy.config.bootstrap.v3.ClusterManager": "localClusterName",
  "envoy.config.metrics.v3.StatsdSink": "tcpClusterName",
  "envoy.config.trace.v3.DatadogConfig": "collectorCluster",
  "envoy.config.trace.v3.LightstepConfig": "collectorCluster",
  "envoy.config.trace.v3.ZipkinConfig": "collectorCluster",
  "envoy.config.route.v3.RouteAction": "cluster",
  "envoy.config.route.v3.RouteAction.RequestMirrorPolicy": "cluster",
  "envoy.config.route.v3.WeightedCluster.ClusterWeight": "name",
  "envoy.data.dns.v3.DnsTable.DnsEndpoint": "clusterName",
  "envoy.data.dns.v3.DnsTable.DnsServiceTarget": "clusterName",
  "envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig": "cluster",
  "envoy.extensions.clusters.aggregate.v3.ClusterConfig": "clusters.*",
  "envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig.McpCluster": "cluster",
  "envoy.extensions.filters.http.cache_v2.v3.CacheV2Config": "overrideUpstreamCluster",
  "envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig": "cluster",
  "envoy.extensions.filters.http.mcp_router.v3.McpRouter.McpCluster": "cluster",
  "envoy.extensions.filters.network.dubbo_proxy.v3.RouteAction": "cluster",
  "envoy.extensions.filters.network.generic_proxy.action.v3.RouteAction": "cluster",
  "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route": "cluster",
  "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route.ReadCommandPolicy": "cluster",
  "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route.RequestMirrorPolicy": "cluster",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy": "cluster",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight": "name",
  "envoy.extensions.filters.network.thrift_proxy.v3.RouteAction": "cluster",
  "envoy.extensions.filters.network.thrift_proxy.v3.RouteAction.RequestMirrorPolicy": "cluster",
  "envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster.ClusterWeight": "name",
  "envoy.extensions.filters.udp.udp_proxy.v3.Route": "cluster",
  "envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig": "cluster",
  "envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig": "defaultCluster",
  "envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction": "cluster",
  "envoy.extensions.router.cluster_specifiers.priority_group.v3.ClusterWeight": "clusterName",
  "envoy.extensions.tracers.fluentd.v3.FluentdConfig": "cluster",
};

function toCluster(typeName: string, each: string): ReferenceSource {
  return {
    each,
    name: "it",
    to: CLUSTER,
    // Of routes the route configuration says whether their clusters must be there.
    ...(typeName.startsWith(ROUTE) && { missing: "missingCluster()" }),
    ...(typeName === GRPC_SERVICE && { demand: "http2" as const }),
  };
}

export const clusterReferences: ReferenceSources = Object.fromEntries(
  Object.entries(CLUSTER_FIELDS).map(([typeName, each]) => [typeName, [toCluster(typeName, each)]]),
);

/** Whether what a source names can be in the same graph; a file or another server cannot be looked into. */
function missingFrom(source: string): string {
  return `has(${source}.ads) || has(${source}.self) ? 'error' : 'none'`;
}

/** An extension whose configuration comes by ECDS is named by what holds it. */
const discovered: ReferenceSource = {
  when: "has(it.configDiscovery)",
  at: "name",
  name: "it.name",
  to: "envoy.config.core.v3.TypedExtensionConfig",
  missing: missingFrom("it.configDiscovery.configSource"),
};
const scope: ReferenceSource = {
  at: "routeConfigurationName",
  name: "it.routeConfigurationName",
  to: ROUTE_CONFIGURATION,
};

/** Fields that need more than their own text: the source beside them, or a name above them. */
export const references: ReferenceSources = {
  [CLUSTER]: [
    {
      each: "edsClusterConfig",
      when: "message.type === 'EDS' && it.serviceName",
      at: "serviceName",
      name: "it.serviceName",
      to: "envoy.config.endpoint.v3.ClusterLoadAssignment",
      missing: missingFrom("it.edsConfig"),
    },
    {
      each: "edsClusterConfig",
      when: "message.type === 'EDS' && !it.serviceName",
      name: "message.name",
      to: "envoy.config.endpoint.v3.ClusterLoadAssignment",
      missing: missingFrom("it.edsConfig"),
    },
  ],
  [RDS]: [
    {
      at: "routeConfigName",
      name: "it.routeConfigName",
      to: ROUTE_CONFIGURATION,
      missing: missingFrom("it.configSource"),
      demand: "filters",
    },
  ],
  [`${TLS}.SdsSecretConfig`]: [
    {
      at: "name",
      name: "it.name",
      to: `${TLS}.Secret`,
      missing: `!has(it.sdsConfig) || ${missingFrom("it.sdsConfig")}`,
    },
  ],
  "envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer": [
    { at: "name", name: "it.name", to: "envoy.service.runtime.v3.Runtime", missing: missingFrom("it.rtdsConfig") },
  ],
  // In a connection manager the routes of a scope come from elsewhere.
  [`${ROUTE}.ScopedRouteConfiguration`]: [
    { ...scope, when: "!has(field())" },
    { ...scope, when: "has(field())", missing: "'none'" },
  ],
  [HTTP_FILTER]: [discovered],
  "envoy.config.listener.v3.Filter": [discovered],
  "envoy.config.listener.v3.ListenerFilter": [discovered],
  "envoy.config.cluster.v3.Filter": [discovered],
};
