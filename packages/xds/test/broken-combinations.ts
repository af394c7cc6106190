// Faults of parts that go together, or do not, as changes in two places of the builders' graphs met them.
import {
  type BrokenGraph,
  brokenGraphs,
  CORS,
  type Loose,
  ROUTER,
  tcpProxy,
  url,
  withChains,
  withCluster,
  withFilter,
  withManager,
  withRoute,
  withTransportSocket,
} from "./graph-parts.js";
import { FILE, withOAuth2, withSecretBeside } from "./mutant-parts.js";

const CONTEXT = "/transportSocket/typedConfig/commonTlsContext";
const HTTP = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HTTP}/httpFilters/0/typedConfig`;
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

/** A route that sets something of a filter. */
function withOverride(type: string, config: Loose): ReturnType<typeof withManager> {
  return withTyped({ "@type": url(`extensions.filters.http.${type}`), ...config });
}

function withTyped(override: Loose): ReturnType<typeof withManager> {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "a" }, typedPerFilterConfig: { cors: override } }];
  const routeConfig = { name: "r", virtualHosts: [{ name: "v", domains: ["*"], routes }] };
  return withManager({ routeConfig, httpFilters: [CORS, ROUTER] });
}

const OVERRIDE = `${HTTP}/routeConfig/virtualHosts/0/routes/0/typedPerFilterConfig/cors`;
const GRPC = { grpcService: { envoyGrpc: { clusterName: "a" } }, transportApiVersion: "V3" };

/** Types of filters where routes have another, and the other way round. */
const typesOfFilters = brokenGraphs([
  ["ext_authz itself for a route", withOverride("ext_authz.v3.ExtAuthz", GRPC), `envoy_refuses ${OVERRIDE}/@type`],
  ["ext_authz itself, empty", withOverride("ext_authz.v3.ExtAuthz", {}), `envoy_refuses ${OVERRIDE}/@type`],
  [
    "a buffer itself for a route",
    withOverride("buffer.v3.Buffer", { maxRequestBytes: 1 }),
    `envoy_refuses ${OVERRIDE}/@type`,
  ],
  [
    "Lua itself for a route",
    withOverride("lua.v3.Lua", { defaultSourceCode: { inlineString: "" } }),
    `envoy_refuses ${OVERRIDE}/@type`,
  ],
  [
    "a buffer itself in a filter's configuration",
    withTyped({
      "@type": url("config.route.v3.FilterConfig"),
      config: { "@type": url("extensions.filters.http.buffer.v3.Buffer"), maxRequestBytes: 1 },
    }),
    `envoy_refuses ${OVERRIDE}/config/@type`,
  ],
  ["a route sets a filter for all", withOverride("grpc_web.v3.GrpcWeb", {}), `envoy_refuses ${OVERRIDE}`],
  ["a part of a filter for a route", withOverride("ext_authz.v3.CheckSettings", {}), `envoy_refuses ${OVERRIDE}`],
  [
    "a CORS policy for a filter",
    withFilter("extensions.filters.http.cors.v3.CorsPolicy", { allowMethods: "GET" }),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/@type`,
  ],
  [
    "a part of OAuth2 for a filter",
    withFilter("extensions.filters.http.oauth2.v3.TokenCookieChunking", {}),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/@type`,
  ],
  [
    "the codec before the router",
    withFilter("extensions.filters.http.upstream_codec.v3.UpstreamCodec", {}),
    `envoy_refuses ${HTTP}/httpFilters/0/typedConfig/@type`,
  ],
]);

const parts = brokenGraphs([
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
    `envoy_refuses ${FILTER}/config/preserveAuthorizationHeader`,
  ],
  [
    "an ID token for a used header",
    withOAuth2({ forwardBearerToken: true, forwardIdToken: { header: "Authorization" } }),
    `envoy_refuses ${FILTER}/config/forwardIdToken/header`,
  ],
  [
    "a pass by the token's header",
    withOAuth2({ passThroughMatcher: [{ name: "X-Id" }], forwardIdToken: { header: "x-id" } }),
    `envoy_refuses ${FILTER}/config/passThroughMatcher/0/name`,
  ],
  [
    "a route cache cleared and not",
    withFilter("extensions.filters.http.ext_proc.v3.ExternalProcessor", {
      grpcService: GRPC.grpcService,
      disableClearRouteCache: true,
      routeCacheAction: "CLEAR",
    }),
    `envoy_refuses ${FILTER}/disableClearRouteCache`,
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
    `envoy_refuses ${FILTER}/dnsCacheConfig/preresolveHostnames`,
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
]);

/** By what they are faults of. */
export const brokenCombinations: readonly BrokenGraph[] = [...typesOfFilters, ...parts];

/** What goes together. */
export const soundCombinations: Readonly<Record<string, ReturnType<typeof withCluster>>> = {
  "a filter itself, empty, for a route": withOverride("cors.v3.Cors", {}),
  "a type for routes, empty, for a filter": withFilter("extensions.filters.http.rbac.v3.RBACPerRoute", {}),
  "one type for a filter and a route": withOverride("fault.v3.HTTPFault", {}),
  "a filter itself for a route that disables it": withTyped({
    "@type": url("config.route.v3.FilterConfig"),
    disabled: true,
    config: { "@type": url("extensions.filters.http.buffer.v3.Buffer"), maxRequestBytes: 1 },
  }),
  "a part of a filter for a route that can do without": withTyped({
    "@type": url("config.route.v3.FilterConfig"),
    isOptional: true,
    config: { "@type": url("extensions.filters.http.ext_authz.v3.CheckSettings") },
  }),
  "a cluster type by name": withCluster({
    type: undefined,
    clusterType: {
      name: "envoy.cluster.static",
      typedConfig: { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} },
    },
  }),
  "an ID token for a header of its own": withOAuth2({
    forwardBearerToken: true,
    forwardIdToken: { header: "x-id" },
    passThroughMatcher: [{ name: "authorization" }],
  }),
  "no default for a network filter that comes": withChains({
    filters: [
      {
        name: "x",
        configDiscovery: {
          configSource: FILE,
          typeUrls: [url("extensions.filters.network.rbac.v3.RBAC")],
          applyDefaultConfigWithoutWarming: true,
        },
      },
      tcpProxy({}),
    ],
  }),
  "HTTP/1 and HTTP/2 options like downstream": withCluster({
    httpProtocolOptions: {},
    http2ProtocolOptions: {},
    protocolSelection: "USE_DOWNSTREAM_PROTOCOL",
  }),
  "a certificate of nothing": withCertificate({ password: INLINE }),
  "a network namespace where DNS is asked": inNamespace("STRICT_DNS"),
  "DNS servers that are not asked": withCluster({
    dnsResolutionConfig: { resolvers: [{ socketAddress: { address: "a", portValue: 53 } }] },
  }),
};
