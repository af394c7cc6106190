// Of extensions, logs, tracers and bootstraps.
import { HTTP_FILTER, HTTP_FILTERS } from "./names.js";
import { given, type RuleSource, type RuleSources } from "./rule-source.js";

const EXTENSIONS = "envoy.extensions";
const NO_CONFIG: RuleSource = {
  when: "!has(type(it.typedConfig))",
  at: "typedConfig",
  says: "{json(it.name ?? '')} has no typedConfig",
};
const NO_PLACE = "{type(it.typedConfig)} has no place here";

/** What may stand in a place of extensions, by the packages of Envoy; types of others are their own affair. */
function fromPackages(packages: string): RuleSource {
  return {
    when: `type(it.typedConfig).startsWith('${EXTENSIONS}.')
      && !/^envoy\\.extensions\\.(${packages})\\./.test(type(it.typedConfig))`,
    at: "typedConfig.@type",
    says: NO_PLACE,
  };
}

/** A context of clients in a listener, or of servers in a cluster. */
function otherSide(context: string, isServer: boolean): RuleSource {
  return {
    when: `type(it.typedConfig).endsWith('.${context}') && field() === 'transportSocket'
      && ${isServer ? "" : "!"}(under('filterChains') || under('defaultFilterChain'))`,
    at: "typedConfig.@type",
    says: NO_PLACE,
  };
}

/** Whether a bootstrap asks for listeners, clusters or anything else. */
const ASKS = ["ldsConfig", "cdsConfig", "adsConfig"].map((field) => `has(it.dynamicResources.${field})`).join(" || ");

export const extensionRules: RuleSources = {
  "envoy.config.accesslog.v3.AccessLog": [NO_CONFIG, fromPackages("access_loggers")],
  "envoy.config.core.v3.TransportSocket": [
    NO_CONFIG,
    fromPackages("transport_sockets"),
    otherSide("UpstreamTlsContext", true),
    otherSide("DownstreamTlsContext", false),
  ],
  "envoy.config.trace.v3.Tracing.Http": [NO_CONFIG],
  // That these have no typedConfig is said of the list they are in.
  "envoy.config.listener.v3.Filter": [fromPackages("filters\\.network|common")],
  "envoy.config.listener.v3.ListenerFilter": [fromPackages("filters\\.(listener|udp)|common")],
  [HTTP_FILTER]: [fromPackages("filters\\.http|common")],
  [`${EXTENSIONS}.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig`]: [
    {
      when: "!has(it.grpcService) && !has(it.httpService) && !has(it.commonConfig.grpcService)",
      at: "grpcService",
      says: "a log needs a grpcService or an httpService",
    },
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
      when: "!it.passThroughMode && seconds(it.cacheTime) > 0",
      at: "cacheTime",
      says: "goes with passThroughMode only",
    },
  ],
  [`${HTTP_FILTERS}.compressor.v3.Compressor`]: [
    {
      when: `type(it.compressorLibrary.typedConfig).startsWith('${EXTENSIONS}.')
        && !type(it.compressorLibrary.typedConfig).startsWith('${EXTENSIONS}.compression.')`,
      at: "compressorLibrary.typedConfig.@type",
      says: "no library that compresses",
    },
  ],
  "envoy.config.trace.v3.OpenTelemetryConfig": [
    {
      when: "!has(it.grpcService) && !has(it.httpService)",
      at: "grpcService",
      says: "a tracer needs a grpcService or an httpService, not both",
    },
    {
      when: "has(it.grpcService) && has(it.httpService)",
      at: "httpService",
      says: "a tracer needs a grpcService or an httpService, not both",
    },
  ],
  "envoy.config.bootstrap.v3.Bootstrap": given(ASKS, [
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
