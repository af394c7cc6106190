// Faults of extensions: without a type, of a type of another place, by discovery.
import {
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CHECK,
  CORS,
  FILE,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  url,
  withAction,
  withChains,
  withCluster,
  withDiscovered,
  withFilter,
  withListener,
  withManager,
  withOverride,
  withPermission,
  withPolicy,
  withSecretBeside,
} from "./graph-parts.js";

const HTTP = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HTTP}/httpFilters/0`;
const ROUTE = `${HTTP}/routeConfig/virtualHosts/0/routes/0`;
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const STRUCT = { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} };
const UNTYPED = { name: "x", typedConfig: {} };
const LOGGERS = "extensions.access_loggers";
const FILTERS = "extensions.filters.http";
const GRPC = { envoyGrpc: { clusterName: "a" } };
const discovered = { name: "x", configDiscovery: { configSource: FILE, typeUrls: [url(`${FILTERS}.cors.v3.Cors`)] } };
const log = (typedConfig: Loose): ReturnType<typeof withManager> =>
  withManager({ accessLog: [{ name: "x", typedConfig }] });
const inCluster = (typedConfig: Loose): ReturnType<typeof withCluster> =>
  withCluster({ transportSocket: { name: "x", typedConfig } });
const tracer = (typedConfig: Loose): ReturnType<typeof withManager> =>
  withManager({ tracing: { provider: { name: "x", typedConfig } } });

function configured(type: string, config: Loose = {}): Loose {
  return { "@type": url(type), ...config };
}

/** Extensions without a type, or of one that does not belong where they stand. */
const untyped: readonly BrokenRow[] = [
  [
    "a network filter of any struct",
    withChains({ filters: [{ name: "x", typedConfig: STRUCT }] }),
    `envoy_refuses ${HTTP}/@type`,
  ],
  ["an HTTP filter of any struct", withFilter("x", STRUCT), `envoy_refuses ${FILTER}/typedConfig/@type`],
  [
    "a listener filter without a type",
    withListener({ listenerFilters: [UNTYPED] }),
    "envoy_refuses /listenerFilters/0",
  ],
  [
    "a tracer that is a filter",
    withManager({ tracing: { provider: CORS } }),
    `envoy_refuses ${HTTP}/tracing/provider/typedConfig/@type`,
  ],
  [
    "a log of any struct",
    withManager({ accessLog: [{ name: "x", typedConfig: STRUCT }] }),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/@type`,
  ],
  [
    "a filter of logs without a type",
    withManager({
      accessLog: [
        {
          name: "x",
          filter: { extensionFilter: { name: "x" } },
          typedConfig: { "@type": url("extensions.access_loggers.stream.v3.StdoutAccessLog") },
        },
      ],
    }),
    `envoy_refuses ${HTTP}/accessLog/0/filter/extensionFilter/typedConfig`,
  ],
  [
    "a detection without a type",
    withManager({ originalIpDetectionExtensions: [UNTYPED] }),
    `envoy_refuses ${HTTP}/originalIpDetectionExtensions/0/typedConfig`,
  ],
  [
    "a rewrite without a type",
    withAction({ pathRewritePolicy: UNTYPED }),
    `envoy_refuses ${ROUTE}/route/pathRewritePolicy/typedConfig`,
  ],
  [
    "a host predicate by name",
    withAction({ retryPolicy: { retryHostPredicate: [{ name: "envoy.retry_host_predicates.previous_hosts" }] } }),
    `envoy_refuses ${ROUTE}/route/retryPolicy/retryHostPredicate/0/typedConfig`,
  ],
  [
    "a retry priority by name",
    withAction({ retryPolicy: { retryPriority: { name: "x" } } }),
    `envoy_refuses ${ROUTE}/route/retryPolicy/retryPriority/typedConfig`,
  ],
  [
    "a matcher without a type",
    withPermission({ matcher: UNTYPED }),
    `envoy_refuses ${FILTER}/typedConfig/rules/policies/p/permissions/0/matcher/typedConfig`,
  ],
  [
    "a library of any struct",
    withFilter("extensions.filters.http.compressor.v3.Compressor", {
      compressorLibrary: { name: "x", typedConfig: STRUCT },
    }),
    `envoy_refuses ${FILTER}/typedConfig/compressorLibrary/typedConfig/@type`,
  ],
  [
    "a cluster type without a type",
    withCluster({ type: undefined, clusterType: UNTYPED }),
    "envoy_refuses /clusterType/typedConfig",
  ],
  [
    "a filter of a cluster without a type",
    withCluster({ filters: [{ name: "x" }] }),
    "envoy_refuses /filters/0/typedConfig",
  ],
  [
    "a match without a socket",
    withCluster({ transportSocketMatches: [{ name: "x" }] }),
    "envoy_refuses /transportSocketMatches/0/transportSocket",
  ],
  [
    "a check without a type",
    withCluster({ healthChecks: [{ ...CHECK, customHealthCheck: { name: "x" } }] }),
    "envoy_refuses /healthChecks/0/customHealthCheck/typedConfig",
  ],
  [
    "a resolver without a type",
    withFilter("extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig", {
      dnsCacheConfig: { name: "c", typedDnsResolverConfig: UNTYPED },
    }),
    `envoy_refuses ${FILTER}/typedConfig/dnsCacheConfig/typedDnsResolverConfig/typedConfig`,
  ],
  ["an override without a type", withOverride({}), `envoy_refuses ${ROUTE}/typedPerFilterConfig/f`],
  [
    "an override of a network filter",
    withOverride({ "@type": url("extensions.filters.network.echo.v3.Echo") }),
    `envoy_refuses ${ROUTE}/typedPerFilterConfig/f`,
  ],
  [
    "options without a type",
    withCluster({ typedExtensionProtocolOptions: { [OPTIONS]: {} } }),
    `envoy_refuses /typedExtensionProtocolOptions/${OPTIONS}`,
  ],
  [
    "options of TCP under another key",
    withCluster({
      typedExtensionProtocolOptions: { tcp: { "@type": url("extensions.upstreams.tcp.v3.TcpProtocolOptions") } },
    }),
    "envoy_refuses /typedExtensionProtocolOptions/tcp",
  ],
  [
    "a filter that comes by its name",
    withDiscovered({ typeUrls: ["envoy.filters.http.cors"] }),
    `envoy_refuses ${FILTER}/configDiscovery/typeUrls/0`,
  ],
  [
    "a network filter comes as an HTTP filter",
    withDiscovered({ typeUrls: [url("extensions.filters.network.echo.v3.Echo")] }),
    `envoy_refuses ${FILTER}/configDiscovery/typeUrls/0`,
  ],
  [
    "another default",
    withDiscovered({ typeUrls: [url("extensions.filters.http.csrf.v3.CsrfPolicy")], defaultConfig: CORS.typedConfig }),
    `envoy_refuses ${FILTER}/configDiscovery/defaultConfig`,
  ],
  [
    "a default without a type",
    withDiscovered({ typeUrls: [url("extensions.filters.http.cors.v3.Cors")], defaultConfig: {} }),
    `envoy_refuses ${FILTER}/configDiscovery/defaultConfig`,
  ],
  [
    "no default to apply",
    withDiscovered({ typeUrls: [url("extensions.filters.http.cors.v3.Cors")], applyDefaultConfigWithoutWarming: true }),
    `envoy_refuses ${FILTER}/configDiscovery/applyDefaultConfigWithoutWarming`,
  ],
  [
    "an unknown plugin",
    withAction({ cluster: undefined, clusterSpecifierPlugin: "x" }),
    `envoy_refuses ${ROUTE}/route/clusterSpecifierPlugin`,
  ],
];

/** Extensions that come by discovery, and what stands beside a secret. */
const discoveries: readonly BrokenRow[] = [
  [
    "an HTTP filter comes as a network filter",
    withChains({ filters: [discovered, tcpProxy({})] }),
    "envoy_refuses /filterChains/0/filters/0/configDiscovery/typeUrls/0",
    "accepts",
  ],
  [
    "an HTTP filter comes as a listener filter",
    withListener({ listenerFilters: [discovered], filterChains: [{ filters: [manager({})] }] }),
    "envoy_refuses /listenerFilters/0/configDiscovery/typeUrls/0",
  ],
  [
    "a pin beside a secret",
    withSecretBeside({ verifyCertificateSpki: ["z".repeat(44)] }),
    "envoy_refuses /transportSocket/typedConfig/commonTlsContext/combinedValidationContext/defaultValidationContext/verifyCertificateSpki/0",
    "accepts",
  ],
];

/** Parts of extensions, and extensions of another place. */
const types: readonly BrokenRow[] = [
  [
    "a part of a log for a log",
    log(configured(`${LOGGERS}.grpc.v3.CommonGrpcAccessLogConfig`, { logName: "l", grpcService: GRPC })),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/@type`,
  ],
  [
    "a log of nothing",
    log(configured(`${LOGGERS}.stats.v3.Config`)),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/statPrefix`,
  ],
  [
    "a part of a context for a socket",
    inCluster(configured("extensions.transport_sockets.tls.v3.CommonTlsContext")),
    "envoy_refuses /transportSocket/typedConfig/@type",
  ],
  [
    "the QUIC of clients in a listener",
    withChains({
      filters: [tcpProxy({})],
      transportSocket: {
        name: "x",
        typedConfig: configured("extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport"),
      },
    }),
    "envoy_refuses /filterChains/0/transportSocket/typedConfig/@type",
  ],
  [
    "options for a network filter",
    withChains({
      filters: [
        { name: "x", typedConfig: configured("extensions.filters.network.redis_proxy.v3.RedisProtocolOptions") },
        tcpProxy({}),
      ],
    }),
    `envoy_refuses ${HTTP}/@type`,
  ],
  [
    "a part of a cluster type",
    withCluster({
      type: undefined,
      clusterType: {
        name: "x",
        typedConfig: configured("extensions.clusters.dynamic_forward_proxy.v3.SubClustersConfig"),
      },
    }),
    "envoy_refuses /clusterType/typedConfig/@type",
  ],
  [
    "a decompressor to compress",
    withManager({
      httpFilters: [
        {
          name: "x",
          typedConfig: configured(`${FILTERS}.compressor.v3.Compressor`, {
            compressorLibrary: {
              name: "y",
              typedConfig: configured("extensions.compression.gzip.decompressor.v3.Gzip"),
            },
          }),
        },
        ROUTER,
      ],
    }),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/compressorLibrary/typedConfig/@type`,
  ],
  [
    "a sampler for a tracer",
    tracer(configured("extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig")),
    `envoy_refuses ${HTTP}/tracing/provider/typedConfig/@type`,
  ],
  [
    "the first version of Zipkin",
    tracer(configured("config.trace.v3.ZipkinConfig", { collectorCluster: "a", collectorEndpoint: "/spans" })),
    `envoy_refuses ${HTTP}/tracing/provider/typedConfig/collectorEndpointVersion`,
  ],
  [
    "a part of a policy for a policy",
    withPolicy("common.v3.SlowStartConfig", {}),
    "envoy_refuses /loadBalancingPolicy/policies",
  ],
  [
    "original destinations balanced",
    withCluster({
      type: undefined,
      loadAssignment: undefined,
      clusterType: { name: "x", typedConfig: configured("extensions.clusters.original_dst.v3.OriginalDstCluster") },
    }),
    "envoy_refuses /lbPolicy",
  ],
];

/** Faults of extensions and their types. */
export const brokenExtensions: readonly BrokenGraph[] = brokenGraphs([...untyped, ...discoveries, ...types]);
