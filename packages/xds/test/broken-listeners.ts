// Faults of listeners and connection managers.
import {
  ADS,
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CORS,
  FILE,
  graphOf,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  typed,
  url,
  withBootstrap,
  withChains,
  withFilter,
  withListener,
  withManager,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const EXT = "extensions.filters.http.";
const stdout = (logFormat: Loose): Loose => ({
  name: "f",
  typedConfig: { "@type": url("extensions.access_loggers.stream.v3.StdoutAccessLog"), logFormat },
});
const sni = (...serverNames: string[]): Loose => ({ filterChainMatch: { serverNames }, filters: [manager({})] });
const jwtOf = (rule: object): ReturnType<typeof withFilter> =>
  withFilter(`${EXT}jwt_authn.v3.JwtAuthentication`, {
    providers: { p: { remoteJwks: { httpUri: { uri: "http://a/jwks", cluster: "a", timeout: "1s" } } } },
    rules: [{ match: { prefix: "/" }, ...rule }],
  });
const bucket = { maxTokens: 1, fillInterval: "2s" };
const limited = (config: object): ReturnType<typeof withFilter> =>
  withFilter(`${EXT}local_ratelimit.v3.LocalRateLimit`, { statPrefix: "x", ...config });
const tracer = (config: Loose): Loose => ({
  provider: {
    name: "o",
    typedConfig: { "@type": url("config.trace.v3.OpenTelemetryConfig"), serviceName: "s", ...config },
  },
});
const grpcService = { envoyGrpc: { clusterName: "a" } };
const backOff = { baseInterval: "2s", maxInterval: "1s" };
const listening = (listener: Loose): ReturnType<typeof graphOf> => graphOf({ listeners: [listener] });
const upgrading = (...filters: readonly Loose[]): ReturnType<typeof withManager> =>
  withManager({ upgradeConfigs: [{ upgradeType: "websocket", filters }] });

const more = (address: Loose): ReturnType<typeof withListener> => withListener({ additionalAddresses: [{ address }] });
const discovered = (type: string): Loose => ({
  name: "d",
  configDiscovery: { configSource: FILE, typeUrls: [url(type)] },
});
const NETWORK = "extensions.filters.network.";
const SHORT = { textFormatSource: { inlineString: "x" } };
const TEXT = "type.googleapis.com/google.protobuf.StringValue";
const MCP_ROUTER = typed(`${EXT}mcp_router.v3.McpRouter`);
const UDP = { socketAddress: { protocol: "UDP", address: "127.0.0.1", portValue: 0 } };
const SERVED = { commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }] } };
const QUIC = typed("extensions.transport_sockets.quic.v3.QuicDownstreamTransport", { downstreamTlsContext: SERVED });
const overQuic = (chains: readonly Loose[]): ReturnType<typeof withListener> =>
  withListener({
    address: UDP,
    udpListenerConfig: { quicOptions: {} },
    filterChains: chains.map((chain) => ({
      filters: [manager({ codecType: "HTTP3" })],
      transportSocket: QUIC,
      ...chain,
    })),
  });
const inside = (parts: Loose): ReturnType<typeof withBootstrap> =>
  withBootstrap(
    { bootstrapExtensions: [typed("extensions.bootstrap.internal_listener.v3.InternalListener")] },
    withListener({ internalListener: {}, ...parts }),
  );
/** Filters that end a chain. */
const TERMINAL: Readonly<Record<string, Loose>> = {
  "http_connection_manager.v3.HttpConnectionManager": manager({}).typedConfig as Loose,
  "redis_proxy.v3.RedisProxy": {
    statPrefix: "s",
    settings: { opTimeout: "1s" },
    prefixRoutes: { catchAllRoute: { cluster: "a" } },
  },
  "thrift_proxy.v3.ThriftProxy": { statPrefix: "s" },
  "dubbo_proxy.v3.DubboProxy": { statPrefix: "s" },
  "generic_proxy.v3.GenericProxy": {
    statPrefix: "s",
    codecConfig: typed(`${NETWORK}generic_proxy.codecs.http1.v3.Http1CodecConfig`),
    routeConfig: { name: "r" },
    filters: [typed(`${NETWORK}generic_proxy.router.v3.Router`)],
  },
  "echo.v3.Echo": {},
  "direct_response.v3.Config": {},
};
/** Filters that end none. */
const PASSING: Readonly<Record<string, Loose>> = {
  "ext_authz.v3.ExtAuthz": { statPrefix: "s", grpcService },
  "ratelimit.v3.RateLimit": {
    statPrefix: "s",
    domain: "d",
    descriptors: [{ entries: [{ key: "a", value: "b" }] }],
    rateLimitService: { grpcService },
  },
  "local_ratelimit.v3.LocalRateLimit": { statPrefix: "s", tokenBucket: bucket },
  "connection_limit.v3.ConnectionLimit": { statPrefix: "s", maxConnections: "1" },
  "sni_cluster.v3.SniCluster": {},
};

/** Faults of listeners and of what is in them. */
export const brokenListeners: readonly BrokenGraph[] = brokenGraphs([
  ["stat_prefix empty", withManager({ statPrefix: "" }), `field_rule ${HCM}/statPrefix`],
  ["no route specifier", withManager({ routeConfig: undefined }), `oneof_missing ${HCM}`],
  [
    "port 65536",
    withListener({ address: { socketAddress: { address: "127.0.0.1", portValue: 65_536 } } }),
    "field_rule /address/socketAddress/portValue",
  ],
  ["an unknown field", withManager({ statPrefx: "s" }), `unknown_field ${HCM}/statPrefx`],
  [
    "a word for a number",
    withListener({ perConnectionBufferLimitBytes: "many" }),
    "wrong_type /perConnectionBufferLimitBytes",
  ],
  [
    "two route specifiers",
    withManager({ rds: { routeConfigName: "r", configSource: ADS } }),
    `oneof_conflict ${HCM}/rds`,
  ],
  ["an unknown type", withFilter(`${EXT}nope.v3.Nope`, {}), `unknown_type_url ${FILTER}/@type`],
  ["no router", withManager({ httpFilters: [CORS] }), `router_not_last ${HCM}/httpFilters/0`],
  ["router first", withManager({ httpFilters: [ROUTER, CORS] }), `router_not_last ${HCM}/httpFilters/0`],
  [
    "two routers",
    withManager({ httpFilters: [ROUTER, { ...ROUTER, name: "again" }] }),
    `router_not_last ${HCM}/httpFilters/0`,
  ],
  ["no filters", withManager({ httpFilters: [] }), `router_not_last ${HCM}/httpFilters`, "accepts"],
  [
    "router disabled",
    withManager({ httpFilters: [{ ...ROUTER, disabled: true }] }),
    `envoy_refuses ${HCM}/httpFilters/0/disabled`,
  ],
  [
    "filter without configuration",
    withManager({ httpFilters: [{ name: "envoy.filters.http.cors" }, ROUTER] }),
    `envoy_refuses ${HCM}/httpFilters/0`,
  ],
  [
    "filters of one name",
    withManager({ httpFilters: [CORS, CORS, ROUTER] }),
    `duplicate_name ${HCM}/httpFilters/1/name`,
    "accepts",
  ],
  [
    "upgrade twice",
    withManager({ upgradeConfigs: [{ upgradeType: "websocket" }, { upgradeType: "WebSocket" }] }),
    `envoy_refuses ${HCM}/upgradeConfigs/1/upgradeType`,
  ],
  [
    "equal chains",
    withChains({ filters: [manager({})] }, { filters: [manager({})] }),
    "duplicate_filter_chain_match /filterChains/1/filterChainMatch",
  ],
  [
    "a common server name",
    withChains(sni("a", "b"), sni("c", "B")),
    "duplicate_filter_chain_match /filterChains/1/filterChainMatch",
  ],
  ["a server name twice", withChains(sni("a", "A")), "duplicate_filter_chain_match /filterChains/0/filterChainMatch"],
  ["a processor of none", withFilter(`${EXT}ext_proc.v3.ExternalProcessor`, {}), `envoy_refuses ${FILTER}/grpcService`],
  [
    "equal networks",
    withChains(
      { filterChainMatch: { prefixRanges: [{ addressPrefix: "10.0.0.1", prefixLen: 8 }] }, filters: [manager({})] },
      { filterChainMatch: { prefixRanges: [{ addressPrefix: "10.9.0.0", prefixLen: 8 }] }, filters: [manager({})] },
    ),
    "duplicate_filter_chain_match /filterChains/1/filterChainMatch",
  ],
  ["server name *", withChains(sni("*")), "envoy_refuses /filterChains/0/filterChainMatch/serverNames/0"],
  ["server name a*", withChains(sni("x", "a*")), "envoy_refuses /filterChains/0/filterChainMatch/serverNames/1"],
  [
    "address suffix",
    withChains({ filterChainMatch: { addressSuffix: "a" }, filters: [manager({})] }),
    "envoy_refuses /filterChains/0/filterChainMatch/addressSuffix",
  ],
  ["no chains", withListener({ filterChains: [] }), "envoy_refuses /filterChains"],
  ["no address", withListener({ address: undefined }), "envoy_refuses /address"],
  [
    "listener filter without configuration",
    withListener({ listenerFilters: [{ name: "envoy.filters.listener.tls_inspector" }] }),
    "envoy_refuses /listenerFilters/0",
  ],
  ["proxy not last", withChains({ filters: [tcpProxy({}), manager({})] }), "envoy_refuses /filterChains/0/filters/0"],
  [
    "a chain that forwards nothing",
    withChains({
      filters: [
        {
          name: "rbac",
          typedConfig: { "@type": url("extensions.filters.network.rbac.v3.RBAC"), statPrefix: "x", rules: {} },
        },
      ],
    }),
    "envoy_refuses /filterChains/0/filters/0",
  ],
  [
    "tcp without cluster",
    withChains({ filters: [tcpProxy({ cluster: undefined })] }),
    "oneof_missing /filterChains/0/filters/0/typedConfig",
  ],
  [
    "a log without configuration",
    withManager({ accessLog: [{ name: "envoy.access_loggers.stdout" }] }),
    `envoy_refuses ${HCM}/accessLog/0/typedConfig`,
  ],
  [
    "OAuth2 without a secret",
    withFilter(`${EXT}oauth2.v3.OAuth2`, {
      config: {
        tokenEndpoint: { uri: "https://a", cluster: "a", timeout: "1s" },
        authorizationEndpoint: "https://a",
        redirectUri: "https://a",
        redirectPathMatcher: { path: { exact: "/b" } },
        signoutPath: { path: { exact: "/c" } },
        credentials: {
          clientId: "c",
          hmacSecret: { name: "h", sdsConfig: { pathConfigSource: { path: "/etc/hostname" } } },
        },
      },
    }),
    `envoy_refuses ${FILTER}/config/credentials/tokenSecret`,
  ],
  [
    "an unknown operator",
    withManager({ accessLog: [stdout({ textFormatSource: { inlineString: "%FOO%" } })] }),
    `format_string ${HCM}/accessLog/0/typedConfig/logFormat/textFormatSource/inlineString`,
  ],
  [
    "an operator in JSON",
    withManager({ accessLog: [stdout({ jsonFormat: { a: { b: ["%REQ()%"] } } })] }),
    `format_string ${HCM}/accessLog/0/typedConfig/logFormat/jsonFormat/a/b/0`,
  ],
  [
    "a tracer of two",
    withManager({
      tracing: tracer({ grpcService, httpService: { httpUri: { uri: "http://a", cluster: "a", timeout: "1s" } } }),
    }),
    `envoy_refuses ${HCM}/tracing/provider/typedConfig/httpService`,
  ],
  [
    "a tracer of none",
    withManager({ tracing: tracer({}) }),
    `envoy_refuses ${HCM}/tracing/provider/typedConfig/grpcService`,
  ],
  [
    "bucket too fast",
    limited({ tokenBucket: { maxTokens: 1, fillInterval: "0.01s" } }),
    `envoy_refuses ${FILTER}/tokenBucket/fillInterval`,
  ],
  [
    "fill_interval 0",
    limited({ tokenBucket: { maxTokens: 1, fillInterval: "0s" } }),
    `field_rule ${FILTER}/tokenBucket/fillInterval`,
  ],
  [
    "descriptor twice",
    limited({
      tokenBucket: bucket,
      descriptors: [1, 2].map(() => ({ entries: [{ key: "a", value: "b" }], tokenBucket: bucket })),
    }),
    `envoy_refuses ${FILTER}/descriptors/1`,
  ],
  [
    "unknown provider",
    jwtOf({ requires: { providerName: "q" } }),
    `envoy_refuses ${FILTER}/rules/0/requires/providerName`,
  ],
  [
    "unknown provider inside",
    jwtOf({ requires: { requiresAny: { requirements: [{ providerName: "p" }, { providerName: "q" }] } } }),
    `envoy_refuses ${FILTER}/rules/0/requires/requiresAny/requirements/1/providerName`,
  ],
  ["unknown requirement", jwtOf({ requirementName: "q" }), `envoy_refuses ${FILTER}/rules/0/requirementName`],
  [
    "rules and a matcher",
    withFilter(`${EXT}rbac.v3.RBAC`, { rules: {}, matcher: {} }),
    `ignored_field ${FILTER}/rules`,
    "accepts",
  ],
  [
    "abort status 99",
    withFilter(`${EXT}fault.v3.HTTPFault`, { abort: { httpStatus: 99, percentage: { numerator: 1 } } }),
    `field_rule ${FILTER}/abort/httpStatus`,
  ],
  [
    "server without certificate",
    withChains({
      filters: [manager({})],
      transportSocket: {
        name: "tls",
        typedConfig: { "@type": url("extensions.transport_sockets.tls.v3.DownstreamTlsContext"), commonTlsContext: {} },
      },
    }),
    "envoy_refuses /filterChains/0/transportSocket/typedConfig/commonTlsContext",
  ],
  [
    "an API of connections",
    listening({ name: "l", apiListener: { apiListener: tcpProxy({}).typedConfig } }),
    "envoy_refuses /apiListener/apiListener",
  ],
  ["an API of nothing", listening({ name: "l", apiListener: {} }), "envoy_refuses /apiListener/apiListener"],
  [
    "a name for an address",
    withListener({ address: { socketAddress: { address: "localhost", portValue: 0 } } }),
    "envoy_refuses /address/socketAddress/address",
  ],
  [
    "a name for a port",
    withListener({ address: { socketAddress: { address: "127.0.0.1", namedPort: "http" } } }),
    "envoy_refuses /address/socketAddress/namedPort",
  ],
  [
    "a name for an address more",
    withListener({ additionalAddresses: [{ address: { socketAddress: { address: "x", portValue: 0 } } }] }),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/address",
  ],
  [
    "chains over UDP",
    withListener({ address: { socketAddress: { protocol: "UDP", address: "127.0.0.1", portValue: 0 } } }),
    "envoy_refuses /filterChains",
  ],
  ["HTTP/3 over TCP", withManager({ codecType: "HTTP3" }), `envoy_refuses ${HCM}/codecType`],
  [
    "a network of no address",
    withChains({
      filterChainMatch: { sourcePrefixRanges: [{ addressPrefix: "x", prefixLen: 8 }] },
      filters: [manager({})],
    }),
    "envoy_refuses /filterChains/0/filterChainMatch/sourcePrefixRanges/0/addressPrefix",
  ],
  [
    "ports stripped twice",
    withManager({ stripMatchingHostPort: true, stripAnyHostPort: true }),
    `envoy_refuses ${HCM}/stripAnyHostPort`,
  ],
  [
    "clients found twice",
    withManager({
      useRemoteAddress: true,
      originalIpDetectionExtensions: [
        typed("extensions.http.original_ip_detection.xff.v3.XffConfig", { xffNumTrustedHops: 1 }),
      ],
    }),
    `envoy_refuses ${HCM}/originalIpDetectionExtensions`,
  ],
  [
    "hops and networks",
    withManager({
      originalIpDetectionExtensions: [
        typed("extensions.http.original_ip_detection.xff.v3.XffConfig", {
          xffNumTrustedHops: 1,
          xffTrustedCidrs: { cidrs: [] },
        }),
      ],
    }),
    `envoy_refuses ${HCM}/originalIpDetectionExtensions/0/typedConfig/xffTrustedCidrs`,
  ],
  [
    "a path without POST",
    withChains({ filters: [tcpProxy({ tunnelingConfig: { hostname: "a:1", postPath: "/x" } })] }),
    `envoy_refuses ${HCM}/tunnelingConfig/postPath`,
  ],
  [
    "a connection tried again upside down",
    withChains({ filters: [tcpProxy({ backoffOptions: backOff })] }),
    `envoy_refuses ${HCM}/backoffOptions/maxInterval`,
  ],
  [
    "a filter of an upgrade twice",
    upgrading(CORS, CORS, ROUTER),
    `duplicate_name ${HCM}/upgradeConfigs/0/filters/1/name`,
    "accepts",
  ],
  [
    "a filter of an upgrade without configuration",
    upgrading({ name: "envoy.filters.http.cors" }, ROUTER),
    `envoy_refuses ${HCM}/upgradeConfigs/0/filters/0`,
  ],
  ["an upgrade's router first", upgrading(ROUTER, CORS), `router_not_last ${HCM}/upgradeConfigs/0/filters/0`],
  [
    "an upgrade's router disabled",
    upgrading({ ...ROUTER, disabled: true }),
    `envoy_refuses ${HCM}/upgradeConfigs/0/filters/0/disabled`,
  ],
  ["an upgrade without router", upgrading(CORS), `router_not_last ${HCM}/upgradeConfigs/0/filters/0`],
  [
    "clients found twice, by hops",
    withManager({
      xffNumTrustedHops: 1,
      originalIpDetectionExtensions: [
        typed("extensions.http.original_ip_detection.xff.v3.XffConfig", { xffNumTrustedHops: 1 }),
      ],
    }),
    `envoy_refuses ${HCM}/originalIpDetectionExtensions`,
  ],
  [
    "a filter of a chain without configuration",
    withChains({ filters: [{ name: "envoy.filters.network.echo" }] }),
    "envoy_refuses /filterChains/0/filters/0",
  ],
  [
    "a name for a port more",
    withListener({
      additionalAddresses: [{ address: { socketAddress: { address: "127.0.0.1", namedPort: "http" } } }],
    }),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/namedPort",
  ],
  [
    "length of a suffix",
    withChains({ filterChainMatch: { suffixLen: 1 }, filters: [manager({})] }),
    "envoy_refuses /filterChains/0/filterChainMatch/suffixLen",
  ],
  ...["filterChains/0", "defaultFilterChain"].flatMap((place): readonly BrokenRow[] => {
    const over = (parts: Loose): ReturnType<typeof withListener> => {
      const chain = { filters: [manager({ codecType: "HTTP3" })], transportSocket: QUIC, ...parts };
      return withListener({
        address: UDP,
        udpListenerConfig: { quicOptions: {} },
        ...(place === "filterChains/0" ? { filterChains: [chain] } : { filterChains: [], defaultFilterChain: chain }),
      });
    };
    const CHAIN = `envoy_refuses /${place}`;
    return [
      [
        `a codec that QUIC does not speak, in ${place}`,
        over({ filters: [manager({})] }),
        `${CHAIN}/filters/0/typedConfig/codecType`,
      ],
      [`TCP over QUIC, in ${place}`, over({ filters: [tcpProxy({})] }), `${CHAIN}/filters/0`],
      [`QUIC without TLS, in ${place}`, over({ transportSocket: undefined }), `${CHAIN}/transportSocket`],
      [
        `QUIC over TLS of TCP, in ${place}`,
        over({ transportSocket: typed("extensions.transport_sockets.tls.v3.DownstreamTlsContext", SERVED) }),
        `${CHAIN}/transportSocket/typedConfig/@type`,
      ],
    ];
  }),
  [
    "HTTP/3 over TCP for all",
    withListener({ filterChains: [], defaultFilterChain: { filters: [manager({ codecType: "HTTP3" })] } }),
    "envoy_refuses /defaultFilterChain/filters/0/typedConfig/codecType",
  ],
  ["QUIC without chains", overQuic([]), "envoy_refuses /filterChains"],
  ["equal chains of QUIC", overQuic([{}, {}]), "duplicate_filter_chain_match /filterChains/1/filterChainMatch"],
  [
    "server name * of QUIC",
    overQuic([{ filterChainMatch: { serverNames: ["*"] } }]),
    "envoy_refuses /filterChains/0/filterChainMatch/serverNames/0",
  ],
  [
    "length of a suffix behind a matcher",
    withListener({
      filterChainMatcher: { onNoMatch: { action: { name: "c", typedConfig: { "@type": TEXT, value: "c" } } } },
      filterChains: [{ name: "c", filterChainMatch: { suffixLen: 1 }, filters: [manager({})] }],
    }),
    "envoy_refuses /filterChains/0/filterChainMatch/suffixLen",
  ],
  [
    "a filter of datagrams for connections",
    withListener({
      listenerFilters: [
        typed("extensions.filters.udp.dns_filter.v3.DnsFilterConfig", {
          statPrefix: "s",
          serverConfig: { inlineDnsTable: {} },
        }),
      ],
    }),
    "envoy_refuses /listenerFilters/0/typedConfig/@type",
  ],
  [
    "a filter of datagrams without configuration",
    withListener({ address: UDP, filterChains: [], listenerFilters: [{ name: "x" }] }),
    "envoy_refuses /listenerFilters/0",
  ],
  ["an address inside", inside({}), "envoy_refuses /address"],
  ["no chains inside", inside({ address: undefined, filterChains: [] }), "envoy_refuses /filterChains"],
  [
    "equal chains inside",
    inside({ address: undefined, filterChains: [{ filters: [tcpProxy({})] }, { filters: [tcpProxy({})] }] }),
    "duplicate_filter_chain_match /filterChains/1/filterChainMatch",
  ],
  [
    "HTTP/3 inside",
    inside({ address: undefined, filterChains: [{ filters: [manager({ codecType: "HTTP3" })] }] }),
    "envoy_refuses /filterChains/0/filters/0/typedConfig/codecType",
  ],
  ...Object.entries(TERMINAL).map(
    ([type, config]): BrokenRow => [
      `${type} not last`,
      withChains({ filters: [typed(`${NETWORK}${type}`, config), tcpProxy({})] }),
      "envoy_refuses /filterChains/0/filters/0",
    ],
  ),
  ...Object.entries(PASSING).map(
    ([type, config]): BrokenRow => [
      `${type} last`,
      withChains({ filters: [typed(`${NETWORK}${type}`, config)] }),
      "envoy_refuses /filterChains/0/filters/0",
    ],
  ),
  [
    "a router of another kind first",
    withManager({ httpFilters: [MCP_ROUTER, ROUTER] }),
    `router_not_last ${HCM}/httpFilters/0`,
  ],
  [
    "a router of another kind disabled",
    withManager({ httpFilters: [{ ...MCP_ROUTER, disabled: true }] }),
    `envoy_refuses ${HCM}/httpFilters/0/disabled`,
  ],
  [
    "an address inside Envoy more",
    more({ envoyInternalAddress: { serverListenerName: "x" } }),
    "envoy_refuses /additionalAddresses/0/address/envoyInternalAddress",
  ],
  [
    "IPv4 for IPv6 more",
    more({ socketAddress: { address: "127.0.0.1", portValue: 0, ipv4Compat: true } }),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/ipv4Compat",
  ],
  [
    "an unknown resolver more",
    more({ socketAddress: { address: "127.0.0.1", portValue: 0, resolverName: "x" } }),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/resolverName",
  ],
  [
    "a filter of a chain by discovery of another kind",
    withChains({ filters: [discovered("extensions.filters.http.cors.v3.Cors"), tcpProxy({})] }),
    "envoy_refuses /filterChains/0/filters/0/configDiscovery/typeUrls/0",
    "accepts",
  ],
  [
    "a filter of a listener by discovery of another kind",
    withListener({ listenerFilters: [discovered("extensions.filters.http.cors.v3.Cors")] }),
    "envoy_refuses /listenerFilters/0/configDiscovery/typeUrls/0",
  ],
  [
    "a name for a port of the resolver of addresses",
    withListener({ address: { socketAddress: { address: "127.0.0.1", namedPort: "http", resolverName: "envoy.ip" } } }),
    "envoy_refuses /address/socketAddress/namedPort",
  ],
  [
    "a TLV of two values",
    withChains({ filters: [tcpProxy({ proxyProtocolTlvs: [{ type: 1, value: "AA==", formatString: SHORT }] })] }),
    "envoy_refuses /filterChains/0/filters/0/typedConfig/proxyProtocolTlvs/0/value",
  ],
]);
