// Which types configure an HTTP filter, and which configure one for a route. Each type of the packages of HTTP filters was
// put into both places of Envoy 1.40.
import { HTTP_CONNECTION_MANAGER, HTTP_FILTER, HTTP_FILTERS, ROUTE } from "./names.js";
import { given, inEach, type RuleSource, type RuleSources } from "./rule-source.js";

/** Filters that have a type of their own for routes. */
const ROUTE_TYPES: Readonly<Record<string, string>> = {
  "ai_protocol_manager.v3.AiProtocolManager": "ai_protocol_manager.v3.AiProtocolManagerPerRoute",
  "api_key_auth.v3.ApiKeyAuth": "api_key_auth.v3.ApiKeyAuthPerRoute",
  "aws_lambda.v3.Config": "aws_lambda.v3.PerRouteConfig",
  "aws_request_signing.v3.AwsRequestSigning": "aws_request_signing.v3.AwsRequestSigningPerRoute",
  "basic_auth.v3.BasicAuth": "basic_auth.v3.BasicAuthPerRoute",
  "buffer.v3.Buffer": "buffer.v3.BufferPerRoute",
  "composite.v3.Composite": "composite.v3.CompositePerRoute",
  "compressor.v3.Compressor": "compressor.v3.CompressorPerRoute",
  "cors.v3.Cors": "cors.v3.CorsPolicy",
  "dynamic_forward_proxy.v3.FilterConfig": "dynamic_forward_proxy.v3.PerRouteConfig",
  "dynamic_modules.v3.DynamicModuleFilter": "dynamic_modules.v3.DynamicModuleFilterPerRoute",
  "ext_authz.v3.ExtAuthz": "ext_authz.v3.ExtAuthzPerRoute",
  "ext_proc.v3.ExternalProcessor": "ext_proc.v3.ExtProcPerRoute",
  "filter_chain.v3.FilterChainConfig": "filter_chain.v3.FilterChainConfigPerRoute",
  "grpc_http1_reverse_bridge.v3.FilterConfig": "grpc_http1_reverse_bridge.v3.FilterConfigPerRoute",
  "header_mutation.v3.HeaderMutation": "header_mutation.v3.HeaderMutationPerRoute",
  "jwt_authn.v3.JwtAuthentication": "jwt_authn.v3.PerRouteConfig",
  "lua.v3.Lua": "lua.v3.LuaPerRoute",
  "mcp.v3.Mcp": "mcp.v3.McpOverride",
  "mcp_json_rest_bridge.v3.McpJsonRestBridge": "mcp_json_rest_bridge.v3.McpJsonRestBridgePerRoute",
  "oauth2.v3.OAuth2": "oauth2.v3.OAuth2PerRoute",
  "on_demand.v3.OnDemand": "on_demand.v3.PerRouteConfig",
  "ratelimit.v3.RateLimit": "ratelimit.v3.RateLimitPerRoute",
  "rbac.v3.RBAC": "rbac.v3.RBACPerRoute",
  "stateful_session.v3.StatefulSession": "stateful_session.v3.StatefulSessionPerRoute",
};
/** Of those, the ones whose type for routes must not be empty; the others Envoy takes, empty, for that type. */
const FULL_FOR_ROUTES = [
  "aws_request_signing.v3.AwsRequestSigning",
  "basic_auth.v3.BasicAuth",
  "buffer.v3.Buffer",
  "composite.v3.Composite",
  "compressor.v3.Compressor",
  "ext_authz.v3.ExtAuthz",
  "ext_proc.v3.ExternalProcessor",
  "filter_chain.v3.FilterChainConfig",
  "jwt_authn.v3.JwtAuthentication",
  "oauth2.v3.OAuth2",
  "stateful_session.v3.StatefulSession",
];
/** Filters that routes cannot configure. */
const NOT_FOR_ROUTES = [
  "a2a.v3.A2a",
  "alternate_protocols_cache.v3.FilterConfig",
  "body_size_limit.v3.BodySizeLimit",
  "cache.v3.CacheConfig",
  "cache_v2.v3.CacheV2Config",
  "connect_grpc_bridge.v3.FilterConfig",
  "gcp_authn.v3.GcpAuthnFilterConfig",
  "grpc_http1_bridge.v3.Config",
  "grpc_stats.v3.FilterConfig",
  "grpc_web.v3.GrpcWeb",
  "ip_tagging.v3.IPTagging",
  "mcp_router.v3.McpRouter",
  "original_src.v3.OriginalSrc",
  "proto_api_scrubber.v3.ProtoApiScrubberConfig",
  "proto_message_extraction.v3.ProtoMessageExtractionConfig",
  "rate_limit_quota.v3.RateLimitQuotaFilterConfig",
  "rate_limit_quota.v3.RateLimitQuotaOverride",
  "router.v3.Router",
  "thrift_to_metadata.v3.ThriftToMetadata",
  "wasm.v3.Wasm",
];
/** Filters with one type for both. */
const FOR_BOTH = [
  "adaptive_concurrency.v3.AdaptiveConcurrency",
  "admission_control.v3.AdmissionControl",
  "aws_eventstream_parser.v3.AwsEventstreamParser",
  "bandwidth_limit.v3.BandwidthLimit",
  "bandwidth_share.v3.BandwidthShare",
  "cdn_loop.v3.CdnLoopConfig",
  "credential_injector.v3.CredentialInjector",
  "csrf.v3.CsrfPolicy",
  "custom_response.v3.CustomResponse",
  "decompressor.v3.Decompressor",
  "fault.v3.HTTPFault",
  "file_server.v3.FileServerConfig",
  "file_system_buffer.v3.FileSystemBufferFilterConfig",
  "geoip.v3.Geoip",
  "grpc_field_extraction.v3.GrpcFieldExtractionConfig",
  "grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder",
  "grpc_json_transcoder.v3.GrpcJsonTranscoder",
  "header_to_metadata.v3.Config",
  "health_check.v3.HealthCheck",
  "json_to_metadata.v3.JsonToMetadata",
  "local_ratelimit.v3.LocalRateLimit",
  "set_filter_state.v3.Config",
  "set_metadata.v3.Config",
  "sse_to_metadata.v3.SseToMetadata",
  "tap.v3.Tap",
  "transform.v3.TransformConfig",
];
const UPSTREAM = ["upstream_codec.v3.UpstreamCodec"];
const ALL = [...Object.entries(ROUTE_TYPES).flat(), ...NOT_FOR_ROUTES, ...FOR_BOTH, ...UPSTREAM];

/** Whether a type is one of some. */
function isOneOf(type: string, names: readonly string[]): string {
  const [packages, choices] = [`${HTTP_FILTERS}.`, names.join("|")].map((text) => text.replaceAll(".", "\\."));
  return `/^${packages}(${choices})$/.test(${type})`;
}

/** Whether a type of Envoy is of these packages and none of a filter. */
function isOther(type: string): string {
  return `isOfEnvoy(${type}) && ${type}.startsWith('${HTTP_FILTERS}.') && !${isOneOf(type, ALL)}`;
}

/** What a route sets of a filter. */
const overrides: readonly RuleSource[] = [
  {
    when: `isOfEnvoy(type(it))
      && !/^envoy\\.(extensions\\.(filters\\.http|common)\\.|config\\.route\\.v3\\.FilterConfig$)/.test(type(it))
      || ${isOther("type(it)")}`,
    says: "{type(it)} configures no HTTP filter",
  },
  {
    when: `${isOneOf("type(it)", [...NOT_FOR_ROUTES, ...UPSTREAM])}`,
    says: "no route can configure this filter",
  },
  {
    when: `${isOneOf("type(it)", Object.keys(ROUTE_TYPES))}
      && (size(it) > 1 || ${isOneOf("type(it)", FULL_FOR_ROUTES)})`,
    at: "@type",
    says: "{type(it)} configures the filter itself",
    hint: "there is another type for routes in its package",
  },
];

const ofRoute = inEach(
  ["typedPerFilterConfig.*"],
  [{ when: "!has(type(it))", says: "what has no type configures no HTTP filter" }, ...overrides],
);

export const httpFilterRules: RuleSources = {
  ...Object.fromEntries(
    ["RouteConfiguration", "VirtualHost", "Route", "WeightedCluster.ClusterWeight"].map((name) => [
      `${ROUTE}.${name}`,
      ofRoute,
    ]),
  ),
  [`${ROUTE}.FilterConfig`]: inEach(
    ["config"],
    given("under('typedPerFilterConfig') && !message.disabled && !message.isOptional", overrides),
  ),
  [HTTP_FILTER]: [
    {
      when: isOther("type(it.typedConfig)"),
      at: "typedConfig.@type",
      says: "{type(it.typedConfig)} configures no HTTP filter",
    },
    {
      when: `${isOneOf("type(it.typedConfig)", Object.values(ROUTE_TYPES))} && size(it.typedConfig) > 1`,
      at: "typedConfig.@type",
      says: "{type(it.typedConfig)} is what a route sets of the filter",
      hint: "there is another type for the filter in its package",
    },
  ],
  [HTTP_CONNECTION_MANAGER]: [
    {
      each: "httpFilters.*",
      when: `${isOneOf("type(it.typedConfig)", UPSTREAM)}`,
      at: "typedConfig.@type",
      says: "this filter stands towards clusters",
    },
  ],
};
