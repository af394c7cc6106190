// Graphs that look wrong and are not: Envoy takes them, and compile finds no error in them.
import {
  at,
  CORS,
  FILE,
  type Loose,
  manager,
  tcpProxy,
  url,
  withAction,
  withChains,
  withCluster,
  withDiscovered,
  withDns,
  withEndpoints,
  withFilter,
  withHealthCheck,
  withKeysFrom,
  type withListener,
  withLog,
  withManager,
  withOAuth2,
  withOverride,
  withPermission,
  withTransportSocket,
} from "./graph-parts.js";

const UNTYPED = { name: "x", typedConfig: {} };
const random = { name: "r", typedConfig: { "@type": url("extensions.load_balancing_policies.random.v3.Random") } };
const INLINE = { inlineString: "x" };

function withCertificate(certificate: Loose): ReturnType<typeof withTransportSocket> {
  return withTransportSocket("UpstreamTlsContext", {
    commonTlsContext: { validationContext: { systemRootCerts: {} }, tlsCertificates: [certificate] },
  });
}

function inNamespace(type: string): ReturnType<typeof withCluster> {
  const socketAddress = { address: "127.0.0.1", portValue: 1, networkNamespaceFilepath: "/run/netns/x" };
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: { socketAddress } } }] }];
  return withCluster({ type, loadAssignment: { clusterName: "b", endpoints } });
}

/** A route that sets something of a filter. */
function ofFilter(type: string, config: Loose): ReturnType<typeof withOverride> {
  return withOverride({ "@type": url(`extensions.filters.http.${type}`), ...config });
}

/** By name. */
export const soundGraphs: Readonly<Record<string, ReturnType<typeof withListener>>> = {
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
  "a filter itself, empty, for a route": ofFilter("cors.v3.Cors", {}),
  "a type for routes, empty, for a filter": withFilter("extensions.filters.http.rbac.v3.RBACPerRoute", {}),
  "one type for a filter and a route": ofFilter("fault.v3.HTTPFault", {}),
  "a filter itself for a route that disables it": withOverride({
    "@type": url("config.route.v3.FilterConfig"),
    disabled: true,
    config: { "@type": url("extensions.filters.http.buffer.v3.Buffer"), maxRequestBytes: 1 },
  }),
  "a part of a filter for a route that can do without": withOverride({
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
