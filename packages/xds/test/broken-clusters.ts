import { cluster, httpFilter, listener, virtualHost } from "@netmason/xds";
import {
  ADS,
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  CHECK,
  endpointAt,
  FILE,
  graphOf,
  type Loose,
  TARGET,
  tcpProxy,
  typed,
  url,
  withChains,
  withCluster,
  withEndpoints,
  withPolicy,
  withTransportSocket,
} from "./graph-parts.js";

const ENDPOINTS = "/loadAssignment/endpoints";
const FIRST = `${ENDPOINTS}/0/lbEndpoints/0`;
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const POLICY = "/loadBalancingPolicy/policies/0/typedExtensionConfig/typedConfig";
const TLS = "/transportSocket/typedConfig/commonTlsContext";
const group = (parts: Loose): Loose => ({ lbEndpoints: [endpointAt("127.0.0.1", 1)], ...parts });
const options = (config: Loose): Loose => ({
  [OPTIONS]: { "@type": url("extensions.upstreams.http.v3.HttpProtocolOptions"), ...config },
});
const NAMED = {
  type: "STRICT_DNS",
  loadAssignment: { clusterName: "b", endpoints: [group({ lbEndpoints: [endpointAt("a.example.com", 1)] })] },
};
const assignmentOf = (...endpoints: readonly Loose[]): Loose => ({ clusterName: "b", endpoints });
const NAMED_ENDPOINT = {
  ...assignmentOf(group({ lbEndpoints: [{ endpointName: "x" }] })),
  namedEndpoints: { x: endpointAt("127.0.0.1", 1).endpoint },
};
const BY_EXTENSION = { type: undefined, clusterType: typed("extensions.clusters.dns.v3.DnsCluster") };
const LOGICAL = {
  type: undefined,
  loadAssignment: undefined,
  clusterType: typed("extensions.clusters.dns.v3.DnsCluster", { allAddressesInSingleEndpoint: true }),
};
const REVERSED = {
  type: undefined,
  clusterType: typed("extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig", { hostIdFormat: "h" }),
};
const balanced = (type: string): Loose => ({
  loadBalancingPolicy: { policies: [{ typedExtensionConfig: typed(`extensions.load_balancing_policies.${type}`) }] },
});
/** Extensions that balance by themselves. */
const SELF_BALANCED: Readonly<Record<string, readonly [type: string, config: Loose]>> = {
  "an aggregate": ["aggregate.v3.ClusterConfig", { clusters: ["a"] }],
  "a composite": ["composite.v3.ClusterConfig", { clusters: [{ name: "a" }] }],
  "a forward proxy": [
    "dynamic_forward_proxy.v3.ClusterConfig",
    { dnsCacheConfig: { name: "c", dnsLookupFamily: "V4_ONLY" } },
  ],
  "MCP of many": ["mcp_multicluster.v3.ClusterConfig", { servers: [{ name: "a" }] }],
  "a reverse connection": ["reverse_connection.v3.ReverseConnectionClusterConfig", { hostIdFormat: "h" }],
};
const RANDOM = { policies: [{ typedExtensionConfig: typed("extensions.load_balancing_policies.random.v3.Random") }] };
const aggregate = {
  name: "x",
  typedConfig: { "@type": url("extensions.clusters.aggregate.v3.ClusterConfig"), clusters: ["a"] },
};

function differingCaches(): ReturnType<typeof graphOf> {
  const cache = { name: "c", dnsLookupFamily: "V4_ONLY" } as const;
  const filters = [httpFilter.dynamicForwardProxy({ dnsCache: { ...cache, dnsLookupFamily: "V6_ONLY" } })];
  const routes = { name: "r", virtualHosts: [virtualHost({ name: "v", domains: ["*"], routes: [] })] };
  const web = listener.http({ name: "l", address: "127.0.0.1:0", routes, filters });
  return graphOf({
    listeners: [web as Loose],
    clusters: [TARGET, cluster.dynamicForwardProxy({ name: "b", dnsCache: cache }) as Loose],
  });
}

/** Faults of clusters and their endpoints. */
export const brokenClusters: readonly BrokenGraph[] = brokenGraphs([
  ["EDS without config", withCluster({ type: "EDS", loadAssignment: undefined }), "envoy_refuses /edsClusterConfig"],
  ["EDS config on STATIC", withCluster({ edsClusterConfig: { edsConfig: ADS } }), "envoy_refuses /edsClusterConfig"],
  [
    "LOGICAL_DNS with two",
    withCluster({
      type: "LOGICAL_DNS",
      loadAssignment: {
        clusterName: "b",
        endpoints: [group({ lbEndpoints: [endpointAt("a", 1), endpointAt("b", 1)] })],
      },
    }),
    `envoy_refuses ${ENDPOINTS}`,
  ],
  [
    "LOGICAL_DNS with none",
    withCluster({ type: "LOGICAL_DNS", loadAssignment: undefined }),
    "envoy_refuses /loadAssignment",
  ],
  [
    "a name in STATIC",
    withEndpoints(group({ lbEndpoints: [endpointAt("a.example.com", 1)] })),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address/socketAddress/address`,
  ],
  [
    "ORIGINAL_DST balanced",
    withCluster({ type: "ORIGINAL_DST", loadAssignment: undefined }),
    "envoy_refuses /lbPolicy",
  ],
  [
    "ORIGINAL_DST with endpoints",
    withCluster({ type: "ORIGINAL_DST", lbPolicy: "CLUSTER_PROVIDED" }),
    "envoy_refuses /loadAssignment",
  ],
  ["STATIC provides balancing", withCluster({ lbPolicy: "CLUSTER_PROVIDED" }), "envoy_refuses /lbPolicy"],
  [
    "aggregate balanced",
    withCluster({ type: undefined, loadAssignment: undefined, clusterType: aggregate }),
    "envoy_refuses /lbPolicy",
  ],
  [
    "aggregate of nothing",
    withCluster({
      type: undefined,
      loadAssignment: undefined,
      lbPolicy: "CLUSTER_PROVIDED",
      clusterType: { ...aggregate, typedConfig: { ...aggregate.typedConfig, clusters: [] } },
    }),
    "field_rule /clusterType/typedConfig/clusters",
  ],
  [
    "a gap of priorities",
    withEndpoints(group({}), group({ priority: 2, lbEndpoints: [endpointAt("127.0.0.1", 2)] })),
    `priority_gap ${ENDPOINTS}/1/priority`,
    "accepts",
  ],
  [
    "a locality twice",
    withEndpoints(group({ locality: { region: "a" } }), group({ locality: { region: "a" } })),
    `duplicate_name ${ENDPOINTS}/1/locality`,
    "accepts",
  ],
  [
    "weight 0",
    withEndpoints(group({ lbEndpoints: [{ ...endpointAt("127.0.0.1", 1), loadBalancingWeight: 0 }] })),
    `field_rule ${ENDPOINTS}/0/lbEndpoints/0/loadBalancingWeight`,
  ],
  ["priority 129", withEndpoints(group({ priority: 129 })), `field_rule ${ENDPOINTS}/0/priority`],
  [
    "no address",
    withEndpoints(group({ lbEndpoints: [{ endpoint: {} }] })),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address`,
  ],
  [
    "no port",
    withEndpoints(group({ lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "127.0.0.1" } } } }] })),
    `oneof_missing ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address/socketAddress`,
  ],
  [
    "round robin below a locality",
    withPolicy("wrr_locality.v3.WrrLocality", {
      endpointPickingPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "p",
              typedConfig: { "@type": url("extensions.load_balancing_policies.round_robin.v3.RoundRobin") },
            },
          },
        ],
      },
    }),
    `envoy_refuses ${POLICY}/endpointPickingPolicy/policies/0/typedExtensionConfig/typedConfig/@type`,
  ],
  [
    "health checks without names",
    withCluster({
      healthChecks: [
        { ...CHECK, name: "x", httpHealthCheck: { path: "/" } },
        { ...CHECK, httpHealthCheck: { path: "/" } },
      ],
    }),
    "envoy_refuses /healthChecks/1/name",
  ],
  [
    "an override by nothing",
    withPolicy("override_host.v3.OverrideHost", {
      overrideHostSources: [{ header: "" }],
      fallbackPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "p",
              typedConfig: { "@type": url("extensions.load_balancing_policies.random.v3.Random") },
            },
          },
        ],
      },
    }),
    `envoy_refuses ${POLICY}/overrideHostSources/0/header`,
  ],
  [
    "ring min > max",
    withPolicy("ring_hash.v3.RingHash", { minimumRingSize: "10", maximumRingSize: "5" }),
    `envoy_refuses ${POLICY}/minimumRingSize`,
  ],
  [
    "ring min > max in the old place",
    withCluster({ lbPolicy: "RING_HASH", ringHashLbConfig: { minimumRingSize: "10", maximumRingSize: "5" } }),
    "envoy_refuses /ringHashLbConfig/minimumRingSize",
  ],
  ["Maglev table of 10", withPolicy("maglev.v3.Maglev", { tableSize: "10" }), `envoy_refuses ${POLICY}/tableSize`],
  [
    "choice of 1",
    withPolicy("least_request.v3.LeastRequest", { choiceCount: 1 }),
    `field_rule ${POLICY}/choiceCount`,
    "accepts",
  ],
  ["no policy", withCluster({ loadBalancingPolicy: { policies: [] } }), "envoy_refuses /loadBalancingPolicy/policies"],
  [
    "old options beside a policy",
    withCluster({
      ...withPolicy("random.v3.Random", {}).clusters?.[1],
      commonLbConfig: { localityWeightedLbConfig: {} },
    } as Loose),
    "envoy_refuses /commonLbConfig/localityWeightedLbConfig",
  ],
  [
    "HC without thresholds",
    withCluster({ healthChecks: [{ ...CHECK, unhealthyThreshold: undefined, httpHealthCheck: { path: "/" } }] }),
    "field_rule /healthChecks/0/unhealthyThreshold",
  ],
  ["HC without checker", withCluster({ healthChecks: [CHECK] }), "oneof_missing /healthChecks/0"],
  [
    "HC of no hexadecimal",
    withCluster({ healthChecks: [{ ...CHECK, tcpHealthCheck: { send: { text: "xyz" } } }] }),
    "envoy_refuses /healthChecks/0/tcpHealthCheck/send/text",
  ],
  [
    "HC by gRPC over HTTP/1",
    withCluster({ healthChecks: [{ ...CHECK, grpcHealthCheck: {} }] }),
    "http2_required /healthChecks/0/grpcHealthCheck",
  ],
  [
    "ejection upside down",
    withCluster({ outlierDetection: { baseEjectionTime: "100s", maxEjectionTime: "50s" } }),
    "envoy_refuses /outlierDetection/maxEjectionTime",
  ],
  [
    "thresholds twice",
    withCluster({ circuitBreakers: { thresholds: [{ maxConnections: 1 }, { maxConnections: 2 }] } }),
    "duplicate_priority /circuitBreakers/thresholds/1",
    "accepts",
  ],
  [
    "protocol options under another key",
    withCluster({
      typedExtensionProtocolOptions: { other: options({ explicitHttpConfig: { http2ProtocolOptions: {} } })[OPTIONS] },
    }),
    "envoy_refuses /typedExtensionProtocolOptions/other",
  ],
  [
    "ALPN without TLS",
    withCluster({ typedExtensionProtocolOptions: options({ autoConfig: {} }) }),
    `envoy_refuses /typedExtensionProtocolOptions/${OPTIONS}/autoConfig`,
  ],
  [
    "options of no protocol",
    withCluster({ typedExtensionProtocolOptions: options({}) }),
    `oneof_missing /typedExtensionProtocolOptions/${OPTIONS}`,
  ],
  ["no verification", withTransportSocket("UpstreamTlsContext", {}), `tls_unverified ${TLS}`, "accepts"],
  [
    "two certificates",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: {
        validationContext: { systemRootCerts: {} },
        tlsCertificateSdsSecretConfigs: ["x", "y"].map((name) => ({ name, sdsConfig: FILE })),
      },
    }),
    `envoy_refuses ${TLS}/tlsCertificateSdsSecretConfigs`,
  ],
  [
    "SAN type 0",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: {
        validationContext: {
          trustedCa: { inlineString: "x" },
          matchTypedSubjectAltNames: [{ matcher: { exact: "a" } }],
        },
      },
    }),
    `field_rule ${TLS}/validationContext/matchTypedSubjectAltNames/0/sanType`,
  ],
  [
    "names without authority",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: {
        validationContext: { matchTypedSubjectAltNames: [{ sanType: "DNS", matcher: { exact: "a" } }] },
      },
    }),
    `envoy_refuses ${TLS}/validationContext/matchTypedSubjectAltNames`,
  ],
  [
    "an unknown static secret",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: { validationContextSdsSecretConfig: { name: "z" } },
    }),
    `missing_reference ${TLS}/validationContextSdsSecretConfig/name`,
  ],
  [
    "a name twice",
    graphOf({
      listeners: withChains({ filters: [tcpProxy({})] }).listeners as readonly Loose[],
      clusters: [TARGET, { ...TARGET }],
    }),
    "duplicate_name ",
  ],
  ["DFP caches differ", differingCaches(), "envoy_refuses /clusterType/typedConfig/dnsCacheConfig"],
  ["STATIC without endpoints", withCluster({ loadAssignment: undefined }), "ignored_field /loadAssignment", "accepts"],
  [
    "old zones beside a policy",
    withCluster({ loadBalancingPolicy: RANDOM, commonLbConfig: { zoneAwareLbConfig: {} } }),
    "envoy_refuses /commonLbConfig/zoneAwareLbConfig",
  ],
  [
    "old hashing beside a policy",
    withCluster({ loadBalancingPolicy: RANDOM, commonLbConfig: { consistentHashingLbConfig: {} } }),
    "envoy_refuses /commonLbConfig/consistentHashingLbConfig",
  ],
  [
    "Maglev table of 10 in the old place",
    withCluster({ lbPolicy: "MAGLEV", maglevLbConfig: { tableSize: "10" } }),
    "envoy_refuses /maglevLbConfig/tableSize",
  ],
  [
    "DNS asked again upside down",
    withCluster({ ...NAMED, dnsFailureRefreshRate: { baseInterval: "2s", maxInterval: "1s" } }),
    "envoy_refuses /dnsFailureRefreshRate/maxInterval",
  ],
  [
    "DNS of an extension asked again upside down",
    withCluster({
      ...NAMED,
      type: undefined,
      clusterType: typed("extensions.clusters.dns.v3.DnsCluster", {
        dnsFailureRefreshRate: { baseInterval: "2s", maxInterval: "1s" },
      }),
    }),
    "envoy_refuses /clusterType/typedConfig/dnsFailureRefreshRate/maxInterval",
  ],
  ["nothing for an endpoint", withEndpoints(group({ lbEndpoints: [{}] })), `envoy_refuses ${FIRST}/endpoint`],
  [
    "nothing for an endpoint of DNS",
    withCluster({ ...NAMED, loadAssignment: { clusterName: "b", endpoints: [group({ lbEndpoints: [{}] })] } }),
    `ignored_field ${FIRST}/endpoint`,
    "accepts",
  ],
  [
    "no address for DNS",
    withCluster({
      ...NAMED,
      loadAssignment: { clusterName: "b", endpoints: [group({ lbEndpoints: [{ endpoint: {} }] })] },
    }),
    `ignored_field ${FIRST}/endpoint/address`,
    "accepts",
  ],
  [
    "ORIGINAL_DST balanced, with a policy",
    withCluster({
      type: "ORIGINAL_DST",
      loadAssignment: undefined,
      ...balanced("cluster_provided.v3.ClusterProvided"),
    }),
    "envoy_refuses /lbPolicy",
  ],
  ...Object.entries(SELF_BALANCED).flatMap(([name, [type, config]]): readonly BrokenRow[] => {
    const found = {
      type: undefined,
      loadAssignment: undefined,
      clusterType: typed(`extensions.clusters.${type}`, config),
    };
    return [
      [`${name} balanced`, withCluster(found), "envoy_refuses /lbPolicy"],
      [
        `${name} balanced by a policy`,
        withCluster({ ...found, lbPolicy: "CLUSTER_PROVIDED", ...balanced("random.v3.Random") }),
        `envoy_refuses ${POLICY}/@type`,
      ],
    ];
  }),
  [
    "a reverse connection with a policy",
    withCluster({ ...REVERSED, loadAssignment: undefined, ...balanced("cluster_provided.v3.ClusterProvided") }),
    "envoy_refuses /lbPolicy",
  ],
  [
    "a reverse connection with endpoints",
    withCluster({ ...REVERSED, lbPolicy: "CLUSTER_PROVIDED" }),
    "envoy_refuses /loadAssignment",
  ],
  [
    "STATIC provides balancing to a policy",
    withCluster(balanced("cluster_provided.v3.ClusterProvided")),
    `envoy_refuses ${POLICY}/@type`,
  ],
  [
    "no type provides balancing",
    withCluster({ type: undefined, lbPolicy: "CLUSTER_PROVIDED" }),
    "envoy_refuses /lbPolicy",
  ],
  [
    "an extension for DNS provides balancing",
    withCluster({ ...NAMED, ...BY_EXTENSION, lbPolicy: "CLUSTER_PROVIDED" }),
    "envoy_refuses /lbPolicy",
  ],
  [
    "an extension for DNS provides balancing to a policy",
    withCluster({ ...NAMED, ...BY_EXTENSION, ...balanced("cluster_provided.v3.ClusterProvided") }),
    `envoy_refuses ${POLICY}/@type`,
  ],
  [
    "EDS config on no type",
    withCluster({ type: undefined, edsClusterConfig: { edsConfig: ADS } }),
    "envoy_refuses /edsClusterConfig",
  ],
  [
    "a name in no type",
    withCluster({
      type: undefined,
      loadAssignment: assignmentOf(group({ lbEndpoints: [endpointAt("a.example.com", 1)] })),
    }),
    `envoy_refuses ${FIRST}/endpoint/address/socketAddress/address`,
  ],
  [
    "LOGICAL_DNS with two groups",
    withCluster({ ...NAMED, type: "LOGICAL_DNS", loadAssignment: assignmentOf(group({}), { priority: 1 }) }),
    `envoy_refuses ${ENDPOINTS}`,
  ],
  [
    "an extension for logical DNS with two",
    withCluster({
      ...LOGICAL,
      loadAssignment: assignmentOf(group({ lbEndpoints: [endpointAt("a", 1), endpointAt("b", 1)] })),
    }),
    `envoy_refuses ${ENDPOINTS}`,
  ],
  ["an extension for logical DNS with none", withCluster(LOGICAL), "envoy_refuses /loadAssignment"],
  [
    "STRICT_DNS without endpoints",
    withCluster({ type: "STRICT_DNS", loadAssignment: undefined }),
    "ignored_field /loadAssignment",
    "accepts",
  ],
  [
    "an endpoint of DNS by its name",
    withCluster({ type: "STRICT_DNS", loadAssignment: NAMED_ENDPOINT }),
    `ignored_field ${FIRST}/endpointName`,
    "accepts",
  ],
  [
    "nothing for an endpoint of an extension for DNS",
    withCluster({ ...BY_EXTENSION, loadAssignment: assignmentOf(group({ lbEndpoints: [{}] })) }),
    `ignored_field ${FIRST}/endpoint`,
    "accepts",
  ],
  [
    "no address for logical DNS",
    withCluster({ type: "LOGICAL_DNS", loadAssignment: assignmentOf(group({ lbEndpoints: [{ endpoint: {} }] })) }),
    `ignored_field ${FIRST}/endpoint/address`,
    "accepts",
  ],
  [
    "a ring smaller than the default",
    withCluster({ lbPolicy: "RING_HASH", ringHashLbConfig: { maximumRingSize: "1023" } }),
    "envoy_refuses /ringHashLbConfig/minimumRingSize",
  ],
  [
    "a ring smaller than the default in a policy",
    withPolicy("ring_hash.v3.RingHash", { maximumRingSize: "1023" }),
    `envoy_refuses ${POLICY}/minimumRingSize`,
  ],
  [
    "ejection shorter than the default",
    withCluster({ outlierDetection: { maxEjectionTime: "29s" } }),
    "envoy_refuses /outlierDetection/maxEjectionTime",
  ],
  [
    "thresholds twice in two words",
    withCluster({
      circuitBreakers: { thresholds: [{ maxConnections: 1 }, { priority: "DEFAULT", maxConnections: 2 }] },
    }),
    "duplicate_priority /circuitBreakers/thresholds/1",
    "accepts",
  ],
]);
