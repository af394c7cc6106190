// Durations that Envoy reads when the configuration comes. It counts them in nanoseconds of 64 bits
// (source/common/protobuf/utility.cc, validateDuration).
import { CLUSTER, HTTP_CONNECTION_MANAGER, HTTP_FILTERS, LISTENER, NETWORK_FILTERS, ROUTE } from "./names.js";
import type { RuleSource, RuleSources } from "./rule-source.js";

const LONGEST = 9_223_372_035;

/** By message; each was tried on Envoy 1.40. */
const READ_AT_ONCE: Readonly<Record<string, readonly string[]>> = {
  [CLUSTER]: [
    "cleanupInterval",
    "connectTimeout",
    "dnsJitter",
    "dnsRefreshRate",
    "perConnectionBufferHighWatermarkTimeout",
  ],
  "envoy.config.core.v3.ApiConfigSource": ["refreshDelay", "requestTimeout"],
  "envoy.config.core.v3.ConfigSource": ["initialFetchTimeout"],
  "envoy.config.core.v3.GrpcService": ["timeout"],
  "envoy.config.core.v3.HealthCheck": [
    "healthyEdgeInterval",
    "initialJitter",
    "interval",
    "intervalJitter",
    "noTrafficHealthyInterval",
    "noTrafficInterval",
    "timeout",
    "unhealthyEdgeInterval",
    "unhealthyInterval",
  ],
  "envoy.config.core.v3.PathConfigSource": ["pollInterval"],
  "envoy.config.listener.v3.FilterChain": ["transportSocketConnectTimeout"],
  [LISTENER]: ["listenerFiltersTimeout", "perConnectionBufferHighWatermarkTimeout"],
  [`${ROUTE}.RetryPolicy`]: ["perTryIdleTimeout", "perTryTimeout"],
  [`${ROUTE}.RetryPolicy.RetryBackOff`]: ["maxInterval"],
  [`${ROUTE}.RouteAction`]: ["flushTimeout", "grpcTimeoutOffset", "idleTimeout", "maxGrpcTimeout", "timeout"],
  "envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig": ["bufferFlushInterval"],
  "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig": ["bufferFlushInterval"],
  "envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig": [
    "dnsMinRefreshRate",
    "dnsQueryTimeout",
    "dnsRefreshRate",
    "hostTtl",
  ],
  [`${HTTP_FILTERS}.ext_proc.v3.ExternalProcessor`]: ["deferredCloseTimeout"],
  [`${HTTP_FILTERS}.jwt_authn.v3.JwtProvider`]: ["maxLifetime"],
  [`${HTTP_FILTERS}.oauth2.v3.OAuth2Config`]: [
    "codeVerifierTokenExpiresIn",
    "csrfTokenExpiresIn",
    "defaultExpiresIn",
    "defaultRefreshTokenExpiresIn",
  ],
  [`${HTTP_FILTERS}.ratelimit.v3.RateLimit`]: ["timeout"],
  [`${NETWORK_FILTERS}.connection_limit.v3.ConnectionLimit`]: ["delay"],
  [HTTP_CONNECTION_MANAGER]: [
    "accessLogFlushInterval",
    "delayedCloseTimeout",
    "drainTimeout",
    "requestHeadersTimeout",
    "requestTimeout",
    "streamFlushTimeout",
    "streamIdleTimeout",
  ],
  [`${NETWORK_FILTERS}.rbac.v3.RBAC`]: ["delayDeny"],
  [`${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy`]: [
    "accessLogFlushInterval",
    "downstreamIdleTimeout",
    "idleTimeout",
    "maxDownstreamConnectionDuration",
    "upstreamIdleTimeout",
  ],
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin": [
    "blackoutPeriod",
    "oobReportingPeriod",
    "weightExpirationPeriod",
    "weightUpdatePeriod",
  ],
  "envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig": ["slowStartWindow"],
  "envoy.type.v3.TokenBucket": ["fillInterval"],
};
/** The rules of these fields do not say that they must not be negative. */
const NOT_NEGATIVE = ["maxGrpcTimeout", "grpcTimeoutOffset"];

function bounds(field: string): readonly RuleSource[] {
  const tooLong = { each: field, when: `seconds(it) > ${LONGEST}`, says: `{it} is more than ${LONGEST}s, 292 years` };
  return NOT_NEGATIVE.includes(field)
    ? [tooLong, { each: field, when: "seconds(it) < 0", says: "{it} is negative" }]
    : [tooLong];
}

export const durationRules: RuleSources = Object.fromEntries(
  Object.entries(READ_AT_ONCE).map(([typeName, fields]) => [typeName, fields.flatMap(bounds)]),
);
