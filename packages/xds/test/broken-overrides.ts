// Faults of what routes set of filters, and of types that are for filters or for routes alone.
import {
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CORS,
  type Loose,
  ROUTER,
  url,
  withFilter,
  withManager,
  withOverride,
} from "./graph-parts.js";

const MANAGER = "/filterChains/0/filters/0/typedConfig";
const CONFIG = `${MANAGER}/routeConfig`;
const FILTERS = "extensions.filters.http";
const OVERRIDE = `${CONFIG}/virtualHosts/0/routes/0/typedPerFilterConfig/f`;
const GRPC = { grpcService: { envoyGrpc: { clusterName: "a" } }, transportApiVersion: "V3" };

function configured(type: string, config: Loose = {}): Loose {
  return { "@type": url(type), ...config };
}

/** What a route must not set. */
const OVERRIDES: readonly (readonly [name: string, override: Loose, at: string])[] = [
  ["what has no type", {}, ""],
  ["a network filter", configured("extensions.filters.network.echo.v3.Echo"), ""],
  ["a filter for all", configured(`${FILTERS}.grpc_web.v3.GrpcWeb`), ""],
  ["a filter itself", configured(`${FILTERS}.buffer.v3.Buffer`, { maxRequestBytes: 1 }), "/@type"],
];

/** Routes that set something of a filter in one of the places. */
const HOLDERS: readonly (readonly [name: string, path: string, routeConfig: (override: Loose) => Loose])[] = [
  ["a route configuration", CONFIG, (override) => ({ ...routes({}, {}), typedPerFilterConfig: override })],
  ["a virtual host", `${CONFIG}/virtualHosts/0`, (override) => routes({ typedPerFilterConfig: override }, {})],
  [
    "a share",
    `${CONFIG}/virtualHosts/0/routes/0/route/weightedClusters/clusters/0`,
    (override) =>
      routes({}, { weightedClusters: { clusters: [{ name: "a", weight: 1, typedPerFilterConfig: override }] } }),
  ],
];

function routes(host: Loose, action: Loose): Loose {
  const route = Object.keys(action).length === 0 ? { cluster: "a" } : action;
  return {
    name: "r",
    virtualHosts: [{ name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, route }], ...host }],
  };
}

function withRoutes(routeConfig: Loose): ReturnType<typeof withManager> {
  return withManager({ routeConfig, httpFilters: [CORS, ROUTER] });
}

const overrides = HOLDERS.flatMap(([holder, path, routeConfig]) =>
  OVERRIDES.map(
    ([name, override, at]): BrokenRow => [
      `${holder} sets ${name}`,
      withRoutes(routeConfig({ cors: override })),
      `envoy_refuses ${path}/typedPerFilterConfig/cors${at}`,
    ],
  ),
);

/** Those that are wrapped. */
const wrapped = OVERRIDES.slice(1, 3).map(
  ([name, override]): BrokenRow => [
    `a virtual host wraps ${name}`,
    withRoutes(
      routes({ typedPerFilterConfig: { cors: configured("config.route.v3.FilterConfig", { config: override }) } }, {}),
    ),
    `envoy_refuses ${CONFIG}/virtualHosts/0/typedPerFilterConfig/cors/config`,
  ],
);

/** A route that sets something of a filter. */
function ofFilter(type: string, config: Loose): ReturnType<typeof withOverride> {
  return withOverride({ "@type": url(`extensions.filters.http.${type}`), ...config });
}

/** Types of filters where routes have another, and the other way round. */
const types: readonly BrokenRow[] = [
  ["ext_authz itself for a route", ofFilter("ext_authz.v3.ExtAuthz", GRPC), `envoy_refuses ${OVERRIDE}/@type`],
  ["ext_authz itself, empty", ofFilter("ext_authz.v3.ExtAuthz", {}), `envoy_refuses ${OVERRIDE}/@type`],
  [
    "a buffer itself for a route",
    ofFilter("buffer.v3.Buffer", { maxRequestBytes: 1 }),
    `envoy_refuses ${OVERRIDE}/@type`,
  ],
  [
    "Lua itself for a route",
    ofFilter("lua.v3.Lua", { defaultSourceCode: { inlineString: "" } }),
    `envoy_refuses ${OVERRIDE}/@type`,
  ],
  [
    "a buffer itself in a filter's configuration",
    withOverride({
      "@type": url("config.route.v3.FilterConfig"),
      config: { "@type": url("extensions.filters.http.buffer.v3.Buffer"), maxRequestBytes: 1 },
    }),
    `envoy_refuses ${OVERRIDE}/config/@type`,
  ],
  ["a route sets a filter for all", ofFilter("grpc_web.v3.GrpcWeb", {}), `envoy_refuses ${OVERRIDE}`],
  ["a part of a filter for a route", ofFilter("ext_authz.v3.CheckSettings", {}), `envoy_refuses ${OVERRIDE}`],
  [
    "a CORS policy for a filter",
    withFilter("extensions.filters.http.cors.v3.CorsPolicy", { allowMethods: "GET" }),
    `envoy_refuses ${MANAGER}/httpFilters/0/typedConfig/@type`,
  ],
  [
    "a part of OAuth2 for a filter",
    withFilter("extensions.filters.http.oauth2.v3.TokenCookieChunking", {}),
    `envoy_refuses ${MANAGER}/httpFilters/0/typedConfig/@type`,
  ],
  [
    "the codec before the router",
    withFilter("extensions.filters.http.upstream_codec.v3.UpstreamCodec", {}),
    `envoy_refuses ${MANAGER}/httpFilters/0/typedConfig/@type`,
  ],
];

/** Faults of what routes set of filters. */
export const brokenOverrides: readonly BrokenGraph[] = brokenGraphs([...overrides, ...wrapped, ...types]);
