// Places where Envoy reads a format with operators, one graph each: what stands in the place is the test's.
import type { Graph } from "@netmason/xds";
import {
  CHECK,
  FILE,
  host,
  type Loose,
  ROUTER,
  tcpProxy,
  typed,
  withAction,
  withChains,
  withCluster,
  withFilter,
  withHosts,
  withListener,
  withManager,
  withRoute,
} from "./graph-parts.js";

const HTTP = "extensions.filters.http.";
const LOGS = "extensions.access_loggers.";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const uri = { uri: "http://a", cluster: "a", timeout: "1s" };
const added = (value: string): Loose => ({ header: { key: "x-a", value } });
const log = (type: string, config: Loose): Graph => withManager({ accessLog: [typed(`${LOGS}${type}`, config)] });
const openTelemetry = (config: Loose): Graph =>
  log("open_telemetry.v3.OpenTelemetryAccessLogConfig", { grpcService, ...config });
const mutations = (config: Loose): Graph =>
  withFilter(`${HTTP}header_mutation.v3.HeaderMutation`, { mutations: config });
const limit = (config: Loose): Graph =>
  withFilter(`${HTTP}local_ratelimit.v3.LocalRateLimit`, { statPrefix: "s", ...config });
const token = (iamAccessToken: Loose): Graph =>
  withFilter(`${HTTP}gcp_authn.v3.GcpAuthnFilterConfig`, { cluster: "a", audience: { iamAccessToken } });
const datagrams = (tunnelingConfig: Loose): Graph =>
  withListener({
    address: { socketAddress: { protocol: "UDP", address: "127.0.0.1", portValue: 0 } },
    filterChains: undefined,
    listenerFilters: [
      typed("extensions.filters.udp.udp_proxy.v3.UdpProxyConfig", {
        statPrefix: "s",
        matcher: {
          onNoMatch: { action: typed("extensions.filters.udp.udp_proxy.v3.Route", { cluster: "a" }) },
        },
        tunnelingConfig: { defaultTargetPort: 1, ...tunnelingConfig },
      }),
    ],
  });
const reversed = (config: Loose): Graph =>
  withCluster({
    type: undefined,
    loadAssignment: undefined,
    lbPolicy: "CLUSTER_PROVIDED",
    clusterType: typed("extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig", config),
  });
const checked = (config: Loose): Graph => withCluster({ healthChecks: [{ ...CHECK, ...config }] });
const every = { numerator: 100 };

/** A place, and the end of the JSON Pointer of what stands in it. */
type Place = readonly [name: string, end: string, graph: (format: string) => Graph];

export const formatPlaces: readonly Place[] = [
  [
    "a virtual host",
    "/requestHeadersToAdd/0/header/value",
    (f) => withHosts(host({ requestHeadersToAdd: [added(f)] })),
  ],
  [
    "a route",
    "/responseHeadersToAdd/0/header/value",
    (f) => withRoute({ redirect: {}, responseHeadersToAdd: [added(f)] }),
  ],
  [
    "a share",
    "/clusters/0/requestHeadersToAdd/0/header/value",
    (f) =>
      withAction({
        cluster: undefined,
        weightedClusters: { clusters: [{ name: "a", weight: 1, requestHeadersToAdd: [added(f)] }] },
      }),
  ],
  [
    "a mirror",
    "/requestHeadersMutations/0/append/header/value",
    (f) => withAction({ requestMirrorPolicies: [{ cluster: "a", requestHeadersMutations: [{ append: added(f) }] }] }),
  ],
  ["a host rewrite", "/route/hostRewrite", (f) => withAction({ hostRewrite: f })],
  ["a path rewrite", "/route/pathRewrite", (f) => withAction({ pathRewrite: f })],
  ["a path of a redirect", "/redirect/pathRewrite", (f) => withRoute({ redirect: { pathRewrite: f } })],
  [
    "a body",
    "/directResponse/bodyFormat/textFormatSource/inlineString",
    (f) => withRoute({ directResponse: { status: 200, bodyFormat: { textFormatSource: { inlineString: f } } } }),
  ],
  [
    "a body in the old place",
    "/directResponse/bodyFormat/textFormat",
    (f) => withRoute({ directResponse: { status: 200, bodyFormat: { textFormat: f } } }),
  ],
  ["a route's tracing", "/tracing/operation", (f) => withRoute({ route: { cluster: "a" }, tracing: { operation: f } })],
  [
    "a route's tracing towards a cluster",
    "/tracing/upstreamOperation",
    (f) => withRoute({ route: { cluster: "a" }, tracing: { upstreamOperation: f } }),
  ],
  ["tracing", "/tracing/operation", (f) => withManager({ tracing: { operation: f } })],
  [
    "tracing towards a cluster",
    "/tracing/upstreamOperation",
    (f) => withManager({ tracing: { upstreamOperation: f } }),
  ],
  ["a tag", "/tracing/customTags/0/value", (f) => withManager({ tracing: { customTags: [{ tag: "t", value: f }] } })],
  [
    "a local reply",
    "/mappers/0/headersToAdd/0/header/value",
    (f) =>
      withManager({
        localReplyConfig: {
          mappers: [
            { filter: { runtimeFilter: { runtimeKey: "x", percentSampled: every } }, headersToAdd: [added(f)] },
          ],
        },
      }),
  ],
  [
    "an early mutation",
    "/typedConfig/mutations/0/append/header/value",
    (f) =>
      withManager({
        earlyHeaderMutationExtensions: [
          typed("extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation", {
            mutations: [{ append: added(f) }],
          }),
        ],
      }),
  ],
  [
    "a mutation",
    "/requestMutations/0/append/header/value",
    (f) => mutations({ requestMutations: [{ append: added(f) }] }),
  ],
  [
    "a query parameter",
    "/queryParameterMutations/0/append/record/value",
    (f) => mutations({ queryParameterMutations: [{ append: { record: { key: "a", value: f } } }] }),
  ],
  [
    "a limit's response",
    "/responseHeadersToAdd/0/header/value",
    (f) =>
      withFilter(`${HTTP}ratelimit.v3.RateLimit`, {
        domain: "d",
        rateLimitService: { grpcService },
        responseHeadersToAdd: [added(f)],
      }),
  ],
  [
    "a local limit's request",
    "/requestHeadersToAddWhenNotEnforced/0/header/value",
    (f) => limit({ requestHeadersToAddWhenNotEnforced: [added(f)] }),
  ],
  [
    "hits",
    "/rateLimits/0/hitsAddend/format",
    (f) => limit({ rateLimits: [{ actions: [{ remoteAddress: {} }], hitsAddend: { format: f } }] }),
  ],
  [
    "an authorization request",
    "/headersToAdd/0/value",
    (f) =>
      withFilter(`${HTTP}ext_authz.v3.ExtAuthz`, {
        httpService: { serverUri: uri, authorizationRequest: { headersToAdd: [{ key: "x-a", value: f }] } },
      }),
  ],
  [
    "an address to come back to",
    "/config/redirectUri",
    (f) =>
      withFilter(`${HTTP}oauth2.v3.OAuth2`, {
        config: {
          tokenEndpoint: uri,
          authorizationEndpoint: "https://a",
          redirectUri: f,
          redirectPathMatcher: { path: { exact: "/b" } },
          signoutPath: { path: { exact: "/c" } },
          credentials: {
            clientId: "c",
            tokenSecret: { name: "t", sdsConfig: FILE },
            hmacSecret: { name: "h", sdsConfig: FILE },
          },
        },
      }),
  ],
  ["an account of Google", "/audience/iamAccessToken/account", (f) => token({ account: f, authorization: "a" })],
  [
    "an authorization of Google",
    "/audience/iamAccessToken/authorization",
    (f) => token({ account: "a", authorization: f }),
  ],
  [
    "a custom response",
    "/action/typedConfig/responseHeadersToAdd/0/header/value",
    (f) =>
      withFilter(`${HTTP}custom_response.v3.CustomResponse`, {
        customResponseMatcher: {
          onNoMatch: {
            action: typed("extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy", {
              responseHeadersToAdd: [added(f)],
            }),
          },
        },
      }),
  ],
  ["a log of text", "/typedConfig/format", (f) => log("file.v3.FileAccessLog", { path: "/dev/null", format: f })],
  [
    "a log of JSON in the old place",
    "/typedConfig/jsonFormat/a/b",
    (f) => log("file.v3.FileAccessLog", { path: "/dev/null", jsonFormat: { a: { b: f } } }),
  ],
  [
    "a log of typed JSON in the old place",
    "/typedConfig/typedJsonFormat/a/b",
    (f) => log("file.v3.FileAccessLog", { path: "/dev/null", typedJsonFormat: { a: { b: f } } }),
  ],
  [
    "a log of JSON",
    "/logFormat/jsonFormat/a/0",
    (f) => log("stream.v3.StdoutAccessLog", { logFormat: { jsonFormat: { a: [f] } } }),
  ],
  [
    "a record",
    "/record/a/b",
    (f) =>
      log("fluentd.v3.FluentdAccessLogConfig", { cluster: "a", tag: "t", statPrefix: "s", record: { a: { b: f } } }),
  ],
  ["a body of OpenTelemetry", "/body/stringValue", (f) => openTelemetry({ body: { stringValue: f } })],
  [
    "a list of OpenTelemetry",
    "/body/arrayValue/values/0/stringValue",
    (f) => openTelemetry({ body: { arrayValue: { values: [{ stringValue: f }] } } }),
  ],
  [
    "an attribute of OpenTelemetry",
    "/attributes/values/0/value/kvlistValue/values/0/value/stringValue",
    (f) => {
      const inner = { kvlistValue: { values: [{ key: "b", value: { stringValue: f } }] } };
      return openTelemetry({ attributes: { values: [{ key: "a", value: inner }] } });
    },
  ],
  [
    "a service of OpenTelemetry",
    "/httpService/requestHeadersToAdd/0/header/value",
    (f) =>
      log("open_telemetry.v3.OpenTelemetryAccessLogConfig", {
        httpService: { httpUri: uri, requestHeadersToAdd: [added(f)] },
      }),
  ],
  [
    "a health check",
    "/httpHealthCheck/requestHeadersToAdd/0/header/value",
    (f) => checked({ httpHealthCheck: { path: "/", requestHeadersToAdd: [added(f)] } }),
  ],
  [
    "a tunnel",
    "/tunnelingConfig/hostname",
    (f) => withChains({ filters: [tcpProxy({ tunnelingConfig: { hostname: f } })] }),
  ],
  [
    "a tunnel's headers",
    "/tunnelingConfig/headersToAdd/0/header/value",
    (f) => withChains({ filters: [tcpProxy({ tunnelingConfig: { hostname: "a:80", headersToAdd: [added(f)] } })] }),
  ],
  ["a proxy of datagrams", "/tunnelingConfig/proxyHost", (f) => datagrams({ proxyHost: f, targetHost: "b" })],
  ["a target of datagrams", "/tunnelingConfig/targetHost", (f) => datagrams({ proxyHost: "b", targetHost: f })],
  ["a host connected in reverse", "/hostIdFormat", (f) => reversed({ hostIdFormat: f })],
  ["a tenant connected in reverse", "/tenantIdFormat", (f) => reversed({ hostIdFormat: "h", tenantIdFormat: f })],
  [
    "an address on a map",
    "/clientIp",
    (f) =>
      withChains({
        filters: [
          typed("extensions.filters.network.geoip.v3.Geoip", {
            clientIp: f,
            provider: typed("extensions.geoip_providers.maxmind.v3.MaxMindConfig", {
              cityDbPath: "/a.mmdb",
              commonProviderConfig: { geoFieldKeys: { city: "x-city" } },
            }),
          }),
          tcpProxy({}),
        ],
      }),
  ],
  [
    "filter state",
    "/onRequestHeaders/0/formatString/textFormatSource/inlineString",
    (f) =>
      withManager({
        httpFilters: [
          typed(`${HTTP}set_filter_state.v3.Config`, {
            onRequestHeaders: [
              {
                objectKey: "envoy.string",
                factoryKey: "envoy.string",
                formatString: { textFormatSource: { inlineString: f } },
              },
            ],
          }),
          ROUTER,
        ],
      }),
  ],
];

/** What Envoy misses once it has read the format, by the name of the place. */
export const lacking: ReadonlyMap<string, string> = new Map([
  ["an address on a map", "Unable to open Maxmind database file /a.mmdb"],
]);

/** What looks like a format and is none: Envoy takes it as it is. */
export const plainPlaces: readonly (readonly [name: string, graph: (text: string) => Graph])[] = [
  [
    "metadata of a gRPC service",
    (f) =>
      withFilter(`${HTTP}ext_authz.v3.ExtAuthz`, {
        grpcService: { ...grpcService, initialMetadata: [{ key: "x-a", value: f }] },
      }),
  ],
  ["a literal host", (f) => withAction({ hostRewriteLiteral: f })],
  ["a host of a redirect", (f) => withRoute({ redirect: { hostRedirect: f } })],
  ["a body as it is", (f) => withRoute({ directResponse: { status: 200, body: { inlineString: f } } })],
  [
    "an attribute of the resource",
    (f) => openTelemetry({ resourceAttributes: { values: [{ key: "a", value: { stringValue: f } }] } }),
  ],
  [
    "hits of a route",
    (f) => withAction({ rateLimits: [{ actions: [{ remoteAddress: {} }], hitsAddend: { format: f } }] }),
  ],
];
