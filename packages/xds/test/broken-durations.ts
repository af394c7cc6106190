// Durations that do not fit into 64 bits of nanoseconds, in each field that Envoy reads at once.
import { defaultCodec } from "@netmason/envoy-api/codec";
import type { Graph } from "@netmason/xds";
import { builderGraphs } from "./builder-graphs.js";
import { type BrokenGraph, type BrokenRow, brokenGraphs, withFilter } from "./graph-parts.js";

const FIELDS = [
  "envoy.config.cluster.v3.Cluster.cleanupInterval",
  "envoy.config.cluster.v3.Cluster.connectTimeout",
  "envoy.config.cluster.v3.Cluster.dnsJitter",
  "envoy.config.cluster.v3.Cluster.dnsRefreshRate",
  "envoy.config.cluster.v3.Cluster.perConnectionBufferHighWatermarkTimeout",
  "envoy.config.core.v3.ApiConfigSource.refreshDelay",
  "envoy.config.core.v3.ApiConfigSource.requestTimeout",
  "envoy.config.core.v3.ConfigSource.initialFetchTimeout",
  "envoy.config.core.v3.GrpcService.timeout",
  "envoy.config.core.v3.HealthCheck.healthyEdgeInterval",
  "envoy.config.core.v3.HealthCheck.initialJitter",
  "envoy.config.core.v3.HealthCheck.interval",
  "envoy.config.core.v3.HealthCheck.intervalJitter",
  "envoy.config.core.v3.HealthCheck.noTrafficHealthyInterval",
  "envoy.config.core.v3.HealthCheck.noTrafficInterval",
  "envoy.config.core.v3.HealthCheck.timeout",
  "envoy.config.core.v3.HealthCheck.unhealthyEdgeInterval",
  "envoy.config.core.v3.HealthCheck.unhealthyInterval",
  "envoy.config.core.v3.PathConfigSource.pollInterval",
  "envoy.config.listener.v3.FilterChain.transportSocketConnectTimeout",
  "envoy.config.listener.v3.Listener.listenerFiltersTimeout",
  "envoy.config.listener.v3.Listener.perConnectionBufferHighWatermarkTimeout",
  "envoy.config.route.v3.RetryPolicy.perTryIdleTimeout",
  "envoy.config.route.v3.RetryPolicy.perTryTimeout",
  "envoy.config.route.v3.RetryPolicy.RetryBackOff.maxInterval",
  "envoy.config.route.v3.RouteAction.flushTimeout",
  "envoy.config.route.v3.RouteAction.grpcTimeoutOffset",
  "envoy.config.route.v3.RouteAction.idleTimeout",
  "envoy.config.route.v3.RouteAction.maxGrpcTimeout",
  "envoy.config.route.v3.RouteAction.timeout",
  "envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig.bufferFlushInterval",
  "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig.bufferFlushInterval",
  "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor.deferredCloseTimeout",
  "envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.maxLifetime",
  "envoy.extensions.filters.http.oauth2.v3.OAuth2Config.codeVerifierTokenExpiresIn",
  "envoy.extensions.filters.http.oauth2.v3.OAuth2Config.csrfTokenExpiresIn",
  "envoy.extensions.filters.http.oauth2.v3.OAuth2Config.defaultExpiresIn",
  "envoy.extensions.filters.http.oauth2.v3.OAuth2Config.defaultRefreshTokenExpiresIn",
  "envoy.extensions.filters.http.ratelimit.v3.RateLimit.timeout",
  "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit.delay",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.accessLogFlushInterval",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.delayedCloseTimeout",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.drainTimeout",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.requestHeadersTimeout",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.requestTimeout",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.streamFlushTimeout",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.streamIdleTimeout",
  "envoy.extensions.filters.network.rbac.v3.RBAC.delayDeny",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.accessLogFlushInterval",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.downstreamIdleTimeout",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.idleTimeout",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.maxDownstreamConnectionDuration",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.upstreamIdleTimeout",
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin.blackoutPeriod",
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin.oobReportingPeriod",
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin.weightExpirationPeriod",
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin.weightUpdatePeriod",
  "envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig.slowStartWindow",
  "envoy.type.v3.TokenBucket.fillInterval",
];
/** Of a cache for names, which is in a filter and a cluster. */
const CACHE_FIELDS = ["dnsMinRefreshRate", "dnsQueryTimeout", "dnsRefreshRate", "hostTtl"];
const LONG = "9223372036s";
const ROOTS = {
  listeners: "envoy.config.listener.v3.Listener",
  clusters: "envoy.config.cluster.v3.Cluster",
} as const;

type Json = Record<string, unknown>;

/** Where messages of a type stand in a value, as paths. */
function* placesIn(value: Json, typeName: string, wanted: string, path: string): Generator<[Json, string]> {
  const type = typeName === "google.protobuf.Any" ? String(value["@type"]).replace(/^.*\//, "") : typeName;
  if (type === wanted) yield [value, path];
  for (const { jsonName, kind, element, type: inner } of defaultCodec().schema.message(type)?.fields ?? []) {
    const field = value[jsonName];
    if (element !== "message" || typeof field !== "object" || field === null) continue;
    const parts = kind === "message" ? [["", field] as const] : Object.entries(field);
    for (const [key, part] of parts) {
      if (typeof part !== "object" || part === null) continue;
      yield* placesIn(part as Json, inner, wanted, `${path}/${jsonName}${key && `/${key}`}`);
    }
  }
}

/** The first graph of the builders that has a message with the field, with a long time in it, and where that is. */
function withLong(field: string): [graph: Graph, path: string] {
  const [message, name] = [field.slice(0, field.lastIndexOf(".")), field.slice(field.lastIndexOf(".") + 1)];
  for (const builderGraph of Object.values(builderGraphs)) {
    const graph = JSON.parse(JSON.stringify(builderGraph)) as Graph;
    for (const [list, typeName] of Object.entries(ROOTS) as [keyof typeof ROOTS, string][]) {
      for (const resource of graph[list] ?? []) {
        for (const [place, path] of placesIn(resource as Json, typeName, message, "")) {
          place[name] = LONG;
          return [graph, `${path}/${name}`];
        }
      }
    }
  }
  throw new RangeError(`no graph of the builders has ${message}`);
}

export const brokenDurations: readonly BrokenGraph[] = brokenGraphs([
  ...FIELDS.map((field): BrokenRow => {
    const [graph, path] = withLong(field);
    return [field, graph, `envoy_refuses ${path}`];
  }),
  ...CACHE_FIELDS.map(
    (field): BrokenRow => [
      `${field} of a cache`,
      withFilter("extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig", {
        dnsCacheConfig: { name: "c", [field]: LONG },
      }),
      `envoy_refuses /filterChains/0/filters/0/typedConfig/httpFilters/0/typedConfig/dnsCacheConfig/${field}`,
    ],
  ),
]);
