// Of extensions, logs, tracers and bootstraps.
import {
  CLIENT_SOCKETS,
  CLUSTER_TYPES,
  LISTENER_FILTER_TYPES,
  LOGGERS,
  NETWORK_FILTER_TYPES,
  OTHER_SOCKETS,
  SERVER_SOCKETS,
  TRACERS,
  UDP_FILTER_TYPES,
} from "./extension-types.js";
import { NO_LOCATOR } from "./locators.js";
import { HTTP_FILTER, HTTP_FILTERS } from "./names.js";
import { given, type RuleSource, type RuleSources } from "./rule-source.js";
import { IS_IN_SECRET } from "./secrets.js";

const EXTENSIONS = "envoy.extensions";
const OTLP = "opentelemetry.proto.common.v1";
const IN_LOG = `has(within('${EXTENSIONS}.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig'))
  && (under('body') || under('attributes'))`;
const NO_CONFIG: RuleSource = {
  when: "!has(type(it.typedConfig))",
  at: "typedConfig",
  says: "{json(it.name ?? '')} has no typedConfig",
};
const NO_PLACE = "{type(it.typedConfig)} has no place here";

/** What may stand in a place of extensions, of Envoy's types; types that it has not, as those of contrib, are their own affair. */
function onlyTypes(types: string): RuleSource {
  return {
    when: `isOfEnvoy(type(it.typedConfig)) && !/^envoy\\.(${types})$/.test(type(it.typedConfig))`,
    at: "typedConfig.@type",
    says: NO_PLACE,
  };
}

/** A filter that is here or comes by discovery; what may come is not always looked at before it does. */
function filterOf(packages: string, types: string, isLookedAtLater = false): readonly RuleSource[] {
  return [
    onlyTypes(`${types}|extensions\\.common\\..*`),
    {
      each: "configDiscovery.typeUrls.*",
      when: `!/(^|\\/)(envoy\\.extensions\\.(${packages})\\.|(?!envoy\\.|google\\.)[^/.]+\\.[^/]+$)/.test(it)`,
      says: "{json(it)} is no type of such a filter",
      hint: "a type URL stands here, as in typedConfig, not the name of a filter",
      ...(isLookedAtLater && { warns: true as const }),
    },
  ];
}

/** A socket of clients in a listener, or of servers in a cluster. */
function otherSide(types: string, isServer: boolean): RuleSource {
  return {
    when: `/^envoy\\.${types}$/.test(type(it.typedConfig)) && field() === 'transportSocket'
      && ${isServer ? "" : "!"}(under('filterChains') || under('defaultFilterChain'))`,
    at: "typedConfig.@type",
    says: NO_PLACE,
  };
}

/** Whether a bootstrap asks for listeners, clusters or anything else. */
const ASKS = [
  "dynamicResources.ldsConfig",
  "dynamicResources.cdsConfig",
  "dynamicResources.adsConfig",
  "defaultConfigSource",
]
  .map((path) => `has(it.${path})`)
  .join(" || ");

/** Where Envoy reads an extension later, or never: it takes the first policy of load balancing that it knows. */
const READ_LATER = "['typedExtensionConfig', 'upstreamConfig', 'typedConfig', 'typedDnsResolverConfig']";
const IS_UNTYPED = "has(it.typedConfig) && !has(type(it.typedConfig))";
const UNTYPED: RuleSource = {
  when: `${IS_UNTYPED} && !${READ_LATER}.includes(field()) && !${IS_IN_SECRET}
    && !within('envoy.config.route.v3.ClusterSpecifierPlugin').isOptional`,
  at: "typedConfig",
  says: "{json(it.name ?? '')} has no typedConfig",
};
/** Filters that come by discovery. */
const discovery: readonly RuleSource[] = [
  {
    when: "has(it.defaultConfig) && !it.typeUrls.some(url => url.endsWith(type(it.defaultConfig) ?? '/'))",
    at: "defaultConfig",
    says: "the type of the default is none of typeUrls",
  },
  {
    when: `it.applyDefaultConfigWithoutWarming && !has(it.defaultConfig)
      && (isWithin('${HTTP_FILTER}') || isWithin('envoy.config.listener.v3.ListenerFilter'))`,
    at: "applyDefaultConfigWithoutWarming",
    says: "needs a defaultConfig",
  },
];

export const extensionRules: RuleSources = {
  "envoy.config.accesslog.v3.AccessLog": [NO_CONFIG, onlyTypes(LOGGERS)],
  "envoy.config.core.v3.TransportSocket": [
    NO_CONFIG,
    onlyTypes(`${CLIENT_SOCKETS}|${SERVER_SOCKETS}|${OTHER_SOCKETS}`),
    otherSide(CLIENT_SOCKETS, true),
    otherSide(SERVER_SOCKETS, false),
  ],
  "envoy.config.core.v3.TypedExtensionConfig": [UNTYPED],
  /** Of matchers and their inputs. */
  "xds.core.v3.TypedExtensionConfig": [UNTYPED],
  [`${EXTENSIONS}.common.dynamic_forward_proxy.v3.DnsCacheConfig`]: [
    {
      when: "size(it.preresolveHostnames) > (it.maxHosts ?? 1024)",
      at: "preresolveHostnames",
      says: "{size(it.preresolveHostnames)} names, maxHosts is {it.maxHosts ?? 1024}",
    },
    {
      each: "typedDnsResolverConfig",
      when: IS_UNTYPED,
      at: "typedConfig",
      says: "{json(it.name ?? '')} has no typedConfig",
    },
  ],
  "envoy.config.accesslog.v3.ExtensionFilter": [NO_CONFIG],
  "envoy.config.cluster.v3.Filter": [{ ...NO_CONFIG, when: `${NO_CONFIG.when} && !has(it.configDiscovery)` }],
  "envoy.config.cluster.v3.Cluster.TransportSocketMatch": [
    { when: "!has(it.transportSocket)", at: "transportSocket", says: "is required" },
  ],
  "envoy.config.core.v3.HealthCheck.CustomHealthCheck": [NO_CONFIG],
  "envoy.config.route.v3.RetryPolicy.RetryHostPredicate": [NO_CONFIG],
  "envoy.config.route.v3.RetryPolicy.RetryPriority": [NO_CONFIG],
  "envoy.config.core.v3.ExtensionConfigSource": discovery,
  "envoy.config.trace.v3.Tracing.Http": [NO_CONFIG, onlyTypes(TRACERS)],
  // That these have no typedConfig is said of the list they are in.
  "envoy.config.listener.v3.Filter": filterOf("filters\\.network|common", NETWORK_FILTER_TYPES, true),
  "envoy.config.listener.v3.ListenerFilter": filterOf(
    "filters\\.(listener|udp)|common",
    `${LISTENER_FILTER_TYPES}|${UDP_FILTER_TYPES}`,
  ),
  // With a struct Envoy finds them by their names.
  "envoy.config.cluster.v3.Cluster.CustomClusterType": given("type(it.typedConfig).startsWith('envoy.')", [
    onlyTypes(CLUSTER_TYPES),
  ]),
  [HTTP_FILTER]: filterOf("filters\\.http|common", "extensions\\.filters\\.http\\..*"),
  [`${EXTENSIONS}.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig`]: [
    {
      when: "!has(it.grpcService) && !has(it.httpService) && !has(it.commonConfig.grpcService)",
      at: "grpcService",
      says: "a log needs a grpcService or an httpService",
    },
    {
      when: "has(it.httpService) && (has(it.grpcService) || has(it.commonConfig.grpcService))",
      at: "httpService",
      says: "a log has a grpcService or an httpService",
    },
  ],
  [`${HTTP_FILTERS}.on_demand.v3.OnDemand`]: [
    { when: "has(it.odcds) && !has(it.odcds.source)", at: "odcds.source", says: "is required" },
    { each: "odcds.resourcesLocator", ...NO_LOCATOR },
  ],
  [`${HTTP_FILTERS}.lua.v3.Lua`]: [
    {
      when: "it.inlineCode && has(it.defaultSourceCode)",
      at: "inlineCode",
      says: "excluded by defaultSourceCode",
    },
  ],
  [`${HTTP_FILTERS}.health_check.v3.HealthCheck`]: [
    {
      when: "!it.passThroughMode && seconds(it.cacheTime) >= 0.001",
      at: "cacheTime",
      says: "goes with passThroughMode only",
    },
  ],
  [`${HTTP_FILTERS}.compressor.v3.Compressor`]: [
    {
      when: `isOfEnvoy(type(it.compressorLibrary.typedConfig))
        && !/^envoy\\.extensions\\.compression\\.\\w+\\.compressor\\./.test(type(it.compressorLibrary.typedConfig))`,
      at: "compressorLibrary.typedConfig.@type",
      says: "no library that compresses",
    },
  ],
  "envoy.config.trace.v3.ZipkinConfig": [
    {
      when: "(it.collectorEndpointVersion ?? 'DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE') === 'DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE'",
      at: "collectorEndpointVersion",
      says: "the default is the version 1 of Zipkin, which Envoy speaks no more",
      hint: "set HTTP_JSON or HTTP_PROTO",
    },
  ],
  [`${EXTENSIONS}.access_loggers.stats.v3.Config`]: [
    {
      when: "(it.statPrefix ? true : false) === has(it.statsScope)",
      at: "statPrefix",
      says: "statistics need a statPrefix or a statsScope, not both",
    },
  ],
  "envoy.config.trace.v3.OpenTelemetryConfig": [
    {
      when: "!has(it.grpcService) && !has(it.httpService) && !has(it.exporter)",
      at: "grpcService",
      says: "a tracer needs a grpcService or an httpService, not both",
    },
    {
      when: "has(it.grpcService) && has(it.httpService)",
      at: "httpService",
      says: "a tracer needs a grpcService or an httpService, not both",
    },
    {
      when: "has(it.exporter) && (has(it.grpcService) || has(it.httpService))",
      at: "exporter",
      says: "a tracer has a service or an exporter",
    },
  ],
  [`${OTLP}.AnyValue`]: [
    {
      when: `${IN_LOG} && (size(it) > 0 || field() !== 'body') && !has(it.stringValue) && !has(it.kvlistValue) && !has(it.arrayValue)`,
      says: "a log holds texts, lists and maps of them",
    },
  ],
  [`${OTLP}.KeyValue`]: [
    { when: `!has(it.value) && ${IN_LOG}`, at: "value", says: "a log holds texts, lists and maps of them" },
  ],
  "envoy.config.bootstrap.v3.Bootstrap": given(`${ASKS} || it.configSources`, [
    {
      when: "!it.node.id",
      at: "node.id",
      says: "xDS needs node.id and node.cluster",
      hint: "or --service-node and --service-cluster",
    },
    {
      when: "it.node.id && !it.node.cluster",
      at: "node.cluster",
      says: "xDS needs node.id and node.cluster",
      hint: "or --service-node and --service-cluster",
    },
  ]),
  "envoy.config.bootstrap.v3.LayeredRuntime": [
    { each: "layers.*", sameKey: "it.name ?? ''", at: "name", says: "a second layer {json(it.name ?? '')}" },
    { each: "layers.*.adminLayer", sameKey: "true", once: true, says: "at most one admin layer" },
  ],
};
