// Graphs without fault that come near to one: what is right beside each of the rules of listeners, routes and filters.
import type { Graph } from "@netmason/xds";
import {
  ADS,
  CORS,
  FILE,
  graphOf,
  host,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  typed,
  url,
  withAction,
  withBootstrap,
  withChains,
  withFilter,
  withHosts,
  withListener,
  withManager,
  withRoute,
} from "./graph-parts.js";

const HTTP = "extensions.filters.http.";
const NETWORK = "extensions.filters.network.";
const XFF = "extensions.http.original_ip_detection.xff.v3.XffConfig";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const uri = { uri: "http://a", cluster: "a", timeout: "1s" };
const calm = { baseInterval: "1s", maxInterval: "1s" };
const added = (key: string): Loose => ({ header: { key, value: "x" } });
const discovered = (...types: readonly string[]): Loose => ({
  name: "d",
  configDiscovery: { configSource: FILE, typeUrls: types.map(url) },
});
const bodied = (body: Loose, more: Loose = {}): Graph =>
  withManager({
    routeConfig: {
      name: "r",
      virtualHosts: [host({ routes: [{ match: { prefix: "/" }, directResponse: { status: 200, body } }] })],
      ...more,
    },
  });
const weighted = (...clusters: readonly Loose[]): Graph =>
  withAction({ cluster: undefined, weightedClusters: { clusters } });
const passing = (type: string, config: Loose): Graph => withChains({ filters: [typed(type, config), tcpProxy({})] });
const KEYS = { localJwks: { inlineString: '{"keys":[{"kty":"oct","k":"YQ","alg":"HS256"}]}' } };
const jwt = (config: Loose): Graph =>
  withFilter(`${HTTP}jwt_authn.v3.JwtAuthentication`, {
    providers: { p: KEYS },
    ...config,
  });
const processor = (config: Loose): Graph => withFilter(`${HTTP}ext_proc.v3.ExternalProcessor`, config);
const overHttp = { httpService: { httpService: { httpUri: uri } } };
const QUIC = typed("extensions.transport_sockets.quic.v3.QuicDownstreamTransport", {
  downstreamTlsContext: {
    commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }] },
  },
});
const LOOPBACK = { address: "127.0.0.1", portValue: 0 };
const UDP = { socketAddress: { protocol: "UDP", address: "127.0.0.1", portValue: 0 } };
const allowed = (permission: Loose, principal: Loose): Loose => ({
  policies: { p: { permissions: [permission], principals: [principal] } },
});
const HEADER = { header: { name: "x", presentMatch: true } };
const bucket = (fillInterval: string): Loose => ({ maxTokens: 1, fillInterval });
const limited = (...descriptors: readonly (readonly [key: string, value: string])[]): Graph =>
  withFilter(`${HTTP}local_ratelimit.v3.LocalRateLimit`, {
    statPrefix: "s",
    tokenBucket: bucket("0.05s"),
    descriptors: descriptors.map(([key, value]) => ({ entries: [{ key, value }], tokenBucket: bucket("0.05s") })),
  });
const logged = (type: string, config: Loose): Graph =>
  withManager({ accessLog: [typed(`extensions.access_loggers.${type}`, config)] });
const traced = (config: Loose): Graph =>
  withManager({ tracing: { provider: typed("config.trace.v3.OpenTelemetryConfig", { serviceName: "s", ...config }) } });
type Row = readonly [name: string, graph: Graph];

const listeners: readonly Row[] = [
  ["a filter by discovery", withManager({ httpFilters: [discovered(`${HTTP}cors.v3.Cors`), ROUTER] })],
  [
    "a filter of an upgrade by discovery",
    withManager({
      upgradeConfigs: [{ upgradeType: "websocket", filters: [discovered(`${HTTP}cors.v3.Cors`), ROUTER] }],
    }),
  ],
  ["a filter of a chain by discovery", withChains({ filters: [discovered(`${NETWORK}echo.v3.Echo`), tcpProxy({})] })],
  [
    "a filter of a listener by discovery",
    withListener({ listenerFilters: [discovered("extensions.filters.listener.original_dst.v3.OriginalDst")] }),
  ],
  ["a disabled filter before the router", withManager({ httpFilters: [{ ...CORS, disabled: true }, ROUTER] })],
  [
    "a disabled filter of an upgrade before its router",
    withManager({ upgradeConfigs: [{ upgradeType: "websocket", filters: [{ ...CORS, disabled: true }, ROUTER] }] }),
  ],
  ["a router of another kind", withManager({ httpFilters: [typed(`${HTTP}mcp_router.v3.McpRouter`)] })],
  ["ports stripped where they match", withManager({ stripMatchingHostPort: true })],
  ["ports stripped", withManager({ stripAnyHostPort: true })],
  [
    "the resolver of addresses",
    withListener({ additionalAddresses: [{ address: { socketAddress: { ...LOOPBACK, resolverName: "envoy.ip" } } }] }),
  ],
  [
    "early data",
    withChains({ filters: [tcpProxy({ upstreamConnectMode: "ON_DOWNSTREAM_DATA", maxEarlyDataBytes: 1 })] }),
  ],
  [
    "TLVs",
    withChains({
      filters: [
        tcpProxy({
          proxyProtocolTlvs: [
            { type: 1, value: "AA==" },
            { type: 2, formatString: { textFormatSource: { inlineString: "x" } } },
          ],
        }),
      ],
    }),
  ],
  ["two upgrades", withManager({ upgradeConfigs: [{ upgradeType: "websocket" }, { upgradeType: "CONNECT" }] })],
  [
    "networks that are trusted",
    withManager({
      originalIpDetectionExtensions: [
        typed(XFF, { xffTrustedCidrs: { cidrs: [{ addressPrefix: "10.0.0.0", prefixLen: 8 }] } }),
      ],
    }),
  ],
  [
    "a trusted network of no address",
    withManager({
      originalIpDetectionExtensions: [
        typed(XFF, { xffTrustedCidrs: { cidrs: [{ addressPrefix: "x", prefixLen: 8 }] } }),
      ],
    }),
  ],
  ["hops that are trusted", withManager({ xffNumTrustedHops: 1 })],
  ["a chain for all", withListener({ filterChains: [], defaultFilterChain: { filters: [tcpProxy({})] } })],
  [
    "a listener inside",
    withBootstrap(
      { bootstrapExtensions: [typed("extensions.bootstrap.internal_listener.v3.InternalListener")] },
      withListener({ address: undefined, internalListener: {} }),
    ),
  ],
  [
    "HTTP/3",
    withListener({
      address: UDP,
      udpListenerConfig: { quicOptions: {} },
      filterChains: [
        {
          filters: [manager({ codecType: "HTTP3" })],
          transportSocket: QUIC,
        },
      ],
    }),
  ],
  [
    "a filter before the last one over QUIC, and UDP without chains",
    {
      ...graphOf({}),
      listeners: [
        {
          name: "l",
          address: UDP,
          udpListenerConfig: { quicOptions: {} },
          filterChains: [
            {
              filters: [typed(`${NETWORK}rbac.v3.RBAC`, { statPrefix: "s" }), manager({ codecType: "HTTP3" })],
              transportSocket: QUIC,
            },
          ],
        },
        {
          name: "m",
          address: UDP,
          listenerFilters: [
            typed("extensions.filters.udp.dns_filter.v3.DnsFilterConfig", {
              statPrefix: "s",
              serverConfig: { inlineDnsTable: {} },
            }),
          ],
        },
      ] as NonNullable<Graph["listeners"]>,
    },
  ],
  [
    "a scope of a header's element",
    withManager({
      routeConfig: undefined,
      scopedRoutes: {
        name: "s",
        scopeKeyBuilder: { fragments: [{ headerValueExtractor: { name: "x", elementSeparator: ",", index: 0 } }] },
        rdsConfigSource: FILE,
        scopedRds: { scopedRdsConfigSource: FILE },
      },
    }),
  ],
  [
    "a path with POST",
    withChains({ filters: [tcpProxy({ tunnelingConfig: { hostname: "a:1", usePost: true, postPath: "/x" } })] }),
  ],
  ["a server name with *", withChains({ filterChainMatch: { serverNames: ["*.a.b"] }, filters: [manager({})] })],
  ["a connection tried again at even steps", withChains({ filters: [tcpProxy({ backoffOptions: calm })] })],
  [
    "chains by a matcher",
    withListener({
      filterChainMatcher: {
        matcherTree: {
          input: typed("extensions.matching.common_inputs.network.v3.ServerNameInput"),
          exactMatchMap: {
            map: {
              a: {
                action: {
                  name: "c",
                  typedConfig: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: "c" },
                },
              },
            },
          },
        },
      },
      filterChains: [
        {
          name: "c",
          filters: [manager({})],
          filterChainMatch: { serverNames: ["*"] },
        },
      ],
    }),
  ],
];

const OVERRIDE = { typedPerFilterConfig: { cors: { "@type": url(`${HTTP}cors.v3.CorsPolicy`) } } };

const routes: readonly Row[] = [
  ["a body of 4096 bytes", bodied({ inlineString: "x".repeat(4_096) })],
  ["a body of 4096 bytes in base64", bodied({ inlineBytes: Buffer.alloc(4_096).toString("base64") })],
  [
    "a longer body where that is allowed",
    bodied({ inlineString: "x".repeat(5_000) }, { maxDirectResponseBodySizeBytes: 5_000 }),
  ],
  [
    "VHDS by ADS",
    withBootstrap(
      {
        dynamicResources: {
          adsConfig: { apiType: "DELTA_GRPC", transportApiVersion: "V3", grpcServices: [grpcService] },
        },
      },
      withManager({ routeConfig: { name: "r", vhds: { configSource: ADS } } }),
    ),
  ],
  [
    "headers removed",
    withManager({
      routeConfig: {
        name: "r",
        requestHeadersToRemove: ["x"],
        responseHeadersToRemove: ["x"],
        virtualHosts: [
          host({
            requestHeadersToRemove: ["x"],
            responseHeadersToRemove: ["x"],
            routes: [
              {
                match: { prefix: "/" },
                requestHeadersToRemove: ["x"],
                responseHeadersToRemove: ["x"],
                route: {
                  weightedClusters: {
                    clusters: [{ name: "a", weight: 1, requestHeadersToRemove: ["x"], responseHeadersToRemove: ["x"] }],
                  },
                },
              },
            ],
          }),
        ],
      },
    }),
  ],
  ["a matcher of routes", withHosts(host({ routes: [], matcher: matcherOf("x") }))],
  ["the largest sum of weights", weighted({ name: "a", weight: 4_294_967_294 }, { name: "a", weight: 1 })],
  ["a share of 0", weighted({ name: "a", weight: 0 }, { name: "a", weight: 1 })],
  ["a share by a header", weighted({ clusterHeader: "x", weight: 1 })],
  ["a mirror by a header", withAction({ requestMirrorPolicies: [{ clusterHeader: "x" }] })],
  ["CONNECT", withAction({ upgradeConfigs: [{ upgradeType: "CONNECT", connectConfig: {} }] })],
  ["CONNECT-UDP", withAction({ upgradeConfigs: [{ upgradeType: "connect-udp", connectConfig: {} }] })],
  ["two upgrades of a route", withAction({ upgradeConfigs: [{ upgradeType: "websocket" }, { upgradeType: "x" }] })],
  ["a copied header", withAction({ internalRedirectPolicy: { responseHeadersToCopy: ["x"] } })],
  [
    "a configuration that may be missing",
    withRoute({
      route: { cluster: "a" },
      typedPerFilterConfig: {
        router: { "@type": url("config.route.v3.FilterConfig"), disabled: true },
      },
    }),
  ],
  [
    "a configuration in its place",
    withManager({
      httpFilters: [CORS, ROUTER],
      routeConfig: {
        name: "r",
        virtualHosts: [
          host({
            typedPerFilterConfig: {
              cors: {
                "@type": url("config.route.v3.FilterConfig"),
                config: { "@type": url("extensions.filters.http.cors.v3.CorsPolicy") },
              },
            },
          }),
        ],
      },
    }),
  ],
  [
    "overrides in all places",
    withManager({
      httpFilters: [CORS, ROUTER],
      routeConfig: {
        name: "r",
        ...OVERRIDE,
        virtualHosts: [
          host({
            ...OVERRIDE,
            routes: [
              {
                match: { prefix: "/" },
                ...OVERRIDE,
                route: { weightedClusters: { clusters: [{ name: "a", weight: 1, ...OVERRIDE }] } },
              },
            ],
          }),
        ],
      },
    }),
  ],
  ["no time at all", withAction({ grpcTimeoutOffset: "0s", maxGrpcTimeout: "0s" })],
  [
    "a virtual cluster",
    withHosts(host({ virtualClusters: [{ name: "x", headers: [{ name: ":path", stringMatch: { exact: "/" } }] }] })),
  ],
  ["a header appended in the old word", withHosts(host({ requestHeadersToAdd: [{ ...added("x"), append: false }] }))],
  [
    "a header appended in the new word",
    withHosts(host({ requestHeadersToAdd: [{ ...added("x"), appendAction: "ADD_IF_ABSENT" }] })),
  ],
  [
    "a header appended in both words, of which one is the default",
    withHosts(
      host({ requestHeadersToAdd: [{ ...added("x"), append: true, appendAction: "APPEND_IF_EXISTS_OR_ADD" }] }),
    ),
  ],
  ["a route tried again at even steps", withAction({ retryPolicy: { retryOn: "5xx", retryBackOff: calm } })],
];

function matcherOf(headerName: string): Loose {
  return {
    matcherTree: {
      input: typed("type.matcher.v3.HttpRequestHeaderMatchInput", { headerName }),
      exactMatchMap: {
        map: { y: { action: typed("config.route.v3.Route", { match: { prefix: "/" }, route: { cluster: "a" } }) } },
      },
    },
  };
}

const filters: readonly Row[] = [
  ...[{ end: 1 }, { start: 1, end: 2 }, { start: 0, end: 65_536 }].map(
    (destinationPortRange): Row => [
      `ports ${JSON.stringify(destinationPortRange)}`,
      withFilter(`${HTTP}rbac.v3.RBAC`, { rules: allowed({ destinationPortRange }, { any: true }) }),
    ],
  ),
  ["a claim", jwt({ providers: { p: { ...KEYS, claimToHeaders: [{ headerName: "x", claimName: "c" }] } } })],
  [
    "attributes of a resource",
    logged("open_telemetry.v3.OpenTelemetryAccessLogConfig", {
      grpcService,
      resourceAttributes: { values: [{ key: "a", value: { boolValue: true } }, { key: "b" }] },
    }),
  ],
  [
    "a default that is the second of two kinds",
    withManager({
      httpFilters: [
        {
          name: "d",
          configDiscovery: {
            configSource: FILE,
            typeUrls: [url(`${HTTP}csrf.v3.CsrfPolicy`), url(`${HTTP}cors.v3.Cors`)],
            defaultConfig: CORS.typedConfig,
          },
        },
        ROUTER,
      ],
    }),
  ],
  [
    "a service's own headers",
    traced({
      httpService: {
        httpUri: uri,
        requestHeadersToAdd: [added("host"), { ...added("x"), append: true, appendAction: "ADD_IF_ABSENT" }],
      },
    }),
  ],
  ["a tracer over gRPC", traced({ grpcService })],
  [
    "a query parameter removed",
    withFilter(`${HTTP}header_mutation.v3.HeaderMutation`, {
      mutations: { queryParameterMutations: [{ remove: "a" }] },
    }),
  ],
  [
    "a known requirement",
    jwt({ requirementMap: { q: { providerName: "p" } }, rules: [{ match: { prefix: "/" }, requirementName: "q" }] }),
  ],
  [
    "a known provider with audiences",
    jwt({
      rules: [{ match: { prefix: "/" }, requires: { providerAndAudiences: { providerName: "p", audiences: ["a"] } } }],
    }),
  ],
  [
    "keys fetched at even steps",
    withFilter(`${HTTP}jwt_authn.v3.JwtAuthentication`, {
      providers: { p: { remoteJwks: { httpUri: uri, retryPolicy: { retryBackOff: calm } } } },
    }),
  ],
  [
    "OAuth2 with a client's certificate",
    withFilter(`${HTTP}oauth2.v3.OAuth2`, {
      config: {
        tokenEndpoint: uri,
        authorizationEndpoint: "https://a",
        redirectUri: "https://a",
        redirectPathMatcher: { path: { exact: "/b" } },
        signoutPath: { path: { exact: "/c" } },
        authType: "TLS_CLIENT_AUTH",
        credentials: { clientId: "c", hmacSecret: { name: "h", sdsConfig: FILE } },
      },
    }),
  ],
  ["a processor over HTTP", processor({ ...overHttp, processingMode: { requestHeaderMode: "SEND" } })],
  [
    "a processor over HTTP that skips trailers",
    processor({ ...overHttp, processingMode: { requestBodyMode: "NONE", responseTrailerMode: "SKIP" } }),
  ],
  [
    "a processor of trailers",
    processor({ grpcService, processingMode: { requestTrailerMode: "SEND", responseTrailerMode: "SEND" } }),
  ],
  [
    "a duplex processor",
    processor({
      grpcService,
      processingMode: {
        requestBodyMode: "FULL_DUPLEX_STREAMED",
        requestTrailerMode: "SEND",
        responseBodyMode: "FULL_DUPLEX_STREAMED",
        responseTrailerMode: "SEND",
      },
    }),
  ],
  ["headers of a request", withFilter(`${HTTP}rbac.v3.RBAC`, { rules: allowed(HEADER, HEADER) })],
  [
    "rules of connections",
    passing(`${NETWORK}rbac.v3.RBAC`, { statPrefix: "s", rules: allowed({ any: true }, { any: true }) }),
  ],
  ["a matcher of connections", passing(`${NETWORK}rbac.v3.RBAC`, { statPrefix: "s", matcher: {} })],
  ["a matcher of requests", withFilter(`${HTTP}rbac.v3.RBAC`, { matcher: {} })],
  ["descriptors of other keys", limited(["a", "x"], ["b", "x"])],
  ["descriptors of other values", limited(["a", "x"], ["a", "y"])],
  [
    "connections that are limited",
    passing(`${NETWORK}local_ratelimit.v3.LocalRateLimit`, { statPrefix: "s", tokenBucket: bucket("0.05s") }),
  ],
  [
    "a listener that is limited",
    withListener({
      listenerFilters: [
        typed("extensions.filters.listener.local_ratelimit.v3.LocalRateLimit", {
          statPrefix: "s",
          tokenBucket: bucket("0.05s"),
        }),
      ],
    }),
  ],
  [
    "a share of Thrift",
    withChains({
      filters: [
        typed(`${NETWORK}thrift_proxy.v3.ThriftProxy`, {
          statPrefix: "s",
          routeConfig: {
            name: "r",
            routes: [
              { match: { methodName: "" }, route: { weightedClusters: { clusters: [{ name: "a", weight: 1 }] } } },
            ],
          },
        }),
      ],
    }),
  ],
  [
    "a log by the common service",
    logged("open_telemetry.v3.OpenTelemetryAccessLogConfig", { commonConfig: { logName: "l", grpcService } }),
  ],
  [
    "records sent again at even steps",
    logged("fluentd.v3.FluentdAccessLogConfig", {
      cluster: "a",
      tag: "t",
      statPrefix: "s",
      record: { a: "b" },
      retryOptions: { maxConnectAttempts: 1, backoffOptions: calm },
    }),
  ],
  ["a script in the old place", withFilter(`${HTTP}lua.v3.Lua`, { inlineCode: "x = 1" })],
  [
    "a cache of an answer",
    withFilter(`${HTTP}health_check.v3.HealthCheck`, { passThroughMode: true, cacheTime: "1s" }),
  ],
  [
    "no cache of no answer",
    withFilter(`${HTTP}health_check.v3.HealthCheck`, { passThroughMode: false, cacheTime: "0s" }),
  ],
];

/** Without fault; Envoy takes them. */
export const nearMisses: readonly Row[] = [...listeners, ...routes, ...filters];
