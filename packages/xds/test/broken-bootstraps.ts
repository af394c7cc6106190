// Faults of what a bootstrap has beside its resources.
import {
  type BrokenGraph,
  brokenGraphs,
  FILE,
  type Loose,
  TARGET,
  typed,
  withBootstrap,
  withManager,
  withRoute,
} from "./graph-parts.js";

const ROUTE = "/filterChains/0/filters/0/typedConfig/routeConfig/virtualHosts/0/routes/0";
const dynamicResources = { cdsConfig: FILE };
const layers = (...list: readonly Loose[]): ReturnType<typeof withBootstrap> =>
  withBootstrap({ layeredRuntime: { layers: list } });
const layer = (name: string, parts: Loose = { staticLayer: {} }): Loose => ({ name, ...parts });
const asking = (apiType: string, count = 1): Loose => ({
  apiType,
  transportApiVersion: "V3",
  grpcServices: Array.from({ length: count }, () => ({ envoyGrpc: { clusterName: "a" } })),
});
const FAILING_OVER = {
  layeredRuntime: { layers: [{ name: "s", staticLayer: { "envoy.restart_features.xds_failover_support": true } }] },
};
const admin = { adminLayer: {} };
/** Of 163 instructions, in a static listener. */
const withLargeExpression = (staticLayer: Loose): ReturnType<typeof withBootstrap> => {
  const { listeners } = withRoute({ match: { safeRegex: { regex: "[a-z0-9-]{1,40}" } }, route: { cluster: "a" } });
  const layeredRuntime = { layers: [layer("s", { staticLayer })] };
  return withBootstrap({ layeredRuntime, staticResources: { listeners, clusters: [TARGET] } });
};

/** Faults of bootstraps. */
export const brokenBootstraps: readonly BrokenGraph[] = brokenGraphs([
  ["a node of no name", withBootstrap({ node: { cluster: "c" }, dynamicResources }), "envoy_refuses /node/id"],
  ["a node of no cluster", withBootstrap({ node: { id: "n" }, dynamicResources }), "envoy_refuses /node/cluster"],
  [
    "a large expression",
    withLargeExpression({}),
    `regex_too_large /staticResources/listeners/0${ROUTE}/match/safeRegex/regex`,
  ],
  ["a layer twice", layers(layer("a"), layer("b"), layer("a")), "envoy_refuses /layeredRuntime/layers/2/name"],
  [
    "admin layers",
    layers(layer("a", admin), layer("b"), layer("c", admin), layer("d", admin)),
    "envoy_refuses /layeredRuntime/layers/2/adminLayer",
  ],
  [
    "a metrics service of version 2",
    withBootstrap({
      statsSinks: [
        typed("config.metrics.v3.MetricsServiceConfig", {
          grpcService: { envoyGrpc: { clusterName: "a" } },
          transportApiVersion: "V2",
        }),
      ],
    }),
    "envoy_refuses /statsSinks/0/typedConfig/transportApiVersion",
  ],
  [
    "two control planes at once",
    withBootstrap({ dynamicResources: { adsConfig: asking("GRPC", 2) } }),
    "envoy_refuses /dynamicResources/adsConfig/grpcServices",
  ],
  [
    "three control planes, of which two are allowed",
    withBootstrap({ ...FAILING_OVER, dynamicResources: { adsConfig: asking("DELTA_GRPC", 3) } }),
    "envoy_refuses /dynamicResources/adsConfig/grpcServices",
  ],
  [
    "clusters of the aggregated kind, but no collection",
    withBootstrap({ dynamicResources: { cdsConfig: { apiConfigSource: asking("AGGREGATED_GRPC") } } }),
    "envoy_refuses /dynamicResources/cdsConfig/apiConfigSource/apiType",
  ],
  [
    "an authority that is asked alone",
    withBootstrap({ configSources: [{ authorities: [{ name: "a" }], apiConfigSource: asking("DELTA_GRPC") }] }),
    "envoy_refuses /configSources/0/apiConfigSource/apiType",
  ],
  [
    "a default authority that is asked alone",
    withBootstrap({ defaultConfigSource: { apiConfigSource: asking("GRPC") } }),
    "envoy_refuses /defaultConfigSource/apiConfigSource/apiType",
  ],
  [
    "a node of no name, with an authority",
    withBootstrap({
      node: {},
      configSources: [{ authorities: [{ name: "a" }], apiConfigSource: asking("AGGREGATED_GRPC") }],
    }),
    "envoy_refuses /node/id",
  ],
  [
    "a node of no cluster, with a default authority",
    withBootstrap({ node: { id: "n" }, defaultConfigSource: { apiConfigSource: asking("AGGREGATED_GRPC") } }),
    "envoy_refuses /node/cluster",
  ],
]);

/** Bootstraps without fault. */
export const soundBootstraps: readonly (readonly [name: string, graph: ReturnType<typeof withBootstrap>])[] = [
  ["asks for nothing, so that its node needs no name", withBootstrap({ node: {}, dynamicResources: {} })],
  ["lets its runtime allow large expressions", withLargeExpression({ "re2.max_program_size.error_level": 200 })],
  ["lets its runtime allow them in a tree", withLargeExpression({ re2: { max_program_size: { error_level: 200 } } })],
  ["has one admin layer", layers(layer("a", admin), layer("b"))],
  [
    "has a second control plane for when the first fails",
    withBootstrap({ ...FAILING_OVER, dynamicResources: { adsConfig: asking("GRPC", 2) } }),
  ],
  [
    "asks for collections of the aggregated kind",
    withBootstrap({
      dynamicResources: {
        adsConfig: asking("DELTA_GRPC"),
        ldsConfig: { apiConfigSource: asking("AGGREGATED_DELTA_GRPC") },
        ldsResourcesLocator: "xdstp://a/envoy.config.listener.v3.Listener/*",
        cdsConfig: { apiConfigSource: asking("AGGREGATED_GRPC") },
        cdsResourcesLocator: "xdstp://a/envoy.config.cluster.v3.Cluster/*",
      },
    }),
  ],
  [
    "asks authorities",
    withBootstrap({
      configSources: [{ authorities: [{ name: "a" }], apiConfigSource: asking("AGGREGATED_GRPC") }],
      defaultConfigSource: { apiConfigSource: asking("AGGREGATED_DELTA_GRPC") },
    }),
  ],
  [
    "asks for routes of an authority",
    withBootstrap(
      {
        layeredRuntime: {
          layers: [
            {
              name: "s",
              staticLayer: { "envoy.reloadable_features.xdstp_based_config_singleton_subscriptions": true },
            },
          ],
        },
        configSources: [{ authorities: [{ name: "a" }], apiConfigSource: asking("AGGREGATED_GRPC") }],
      },
      withManager({
        routeConfig: undefined,
        rds: { routeConfigName: "xdstp://a/envoy.config.route.v3.RouteConfiguration/r" },
      }),
    ),
  ],
];
