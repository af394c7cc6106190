// Faults of filters, sources, TLS and of what stands in the wrong place.
import {
  type BrokenGraph,
  brokenGraphs,
  graphOf,
  host,
  type Loose,
  manager,
  ROUTER,
  tcpProxy,
  url,
  withChains,
  withCluster,
  withFilter,
  withHosts,
  withListener,
  withManager,
  withTransportSocket,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const HOST = `${HCM}/routeConfig/virtualHosts/0`;
const SOURCE = `${HCM}/rds/configSource`;
const TLS = "/transportSocket/typedConfig/commonTlsContext";
const SERVER = `/filterChains/0${TLS}`;
const HTTP = "extensions.filters.http.";
const NETWORK = "extensions.filters.network.";
const FILE = { pathConfigSource: { path: "/etc/hostname" }, resourceApiVersion: "V3" };
const grpcService = { envoyGrpc: { clusterName: "a" } };
const uri = { uri: "http://a", cluster: "a", timeout: "1s" };
const typed = (type: string, config: Loose = {}): Loose => ({
  name: "x",
  typedConfig: { "@type": url(type), ...config },
});
const from = (source: Loose): ReturnType<typeof withManager> =>
  withManager({ routeConfig: undefined, rds: { routeConfigName: "r", configSource: source } });
const api = (source: Loose): ReturnType<typeof withManager> =>
  from({ resourceApiVersion: "V3", apiConfigSource: source });
const passing = (type: string, config: Loose): ReturnType<typeof withChains> =>
  withChains({ filters: [typed(type, config), tcpProxy({})] });
const jwt = (provider: Loose, more: Loose = {}): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}jwt_authn.v3.JwtAuthentication`, { providers: { p: provider }, ...more });
const processor = (config: Loose): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}ext_proc.v3.ExternalProcessor`, config);
const authorized = (config: Loose): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}ext_authz.v3.ExtAuthz`, { httpService: { serverUri: uri, ...config } });
const served = (context: Loose, socket = "DownstreamTlsContext"): ReturnType<typeof withChains> =>
  withChains({
    filters: [manager({})],
    transportSocket: typed(`extensions.transport_sockets.tls.v3.${socket}`, { commonTlsContext: context }),
  });
const trusting = (validationContext: Loose): ReturnType<typeof withTransportSocket> =>
  withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } });
const policy = (permission: Loose, principal: Loose): Loose => ({
  policies: { p: { permissions: [permission], principals: [principal] } },
});
const header = { header: { name: "x", presentMatch: true } };
const backOff = { baseInterval: "2s", maxInterval: "1s" };
const added = (key: string): Loose => ({ header: { key, value: "x" } });
const listening = (listener: Loose): ReturnType<typeof graphOf> => graphOf({ listeners: [listener] });

/** Where configuration comes from and what Envoy calls. */
const sources: readonly BrokenGraph[] = brokenGraphs([
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
]);

function eds(edsConfig: Loose): Loose {
  return { type: "EDS", loadAssignment: undefined, edsClusterConfig: { edsConfig } };
}

const filters: readonly BrokenGraph[] = brokenGraphs([
  [
    "a limit of connections too fast",
    passing(`${NETWORK}local_ratelimit.v3.LocalRateLimit`, {
      statPrefix: "s",
      tokenBucket: { maxTokens: 1, fillInterval: "0.049s" },
    }),
    `envoy_refuses ${HCM}/tokenBucket/fillInterval`,
  ],
  [
    "a log of nobody",
    withManager({
      accessLog: [typed("extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig", { logName: "l" })],
    }),
    `envoy_refuses ${HCM}/accessLog/0/typedConfig/grpcService`,
  ],
  [
    "a scope of a whole header",
    withManager({
      routeConfig: undefined,
      scopedRoutes: {
        name: "s",
        scopeKeyBuilder: { fragments: [{ headerValueExtractor: { name: "x" } }] },
        rdsConfigSource: FILE,
        scopedRds: { scopedRdsConfigSource: FILE },
      },
    }),
    `envoy_refuses ${HCM}/scopedRoutes/scopeKeyBuilder/fragments/0/headerValueExtractor/element`,
  ],
  [
    "a limit of no connections",
    passing(`${NETWORK}connection_limit.v3.ConnectionLimit`, { statPrefix: "s" }),
    `envoy_refuses ${HCM}/maxConnections`,
  ],
  [
    "a share of Thrift without weight",
    withChains({
      filters: [
        typed(`${NETWORK}thrift_proxy.v3.ThriftProxy`, {
          statPrefix: "s",
          routeConfig: {
            name: "r",
            routes: [{ match: { methodName: "" }, route: { weightedClusters: { clusters: [{ name: "a" }] } } }],
          },
        }),
      ],
    }),
    `envoy_refuses ${HCM}/routeConfig/routes/0/route/weightedClusters/clusters/0/weight`,
  ],
  [
    "a limit of a listener too fast",
    withListener({
      listenerFilters: [
        typed("extensions.filters.listener.local_ratelimit.v3.LocalRateLimit", {
          statPrefix: "s",
          tokenBucket: { maxTokens: 1, fillInterval: "0.049s" },
        }),
      ],
    }),
    "envoy_refuses /listenerFilters/0/typedConfig/tokenBucket/fillInterval",
  ],
  [
    "keys of no JSON",
    jwt({ localJwks: { inlineString: "x" } }),
    `envoy_refuses ${FILTER}/providers/p/localJwks/inlineString`,
  ],
  [
    "no keys",
    jwt({ localJwks: { inlineString: '{"keys":[]}' } }),
    `envoy_refuses ${FILTER}/providers/p/localJwks/inlineString`,
  ],
  [
    "keys fetched upside down",
    jwt({ remoteJwks: { httpUri: uri, retryPolicy: { retryBackOff: backOff } } }),
    `envoy_refuses ${FILTER}/providers/p/remoteJwks/retryPolicy/retryBackOff/maxInterval`,
  ],
  [
    "unknown provider by filter state",
    jwt({ remoteJwks: { httpUri: uri } }, { filterStateRules: { name: "s", requires: { k: { providerName: "q" } } } }),
    `envoy_refuses ${FILTER}/filterStateRules/requires/k/providerName`,
  ],
  ["a prefix without /", authorized({ pathPrefix: "x" }), `envoy_refuses ${FILTER}/httpService/pathPrefix`],
  ["an override without /", authorized({ pathOverride: "x" }), `envoy_refuses ${FILTER}/httpService/pathOverride`],
  [
    "a prefix and an override",
    authorized({ pathPrefix: "/x", pathOverride: "/y" }),
    `envoy_refuses ${FILTER}/httpService/pathOverride`,
  ],
  [
    "a processor of bodies over HTTP",
    processor({ httpService: { httpService: { httpUri: uri } }, processingMode: { requestBodyMode: "BUFFERED" } }),
    `envoy_refuses ${FILTER}/processingMode/requestBodyMode`,
  ],
  [
    "a processor of trailers over HTTP",
    processor({ httpService: { httpService: { httpUri: uri } }, processingMode: { responseTrailerMode: "SEND" } }),
    `envoy_refuses ${FILTER}/processingMode/responseTrailerMode`,
  ],
  [
    "a duplex processor without trailers",
    processor({ grpcService, processingMode: { responseBodyMode: "FULL_DUPLEX_STREAMED" } }),
    `envoy_refuses ${FILTER}/processingMode/responseTrailerMode`,
  ],
  [
    "headers of a connection",
    passing(`${NETWORK}rbac.v3.RBAC`, { statPrefix: "s", rules: policy({ notRule: header }, { any: true }) }),
    `envoy_refuses ${HCM}/rules/policies/p/permissions/0/notRule/header`,
  ],
  [
    "headers of a client",
    passing(`${NETWORK}rbac.v3.RBAC`, {
      statPrefix: "s",
      shadowRules: policy({ any: true }, { orIds: { ids: [{ any: true }, header] } }),
    }),
    `envoy_refuses ${HCM}/shadowRules/policies/p/principals/0/orIds/ids/1/header`,
  ],
  [
    "a network of a name",
    withFilter(`${HTTP}rbac.v3.RBAC`, {
      rules: policy({ any: true }, { remoteIp: { addressPrefix: "localhost", prefixLen: 8 } }),
    }),
    `envoy_refuses ${FILTER}/rules/policies/p/principals/0/remoteIp/addressPrefix`,
  ],
  [
    "a cache of no answer",
    withFilter(`${HTTP}health_check.v3.HealthCheck`, { passThroughMode: false, cacheTime: "1s" }),
    `envoy_refuses ${FILTER}/cacheTime`,
  ],
  [
    "a compressor of nothing",
    withFilter(`${HTTP}compressor.v3.Compressor`, { compressorLibrary: typed(`${HTTP}router.v3.Router`) }),
    `envoy_refuses ${FILTER}/compressorLibrary/typedConfig/@type`,
  ],
  [
    "a path that is set",
    withFilter(`${HTTP}header_mutation.v3.HeaderMutation`, {
      mutations: { requestMutations: [{ append: added(":path") }] },
    }),
    `envoy_refuses ${FILTER}/mutations/requestMutations/0/append/header/key`,
  ],
  [
    "a number for a query parameter",
    withFilter(`${HTTP}header_mutation.v3.HeaderMutation`, {
      mutations: { queryParameterMutations: [{ append: { record: { key: "a", value: 1 } } }] },
    }),
    `envoy_refuses ${FILTER}/mutations/queryParameterMutations/0/append/record/value`,
  ],
  [
    "a mutation of nothing",
    withFilter(`${HTTP}header_mutation.v3.HeaderMutation`, { mutations: { queryParameterMutations: [{}] } }),
    `envoy_refuses ${FILTER}/mutations/queryParameterMutations/0`,
  ],
  [
    "append in two words",
    withHosts(host({ responseHeadersToAdd: [{ ...added("x"), append: true, appendAction: "ADD_IF_ABSENT" }] })),
    `envoy_refuses ${HOST}/responseHeadersToAdd/0/append`,
  ],
  [
    "a filter of connections for requests",
    withManager({ httpFilters: [typed(`${NETWORK}echo.v3.Echo`), ROUTER] }),
    `envoy_refuses ${FILTER}/@type`,
  ],
  ["a filter of requests for connections", withChains({ filters: [ROUTER] }), `envoy_refuses ${HCM}/@type`],
  [
    "a filter of requests for a listener",
    withListener({ listenerFilters: [ROUTER] }),
    "envoy_refuses /listenerFilters/0/typedConfig/@type",
  ],
  ["a filter for a log", withManager({ accessLog: [ROUTER] }), `envoy_refuses ${HCM}/accessLog/0/typedConfig/@type`],
]);

const tls: readonly BrokenGraph[] = brokenGraphs([
  [
    "TLS of a client in a listener",
    served({ validationContextSdsSecretConfig: { name: "x", sdsConfig: FILE } }, "UpstreamTlsContext"),
    "envoy_refuses /filterChains/0/transportSocket/typedConfig/@type",
  ],
  [
    "TLS of a server in a cluster",
    withTransportSocket("DownstreamTlsContext", {
      commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }] },
    }),
    "envoy_refuses /transportSocket/typedConfig/@type",
  ],
  [
    "certificates from files and SDS",
    served({
      tlsCertificates: [{ certificateChain: { inlineString: "x" }, privateKey: { inlineString: "y" } }],
      tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }],
    }),
    `envoy_refuses ${SERVER}/tlsCertificates`,
  ],
  [
    "a certificate without key",
    served({ tlsCertificates: [{ certificateChain: { inlineString: "x" } }] }),
    `envoy_refuses ${SERVER}/tlsCertificates/0/privateKey`,
  ],
  [
    "a key without certificate",
    served({ tlsCertificates: [{ privateKey: { inlineString: "x" } }] }),
    `envoy_refuses ${SERVER}/tlsCertificates/0/certificateChain`,
  ],
  [
    "a hash of no hexadecimal",
    trusting({ verifyCertificateHash: ["g".repeat(64)] }),
    `envoy_refuses ${TLS}/validationContext/verifyCertificateHash/0`,
  ],
  [
    "a key's hash of no base64",
    trusting({ verifyCertificateSpki: ["!".repeat(44)] }),
    `envoy_refuses ${TLS}/validationContext/verifyCertificateSpki/0`,
  ],
  [
    "an OTHER_NAME without oid",
    trusting({
      trustedCa: { inlineString: "x" },
      matchTypedSubjectAltNames: [{ sanType: "OTHER_NAME", matcher: { exact: "a" } }],
    }),
    `envoy_refuses ${TLS}/validationContext/matchTypedSubjectAltNames/0/oid`,
  ],
  [
    "a server name that nothing vouches for",
    withTransportSocket("UpstreamTlsContext", {
      autoSniSanValidation: true,
      commonTlsContext: { validationContext: { systemRootCerts: {} } },
    }),
    "envoy_refuses /transportSocket/typedConfig/autoSniSanValidation",
  ],
  [
    "a protocol too long",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: { alpnProtocols: ["x".repeat(256)], validationContext: { systemRootCerts: {} } },
    }),
    `envoy_refuses ${TLS}/alpnProtocols/0`,
  ],
  ["a secret of nothing", { ...withManager({}), secrets: [{ name: "s" }] }, "envoy_refuses "],
]);

const listeners: readonly BrokenGraph[] = brokenGraphs([
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
]);

/** Faults of sources, filters, TLS and listeners. */
export const brokenExtensions: readonly BrokenGraph[] = [...sources, ...filters, ...tls, ...listeners];
