// The same fault in each place that has a rule for it: overrides of filters, addresses, filters that come by discovery.
import {
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CORS,
  endpointAt,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  url,
  withChains,
  withCluster,
  withEndpoints,
  withListener,
  withManager,
  withPolicy,
} from "./graph-parts.js";
import { FILE, withSecretBeside } from "./mutant-parts.js";

const MANAGER = "/filterChains/0/filters/0/typedConfig";
const CONFIG = `${MANAGER}/routeConfig`;
const ENDPOINT = "/loadAssignment/endpoints/0/lbEndpoints/0/endpoint";
const FILTERS = "extensions.filters.http";

function typed(type: string, config: Loose = {}): Loose {
  return { "@type": url(type), ...config };
}

/** What a route must not set. */
const OVERRIDES: readonly (readonly [name: string, override: Loose, at: string])[] = [
  ["what has no type", {}, ""],
  ["a network filter", typed("extensions.filters.network.echo.v3.Echo"), ""],
  ["a filter for all", typed(`${FILTERS}.grpc_web.v3.GrpcWeb`), ""],
  ["a filter itself", typed(`${FILTERS}.buffer.v3.Buffer`, { maxRequestBytes: 1 }), "/@type"],
];

/** Routes that set something of a filter in one of the places. */
const HOLDERS: readonly (readonly [name: string, path: string, routeConfig: (override: Loose) => Loose])[] = [
  ["a route configuration", CONFIG, (override) => ({ ...routes({}, {}), typedPerFilterConfig: override })],
  ["a virtual host", `${CONFIG}/virtualHosts/0`, (override) => routes({ typedPerFilterConfig: override }, {})],
  [
    "a share",
    `${CONFIG}/virtualHosts/0/routes/0/route/weightedClusters/clusters/0`,
    (override) =>
      routes({}, { weightedClusters: { clusters: [{ name: "a", weight: 1, typedPerFilterConfig: override }] } }),
  ],
];

function routes(host: Loose, action: Loose): Loose {
  const route = Object.keys(action).length === 0 ? { cluster: "a" } : action;
  return {
    name: "r",
    virtualHosts: [{ name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, route }], ...host }],
  };
}

function withRoutes(routeConfig: Loose): ReturnType<typeof withManager> {
  return withManager({ routeConfig, httpFilters: [CORS, ROUTER] });
}

const overrides = HOLDERS.flatMap(([holder, path, routeConfig]) =>
  OVERRIDES.map(
    ([name, override, at]): BrokenRow => [
      `${holder} sets ${name}`,
      withRoutes(routeConfig({ cors: override })),
      `envoy_refuses ${path}/typedPerFilterConfig/cors${at}`,
    ],
  ),
);

/** Those that are wrapped. */
const wrapped = OVERRIDES.slice(1, 3).map(
  ([name, override]): BrokenRow => [
    `a virtual host wraps ${name}`,
    withRoutes(
      routes({ typedPerFilterConfig: { cors: typed("config.route.v3.FilterConfig", { config: override }) } }, {}),
    ),
    `envoy_refuses ${CONFIG}/virtualHosts/0/typedPerFilterConfig/cors/config`,
  ],
);

const socket = (parts: Loose): Loose => ({ socketAddress: { address: "127.0.0.1", portValue: 0, ...parts } });
const named: Loose = { socketAddress: { address: "127.0.0.1", namedPort: "dns" } };
const further = (address: Loose): ReturnType<typeof withListener> =>
  withListener({ additionalAddresses: [{ address }] });
const asksDns = (parts: Loose): ReturnType<typeof withCluster> => withCluster({ type: "STRICT_DNS", ...parts });
const first = endpointAt("127.0.0.1", 1).endpoint as Loose;

const addresses: readonly BrokenRow[] = [
  [
    "a further address inside Envoy",
    further({ envoyInternalAddress: { serverListenerName: "x" } }),
    "envoy_refuses /additionalAddresses/0/address/envoyInternalAddress",
  ],
  [
    "IPv4 for IPv4 at a further address",
    further(socket({ ipv4Compat: true })),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/ipv4Compat",
  ],
  [
    "an unknown resolver of a further address",
    further(socket({ resolverName: "x" })),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/resolverName",
  ],
  [
    "an unknown resolver of an endpoint",
    withEndpoints({ lbEndpoints: [{ endpoint: { address: socket({ resolverName: "x" }) } }] }),
    `envoy_refuses ${ENDPOINT}/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of a further endpoint",
    withEndpoints({
      lbEndpoints: [{ endpoint: { ...first, additionalAddresses: [{ address: socket({ resolverName: "x" }) }] } }],
    }),
    `envoy_refuses ${ENDPOINT}/additionalAddresses/0/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of a source",
    withCluster({ upstreamBindConfig: { sourceAddress: { address: "127.0.0.1", portValue: 0, resolverName: "x" } } }),
    "envoy_refuses /upstreamBindConfig/sourceAddress/resolverName",
  ],
  [
    "a DNS server with a named port",
    asksDns({ dnsResolutionConfig: { resolvers: [named] } }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/namedPort",
  ],
  [
    "a DNS server with a resolver",
    asksDns({ dnsResolutionConfig: { resolvers: [socket({ resolverName: "x" })] } }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/resolverName",
  ],
  [
    "a DNS server with a named port in the oldest place",
    asksDns({ dnsResolvers: [named] }),
    "envoy_refuses /dnsResolvers/0/socketAddress/namedPort",
  ],
  [
    "a DNS server with a resolver in the oldest place",
    asksDns({ dnsResolvers: [socket({ resolverName: "x" })] }),
    "envoy_refuses /dnsResolvers/0/socketAddress/resolverName",
  ],
];

const discovered = { name: "x", configDiscovery: { configSource: FILE, typeUrls: [url(`${FILTERS}.cors.v3.Cors`)] } };

const others: readonly BrokenRow[] = [
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

const LOGGERS = "extensions.access_loggers";
const GRPC = { envoyGrpc: { clusterName: "a" } };
const log = (typedConfig: Loose): ReturnType<typeof withManager> =>
  withManager({ accessLog: [{ name: "x", typedConfig }] });
const inCluster = (typedConfig: Loose): ReturnType<typeof withCluster> =>
  withCluster({ transportSocket: { name: "x", typedConfig } });
const tracer = (typedConfig: Loose): ReturnType<typeof withManager> =>
  withManager({ tracing: { provider: { name: "x", typedConfig } } });

/** Parts of extensions, and extensions of another place. */
const types: readonly BrokenRow[] = [
  [
    "a part of a log for a log",
    log(typed(`${LOGGERS}.grpc.v3.CommonGrpcAccessLogConfig`, { logName: "l", grpcService: GRPC })),
    `envoy_refuses ${MANAGER}/accessLog/0/typedConfig/@type`,
  ],
  [
    "a log of nothing",
    log(typed(`${LOGGERS}.stats.v3.Config`)),
    `envoy_refuses ${MANAGER}/accessLog/0/typedConfig/statPrefix`,
  ],
  [
    "a part of a context for a socket",
    inCluster(typed("extensions.transport_sockets.tls.v3.CommonTlsContext")),
    "envoy_refuses /transportSocket/typedConfig/@type",
  ],
  [
    "the QUIC of clients in a listener",
    withChains({
      filters: [tcpProxy({})],
      transportSocket: {
        name: "x",
        typedConfig: typed("extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport"),
      },
    }),
    "envoy_refuses /filterChains/0/transportSocket/typedConfig/@type",
  ],
  [
    "options for a network filter",
    withChains({
      filters: [
        { name: "x", typedConfig: typed("extensions.filters.network.redis_proxy.v3.RedisProtocolOptions") },
        tcpProxy({}),
      ],
    }),
    `envoy_refuses ${MANAGER}/@type`,
  ],
  [
    "a part of a cluster type",
    withCluster({
      type: undefined,
      clusterType: { name: "x", typedConfig: typed("extensions.clusters.dynamic_forward_proxy.v3.SubClustersConfig") },
    }),
    "envoy_refuses /clusterType/typedConfig/@type",
  ],
  [
    "a decompressor to compress",
    withManager({
      httpFilters: [
        {
          name: "x",
          typedConfig: typed(`${FILTERS}.compressor.v3.Compressor`, {
            compressorLibrary: { name: "y", typedConfig: typed("extensions.compression.gzip.decompressor.v3.Gzip") },
          }),
        },
        ROUTER,
      ],
    }),
    `envoy_refuses ${MANAGER}/httpFilters/0/typedConfig/compressorLibrary/typedConfig/@type`,
  ],
  [
    "a sampler for a tracer",
    tracer(typed("extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig")),
    `envoy_refuses ${MANAGER}/tracing/provider/typedConfig/@type`,
  ],
  [
    "the first version of Zipkin",
    tracer(typed("config.trace.v3.ZipkinConfig", { collectorCluster: "a", collectorEndpoint: "/spans" })),
    `envoy_refuses ${MANAGER}/tracing/provider/typedConfig/collectorEndpointVersion`,
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
      clusterType: { name: "x", typedConfig: typed("extensions.clusters.original_dst.v3.OriginalDstCluster") },
    }),
    "envoy_refuses /lbPolicy",
  ],
];

export const brokenPlaces: readonly BrokenGraph[] = brokenGraphs([
  ...overrides,
  ...wrapped,
  ...addresses,
  ...others,
  ...types,
]);
