// Faults of settings: out of range, without one that they need, beside one that excludes them.
import {
  ADS,
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CHECK,
  FILE,
  type Loose,
  ROUTER,
  tcpProxy,
  url,
  withAction,
  withChains,
  withCluster,
  withFilter,
  withHealthCheck,
  withKeysFrom,
  withLog,
  withManager,
  withOAuth2,
  withOverride,
  withPermission,
  withPolicy,
  withProvider,
  withRoute,
  withScopes,
  withSecretBeside,
  withTracer,
  withTransportSocket,
} from "./graph-parts.js";

const HTTP = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HTTP}/httpFilters/0`;
const ROUTE = `${HTTP}/routeConfig/virtualHosts/0/routes/0`;
const KEYS = { inlineString: '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}' };
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const GRPC = { grpcService: { envoyGrpc: { clusterName: "a" } }, transportApiVersion: "V3" };
const random = { name: "r", typedConfig: { "@type": url("extensions.load_balancing_policies.random.v3.Random") } };
const BESIDE = "/transportSocket/typedConfig/commonTlsContext/combinedValidationContext/defaultValidationContext";
const CONTEXT = "/transportSocket/typedConfig/commonTlsContext";
const UNTYPED = { name: "x", typedConfig: {} };
const INLINE = { inlineString: "x" };

function withTrust(validationContext: Loose): ReturnType<typeof withTransportSocket> {
  return withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } });
}

function withCertificate(certificate: Loose): ReturnType<typeof withTransportSocket> {
  return withTransportSocket("UpstreamTlsContext", {
    commonTlsContext: { validationContext: { systemRootCerts: {} }, tlsCertificates: [certificate] },
  });
}

function withTcp(parts: Loose): ReturnType<typeof withChains> {
  return withChains({ filters: [tcpProxy(parts)] });
}

function inNamespace(type: string): ReturnType<typeof withCluster> {
  const socketAddress = { address: "127.0.0.1", portValue: 1, networkNamespaceFilepath: "/run/netns/x" };
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: { socketAddress } } }] }];
  return withCluster({ type, loadAssignment: { clusterName: "b", endpoints } });
}

/** Of clusters, health checks and secrets. */
const clusters: readonly BrokenRow[] = [
  [
    "a policy to be set elsewhere",
    withCluster({ lbPolicy: "LOAD_BALANCING_POLICY_CONFIG" }),
    "envoy_refuses /loadBalancingPolicy",
  ],
  [
    "a health check twice",
    withCluster({ healthChecks: [1, 2].map(() => ({ ...CHECK, name: "x", tcpHealthCheck: {} })) }),
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
];

/** Of filters, logs and tracers. */
const filters: readonly BrokenRow[] = [
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
  ["a negative gRPC time-out", withAction({ maxGrpcTimeout: "-1s" }), `envoy_refuses ${ROUTE}/route/maxGrpcTimeout`],
  ["a negative offset", withAction({ grpcTimeoutOffset: "-1s" }), `envoy_refuses ${ROUTE}/route/grpcTimeoutOffset`],
];

/** That go together, or do not. */
const pairs: readonly BrokenRow[] = [
  [
    "an expression of many instructions",
    withRoute({ match: { safeRegex: { regex: "/[a-z]{96}" } }, route: { cluster: "a" } }),
    `regex_too_large ${HTTP}/routeConfig/virtualHosts/0/routes/0/match/safeRegex/regex`,
  ],
  [
    "an expression of many instructions beside a secret",
    withSecretBeside({
      matchTypedSubjectAltNames: [{ sanType: "DNS", matcher: { safeRegex: { regex: "[a-z]{120}" } } }],
    }),
    `regex_too_large ${CONTEXT}/combinedValidationContext/defaultValidationContext/matchTypedSubjectAltNames/0/matcher/safeRegex/regex`,
    "accepts",
  ],
  [
    "logs of requests flushed by two rules",
    withManager({ accessLogFlushInterval: "1s", accessLogOptions: {} }),
    `envoy_refuses ${HTTP}/accessLogFlushInterval`,
  ],
  [
    "logs of new requests by two rules",
    withManager({ flushAccessLogOnNewRequest: true, accessLogOptions: {} }),
    `envoy_refuses ${HTTP}/flushAccessLogOnNewRequest`,
  ],
  [
    "two tokens for one header",
    withOAuth2({ forwardBearerToken: true, preserveAuthorizationHeader: true }),
    `envoy_refuses ${FILTER}/typedConfig/config/preserveAuthorizationHeader`,
  ],
  [
    "an ID token for a used header",
    withOAuth2({ forwardBearerToken: true, forwardIdToken: { header: "Authorization" } }),
    `envoy_refuses ${FILTER}/typedConfig/config/forwardIdToken/header`,
  ],
  [
    "a pass by the token's header",
    withOAuth2({ passThroughMatcher: [{ name: "X-Id" }], forwardIdToken: { header: "x-id" } }),
    `envoy_refuses ${FILTER}/typedConfig/config/passThroughMatcher/0/name`,
  ],
  [
    "a route cache cleared and not",
    withFilter("extensions.filters.http.ext_proc.v3.ExternalProcessor", {
      grpcService: GRPC.grpcService,
      disableClearRouteCache: true,
      routeCacheAction: "CLEAR",
    }),
    `envoy_refuses ${FILTER}/typedConfig/disableClearRouteCache`,
  ],
  [
    "more names than hosts",
    withFilter("extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig", {
      dnsCacheConfig: {
        name: "c",
        maxHosts: 1,
        preresolveHostnames: ["a", "b"].map((address) => ({ address, portValue: 1 })),
      },
    }),
    `envoy_refuses ${FILTER}/typedConfig/dnsCacheConfig/preresolveHostnames`,
  ],
  [
    "HTTP/1 and HTTP/2 options",
    withCluster({ httpProtocolOptions: {}, http2ProtocolOptions: {} }),
    "envoy_refuses /httpProtocolOptions",
  ],
  [
    "a DNS server by name in the oldest place",
    withCluster({ type: "STRICT_DNS", dnsResolvers: [{ socketAddress: { address: "a", portValue: 53 } }] }),
    "envoy_refuses /dnsResolvers/0/socketAddress/address",
  ],
  [
    "logs flushed by two rules",
    withTcp({ accessLogFlushInterval: "1s", accessLogOptions: {} }),
    `envoy_refuses ${HTTP}/accessLogFlushInterval`,
  ],
  [
    "logs at once by two rules",
    withTcp({ flushAccessLogOnConnected: true, accessLogOptions: {} }),
    `envoy_refuses ${HTTP}/flushAccessLogOnConnected`,
  ],
  [
    "expired certificates of nobody",
    withTrust({ systemRootCerts: {}, allowExpiredCertificate: true }),
    `envoy_refuses ${CONTEXT}/validationContext/allowExpiredCertificate`,
  ],
  [
    "revoked by nobody",
    withTrust({ systemRootCerts: {}, crl: INLINE }),
    `envoy_refuses ${CONTEXT}/validationContext/crl`,
  ],
  [
    "names in the old place without authority",
    withTrust({ systemRootCerts: {}, matchSubjectAltNames: [{ exact: "x" }] }),
    `envoy_refuses ${CONTEXT}/validationContext/matchSubjectAltNames`,
  ],
  [
    "a key without its chain",
    withCertificate({ privateKey: INLINE }),
    `envoy_refuses ${CONTEXT}/tlsCertificates/0/certificateChain`,
  ],
  [
    "an endpoint in another network namespace",
    inNamespace("STATIC"),
    "envoy_refuses /loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address/socketAddress/networkNamespaceFilepath",
  ],
  [
    "a matcher of text without a type",
    withRoute({
      match: { prefix: "/", headers: [{ name: "x", stringMatch: { custom: UNTYPED } }] },
      route: { cluster: "a" },
    }),
    `envoy_refuses ${HTTP}/routeConfig/virtualHosts/0/routes/0/match/headers/0/stringMatch/custom/typedConfig`,
  ],
  [
    "a filter towards a cluster without a type",
    withManager({
      httpFilters: [{ ...ROUTER, typedConfig: { ...(ROUTER.typedConfig as Loose), upstreamHttpFilters: [UNTYPED] } }],
    }),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/upstreamHttpFilters/0`,
  ],
  [
    "a policy of any struct",
    withCluster({
      loadBalancingPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "x",
              typedConfig: { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} },
            },
          },
        ],
      },
    }),
    "envoy_refuses /loadBalancingPolicy/policies",
  ],
];

/** Faults of single settings and of pairs of them. */
export const brokenSettings: readonly BrokenGraph[] = brokenGraphs([...clusters, ...filters, ...pairs]);
