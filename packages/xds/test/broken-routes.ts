import {
  ADS,
  type BrokenGraph,
  brokenGraphs,
  CORS,
  host,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  url,
  withAction,
  withChains,
  withFilter,
  withHosts,
  withListener,
  withManager,
  withRoute,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const HOST = `${HCM}/routeConfig/virtualHosts/0`;
const ROUTE = `${HOST}/routes/0`;
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const EXT = "extensions.filters.http.";
const stdout = (logFormat: Loose): Loose => ({
  name: "f",
  typedConfig: { "@type": url("extensions.access_loggers.stream.v3.StdoutAccessLog"), logFormat },
});
const sni = (...serverNames: string[]): Loose => ({ filterChainMatch: { serverNames }, filters: [manager({})] });
const weighted = (...clusters: object[]): ReturnType<typeof withAction> =>
  withAction({ cluster: undefined, weightedClusters: { clusters } });
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
]);

/** Faults of routes written into a listener. */
export const brokenRoutes: readonly BrokenGraph[] = brokenGraphs([
  ["domains: []", withHosts(host({ domains: [] })), `field_rule ${HOST}/domains`],
  [
    "two * domains",
    withHosts(host({}), host({ name: "w" })),
    `duplicate_domain ${HCM}/routeConfig/virtualHosts/1/domains/0`,
  ],
  [
    "a domain in another case",
    withHosts(host({ domains: ["A.b"] }), host({ name: "w", domains: ["a.B"] })),
    `duplicate_domain ${HCM}/routeConfig/virtualHosts/1/domains/0`,
  ],
  ["a * inside", withHosts(host({ domains: ["a*b"] })), `ignored_field ${HOST}/domains/0`, "accepts"],
  [
    "path_separated_prefix /a/",
    withRoute({ match: { pathSeparatedPrefix: "/a/" }, route: { cluster: "a" } }),
    `field_rule ${ROUTE}/match/pathSeparatedPrefix`,
  ],
  ["no path test", withRoute({ match: {}, route: { cluster: "a" } }), `oneof_missing ${ROUTE}/match`],
  [
    "regex look-ahead",
    withRoute({ match: { safeRegex: { regex: "(?=a)" } }, route: { cluster: "a" } }),
    `envoy_refuses ${ROUTE}/match/safeRegex/regex`,
  ],
  [
    "regex backreference",
    withRoute({ match: { safeRegex: { regex: "(a)\\1" } }, route: { cluster: "a" } }),
    `envoy_refuses ${ROUTE}/match/safeRegex/regex`,
  ],
  [
    "regex not closed",
    withRoute({
      match: { prefix: "/", headers: [{ name: "a", stringMatch: { safeRegex: { regex: "(a" } } }] },
      route: { cluster: "a" },
    }),
    `envoy_refuses ${ROUTE}/match/headers/0/stringMatch/safeRegex/regex`,
  ],
  ["weight missing", weighted({ name: "a" }), `envoy_refuses ${ROUTE}/route/weightedClusters/clusters/0/weight`],
  ["weights of 0", weighted({ name: "a", weight: 0 }), `envoy_refuses ${ROUTE}/route/weightedClusters/clusters`],
  [
    "weights too large",
    weighted({ name: "a", weight: 4_294_967_295 }, { name: "a", weight: 1 }),
    `envoy_refuses ${ROUTE}/route/weightedClusters/clusters`,
  ],
  [
    "a share of two names",
    weighted({ name: "a", clusterHeader: "x", weight: 1 }),
    `envoy_refuses ${ROUTE}/route/weightedClusters/clusters/0/clusterHeader`,
  ],
  ["a share of no name", weighted({ weight: 1 }), `envoy_refuses ${ROUTE}/route/weightedClusters/clusters/0/name`],
  [
    "unknown share",
    weighted({ name: "z", weight: 1 }),
    `missing_reference ${ROUTE}/route/weightedClusters/clusters/0/name`,
  ],
  ["unknown cluster", withAction({ cluster: "z" }), `missing_reference ${ROUTE}/route/cluster`],
  [
    "unknown mirror",
    withAction({ requestMirrorPolicies: [{ cluster: "z" }] }),
    `missing_reference ${ROUTE}/route/requestMirrorPolicies/0/cluster`,
  ],
  [
    "a mirror of nothing",
    withAction({ requestMirrorPolicies: [{}] }),
    `envoy_refuses ${ROUTE}/route/requestMirrorPolicies/0/cluster`,
  ],
  [
    "a mirror of two",
    withAction({ requestMirrorPolicies: [{ cluster: "a", clusterHeader: "x" }] }),
    `envoy_refuses ${ROUTE}/route/requestMirrorPolicies/0/clusterHeader`,
  ],
  [
    "a body too long",
    withRoute({ directResponse: { status: 200, body: { inlineString: "x".repeat(4_097) } } }),
    `envoy_refuses ${ROUTE}/directResponse/body`,
  ],
  ["http_status 99", withRoute({ directResponse: { status: 99 } }), `field_rule ${ROUTE}/directResponse/status`],
  [
    "two rewrites",
    withAction({ prefixRewrite: "/x", regexRewrite: { pattern: { regex: "a" }, substitution: "b" } }),
    `envoy_refuses ${ROUTE}/route/regexRewrite`,
  ],
  [
    "base_interval missing",
    withAction({ retryPolicy: { retryOn: "5xx", retryBackOff: {} } }),
    `field_rule ${ROUTE}/route/retryPolicy/retryBackOff/baseInterval`,
  ],
  [
    "back-off upside down",
    withAction({ retryPolicy: { retryOn: "5xx", retryBackOff: { baseInterval: "2s", maxInterval: "1s" } } }),
    `envoy_refuses ${ROUTE}/route/retryPolicy/retryBackOff/maxInterval`,
  ],
  [
    "unknown retry word",
    withAction({ retryPolicy: { retryOn: "5xx,gatewayerror" } }),
    `unknown_retry_word ${ROUTE}/route/retryPolicy/retryOn`,
    "accepts",
  ],
  [
    "upgrade twice",
    withAction({ upgradeConfigs: [{ upgradeType: "a" }, { upgradeType: "A" }] }),
    `envoy_refuses ${ROUTE}/route/upgradeConfigs/1/upgradeType`,
  ],
  [
    "CONNECT options",
    withAction({ upgradeConfigs: [{ upgradeType: "websocket", connectConfig: {} }] }),
    `envoy_refuses ${ROUTE}/route/upgradeConfigs/0/connectConfig`,
  ],
  ["hash of nothing", withAction({ hashPolicy: [{}] }), `oneof_missing ${ROUTE}/route/hashPolicy/0`],
  [
    "a copied pseudo-header",
    withAction({ internalRedirectPolicy: { responseHeadersToCopy: [":path"] } }),
    `envoy_refuses ${ROUTE}/route/internalRedirectPolicy/responseHeadersToCopy/0`,
  ],
  [
    "host set",
    withHosts(host({ requestHeadersToAdd: [{ header: { key: "host", value: "x" } }] })),
    `envoy_refuses ${HOST}/requestHeadersToAdd/0/header/key`,
  ],
  [
    "path removed",
    withHosts(host({ requestHeadersToRemove: [":path"] })),
    `envoy_refuses ${HOST}/requestHeadersToRemove/0`,
  ],
  [
    "virtual cluster without headers",
    withHosts(host({ virtualClusters: [{ name: "x" }] })),
    `envoy_refuses ${HOST}/virtualClusters/0/headers`,
  ],
  ["a negative timeout", withAction({ timeout: "-1s" }), `envoy_refuses ${ROUTE}/route/timeout`],
  [
    "an override of nothing",
    withRoute({
      route: { cluster: "a" },
      typedPerFilterConfig: { router: { "@type": url("config.route.v3.FilterConfig") } },
    }),
    `envoy_refuses ${ROUTE}/typedPerFilterConfig/router/config`,
  ],
  [
    "per-route key of an absent filter",
    withRoute({
      route: { cluster: "a" },
      typedPerFilterConfig: {
        "envoy.filters.http.cors": { "@type": url("extensions.filters.http.cors.v3.CorsPolicy") },
      },
    }),
    `unknown_filter_override ${ROUTE}/typedPerFilterConfig/envoy.filters.http.cors`,
    "accepts",
  ],
]);
