// What Envoy checks of where configuration comes from, and of the services it calls.
import type {
  ApiConfigSourceJson,
  BackoffStrategyJson,
  ConfigSourceJson,
} from "@netmason/envoy-api/envoy/config/core/v3";
import type { RouteConfigurationJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { RdsJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { seconds } from "./rule-text.js";

/** Messages that say how a service is spoken to; unset and AUTO mean V3 today. */
const VERSIONED = [
  "config.core.v3.ApiConfigSource",
  "config.metrics.v3.MetricsServiceConfig",
  "config.ratelimit.v3.RateLimitServiceConfig",
  "extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig",
  "extensions.filters.http.ext_authz.v3.ExtAuthz",
  "extensions.filters.network.ext_authz.v3.ExtAuthz",
];

function version({ transportApiVersion }: { readonly transportApiVersion?: unknown }, visit: Visit): void {
  if (transportApiVersion !== "V2" && transportApiVersion !== 1) return;
  visit.refuse(["transportApiVersion"], "Envoy speaks version 3 only", "set V3");
}

/** What an Envoy refuses and a gRPC client takes. */
function configSource({ self }: ConfigSourceJson, visit: Visit): void {
  if (self !== undefined) visit.refuse(["self"], "Envoy knows no source self", "set ads");
}

function apiSource(message: ApiConfigSourceJson, visit: Visit): void {
  const { apiType, clusterNames = [], grpcServices = [], refreshDelay } = message;
  const most = visit.at.includes("adsConfig") ? 2 : 1;
  if (apiType === undefined)
    visit.refuse(["apiType"], "a source needs to say how it is spoken to", "set GRPC or DELTA_GRPC");
  else if (apiType.startsWith("AGGREGATED_")) {
    if (visit.at.includes("ldsConfig") || visit.at.includes("cdsConfig")) return;
    visit.refuse(["apiType"], `only collections take ${apiType}`, "the source ads stands for the aggregated stream");
  } else if (clusterNames.length === 0 && grpcServices.length === 0) {
    visit.refuse([apiType === "REST" ? "clusterNames" : "grpcServices"], "a source needs a service to ask");
  } else if (apiType === "REST") {
    if (grpcServices.length > 0) visit.refuse(["grpcServices"], "REST takes clusterNames instead");
    if (clusterNames.length > 1) visit.refuse(["clusterNames"], "a source has one cluster");
    if (refreshDelay === undefined) visit.refuse(["refreshDelay"], "REST needs to know how often to ask");
  } else if (apiType === "GRPC" || apiType === "DELTA_GRPC") {
    if (clusterNames.length > 0) visit.refuse(["clusterNames"], "gRPC takes grpcServices instead");
    if (grpcServices.length > most) visit.refuse(["grpcServices"], `at most ${most}, not ${grpcServices.length}`);
  }
}

function rds({ configSource: source, routeConfigName = "" }: RdsJson, visit: Visit): void {
  if (source !== undefined || routeConfigName.startsWith("xdstp:")) return;
  visit.refuse(["configSource"], "RDS needs to know whom to ask", "set ads");
}

function vhds({ vhds: hosts }: RouteConfigurationJson, visit: Visit): void {
  const source = hosts?.configSource;
  if (source === undefined || source.ads !== undefined || source.apiConfigSource?.apiType === "DELTA_GRPC") return;
  visit.refuse(["vhds", "configSource"], "virtual hosts come by delta only", "set ads or the apiType DELTA_GRPC");
}

/** Back-off of the streams that Envoy keeps; elsewhere it takes an interval that is upside down. */
function backOff(field: string, inner: readonly string[]): (message: object, visit: Visit) => void {
  return (message, visit) => {
    const strategy = [field, ...inner].reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      message,
    ) as BackoffStrategyJson | undefined;
    upsideDown(strategy, [field, ...inner], visit);
  };
}

/** Whether the longest interval of a back-off is shorter than its first. */
export function upsideDown(strategy: BackoffStrategyJson | undefined, parts: readonly PathPart[], visit: Visit): void {
  const { baseInterval, maxInterval } = strategy ?? {};
  if (baseInterval === undefined || maxInterval === undefined || seconds(maxInterval) >= seconds(baseInterval)) return;
  visit.refuse([...parts, "maxInterval"], `${maxInterval} is less than baseInterval ${baseInterval}`);
}

const BACK_OFFS: readonly (readonly [typeName: string, field: string, ...inner: readonly string[]])[] = [
  ["envoy.config.core.v3.GrpcService.EnvoyGrpc", "retryPolicy", "retryBackOff"],
  ["envoy.config.cluster.v3.Cluster", "dnsFailureRefreshRate"],
  ["envoy.extensions.clusters.dns.v3.DnsCluster", "dnsFailureRefreshRate"],
  ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "backoffOptions"],
  ["envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig", "retryOptions", "backoffOptions"],
  ["envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks", "retryPolicy", "retryBackOff"],
];

/** Of sources and services, for every target. */
export const sourceRules = (): readonly MessageRule[] => [
  ...VERSIONED.map((name) => messageRule(`envoy.${name}`, version)),
  ...BACK_OFFS.map(([typeName, field, ...inner]) => messageRule(typeName, backOff(field, inner))),
  messageRule<ApiConfigSourceJson>("envoy.config.core.v3.ApiConfigSource", apiSource),
  messageRule<RdsJson>("envoy.extensions.filters.network.http_connection_manager.v3.Rds", rds),
  messageRule<RouteConfigurationJson>("envoy.config.route.v3.RouteConfiguration", vhds),
];

/** What is wrong for an Envoy alone. */
export const envoySourceRules = (): readonly MessageRule[] => [
  messageRule<ConfigSourceJson>("envoy.config.core.v3.ConfigSource", configSource),
];
