// Graphs with a duration in each of the places where Envoy reads it when the configuration comes.
import type { Graph } from "@netmason/xds";
import {
  type BrokenGraph,
  brokenGraphs,
  CHECK,
  FILE,
  type Loose,
  manager,
  tcpProxy,
  typed,
  withAction,
  withChains,
  withCluster,
  withFilter,
  withListener,
  withManager,
  withOAuth2,
  withPolicy,
  withProvider,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const ACTION = `${HCM}/routeConfig/virtualHosts/0/routes/0/route`;
const RDS = `${HCM}/rds/configSource`;
const POLICY = "/loadBalancingPolicy/policies/0/typedExtensionConfig/typedConfig";
const HTTP = "extensions.filters.http.";
const NETWORK = "extensions.filters.network.";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const passing = (type: string, config: Loose): Graph =>
  withChains({ filters: [typed(`${NETWORK}${type}`, { statPrefix: "s", ...config }), tcpProxy({})] });
const logging = (type: string, config: Loose): Graph =>
  withManager({ accessLog: [typed(`extensions.access_loggers.${type}`, config)] });
const from = (configSource: Loose): Graph =>
  withManager({ routeConfig: undefined, rds: { routeConfigName: "r", configSource } });
const processor = (config: Loose): Graph => withFilter(`${HTTP}ext_proc.v3.ExternalProcessor`, config);
const caching = (parts: Loose): Graph =>
  withCluster({
    type: undefined,
    loadAssignment: undefined,
    lbPolicy: "CLUSTER_PROVIDED",
    clusterType: typed("extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig", {
      dnsCacheConfig: { name: "c", dnsLookupFamily: "V4_ONLY", ...parts },
    }),
  });

/** What is around a duration, where it is, and the fields that are one there. */
type Place = readonly [at: string, fields: string, graph: (parts: Loose) => Graph];

const PLACES: readonly Place[] = [
  ["", "cleanupInterval connectTimeout dnsJitter dnsRefreshRate perConnectionBufferHighWatermarkTimeout", withCluster],
  [
    "/healthChecks/0",
    `healthyEdgeInterval initialJitter interval intervalJitter noTrafficHealthyInterval noTrafficInterval timeout
      unhealthyEdgeInterval unhealthyInterval`,
    (parts) => withCluster({ healthChecks: [{ ...CHECK, tcpHealthCheck: {}, ...parts }] }),
  ],
  [
    POLICY,
    "blackoutPeriod oobReportingPeriod weightExpirationPeriod weightUpdatePeriod",
    (parts) => withPolicy("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin", parts),
  ],
  [
    `${POLICY}/slowStartConfig`,
    "slowStartWindow",
    (slowStartConfig) => withPolicy("round_robin.v3.RoundRobin", { slowStartConfig }),
  ],
  ["/clusterType/typedConfig/dnsCacheConfig", "dnsMinRefreshRate dnsQueryTimeout dnsRefreshRate hostTtl", caching],
  ["", "listenerFiltersTimeout perConnectionBufferHighWatermarkTimeout", withListener],
  ["/filterChains/0", "transportSocketConnectTimeout", (parts) => withChains({ filters: [manager({})], ...parts })],
  [
    HCM,
    `accessLogFlushInterval delayedCloseTimeout drainTimeout requestHeadersTimeout requestTimeout streamFlushTimeout
      streamIdleTimeout`,
    withManager,
  ],
  [
    HCM,
    "accessLogFlushInterval downstreamIdleTimeout idleTimeout maxDownstreamConnectionDuration upstreamIdleTimeout",
    (parts) => withChains({ filters: [tcpProxy(parts)] }),
  ],
  [HCM, "delayDeny", (parts) => passing("rbac.v3.RBAC", { rules: {}, ...parts })],
  [HCM, "delay", (parts) => passing("connection_limit.v3.ConnectionLimit", { maxConnections: "1", ...parts })],
  [ACTION, "flushTimeout grpcTimeoutOffset idleTimeout maxGrpcTimeout timeout", withAction],
  [
    `${ACTION}/retryPolicy`,
    "perTryIdleTimeout perTryTimeout",
    (parts) => withAction({ retryPolicy: { retryOn: "5xx", ...parts } }),
  ],
  [
    `${ACTION}/retryPolicy/retryBackOff`,
    "maxInterval",
    (parts) => withAction({ retryPolicy: { retryOn: "5xx", retryBackOff: { baseInterval: "1s", ...parts } } }),
  ],
  [`${FILTER}/grpcService`, "timeout", (parts) => processor({ grpcService: { ...grpcService, ...parts } })],
  [FILTER, "deferredCloseTimeout", (parts) => processor({ grpcService, ...parts })],
  [
    `${FILTER}/providers/p`,
    "maxLifetime",
    (parts) =>
      withProvider({ localJwks: { inlineString: '{"keys":[{"kty":"oct","k":"YQ","alg":"HS256"}]}' }, ...parts }),
  ],
  [
    `${FILTER}/config`,
    "codeVerifierTokenExpiresIn csrfTokenExpiresIn defaultExpiresIn defaultRefreshTokenExpiresIn",
    withOAuth2,
  ],
  [
    FILTER,
    "timeout",
    (parts) =>
      withFilter(`${HTTP}ratelimit.v3.RateLimit`, { domain: "d", rateLimitService: { grpcService }, ...parts }),
  ],
  [
    `${FILTER}/tokenBucket`,
    "fillInterval",
    (parts) =>
      withFilter(`${HTTP}local_ratelimit.v3.LocalRateLimit`, {
        statPrefix: "s",
        tokenBucket: { maxTokens: 1, ...parts },
      }),
  ],
  [
    `${HCM}/accessLog/0/typedConfig`,
    "bufferFlushInterval",
    (parts) => logging("open_telemetry.v3.OpenTelemetryAccessLogConfig", { grpcService, ...parts }),
  ],
  [
    `${HCM}/accessLog/0/typedConfig/commonConfig`,
    "bufferFlushInterval",
    (parts) => logging("grpc.v3.HttpGrpcAccessLogConfig", { commonConfig: { logName: "l", grpcService, ...parts } }),
  ],
  [RDS, "initialFetchTimeout", (parts) => from({ ...FILE, ...parts })],
  [
    `${RDS}/apiConfigSource`,
    "refreshDelay requestTimeout",
    (parts) => from({ apiConfigSource: { apiType: "REST", clusterNames: ["a"], refreshDelay: "1s", ...parts } }),
  ],
  [
    `${RDS}/pathConfigSource`,
    "pollInterval",
    (parts) => from({ pathConfigSource: { path: "/etc/hostname", ...parts } }),
  ],
];

function withDuration<T>(duration: string, row: (name: string, graph: Graph, path: string) => T): readonly T[] {
  return PLACES.flatMap(([at, fields, graph]) =>
    fields
      .split(/\s+/)
      .map((field) => row(`${field} in ${at || "the resource"}`, graph({ [field]: duration }), `${at}/${field}`)),
  );
}

/** Longer than Envoy counts. */
export const brokenDurations: readonly BrokenGraph[] = brokenGraphs(
  withDuration("9223372036s", (name, graph, path) => [name, graph, `envoy_refuses ${path}`]),
);

/** As long as Envoy counts. */
export const longestDurations: readonly (readonly [name: string, graph: Graph])[] = withDuration(
  "9223372035s",
  (name, graph) => [`the longest ${name}`, graph],
);
