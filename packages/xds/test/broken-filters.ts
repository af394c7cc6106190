// Faults of filters, logs and tracers.
import {
  type BrokenGraph,
  brokenGraphs,
  FILE,
  host,
  type Loose,
  ROUTER,
  tcpProxy,
  typed,
  withChains,
  withFilter,
  withHosts,
  withListener,
  withManager,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const FILTER = `${HCM}/httpFilters/0/typedConfig`;
const HOST = `${HCM}/routeConfig/virtualHosts/0`;
const HTTP = "extensions.filters.http.";
const NETWORK = "extensions.filters.network.";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const uri = { uri: "http://a", cluster: "a", timeout: "1s" };
const passing = (type: string, config: Loose): ReturnType<typeof withChains> =>
  withChains({ filters: [typed(type, config), tcpProxy({})] });
const jwt = (provider: Loose, more: Loose = {}): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}jwt_authn.v3.JwtAuthentication`, { providers: { p: provider }, ...more });
const processor = (config: Loose): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}ext_proc.v3.ExternalProcessor`, config);
const authorized = (config: Loose): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}ext_authz.v3.ExtAuthz`, { httpService: { serverUri: uri, ...config } });
const policy = (permission: Loose, principal: Loose): Loose => ({
  policies: { p: { permissions: [permission], principals: [principal] } },
});
const header = { header: { name: "x", presentMatch: true } };
const backOff = { baseInterval: "2s", maxInterval: "1s" };
const added = (key: string): Loose => ({ header: { key, value: "x" } });

const PORTS = `${FILTER}/rules/policies/p/permissions/0/destinationPortRange`;
const ports = (destinationPortRange: Loose): ReturnType<typeof withFilter> =>
  withFilter(`${HTTP}rbac.v3.RBAC`, { rules: policy({ destinationPortRange }, { any: true }) });

/** Faults of extensions. */
export const brokenFilters: readonly BrokenGraph[] = brokenGraphs([
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
  [
    "unknown provider with audiences",
    jwt(
      { remoteJwks: { httpUri: uri } },
      {
        rules: [
          { match: { prefix: "/" }, requires: { providerAndAudiences: { providerName: "q", audiences: ["a"] } } },
        ],
      },
    ),
    `envoy_refuses ${FILTER}/rules/0/requires/providerAndAudiences/providerName`,
  ],
  [
    "a processor of two",
    processor({ grpcService, httpService: { httpService: { httpUri: uri } } }),
    `envoy_refuses ${FILTER}/httpService`,
  ],
  [
    "a processor of requests' trailers over HTTP",
    processor({ httpService: { httpService: { httpUri: uri } }, processingMode: { requestTrailerMode: "SEND" } }),
    `envoy_refuses ${FILTER}/processingMode/requestTrailerMode`,
  ],
  [
    "a processor of responses' bodies over HTTP",
    processor({ httpService: { httpService: { httpUri: uri } }, processingMode: { responseBodyMode: "STREAMED" } }),
    `envoy_refuses ${FILTER}/processingMode/responseBodyMode`,
  ],
  [
    "a duplex processor of requests without trailers",
    processor({ grpcService, processingMode: { requestBodyMode: "FULL_DUPLEX_STREAMED" } }),
    `envoy_refuses ${FILTER}/processingMode/requestTrailerMode`,
  ],
  [
    "rules and a matcher of connections",
    passing(`${NETWORK}rbac.v3.RBAC`, { statPrefix: "s", rules: {}, matcher: {} }),
    `ignored_field ${HCM}/rules`,
    "accepts",
  ],
  [
    "a bucket of a descriptor too fast",
    withFilter(`${HTTP}local_ratelimit.v3.LocalRateLimit`, {
      statPrefix: "s",
      tokenBucket: { maxTokens: 1, fillInterval: "0.05s" },
      descriptors: [{ entries: [{ key: "a", value: "b" }], tokenBucket: { maxTokens: 1, fillInterval: "0.049s" } }],
    }),
    `envoy_refuses ${FILTER}/descriptors/0/tokenBucket/fillInterval`,
  ],
  [
    "two scripts",
    withFilter(`${HTTP}lua.v3.Lua`, { inlineCode: "x = 1", defaultSourceCode: { inlineString: "x = 2" } }),
    `envoy_refuses ${FILTER}/inlineCode`,
  ],
  [
    "a tracer without configuration",
    withManager({ tracing: { provider: { name: "envoy.tracers.opentelemetry" } } }),
    `envoy_refuses ${HCM}/tracing/provider/typedConfig`,
  ],
  [
    "records sent again upside down",
    withManager({
      accessLog: [
        typed("extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig", {
          cluster: "a",
          tag: "t",
          statPrefix: "s",
          record: { a: "b" },
          retryOptions: { maxConnectAttempts: 1, backoffOptions: backOff },
        }),
      ],
    }),
    `envoy_refuses ${HCM}/accessLog/0/typedConfig/retryOptions/backoffOptions/maxInterval`,
  ],
  [
    "a bucket of a descriptor of less than a millisecond",
    withFilter(`${HTTP}local_ratelimit.v3.LocalRateLimit`, {
      statPrefix: "s",
      tokenBucket: { maxTokens: 1, fillInterval: "1s" },
      descriptors: [{ entries: [{ key: "a", value: "b" }], tokenBucket: { maxTokens: 1, fillInterval: "0.0009s" } }],
    }),
    `envoy_refuses ${FILTER}/descriptors/0/tokenBucket/fillInterval`,
  ],
  ["ports from negative", ports({ start: -1, end: 1 }), `envoy_refuses ${PORTS}`],
  ["no ports", ports({ start: 1, end: 1 }), `envoy_refuses ${PORTS}`],
  ["ports to nothing", ports({ start: 1 }), `envoy_refuses ${PORTS}`],
  [
    "a log of two services",
    withManager({
      accessLog: [
        typed("extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig", {
          commonConfig: { logName: "l", grpcService },
          httpService: { httpUri: uri },
        }),
      ],
    }),
    `envoy_refuses ${HCM}/accessLog/0/typedConfig/httpService`,
  ],
]);
