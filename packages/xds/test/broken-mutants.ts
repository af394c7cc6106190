// Faults that random changes to the graphs of the builders met: extensions without a type, values out of range, parts that
// exclude each other.
import {
  ADS,
  type BrokenGraph,
  brokenGraphs,
  CORS,
  endpointAt,
  type Loose,
  manager,
  tcpProxy,
  url,
  withAction,
  withChains,
  withCluster,
  withEndpoints,
  withFilter,
  withListener,
  withManager,
  withPolicy,
} from "./graph-parts.js";
import {
  at,
  check,
  FILE,
  withDiscovered,
  withDns,
  withHealthCheck,
  withKeysFrom,
  withLog,
  withOAuth2,
  withOverride,
  withPermission,
  withProvider,
  withScopes,
  withSecretBeside,
  withTracer,
} from "./mutant-parts.js";

const HTTP = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HTTP}/httpFilters/0`;
const ROUTE = `${HTTP}/routeConfig/virtualHosts/0/routes/0`;
const ENDPOINT = "/loadAssignment/endpoints/0/lbEndpoints/0";
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const STRUCT = { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} };
const UNTYPED = { name: "x", typedConfig: {} };
const KEYS = { inlineString: '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}' };
const random = { name: "r", typedConfig: { "@type": url("extensions.load_balancing_policies.random.v3.Random") } };
const LONGER = "9223372036s";

const BESIDE = "/transportSocket/typedConfig/commonTlsContext/combinedValidationContext/defaultValidationContext";

/** Extensions without a type, or of one that does not belong where they stand. */
const extensions = brokenGraphs([
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
    withCluster({ healthChecks: [{ ...check, customHealthCheck: { name: "x" } }] }),
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
]);

/** Addresses and endpoints. */
const addresses = brokenGraphs([
  ["an unknown resolver", at({ resolverName: "x" }), "envoy_refuses /address/socketAddress/resolverName"],
  [
    "a name for envoy.ip",
    at({ address: "localhost", resolverName: "envoy.ip" }),
    "envoy_refuses /address/socketAddress/address",
  ],
  [
    "a resolver where DNS is asked",
    withDns({ address: { socketAddress: { address: "a", portValue: 1, resolverName: "envoy.ip" } } }),
    `envoy_refuses ${ENDPOINT}/endpoint/address/socketAddress/resolverName`,
  ],
  ["IPv4 for IPv4", at({ ipv4Compat: true }), "envoy_refuses /address/socketAddress/ipv4Compat"],
  [
    "an address inside Envoy",
    withListener({ address: { envoyInternalAddress: { serverListenerName: "x" } } }),
    "envoy_refuses /address/envoyInternalAddress",
  ],
  ["inside Envoy with an address", withListener({ internalListener: {} }), "envoy_refuses /address"],
  [
    "a further address of nothing",
    withListener({ additionalAddresses: [{}] }),
    "envoy_refuses /additionalAddresses/0/address",
  ],
  [
    "a further endpoint of nothing",
    withEndpoints({
      lbEndpoints: [{ endpoint: { ...(endpointAt("127.0.0.1", 1).endpoint as Loose), additionalAddresses: [{}] } }],
    }),
    `envoy_refuses ${ENDPOINT}/endpoint/additionalAddresses/0/address`,
  ],
  [
    "an endpoint by name",
    withEndpoints({ lbEndpoints: [{ endpointName: "x" }] }),
    `envoy_refuses ${ENDPOINT}/endpointName`,
  ],
  [
    "endpoints by discovery in STATIC",
    withEndpoints({ lbEndpoints: [endpointAt("127.0.0.1", 1)], ledsClusterLocalityConfig: {} }),
    "envoy_refuses /loadAssignment/endpoints/0/ledsClusterLocalityConfig",
  ],
  [
    "a socket with a long path",
    withEndpoints({ lbEndpoints: [{ endpoint: { address: { pipe: { path: `/${"x".repeat(107)}` } } } }] }),
    `envoy_refuses ${ENDPOINT}/endpoint/address/pipe/path`,
  ],
  [
    "a DNS server by name",
    withCluster({
      dnsResolutionConfig: { resolvers: [{ socketAddress: { address: "a", portValue: 53 } }] },
      type: "STRICT_DNS",
    }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/address",
  ],
  ["chains by discovery without a matcher", withListener({ fcdsConfig: {} }), "envoy_refuses /fcdsConfig"],
]);

/** Clusters and health checks. */
const clusters = brokenGraphs([
  [
    "a policy to be set elsewhere",
    withCluster({ lbPolicy: "LOAD_BALANCING_POLICY_CONFIG" }),
    "envoy_refuses /loadBalancingPolicy",
  ],
  [
    "a health check twice",
    withCluster({ healthChecks: [1, 2].map(() => ({ ...check, name: "x", tcpHealthCheck: {} })) }),
    "envoy_refuses /healthChecks/1/name",
  ],
  [
    "a check takes host away",
    withHealthCheck({ requestHeadersToRemove: ["Host"] }),
    "envoy_refuses /healthChecks/0/httpHealthCheck/requestHeadersToRemove/0",
  ],
  [
    "a check by ALPN without TLS",
    withHealthCheck({ useAlpnProtocol: true }),
    "envoy_refuses /healthChecks/0/httpHealthCheck/useAlpnProtocol",
  ],
  [
    "a check by ALPN over bare TCP",
    withHealthCheck(
      { useAlpnProtocol: true },
      {
        transportSocket: {
          name: "raw",
          typedConfig: { "@type": url("extensions.transport_sockets.raw_buffer.v3.RawBuffer") },
        },
      },
    ),
    "envoy_refuses /healthChecks/0/httpHealthCheck/useAlpnProtocol",
  ],
  [
    "a check over HTTP/3",
    withHealthCheck({ codecClientType: "HTTP3" }),
    "envoy_refuses /healthChecks/0/httpHealthCheck/codecClientType",
  ],
  [
    "HTTP/3 like downstream without QUIC",
    withCluster({
      typedExtensionProtocolOptions: {
        [OPTIONS]: {
          "@type": url("extensions.upstreams.http.v3.HttpProtocolOptions"),
          useDownstreamProtocolConfig: { http3ProtocolOptions: {} },
        },
      },
    }),
    `envoy_refuses /typedExtensionProtocolOptions/${OPTIONS}/useDownstreamProtocolConfig/http3ProtocolOptions`,
  ],
  [
    "an override by header and metadata",
    withPolicy("override_host.v3.OverrideHost", {
      overrideHostSources: [{ header: "x", metadata: { key: "k", path: [{ key: "p" }] } }],
      fallbackPolicy: { policies: [{ typedExtensionConfig: random }] },
    }),
    "envoy_refuses /loadBalancingPolicy/policies/0/typedExtensionConfig/typedConfig/overrideHostSources/0/header",
  ],
  [
    "a fingerprint beside a secret",
    withSecretBeside({ verifyCertificateHash: ["z".repeat(64)] }),
    `envoy_refuses ${BESIDE}/verifyCertificateHash/0`,
    "accepts",
  ],
  [
    "OTHER_NAME beside a secret",
    withSecretBeside({ matchTypedSubjectAltNames: [{ sanType: "OTHER_NAME", matcher: { exact: "x" } }] }),
    `envoy_refuses ${BESIDE}/matchTypedSubjectAltNames/0/oid`,
    "accepts",
  ],
  [
    "an expression beside a secret",
    withSecretBeside({ matchTypedSubjectAltNames: [{ sanType: "DNS", matcher: { safeRegex: { regex: "(" } } }] }),
    `envoy_refuses ${BESIDE}/matchTypedSubjectAltNames/0/matcher/safeRegex/regex`,
    "accepts",
  ],
  [
    "names of too many instructions beside a secret",
    withSecretBeside({
      matchTypedSubjectAltNames: [{ sanType: "DNS", matcher: { safeRegex: { regex: "[a-z]{1,63}" } } }],
    }),
    `regex_too_large ${BESIDE}/matchTypedSubjectAltNames/0/matcher/safeRegex/regex`,
    "accepts",
  ],
]);

/** Filters. */
const filters = brokenGraphs([
  [
    "a required provider of no name",
    withProvider({ localJwks: KEYS }, { rules: [{ match: { prefix: "/" }, requires: { providerName: "" } }] }),
    `envoy_refuses ${FILTER}/typedConfig/rules/0/requires/providerName`,
  ],
  [
    "audiences of no provider",
    withProvider({ localJwks: KEYS }, { rules: [{ match: { prefix: "/" }, requires: { providerAndAudiences: {} } }] }),
    `envoy_refuses ${FILTER}/typedConfig/rules/0/requires/providerAndAudiences/providerName`,
  ],
  [
    "a header of no claim",
    withProvider({ localJwks: KEYS, claimToHeaders: [{ headerName: "x" }] }),
    `envoy_refuses ${FILTER}/typedConfig/providers/p/claimToHeaders/0/claimName`,
  ],
  ["keys from a path", withKeysFrom("/keys"), `envoy_refuses ${FILTER}/typedConfig/providers/p/remoteJwks/httpUri/uri`],
  [
    "keys from a host without a scheme",
    withKeysFrom("a.example.com/keys"),
    `envoy_refuses ${FILTER}/typedConfig/providers/p/remoteJwks/httpUri/uri`,
  ],
  [
    "a login at a host without a scheme",
    withOAuth2({ authorizationEndpoint: "a.example.com/login" }),
    `envoy_refuses ${FILTER}/typedConfig/config/authorizationEndpoint`,
  ],
  [
    "an end of a session without OpenID",
    withOAuth2({ endSessionEndpoint: "https://a/end", authScopes: ["email"] }),
    `envoy_refuses ${FILTER}/typedConfig/config/endSessionEndpoint`,
  ],
  [
    "an original URI of no format",
    withOAuth2({ originalRequestUri: "%NO%" }),
    `format_string ${FILTER}/typedConfig/config/originalRequestUri`,
  ],
  [
    "ports upside down",
    withPermission({ destinationPortRange: { start: 90, end: 80 } }),
    `envoy_refuses ${FILTER}/typedConfig/rules/policies/p/permissions/0/destinationPortRange`,
  ],
  [
    "too many ports",
    withPermission({ destinationPortRange: { start: 1, end: 65_537 } }),
    `envoy_refuses ${FILTER}/typedConfig/rules/policies/p/permissions/0/destinationPortRange`,
  ],
  [
    "an empty condition",
    withFilter("extensions.filters.http.rbac.v3.RBAC", {
      rules: { policies: { p: { permissions: [{ any: true }], principals: [{ any: true }], condition: {} } } },
    }),
    `envoy_refuses ${FILTER}/typedConfig/rules/policies/p/condition`,
  ],
  [
    "a route's limit without a bucket",
    withOverride(
      { "@type": url("extensions.filters.http.local_ratelimit.v3.LocalRateLimit"), statPrefix: "s" },
      {
        name: "f",
        typedConfig: { "@type": url("extensions.filters.http.local_ratelimit.v3.LocalRateLimit"), statPrefix: "s" },
      },
    ),
    `envoy_refuses ${ROUTE}/typedPerFilterConfig/f/tokenBucket`,
  ],
  [
    "clusters on demand from nowhere",
    withFilter("extensions.filters.http.on_demand.v3.OnDemand", { odcds: {} }),
    `envoy_refuses ${FILTER}/typedConfig/odcds/source`,
  ],
  [
    "clusters on demand from anywhere",
    withFilter("extensions.filters.http.on_demand.v3.OnDemand", { odcds: { source: ADS, resourcesLocator: "x" } }),
    `envoy_refuses ${FILTER}/typedConfig/odcds/resourcesLocator`,
  ],
  [
    "early data of no size",
    withChains({ filters: [tcpProxy({ upstreamConnectMode: "ON_DOWNSTREAM_DATA" })] }),
    `envoy_refuses ${HTTP}/maxEarlyDataBytes`,
  ],
  [
    "a TLV of nothing",
    withChains({ filters: [tcpProxy({ proxyProtocolTlvs: [{ type: 1 }] })] }),
    `envoy_refuses ${HTTP}/proxyProtocolTlvs/0/value`,
  ],
  ["a number for a log", withLog({ body: { intValue: "1" } }), `envoy_refuses ${HTTP}/accessLog/0/typedConfig/body`],
  [
    "nothing in a list for a log",
    withLog({ body: { arrayValue: { values: [{}] } } }),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/body/arrayValue/values/0`,
  ],
  [
    "a key of nothing for a log",
    withLog({ attributes: { values: [{ key: "k" }] } }),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/attributes/values/0/value`,
  ],
  [
    "a log to two services",
    withLog({ httpService: { httpUri: { uri: "http://a", cluster: "a", timeout: "1s" } } }),
    `envoy_refuses ${HTTP}/accessLog/0/typedConfig/httpService`,
  ],
  [
    "spans to two exporters",
    withTracer({ grpcService: { envoyGrpc: { clusterName: "a" } }, exporter: random }),
    `envoy_refuses ${HTTP}/tracing/provider/typedConfig/exporter`,
  ],
  [
    "a scope's element after no separator",
    withScopes({
      scopeKeyBuilder: { fragments: [{ headerValueExtractor: { name: "x", index: 1 } }] },
      scopedRds: { scopedRdsConfigSource: FILE },
    }),
    `envoy_refuses ${HTTP}/scopedRoutes/scopeKeyBuilder/fragments/0/headerValueExtractor/index`,
  ],
  [
    "scopes from anywhere",
    withScopes({ scopedRds: { scopedRdsConfigSource: FILE, srdsResourcesLocator: "x" } }),
    `envoy_refuses ${HTTP}/scopedRoutes/scopedRds/srdsResourcesLocator`,
  ],
  [
    "a scope without routes",
    withScopes({
      scopedRouteConfigurationsList: {
        scopedRouteConfigurations: [
          { name: "o", routeConfigurationName: "r", key: { fragments: [{ stringKey: "k" }] } },
        ],
      },
    }),
    `envoy_refuses ${HTTP}/scopedRoutes/scopedRouteConfigurationsList/scopedRouteConfigurations/0/routeConfiguration`,
  ],
]);

/** Durations that do not fit into 64 bits of nanoseconds, or are negative. */
const durations = brokenGraphs([
  ["a long way to connect", withCluster({ connectTimeout: LONGER }), "envoy_refuses /connectTimeout"],
  ["a long time-out", withAction({ timeout: LONGER }), `envoy_refuses ${ROUTE}/route/timeout`],
  ["a long stream", withManager({ streamIdleTimeout: LONGER }), `envoy_refuses ${HTTP}/streamIdleTimeout`],
  [
    "a long check",
    withCluster({ healthChecks: [{ ...check, interval: LONGER, tcpHealthCheck: {} }] }),
    "envoy_refuses /healthChecks/0/interval",
  ],
  ["a negative gRPC time-out", withAction({ maxGrpcTimeout: "-1s" }), `envoy_refuses ${ROUTE}/route/maxGrpcTimeout`],
  ["a negative offset", withAction({ grpcTimeoutOffset: "-1s" }), `envoy_refuses ${ROUTE}/route/grpcTimeoutOffset`],
]);

/** By what they are faults of. */
export const brokenMutants: readonly BrokenGraph[] = [
  ...extensions,
  ...addresses,
  ...clusters,
  ...filters,
  ...durations,
];

/** What looks wrong and is not. */
export const soundMutants: Readonly<Record<string, ReturnType<typeof withListener>>> = {
  "load reports go where clusters come from": withCluster({ lrsServer: { self: {} } }),
  "load reports to a source without a kind": withCluster({ lrsServer: { apiConfigSource: { requestTimeout: "1s" } } }),
  "an empty suffix of addresses": withChains({
    filterChainMatch: { addressSuffix: "" },
    filters: [manager({})],
  }),
  "a bucket that fills in less than a millisecond": withFilter(
    "extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    {
      statPrefix: "s",
      tokenBucket: { maxTokens: 1, fillInterval: "0.000000001s" },
    },
  ),
  "a cache of less than a millisecond": withFilter("extensions.filters.http.health_check.v3.HealthCheck", {
    passThroughMode: false,
    cacheTime: "0.000000001s",
  }),
  "keys from a port of a host": withKeysFrom("https://a.example.com:8443/keys?kid=1#x"),
  "keys from an IPv6 address": withKeysFrom("HTTP://user@[::1]:80"),
  "all ports": withPermission({ destinationPortRange: { start: 0, end: 65_536 } }),
  "IPv4 for IPv6": at({ address: "::ffff:127.0.0.1", ipv4Compat: true }),
  "IPv4 in a cluster": withEndpoints({
    lbEndpoints: [
      { endpoint: { address: { socketAddress: { address: "127.0.0.1", portValue: 1, ipv4Compat: true } } } },
    ],
  }),
  "the resolver of addresses": at({ resolverName: "envoy.ip" }),
  "a filter that comes by a type without a prefix": withDiscovered({
    typeUrls: ["envoy.extensions.filters.http.cors.v3.Cors"],
    defaultConfig: CORS.typedConfig,
    applyDefaultConfigWithoutWarming: true,
  }),
  "an unknown policy before a known one": withCluster({
    loadBalancingPolicy: { policies: [{ typedExtensionConfig: UNTYPED }, { typedExtensionConfig: random }] },
  }),
  "a resolver of no type where DNS is asked": withCluster({ type: "STRICT_DNS", typedDnsResolverConfig: UNTYPED }),
  "a plugin that may be absent": withManager({
    routeConfig: {
      name: "r",
      clusterSpecifierPlugins: [{ isOptional: true, extension: { name: "p", typedConfig: {} } }],
      virtualHosts: [
        {
          name: "v",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, route: { clusterSpecifierPlugin: "p" } }],
        },
      ],
    },
  }),
  "a further endpoint of nothing where DNS is asked": withDns({
    address: { socketAddress: { address: "localhost", portValue: 1 } },
    additionalAddresses: [{}],
  }),
  "nothing for a log": withLog({ body: {} }),
  "numbers of a resource": withLog({ resourceAttributes: { values: [{ key: "k", value: { intValue: "1" } }] } }),
  "a limit without a bucket": withFilter("extensions.filters.http.local_ratelimit.v3.LocalRateLimit", {
    statPrefix: "s",
  }),
  "a longest duration": withAction({ timeout: "9223372035s" }),
  "a check by ALPN": withHealthCheck(
    { useAlpnProtocol: true },
    {
      transportSocket: {
        name: "tls",
        typedConfig: {
          "@type": url("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
          commonTlsContext: { validationContext: { systemRootCerts: {} } },
        },
      },
    },
  ),
  "a socket with a path that fits": withEndpoints({
    lbEndpoints: [{ endpoint: { address: { pipe: { path: `/${"x".repeat(106)}` } } } }],
  }),
};
