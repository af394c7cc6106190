// Graphs without fault that come near to one: what is right beside each of the rules of clusters, TLS and sources.
import type { Graph } from "@netmason/xds";
import {
  CHECK,
  endpointAt,
  FILE,
  type Loose,
  typed,
  url,
  withBootstrap,
  withCluster,
  withEndpoints,
  withHealthCheck,
  withManager,
  withPolicy,
  withRouterFilters,
  withTransportSocket,
} from "./graph-parts.js";

const HTTP = "extensions.filters.http.";
const POLICIES = "extensions.load_balancing_policies.";
const TLS = "extensions.transport_sockets.tls.v3.UpstreamTlsContext";
const OPTIONS = "extensions.upstreams.http.v3.HttpProtocolOptions";
const grpcService = { envoyGrpc: { clusterName: "a" } };
const calm = { baseInterval: "1s", maxInterval: "1s" };
const group = (parts: Loose): Loose => ({ lbEndpoints: [endpointAt("127.0.0.1", 1)], ...parts });
const assigned = (...endpoints: readonly Loose[]): Loose => ({ loadAssignment: { clusterName: "b", endpoints } });
const NAMED = { type: "STRICT_DNS", ...assigned(group({ lbEndpoints: [endpointAt("a.example.com", 1)] })) };
const policies = (...list: readonly string[]): Loose => ({
  loadBalancingPolicy: { policies: list.map((each) => ({ typedExtensionConfig: typed(`${POLICIES}${each}`) })) },
});
const speaking = (config: Loose, more: Loose = {}): Graph =>
  withCluster({
    typedExtensionProtocolOptions: { [`envoy.${OPTIONS}`]: { "@type": url(OPTIONS), ...config } },
    ...more,
  });
const settings = (parts: Loose): Graph => speaking({ explicitHttpConfig: { http2ProtocolOptions: parts } });
const discovered = (type: string): Loose => ({
  name: "d",
  configDiscovery: { configSource: FILE, typeUrls: [url(type)] },
});
const mutation = typed(`${HTTP}header_mutation.v3.HeaderMutation`);
const codec = typed(`${HTTP}upstream_codec.v3.UpstreamCodec`);
const bound = (parts: Loose): Graph => withCluster({ upstreamBindConfig: parts });
const source = (address: string): Loose => ({ address, portValue: 0 });
const subset = (selector: Loose): Graph =>
  withCluster({ lbSubsetConfig: { subsetSelectors: [{ keys: ["a", "b"], ...selector }] } });
const subsets = (selector: Loose): Graph =>
  withPolicy("subset.v3.Subset", {
    subsetSelectors: [{ keys: ["a", "b"], ...selector }],
    fallbackPolicy: "ANY_ENDPOINT",
    subsetLbPolicy: { policies: [{ typedExtensionConfig: typed(`${POLICIES}random.v3.Random`) }] },
  });
const trusting = (validationContext: Loose): Graph =>
  withTransportSocket("UpstreamTlsContext", { commonTlsContext: { validationContext } });
const system = { validationContext: { systemRootCerts: {} } };
const tls = typed(TLS, { commonTlsContext: system });
const quic = {
  ...typed("extensions.transport_sockets.quic.v3.QuicUpstreamTransport", {
    upstreamTlsContext: { commonTlsContext: system },
  }),
  name: "envoy.transport_sockets.quic",
};
const matched = (transportSocket: Loose): Loose => ({
  transportSocketMatches: [{ name: "m", match: {}, transportSocket }],
});
const from = (configSource: Loose, more: Loose = {}): Graph =>
  withManager({ routeConfig: undefined, rds: { routeConfigName: "r", configSource, ...more } });
const api = (apiConfigSource: Loose): Graph => from({ resourceApiVersion: "V3", apiConfigSource });

const resolved = (address: string): Loose => ({ socketAddress: { address, portValue: 1, resolverName: "envoy.ip" } });

type Row = readonly [name: string, graph: Graph];

const clusters: readonly Row[] = [
  [
    "ORIGINAL_DST by both",
    withCluster({
      type: "ORIGINAL_DST",
      loadAssignment: undefined,
      lbPolicy: "CLUSTER_PROVIDED",
      ...policies("cluster_provided.v3.ClusterProvided"),
    }),
  ],
  ["balancing that a policy overrides", withCluster({ lbPolicy: "CLUSTER_PROVIDED", ...policies("random.v3.Random") })],
  ["a policy before another", withCluster(policies("random.v3.Random", "cluster_provided.v3.ClusterProvided"))],
  [
    "an aggregate by the first of two policies",
    withCluster({
      type: undefined,
      loadAssignment: undefined,
      clusterType: typed("extensions.clusters.aggregate.v3.ClusterConfig", { clusters: ["a"] }),
      ...policies("cluster_provided.v3.ClusterProvided", "random.v3.Random"),
    }),
  ],
  [
    "endpoints that an aggregate does not read",
    withCluster({
      type: undefined,
      lbPolicy: "CLUSTER_PROVIDED",
      clusterType: typed("extensions.clusters.aggregate.v3.ClusterConfig", { clusters: ["a"] }),
      ...assigned(group({ lbEndpoints: [{ endpoint: {} }] })),
    }),
  ],
  [
    "the resolver of addresses",
    withEndpoints({
      lbEndpoints: [
        { endpoint: { address: resolved("127.0.0.1"), additionalAddresses: [{ address: resolved("127.0.0.2") }] } },
      ],
    }),
  ],
  [
    "a policy that lbPolicy speaks of",
    withCluster({ lbPolicy: "LOAD_BALANCING_POLICY_CONFIG", ...policies("random.v3.Random") }),
  ],
  [
    "endpoints by discovery that DNS does not read",
    withCluster({ ...NAMED, ...assigned(group({ lbEndpoints: [endpointAt("a", 1)], ledsClusterLocalityConfig: {} })) }),
  ],
  [
    "more addresses of nothing for DNS",
    withCluster({
      ...NAMED,
      ...assigned({
        lbEndpoints: [{ endpoint: { ...(endpointAt("a", 1).endpoint as Loose), additionalAddresses: [{}] } }],
      }),
    }),
  ],
  ["a cluster of no type", withCluster({ type: undefined })],
  [
    "a port by its name for DNS",
    withCluster({
      ...NAMED,
      ...assigned({ lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "a", namedPort: "http" } } } }] }),
    }),
  ],
  [
    "more addresses by names for DNS",
    withCluster({
      ...NAMED,
      ...assigned({
        lbEndpoints: [
          {
            endpoint: {
              ...(endpointAt("a", 1).endpoint as Loose),
              additionalAddresses: [{ address: { socketAddress: { address: "b", portValue: 1 } } }],
            },
          },
        ],
      }),
    }),
  ],
  [
    "names for an extension that asks DNS",
    withCluster({
      ...NAMED,
      type: undefined,
      clusterType: typed("extensions.clusters.dns.v3.DnsCluster", { dnsFailureRefreshRate: calm }),
    }),
  ],
  ["DNS asked again at even steps", withCluster({ ...NAMED, dnsFailureRefreshRate: calm })],
  ["LOGICAL_DNS of one", withCluster({ ...NAMED, type: "LOGICAL_DNS" })],
  [
    "an aggregate by a policy",
    withCluster({
      type: undefined,
      loadAssignment: undefined,
      clusterType: typed("extensions.clusters.aggregate.v3.ClusterConfig", { clusters: ["a"] }),
      ...policies("cluster_provided.v3.ClusterProvided"),
    }),
  ],
  ["zones without a policy", withCluster({ commonLbConfig: { zoneAwareLbConfig: {} } })],
  ["localities without a policy", withCluster({ commonLbConfig: { localityWeightedLbConfig: {} } })],
  ["hashing without a policy", withCluster({ commonLbConfig: { consistentHashingLbConfig: {} } })],
  [
    "a ring of one size",
    withCluster({ lbPolicy: "RING_HASH", ringHashLbConfig: { minimumRingSize: "7", maximumRingSize: "7" } }),
  ],
  [
    "a ring of the smallest default",
    withCluster({ lbPolicy: "RING_HASH", ringHashLbConfig: { maximumRingSize: "1024" } }),
  ],
  [
    "a ring of the largest default",
    withCluster({ lbPolicy: "RING_HASH", ringHashLbConfig: { minimumRingSize: "8388608" } }),
  ],
  [
    "a ring of one size in a policy",
    withPolicy("ring_hash.v3.RingHash", { minimumRingSize: "7", maximumRingSize: "7" }),
  ],
  ["a ring of the smallest default in a policy", withPolicy("ring_hash.v3.RingHash", { maximumRingSize: "1024" })],
  ["a prime table", withCluster({ lbPolicy: "MAGLEV", maglevLbConfig: { tableSize: "65537" } })],
  ["no fallback", subset({})],
  ["a fallback to a key", subset({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["b"] })],
  ["a fallback to a key twice", subset({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["b", "b"] })],
  ["a fallback to nothing of another policy", subset({ fallbackPolicy: "ANY_ENDPOINT" })],
  ["no fallback in a policy", subsets({})],
  ["a fallback to a key in a policy", subsets({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["b"] })],
  ["a fallback to a key twice in a policy", subsets({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["b", "b"] })],
  ["thresholds for both", withCircuits({ maxConnections: 1 }, { priority: "HIGH", maxConnections: 1 })],
  [
    "an ejection as long as its base",
    withCluster({ outlierDetection: { baseEjectionTime: "5s", maxEjectionTime: "5s" } }),
  ],
  ["an ejection as long as the default", withCluster({ outlierDetection: { maxEjectionTime: "30s" } })],
  [
    "another policy below a locality, after the one",
    withPolicy("wrr_locality.v3.WrrLocality", {
      endpointPickingPolicy: {
        policies: ["client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin", "random.v3.Random"].map(
          (each) => ({
            typedExtensionConfig: typed(`${POLICIES}${each}`),
          }),
        ),
      },
    }),
  ],
  [
    "an override by metadata",
    withPolicy("override_host.v3.OverrideHost", {
      overrideHostSources: [{ metadata: { key: "a", path: [{ key: "b" }] } }],
      fallbackPolicy: { policies: [{ typedExtensionConfig: typed(`${POLICIES}random.v3.Random`) }] },
    }),
  ],
  [
    "localities that differ",
    withEndpoints(
      group({ locality: { region: "a" } }),
      group({ locality: { region: "a", zone: "b" } }),
      group({ locality: { region: "a", zone: "b", subZone: "c" } }),
      group({ locality: { region: "a" }, priority: 1 }),
    ),
  ],
  [
    "health checks with names",
    withCluster({
      healthChecks: ["x", "y"].map((name) => ({
        name,
        ...CHECK,
        tcpHealthCheck: { send: { text: "00ff" } },
      })),
    }),
  ],
  [
    "a payload of bytes",
    withCluster({
      healthChecks: [
        {
          ...CHECK,
          tcpHealthCheck: { send: { binary: "AA==" } },
        },
      ],
    }),
  ],
];

function withCircuits(...thresholds: readonly Loose[]): Graph {
  return withCluster({ circuitBreakers: { thresholds } });
}

const upstreams: readonly Row[] = [
  ["ALPN over TLS for some", speaking({ autoConfig: {} }, { transportSocket: tls, ...matched(tls) })],
  [
    "HTTP/3 of requests",
    speaking({ useDownstreamProtocolConfig: { http3ProtocolOptions: {} } }, { transportSocket: quic }),
  ],
  [
    "options of another protocol",
    withCluster({
      typedExtensionProtocolOptions: {
        "envoy.filters.network.redis_proxy": {
          "@type": url("extensions.filters.network.redis_proxy.v3.RedisProtocolOptions"),
        },
      },
    }),
  ],
  ["HTTP/3 over QUIC", speaking({ explicitHttpConfig: { http3ProtocolOptions: {} } }, { transportSocket: quic })],
  ["ALPN over TLS", speaking({ autoConfig: {} }, { transportSocket: tls })],
  [
    "HTTP/3 with a cache",
    speaking(
      { autoConfig: { http3ProtocolOptions: {}, alternateProtocolsCacheOptions: { name: "c" } } },
      { transportSocket: quic },
    ),
  ],
  [
    "filters towards a cluster",
    speaking({ explicitHttpConfig: { httpProtocolOptions: {} }, httpFilters: [mutation, codec] }),
  ],
  [
    "filters towards a cluster by discovery",
    speaking({
      explicitHttpConfig: { httpProtocolOptions: {} },
      httpFilters: [discovered(`${HTTP}header_mutation.v3.HeaderMutation`), codec],
    }),
  ],
  ["filters of the router", withRouterFilters(mutation, codec)],
  [
    "filters of the router by discovery",
    withRouterFilters(discovered(`${HTTP}header_mutation.v3.HeaderMutation`), codec),
  ],
  [
    "settings that have no field",
    settings({
      hpackTableSize: 1,
      maxConcurrentStreams: 1,
      initialStreamWindowSize: 65_535,
      customSettingsParameters: [
        { identifier: 2, value: 0 },
        { identifier: 7, value: 1 },
        { identifier: 7, value: 1 },
        { identifier: 9, value: 2 },
      ],
    }),
  ],
  [
    "settings instead of fields",
    settings({ customSettingsParameters: [1, 3, 4].map((identifier) => ({ identifier, value: 65_535 })) }),
  ],
  [
    "sources of both families",
    bound({ sourceAddress: source("127.0.0.1"), extraSourceAddresses: [{ address: source("::1") }] }),
  ],
  [
    "sources of both families in the old place",
    bound({ sourceAddress: source("::1"), additionalSourceAddresses: [source("127.0.0.1")] }),
  ],
  ["all statuses", withHealthCheck({ expectedStatuses: [{ start: "100", end: "600" }] })],
  ["one status", withHealthCheck({ retriableStatuses: [{ start: "500", end: "501" }] })],
  ["all statuses once more", withHealthCheck({ retriableStatuses: [{ start: "100", end: "600" }] })],
  ["a POST with a body", withHealthCheck({ method: "POST", send: { text: "00" } })],
];

/** Some authority's certificate, so that Envoy can read it; valid until 2126. */
const AUTHORITY = {
  trustedCa: {
    inlineString: `-----BEGIN CERTIFICATE-----
MIIBhDCCASugAwIBAgIUKr3s/bwsro7EZ5jvh1JDTXsjhqowCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMYW4gYXV0aG9yaXR5MCAXDTI2MTEyNTA0MTgyMVoYDzIxMjYx
MTAxMDQxODIxWjAXMRUwEwYDVQQDDAxhbiBhdXRob3JpdHkwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASw2vG21mi5ncMXDQjp+i/aC5gte4hevWxagT3RgostqEGk
3HrMm9z6LbWdYO5FEcjaugcEa3g6LzaR09xGN5bho1MwUTAdBgNVHQ4EFgQUJlGl
Tp+SU9cDtMVyMyLl5PbGgJowHwYDVR0jBBgwFoAUJlGlTp+SU9cDtMVyMyLl5PbG
gJowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAOi4obOWbAMsBZ
aH8/kVqCwcMITpYOa1a2gZHeUqHQpwIgXEtcG63DOMRzW4Z0bQiiZzEUeb1Y6eCH
1pPknWfoONI=
-----END CERTIFICATE-----`,
  },
};
const NAME = { sanType: "DNS", matcher: { exact: "a" } };

const secure: readonly Row[] = [
  ["an authority", trusting(AUTHORITY)],
  ["names beside an authority", trusting({ ...AUTHORITY, matchTypedSubjectAltNames: [NAME] })],
  [
    "another name beside an authority",
    trusting({ ...AUTHORITY, matchTypedSubjectAltNames: [{ ...NAME, sanType: "OTHER_NAME", oid: "1.2.3" }] }),
  ],
  [
    "a server name beside an authority",
    withTransportSocket("UpstreamTlsContext", {
      autoSniSanValidation: true,
      commonTlsContext: { validationContext: AUTHORITY },
    }),
  ],
  [
    "one certificate by SDS",
    withTransportSocket("UpstreamTlsContext", {
      commonTlsContext: { ...system, tlsCertificateSdsSecretConfigs: [{ name: "x", sdsConfig: FILE }] },
    }),
  ],
  [
    "a protocol of 255 bytes",
    withTransportSocket("UpstreamTlsContext", { commonTlsContext: { ...system, alpnProtocols: ["x".repeat(255)] } }),
  ],
  [
    "a server name that SDS vouches for",
    withTransportSocket("UpstreamTlsContext", {
      autoSniSanValidation: true,
      commonTlsContext: { validationContextSdsSecretConfig: { name: "x", sdsConfig: FILE } },
    }),
  ],
  [
    "a server name that SDS and a context vouch for",
    withTransportSocket("UpstreamTlsContext", {
      autoSniSanValidation: true,
      commonTlsContext: {
        combinedValidationContext: {
          defaultValidationContext: {},
          validationContextSdsSecretConfig: { name: "x", sdsConfig: FILE },
        },
      },
    }),
  ],
  ["a hash", trusting({ verifyCertificateHash: ["a".repeat(64)] })],
  ["a hash with colons", trusting({ verifyCertificateHash: [Array.from({ length: 32 }, () => "0F").join(":")] })],
  ["a key's hash", trusting({ verifyCertificateSpki: ["NvqYIYSbgK2vCJpQhObf77vv+bQWtc5ek5RIOwPiC9A="] })],
  [
    "ticket keys",
    {
      ...withManager({}),
      secrets: [{ name: "s", sessionTicketKeys: { keys: [{ inlineBytes: Buffer.alloc(80).toString("base64") }] } }],
    },
  ],
  [
    "a generic secret",
    { ...withManager({}), secrets: [{ name: "s", genericSecret: { secret: { inlineString: "x" } } }] },
  ],
];

const sources: readonly Row[] = [
  ["REST", api({ apiType: "REST", clusterNames: ["a"], refreshDelay: "1s" })],
  ["gRPC", api({ apiType: "GRPC", grpcServices: [grpcService], transportApiVersion: "V3" })],
  [
    "a stream that backs off at even steps",
    api({ apiType: "GRPC", grpcServices: [{ envoyGrpc: { clusterName: "a", retryPolicy: { retryBackOff: calm } } }] }),
  ],
  [
    "metrics",
    withBootstrap({
      statsSinks: [typed("config.metrics.v3.MetricsServiceConfig", { grpcService, transportApiVersion: "V3" })],
    }),
  ],
];

/** Without fault; Envoy takes them. */
export const nearMissesUpstream: readonly Row[] = [...clusters, ...upstreams, ...secure, ...sources];
