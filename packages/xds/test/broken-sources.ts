// Faults of where configuration comes from and of what Envoy calls.
import {
  type BrokenGraph,
  brokenGraphs,
  type Loose,
  tcpProxy,
  typed,
  withChains,
  withCluster,
  withFilter,
  withManager,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const SOURCE = `${HCM}/rds/configSource`;
const HTTP = "extensions.filters.http.";
const NETWORK = "extensions.filters.network.";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const from = (source: Loose): ReturnType<typeof withManager> =>
  withManager({ routeConfig: undefined, rds: { routeConfigName: "r", configSource: source } });
const api = (source: Loose): ReturnType<typeof withManager> =>
  from({ resourceApiVersion: "V3", apiConfigSource: source });
const passing = (type: string, config: Loose): ReturnType<typeof withChains> =>
  withChains({ filters: [typed(type, config), tcpProxy({})] });
const backOff = { baseInterval: "2s", maxInterval: "1s" };

/** Faults of sources and services. */
export const brokenSources: readonly BrokenGraph[] = brokenGraphs([
  [
    "a limit service of version 2",
    withFilter(`${HTTP}ratelimit.v3.RateLimit`, {
      domain: "d",
      rateLimitService: { grpcService, transportApiVersion: "V2" },
    }),
    `envoy_refuses ${FILTER}/rateLimitService/transportApiVersion`,
  ],
  [
    "an authorization of version 2",
    withFilter(`${HTTP}ext_authz.v3.ExtAuthz`, { grpcService, transportApiVersion: "V2" }),
    `envoy_refuses ${FILTER}/transportApiVersion`,
  ],
  [
    "an authorization of connections of version 2",
    passing(`${NETWORK}ext_authz.v3.ExtAuthz`, { statPrefix: "s", grpcService, transportApiVersion: "V2" }),
    `envoy_refuses ${HCM}/transportApiVersion`,
  ],
  [
    "a log service of version 2",
    withManager({
      accessLog: [
        typed("extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig", {
          commonConfig: { logName: "l", grpcService, transportApiVersion: "V2" },
        }),
      ],
    }),
    `envoy_refuses ${HCM}/accessLog/0/typedConfig/commonConfig/transportApiVersion`,
  ],
  [
    "a source of version 2",
    api({ apiType: "GRPC", grpcServices: [grpcService], transportApiVersion: "V2" }),
    `envoy_refuses ${SOURCE}/apiConfigSource/transportApiVersion`,
  ],
  ["a source of no kind", api({ grpcServices: [grpcService] }), `envoy_refuses ${SOURCE}/apiConfigSource/apiType`],
  [
    "a source of the aggregated kind",
    api({ apiType: "AGGREGATED_GRPC", grpcServices: [grpcService] }),
    `envoy_refuses ${SOURCE}/apiConfigSource/apiType`,
  ],
  ["a source of nobody", api({ apiType: "GRPC" }), `envoy_refuses ${SOURCE}/apiConfigSource/grpcServices`],
  [
    "a source of two",
    api({ apiType: "DELTA_GRPC", grpcServices: [grpcService, grpcService] }),
    `envoy_refuses ${SOURCE}/apiConfigSource/grpcServices`,
  ],
  [
    "a source of a cluster's name",
    api({ apiType: "GRPC", grpcServices: [grpcService], clusterNames: ["a"] }),
    `envoy_refuses ${SOURCE}/apiConfigSource/clusterNames`,
  ],
  [
    "REST without a delay",
    api({ apiType: "REST", clusterNames: ["a"] }),
    `envoy_refuses ${SOURCE}/apiConfigSource/refreshDelay`,
  ],
  [
    "REST over gRPC",
    api({ apiType: "REST", clusterNames: ["a"], refreshDelay: "1s", grpcServices: [grpcService] }),
    `envoy_refuses ${SOURCE}/apiConfigSource/grpcServices`,
  ],
  [
    "REST of two",
    api({ apiType: "REST", clusterNames: ["a", "a"], refreshDelay: "1s" }),
    `envoy_refuses ${SOURCE}/apiConfigSource/clusterNames`,
  ],
  [
    "a source self",
    { ...withCluster(eds({ self: {}, resourceApiVersion: "V3" })), endpoints: [{ clusterName: "b" }] },
    "envoy_refuses /edsClusterConfig/edsConfig/self",
  ],
  [
    "RDS of nobody",
    withManager({ routeConfig: undefined, rds: { routeConfigName: "r" } }),
    `envoy_refuses ${HCM}/rds/configSource`,
  ],
  [
    "VHDS of all at once",
    withManager({
      routeConfig: {
        name: "r",
        vhds: { configSource: { apiConfigSource: { apiType: "GRPC", grpcServices: [grpcService] } } },
      },
    }),
    `envoy_refuses ${HCM}/routeConfig/vhds/configSource`,
  ],
  [
    "a stream that backs off upside down",
    api({
      apiType: "GRPC",
      grpcServices: [{ envoyGrpc: { clusterName: "a", retryPolicy: { retryBackOff: backOff } } }],
    }),
    `envoy_refuses ${SOURCE}/apiConfigSource/grpcServices/0/envoyGrpc/retryPolicy/retryBackOff/maxInterval`,
  ],
  [
    "REST of nobody",
    api({ apiType: "REST", refreshDelay: "1s" }),
    `envoy_refuses ${SOURCE}/apiConfigSource/clusterNames`,
  ],
]);

function eds(edsConfig: Loose): Loose {
  return { type: "EDS", loadAssignment: undefined, edsClusterConfig: { edsConfig } };
}
