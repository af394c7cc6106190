// Of where configuration comes from, and of the services Envoy calls.
import { CLUSTER, HTTP_FILTERS, NETWORK_FILTERS, RDS, ROUTE } from "./names.js";
import { given, type RuleSource, type RuleSources } from "./rule-source.js";

/** Unset and AUTO mean V3 today. */
const VERSION: RuleSource = {
  when: "it.transportApiVersion === 'V2' || it.transportApiVersion === 1",
  at: "transportApiVersion",
  says: "Envoy speaks version 3 only",
  hint: "set V3",
};

/** Back-off of the streams that Envoy keeps; elsewhere it takes an interval that is upside down. */
function backOff(each: string): RuleSource {
  return {
    each,
    when: "seconds(it.maxInterval) < seconds(it.baseInterval)",
    at: "maxInterval",
    says: "{it.maxInterval} is less than baseInterval {it.baseInterval}",
  };
}

const BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";
const OF_AUTHORITY = "(under('configSources') || under('defaultConfigSource'))";
const OF_COLLECTION = `(${["lds", "cds"]
  .map((kind) => `under('${kind}Config') && within('${BOOTSTRAP}.DynamicResources').${kind}ResourcesLocator`)
  .join(" || ")})`;
/** The second is for when the first fails, which a feature of the runtime turns on. */
const MOST_SERVICES = `(under('adsConfig')
  && json(within('${BOOTSTRAP}').layeredRuntime).includes('xds_failover_support":true') ? 2 : 1)`;

const apiSource: readonly RuleSource[] = [
  VERSION,
  {
    when: "!has(it.apiType) && !under('lrsServer')",
    at: "apiType",
    says: "a source needs to say how it is spoken to",
    hint: "set GRPC or DELTA_GRPC",
  },
  {
    when: `it.apiType.startsWith('AGGREGATED_') && !${OF_AUTHORITY} && !${OF_COLLECTION}`,
    at: "apiType",
    says: "only authorities and collections take {it.apiType}",
    hint: "the source ads stands for the aggregated stream",
  },
  {
    when: `has(it.apiType) && !it.apiType.startsWith('AGGREGATED_') && ${OF_AUTHORITY}`,
    at: "apiType",
    says: "an authority takes AGGREGATED_GRPC or AGGREGATED_DELTA_GRPC, not {it.apiType}",
  },
  ...given("has(it.apiType) && !it.apiType.startsWith('AGGREGATED_') && !it.clusterNames && !it.grpcServices", [
    { when: "it.apiType === 'REST'", at: "clusterNames", says: "a source needs a service to ask" },
    { when: "it.apiType !== 'REST'", at: "grpcServices", says: "a source needs a service to ask" },
  ]),
  ...given("it.apiType === 'REST' && (it.clusterNames || it.grpcServices)", [
    { when: "it.grpcServices", at: "grpcServices", says: "REST takes clusterNames instead" },
    { when: "size(it.clusterNames) > 1", at: "clusterNames", says: "a source has one cluster" },
    { when: "!has(it.refreshDelay)", at: "refreshDelay", says: "REST needs to know how often to ask" },
  ]),
  ...given("it.apiType === 'GRPC' || it.apiType === 'DELTA_GRPC'", [
    { when: "it.clusterNames", at: "clusterNames", says: "gRPC takes grpcServices instead" },
    {
      when: `size(it.grpcServices) > ${MOST_SERVICES}`,
      at: "grpcServices",
      says: `at most {${MOST_SERVICES}}, not {size(it.grpcServices)}`,
    },
  ]),
];

/** For every target. */
export const sourceRules: RuleSources = {
  "envoy.config.core.v3.ApiConfigSource": apiSource,
  "envoy.config.metrics.v3.MetricsServiceConfig": [VERSION],
  "envoy.config.ratelimit.v3.RateLimitServiceConfig": [VERSION],
  "envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig": [VERSION],
  [`${HTTP_FILTERS}.ext_authz.v3.ExtAuthz`]: [VERSION],
  [`${NETWORK_FILTERS}.ext_authz.v3.ExtAuthz`]: [VERSION],
  "envoy.config.core.v3.GrpcService.EnvoyGrpc": [backOff("retryPolicy.retryBackOff")],
  [CLUSTER]: [backOff("dnsFailureRefreshRate")],
  "envoy.extensions.clusters.dns.v3.DnsCluster": [backOff("dnsFailureRefreshRate")],
  [`${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy`]: [backOff("backoffOptions")],
  "envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig": [backOff("retryOptions.backoffOptions")],
  [`${HTTP_FILTERS}.jwt_authn.v3.RemoteJwks`]: [backOff("retryPolicy.retryBackOff")],
  [`${ROUTE}.RetryPolicy`]: [backOff("retryBackOff")],
  [RDS]: [
    {
      when: "!has(it.configSource) && !it.routeConfigName.startsWith('xdstp:')",
      at: "configSource",
      says: "RDS needs to know whom to ask",
      hint: "set ads",
    },
  ],
};

/** What an Envoy refuses and a gRPC client takes. Load reports of an Envoy go where its clusters come from. */
export const envoySourceRules: RuleSources = {
  "envoy.config.core.v3.ConfigSource": [
    {
      when: "has(it.self) && field() !== 'lrsServer'",
      at: "self",
      says: "Envoy knows no source self",
      hint: "set ads",
    },
  ],
};
