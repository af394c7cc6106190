// Faults of routes.
import {
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CORS,
  host,
  type Loose,
  ROUTER,
  typed,
  url,
  withAction,
  withHosts,
  withManager,
  withRoute,
} from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const HOST = `${HCM}/routeConfig/virtualHosts/0`;
const ROUTE = `${HOST}/routes/0`;
const weighted = (...clusters: object[]): ReturnType<typeof withAction> =>
  withAction({ cluster: undefined, weightedClusters: { clusters } });

const shareOf = (parts: Loose): Loose => ({
  match: { prefix: "/" },
  route: { weightedClusters: { clusters: [{ name: "a", weight: 1, ...parts }] } },
});
const EXPRESSION = { pattern: { regex: "a" }, substitution: "b" };
const TEMPLATE = typed("extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig", {
  pathTemplateRewrite: "/{a}",
});
const MATCHER = {
  matcherTree: {
    input: typed("type.matcher.v3.HttpRequestHeaderMatchInput", { headerName: "x" }),
    exactMatchMap: {
      map: {
        y: { action: typed("config.route.v3.Route", { match: { prefix: "/" }, route: { cluster: "a" } }) },
      },
    },
  },
};
/** A path that a template matches, rewritten. */
const rewritten = (action: Loose): ReturnType<typeof withRoute> =>
  withRoute({
    match: {
      pathMatchPolicy: typed("extensions.path.match.uri_template.v3.UriTemplateMatchConfig", { pathTemplate: "/{a}" }),
    },
    route: { cluster: "a", ...action },
  });

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
    "a regex of too many instructions",
    withRoute({ match: { safeRegex: { regex: "[a-z0-9-]{1,63}" } }, route: { cluster: "a" } }),
    `regex_too_large ${ROUTE}/match/safeRegex/regex`,
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
  [
    "virtual hosts of one name",
    withHosts(host({}), host({ domains: ["w"] })),
    `duplicate_name ${HCM}/routeConfig/virtualHosts/1/name`,
    "accepts",
  ],
  [
    "a host removed from all requests",
    withManager({ routeConfig: { name: "r", virtualHosts: [host({})], requestHeadersToRemove: ["x", "Host"] } }),
    `envoy_refuses ${HCM}/routeConfig/requestHeadersToRemove/1`,
  ],
  [
    "a status removed from all responses",
    withManager({ routeConfig: { name: "r", virtualHosts: [host({})], responseHeadersToRemove: [":status"] } }),
    `envoy_refuses ${HCM}/routeConfig/responseHeadersToRemove/0`,
  ],
  [
    "a status removed from a virtual host",
    withHosts(host({ responseHeadersToRemove: [":status"] })),
    `envoy_refuses ${HOST}/responseHeadersToRemove/0`,
  ],
  [
    "a host removed from a route",
    withRoute({ route: { cluster: "a" }, requestHeadersToRemove: ["host"] }),
    `envoy_refuses ${ROUTE}/requestHeadersToRemove/0`,
  ],
  [
    "a status removed from a route",
    withRoute({ route: { cluster: "a" }, responseHeadersToRemove: [":status"] }),
    `envoy_refuses ${ROUTE}/responseHeadersToRemove/0`,
  ],
  [
    "a path removed from a share",
    weighted({ name: "a", weight: 1, requestHeadersToRemove: [":path"] }),
    `envoy_refuses ${ROUTE}/route/weightedClusters/clusters/0/requestHeadersToRemove/0`,
  ],
  [
    "a status removed from a share",
    weighted({ name: "a", weight: 1, responseHeadersToRemove: [":status"] }),
    `envoy_refuses ${ROUTE}/route/weightedClusters/clusters/0/responseHeadersToRemove/0`,
  ],
  ["routes and a matcher", withHosts(host({ matcher: MATCHER })), `envoy_refuses ${HOST}/matcher`],
  [
    "a prefix and a policy of paths",
    rewritten({ prefixRewrite: "/x", pathRewritePolicy: TEMPLATE }),
    `envoy_refuses ${ROUTE}/route/pathRewritePolicy`,
  ],
  [
    "an expression and a policy of paths",
    rewritten({ regexRewrite: EXPRESSION, pathRewritePolicy: TEMPLATE }),
    `envoy_refuses ${ROUTE}/route/pathRewritePolicy`,
  ],
  [
    "a prefix and a format of paths",
    rewritten({ prefixRewrite: "/x", pathRewrite: "/y" }),
    `envoy_refuses ${ROUTE}/route/pathRewrite`,
  ],
  [
    "an expression and a format of paths",
    rewritten({ regexRewrite: EXPRESSION, pathRewrite: "/y" }),
    `envoy_refuses ${ROUTE}/route/pathRewrite`,
  ],
  [
    "a policy and a format of paths",
    rewritten({ pathRewritePolicy: TEMPLATE, pathRewrite: "/y" }),
    `envoy_refuses ${ROUTE}/route/pathRewrite`,
  ],
  ...[
    ["of no filter", { "@type": url("extensions.filters.network.echo.v3.Echo") }],
    ["without a type", {}],
  ].flatMap(([what, cors]): readonly BrokenRow[] => {
    const override = { typedPerFilterConfig: { cors } };
    const within = (parts: Loose, more: Loose = {}): ReturnType<typeof withManager> =>
      withManager({ routeConfig: { name: "r", virtualHosts: [host(parts)], ...more }, httpFilters: [CORS, ROUTER] });
    const SHARE = `${ROUTE}/route/weightedClusters/clusters/0`;
    return [
      [
        `an override ${what} in all routes`,
        within({}, override),
        `envoy_refuses ${HCM}/routeConfig/typedPerFilterConfig/cors`,
      ],
      [`an override ${what} in a virtual host`, within(override), `envoy_refuses ${HOST}/typedPerFilterConfig/cors`],
      [
        `an override ${what} in a share`,
        within({ routes: [shareOf(override)] }),
        `envoy_refuses ${SHARE}/typedPerFilterConfig/cors`,
      ],
    ];
  }),
]);
