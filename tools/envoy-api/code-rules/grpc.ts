// What proxyless gRPC clients refuse (gRFCs A27, A28, A31, A47 and the clients' own checks), beside what Envoy does.
import { CLUSTER, HTTP_CONNECTION_MANAGER, LISTENER, TLS } from "./names.js";
import { given, type RuleSource, type RuleSources } from "./rule-source.js";

const AGGREGATE = "type(it.clusterType.typedConfig).endsWith('aggregate.v3.ClusterConfig')";
const POLICIES = ["ROUND_ROBIN", "RING_HASH", "LEAST_REQUEST"];
const UNKNOWN_POLICY = `!has(it.loadBalancingPolicy) && has(it.lbPolicy)
  && !['${POLICIES.join("', '")}'].includes(it.lbPolicy)`;

const sources: Readonly<Record<string, readonly Omit<RuleSource, "rule">[]>> = {
  [LISTENER]: given("!has(it.apiListener)", [
    { when: "it.listenerFilters", at: "listenerFilters", says: "a gRPC server takes no listener filters" },
    { when: "it.useOriginalDst", at: "useOriginalDst", says: "a gRPC server does not restore destinations" },
  ]),
  [HTTP_CONNECTION_MANAGER]: [
    {
      when: "!type(last(it.httpFilters).typedConfig).endsWith('.Router')",
      at: "httpFilters",
      says: "the last HTTP filter must be the router",
    },
    { when: "it.xffNumTrustedHops", at: "xffNumTrustedHops", says: "must be 0" },
    { when: "it.originalIpDetectionExtensions", at: "originalIpDetectionExtensions", says: "must be empty" },
  ],
  [CLUSTER]: [
    ...["type", "clusterType"].map((at) => ({
      when: `!${AGGREGATE} && it.type !== 'EDS' && it.type !== 'LOGICAL_DNS'
        && ${at === "type" ? "!" : ""}has(it.clusterType)`,
      at,
      says: "gRPC knows EDS, LOGICAL_DNS and aggregate clusters",
    })),
    ...given("it.type === 'EDS'", [
      {
        when: "!has(it.edsClusterConfig.edsConfig.ads) && !has(it.edsClusterConfig.edsConfig.self)",
        at: "edsClusterConfig.edsConfig",
        says: "the source must be ads or self",
      },
      {
        when: "it.name.startsWith('xdstp:') && !it.edsClusterConfig.serviceName",
        at: "edsClusterConfig.serviceName",
        says: "an xdstp cluster needs a serviceName",
      },
    ]),
    {
      when: "it.type === 'LOGICAL_DNS' && !has(it.loadAssignment)",
      at: "loadAssignment",
      says: "needs its endpoint",
    },
    {
      when: `${UNKNOWN_POLICY} && !${AGGREGATE}`,
      at: "lbPolicy",
      says: `gRPC knows ${POLICIES.join(", ")}, not {it.lbPolicy}`,
    },
    {
      when: `${UNKNOWN_POLICY} && ${AGGREGATE}`,
      at: "lbPolicy",
      says: `gRPC knows ${POLICIES.join(", ")}, not {it.lbPolicy}`,
      hint: "list ClusterProvided and RoundRobin in loadBalancingPolicy: Envoy and gRPC take the first they know",
    },
  ],
  /** Of EDS: the one endpoint in a cluster for DNS is read otherwise. */
  "envoy.config.endpoint.v3.ClusterLoadAssignment": given("!has(field())", [
    { each: "endpoints.*", when: "!has(it.locality)", at: "locality", says: "gRPC needs a locality" },
    {
      each: "endpoints.*",
      when: "!has(it.loadBalancingWeight) && it.lbEndpoints",
      at: "loadBalancingWeight",
      says: "gRPC leaves out a locality without a weight",
    },
    {
      each: "endpoints.*",
      sameKey: `json([it.priority ?? 0, it.locality.region ?? '', it.locality.zone ?? '', it.locality.subZone ?? ''])`,
      at: "locality",
      says: "a second group of this locality and priority",
    },
  ]),
  [`${TLS}.CommonTlsContext`]: [
    "tlsCertificates",
    "tlsCertificateSdsSecretConfigs",
    "validationContextSdsSecretConfig",
  ].map((field) => ({
    when: `has(it.${field})`,
    at: field,
    says: "gRPC takes certificates from provider instances alone",
  })),
};

export const grpcRules: RuleSources = Object.fromEntries(
  Object.entries(sources).map(([typeName, rules]) => [
    typeName,
    rules.map((rule) => ({ ...rule, rule: "grpc_unsupported" })),
  ]),
);
