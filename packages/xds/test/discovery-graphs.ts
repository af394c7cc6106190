// What else can come by discovery and has no builder: parts of a listener, scopes, virtual hosts and layers of the runtime.
import { cluster, type Graph, httpFilter, listener, perFilter, routeConfiguration, virtualHost } from "@netmason/xds";
import { address, app, oneHost, SECRET_FILE, service, toApp, toService, web } from "./gateway-parts.js";

const CORS = "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors";
const OVERRIDE = "type.googleapis.com/envoy.config.route.v3.FilterConfig";
const delta = {
  apiConfigSource: { apiType: "DELTA_GRPC", transportApiVersion: "V3", grpcServices: [toService] },
  resourceApiVersion: "V3",
} as const;
const routes = oneHost(toApp);

/** By name. */
export const discoveryGraphs: Readonly<Record<string, Graph>> = {
  "discovery: ECDS": {
    ...web({ filters: [{ name: "cors", configDiscovery: { configSource: SECRET_FILE, typeUrls: [CORS] } }] }),
    extensions: [{ name: "cors", typedConfig: { "@type": CORS } }],
  },
  "discovery: SRDS": {
    ...web({
      overrides: {
        connectionManager: {
          routeConfig: undefined,
          scopedRoutes: {
            name: "scopes",
            scopeKeyBuilder: {
              fragments: [{ headerValueExtractor: { name: "x-tenant", element: { separator: "=", key: "tenant" } } }],
            },
            rdsConfigSource: SECRET_FILE,
            scopedRds: { scopedRdsConfigSource: SECRET_FILE },
          },
        } as NonNullable<Parameters<typeof listener.http>[0]["overrides"]>["connectionManager"] & object,
      },
    }),
    scopedRoutes: [
      {
        name: "one",
        routeConfigurationName: "routes",
        key: { fragments: [{ stringKey: "one" }] },
      },
    ],
    routes: [routes],
  },
  "discovery: VHDS": {
    listeners: [
      listener.http({
        name: "web",
        address,
        routes: routeConfiguration({
          name: "routes",
          virtualHosts: [virtualHost({ name: "known", domains: ["known.example.com"], routes: [toApp] })],
          overrides: { routeConfiguration: { vhds: { configSource: delta } } },
        }),
        filters: [
          httpFilter.typed("on-demand", {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand",
          }),
        ],
      }),
    ],
    clusters: [app, service],
  },
  "discovery: RTDS": { ...web(), runtimes: [{ name: "limits", layer: { "routing.new": 50 } }] },
  "discovery: upstream filters": {
    ...web(
      {},
      oneHost({ ...toApp, typedPerFilterConfig: perFilter.typed("own", { "@type": OVERRIDE, disabled: true }) }),
    ),
    clusters: [
      service,
      cluster.static({
        name: "app",
        protocol: "http1",
        endpoints: [{ address: "127.0.0.1:8080" }],
        overrides: {
          protocolOptions: {
            httpFilters: [
              { ...httpFilter.headerMutation({ requestMutations: [{ remove: "x-internal" }] }), name: "own" },
              httpFilter.typed("codec", {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
              }),
            ],
          },
        },
      }),
    ],
  },
};
