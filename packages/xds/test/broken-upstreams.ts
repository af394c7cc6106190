// Faults of how Envoy speaks to a cluster, of its weights and its health checks.
import {
  type BrokenGraph,
  brokenGraphs,
  endpointAt,
  type Loose,
  typed,
  url,
  withCluster,
  withEndpoints,
  withHealthCheck,
  withPolicy,
  withRouterFilters,
} from "./graph-parts.js";

const ENDPOINTS = "/loadAssignment/endpoints";
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const AT = `/typedExtensionProtocolOptions/${OPTIONS}`;
const HTTP = "extensions.filters.http.";
const MOST = 4_294_967_295;
const weighing = (loadBalancingWeight: number): Loose => ({ ...endpointAt("127.0.0.1", 1), loadBalancingWeight });
const region = (name: string, parts: Loose): Loose => ({ locality: { region: name }, ...parts });
const heavy = [weighing(MOST), endpointAt("127.0.0.1", 2)];
const assignment = (...endpoints: readonly Loose[]): Loose => ({ clusterName: "b", endpoints });
const hashing = (...endpoints: readonly Loose[]): ReturnType<typeof withCluster> =>
  withCluster({ lbPolicy: "RING_HASH", loadAssignment: assignment(...endpoints) });
const speaking = (config: Loose, more: Loose = {}): ReturnType<typeof withCluster> =>
  withCluster({ typedExtensionProtocolOptions: { [OPTIONS]: { "@type": url(OPTIONS.slice(6)), ...config } }, ...more });
const settings = (parts: Loose): ReturnType<typeof withCluster> =>
  speaking({ explicitHttpConfig: { http2ProtocolOptions: parts } });
const SETTING = `${AT}/explicitHttpConfig/http2ProtocolOptions/customSettingsParameters`;
const tls = {
  name: "tls",
  typedConfig: {
    "@type": url("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
    commonTlsContext: { validationContext: { systemRootCerts: {} } },
  },
};
/** Envoy knows it by its name. */
const QUIC = {
  ...typed("extensions.transport_sockets.quic.v3.QuicUpstreamTransport", {
    upstreamTlsContext: { commonTlsContext: { validationContext: { systemRootCerts: {} } } },
  }),
  name: "envoy.transport_sockets.quic",
};
const PLAIN = typed("extensions.transport_sockets.raw_buffer.v3.RawBuffer");
const HTTP3 = `${AT}/explicitHttpConfig/http3ProtocolOptions`;
const http3 = (more: Loose): ReturnType<typeof withCluster> =>
  speaking({ explicitHttpConfig: { http3ProtocolOptions: {} } }, more);
const matched = (transportSocket: Loose): Loose => ({
  transportSocketMatches: [{ name: "m", match: {}, transportSocket }],
});
const HTTP1 = { explicitHttpConfig: { httpProtocolOptions: {} } };
const mutation = { name: "m", typedConfig: { "@type": url(`${HTTP}header_mutation.v3.HeaderMutation`) } };
const codec = { name: "c", typedConfig: { "@type": url(`${HTTP}upstream_codec.v3.UpstreamCodec`) } };
const ROUTER_FILTERS = "/filterChains/0/filters/0/typedConfig/httpFilters/0/typedConfig/upstreamHttpFilters";
const HTTP_CHECK = "/healthChecks/0/httpHealthCheck";
const bound = (parts: Loose): ReturnType<typeof withCluster> => withCluster({ upstreamBindConfig: parts });
const source = (address: string): Loose => ({ address, portValue: 0 });
const RESOLVED = { socketAddress: { address: "127.0.0.1", portValue: 1, resolverName: "x" } };
const asking = (resolver: Loose): ReturnType<typeof withCluster> =>
  withCluster({
    type: "STRICT_DNS",
    loadAssignment: assignment({ lbEndpoints: [endpointAt("a", 1)] }),
    dnsResolutionConfig: { resolvers: [resolver] },
  });
const SUBSETS = "/lbSubsetConfig/subsetSelectors/0/fallbackKeysSubset";
const subset = (selector: Loose): ReturnType<typeof withCluster> =>
  withCluster({ lbSubsetConfig: { subsetSelectors: [{ keys: ["a", "b"], ...selector }] } });
const POLICY_SUBSETS =
  "/loadBalancingPolicy/policies/0/typedExtensionConfig/typedConfig/subsetSelectors/0/fallbackKeysSubset";
const subsets = (selector: Loose): ReturnType<typeof withPolicy> =>
  withPolicy("subset.v3.Subset", {
    subsetSelectors: [selector],
    fallbackPolicy: "ANY_ENDPOINT",
    subsetLbPolicy: {
      policies: [{ typedExtensionConfig: typed("extensions.load_balancing_policies.random.v3.Random") }],
    },
  });
const maglev = {
  policies: [
    {
      typedExtensionConfig: {
        name: "m",
        typedConfig: { "@type": url("extensions.load_balancing_policies.maglev.v3.Maglev") },
      },
    },
  ],
};

/** Faults of clusters, of what is between them and Envoy. */
export const brokenUpstreams: readonly BrokenGraph[] = brokenGraphs([
  ["endpoints too heavy for a ring", hashing({ lbEndpoints: heavy }), `envoy_refuses ${ENDPOINTS}/0/lbEndpoints`],
  [
    "endpoints too heavy for Maglev",
    withCluster({ loadBalancingPolicy: maglev, loadAssignment: assignment({ lbEndpoints: heavy }) }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints`,
  ],
  [
    "localities too heavy for a ring",
    hashing(
      region("a", { loadBalancingWeight: MOST, lbEndpoints: [endpointAt("127.0.0.1", 1)] }),
      region("b", { loadBalancingWeight: 1, lbEndpoints: [endpointAt("127.0.0.1", 2)] }),
    ),
    `envoy_refuses ${ENDPOINTS}/1/loadBalancingWeight`,
  ],
  [
    "localities too heavy",
    withEndpoints(
      region("a", { loadBalancingWeight: MOST, lbEndpoints: [endpointAt("127.0.0.1", 1)] }),
      region("b", { loadBalancingWeight: 1, lbEndpoints: [endpointAt("127.0.0.1", 2)] }),
    ),
    `out_of_range ${ENDPOINTS}/1/loadBalancingWeight`,
    "accepts",
  ],
  ["endpoints too heavy", withEndpoints({ lbEndpoints: heavy }), `out_of_range ${ENDPOINTS}/0/lbEndpoints`, "accepts"],
  [
    "a name of a port",
    withEndpoints({
      lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "127.0.0.1", namedPort: "http" } } } }],
    }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address/socketAddress/namedPort`,
  ],
  [
    "a name in STATIC more",
    withEndpoints({
      lbEndpoints: [
        {
          endpoint: {
            ...(endpointAt("127.0.0.1", 1).endpoint as Loose),
            additionalAddresses: [{ address: { socketAddress: { address: "x", portValue: 1 } } }],
          },
        },
      ],
    }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/additionalAddresses/0/address/socketAddress/address`,
  ],
  [
    "HTTP/3 over TCP",
    speaking({ explicitHttpConfig: { http3ProtocolOptions: {} } }),
    `envoy_refuses ${AT}/explicitHttpConfig/http3ProtocolOptions`,
  ],
  [
    "HTTP/3 without a cache",
    speaking({ autoConfig: { http3ProtocolOptions: {} } }, { transportSocket: QUIC }),
    `envoy_refuses ${AT}/autoConfig/http3ProtocolOptions`,
  ],
  [
    "a filter without configuration",
    speaking({ ...HTTP1, httpFilters: [{ name: "x" }, codec] }),
    `envoy_refuses ${AT}/httpFilters/0`,
  ],
  [
    "an aggregate without configuration",
    withCluster({
      type: undefined,
      loadAssignment: undefined,
      lbPolicy: "CLUSTER_PROVIDED",
      clusterType: { name: "envoy.clusters.aggregate" },
    }),
    "envoy_refuses /clusterType/typedConfig",
  ],
  ["filters without codec", speaking({ ...HTTP1, httpFilters: [mutation] }), `router_not_last ${AT}/httpFilters/0`],
  ["codec first", speaking({ ...HTTP1, httpFilters: [codec, codec] }), `router_not_last ${AT}/httpFilters/0`],
  ["router's filters without codec", withRouterFilters(mutation), `router_not_last ${ROUTER_FILTERS}/0`],
  [
    "a setting twice",
    settings({
      customSettingsParameters: [
        { identifier: 7, value: 1 },
        { identifier: 7, value: 2 },
      ],
    }),
    `envoy_refuses ${SETTING}/1`,
  ],
  [
    "a setting that has a field",
    settings({ hpackTableSize: 1, customSettingsParameters: [{ identifier: 1, value: 2 }] }),
    `envoy_refuses ${SETTING}/0`,
  ],
  [
    "a setting for pushes",
    settings({ customSettingsParameters: [{ identifier: 2, value: 1 }] }),
    `envoy_refuses ${SETTING}/0`,
  ],
  [
    "a setting for CONNECT",
    settings({ customSettingsParameters: [{ identifier: 8, value: 1 }] }),
    `envoy_refuses ${SETTING}/0`,
  ],
  [
    "a source of a name",
    bound({ sourceAddress: source("x") }),
    "envoy_refuses /upstreamBindConfig/sourceAddress/address",
  ],
  [
    "sources of one family",
    bound({ sourceAddress: source("127.0.0.1"), extraSourceAddresses: [{ address: source("127.0.0.2") }] }),
    "envoy_refuses /upstreamBindConfig/extraSourceAddresses/0",
  ],
  [
    "three sources",
    bound({
      sourceAddress: source("127.0.0.1"),
      extraSourceAddresses: [{ address: source("::1") }, { address: source("::2") }],
    }),
    "envoy_refuses /upstreamBindConfig/extraSourceAddresses",
  ],
  [
    "a second source alone",
    bound({ extraSourceAddresses: [{ address: source("::1") }] }),
    "envoy_refuses /upstreamBindConfig/extraSourceAddresses",
  ],
  [
    "statuses upside down",
    withHealthCheck({ expectedStatuses: [{ start: "300", end: "200" }] }),
    `envoy_refuses ${HTTP_CHECK}/expectedStatuses/0`,
  ],
  [
    "statuses from 99",
    withHealthCheck({ expectedStatuses: [{ start: "99", end: "200" }] }),
    `envoy_refuses ${HTTP_CHECK}/expectedStatuses/0`,
  ],
  [
    "statuses to 601",
    withHealthCheck({ retriableStatuses: [{ start: "200", end: "601" }] }),
    `envoy_refuses ${HTTP_CHECK}/retriableStatuses/0`,
  ],
  ["a GET with a body", withHealthCheck({ send: { text: "00" } }), `envoy_refuses ${HTTP_CHECK}/send`],
  [
    "a check that sets the host",
    withHealthCheck({ requestHeadersToAdd: [{ header: { key: "Host", value: "x" } }] }),
    `envoy_refuses ${HTTP_CHECK}/requestHeadersToAdd/0/header/key`,
  ],
  [
    "a fallback to all keys",
    subset({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["a", "b"] }),
    `envoy_refuses ${SUBSETS}`,
  ],
  [
    "a fallback to other keys",
    subset({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["c"] }),
    `envoy_refuses ${SUBSETS}`,
  ],
  ["a fallback to no keys", subset({ fallbackPolicy: "KEYS_SUBSET" }), `envoy_refuses ${SUBSETS}`],
  ["a fallback of another policy", subset({ fallbackKeysSubset: ["a"] }), `envoy_refuses ${SUBSETS}`],
  [
    "a fallback in a policy",
    subsets({ keys: ["a"], fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["b"] }),
    `envoy_refuses ${POLICY_SUBSETS}`,
  ],
  [
    "a policy of something else",
    withCluster({
      loadBalancingPolicy: {
        policies: [{ typedExtensionConfig: { name: "p", typedConfig: { "@type": url(`${HTTP}router.v3.Router`) } } }],
      },
    }),
    "envoy_refuses /loadBalancingPolicy/policies",
  ],
  [
    "a name for an endpoint's port more",
    withEndpoints({
      lbEndpoints: [
        {
          endpoint: {
            ...(endpointAt("127.0.0.1", 1).endpoint as Loose),
            additionalAddresses: [{ address: { socketAddress: { address: "127.0.0.2", namedPort: "http" } } }],
          },
        },
      ],
    }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/additionalAddresses/0/address/socketAddress/namedPort`,
  ],
  [
    "a filter of the router without configuration",
    withRouterFilters({ name: "x" }, codec),
    `envoy_refuses ${ROUTER_FILTERS}/0`,
  ],
  ["the router's codec first", withRouterFilters(codec, codec), `router_not_last ${ROUTER_FILTERS}/0`],
  [
    "streams set twice",
    settings({ maxConcurrentStreams: 1, customSettingsParameters: [{ identifier: 3, value: 2 }] }),
    `envoy_refuses ${SETTING}/0`,
  ],
  [
    "a window set twice",
    settings({ initialStreamWindowSize: 65_535, customSettingsParameters: [{ identifier: 4, value: 65_536 }] }),
    `envoy_refuses ${SETTING}/0`,
  ],
  [
    "a source of a port's name",
    bound({ sourceAddress: { address: "127.0.0.1", namedPort: "http" } }),
    "envoy_refuses /upstreamBindConfig/sourceAddress/namedPort",
  ],
  [
    "a second source alone in the old place",
    bound({ additionalSourceAddresses: [source("::1")] }),
    "envoy_refuses /upstreamBindConfig/additionalSourceAddresses",
  ],
  [
    "three sources in the old place",
    bound({ sourceAddress: source("127.0.0.1"), additionalSourceAddresses: [source("::1"), source("::2")] }),
    "envoy_refuses /upstreamBindConfig/additionalSourceAddresses",
  ],
  [
    "sources of one family in the old place",
    bound({ sourceAddress: source("127.0.0.1"), additionalSourceAddresses: [source("127.0.0.2")] }),
    "envoy_refuses /upstreamBindConfig/additionalSourceAddresses/0",
  ],
  [
    "sources in both places",
    bound({
      sourceAddress: source("127.0.0.1"),
      extraSourceAddresses: [{ address: source("::1") }],
      additionalSourceAddresses: [source("::1")],
    }),
    "envoy_refuses /upstreamBindConfig/additionalSourceAddresses",
  ],
  [
    "a fallback of another policy in a policy",
    subsets({ keys: ["a", "b"], fallbackPolicy: "ANY_ENDPOINT", fallbackKeysSubset: ["a"] }),
    `envoy_refuses ${POLICY_SUBSETS}`,
  ],
  ["HTTP/3 over QUIC of another name", http3({ transportSocket: { ...QUIC, name: "x" } }), `envoy_refuses ${HTTP3}`],
  ["HTTP/3 over what an endpoint asks for", http3(matched(QUIC)), `envoy_refuses ${HTTP3}`],
  [
    "HTTP/3 of requests over TLS",
    speaking({ useDownstreamProtocolConfig: { http3ProtocolOptions: {} } }, { transportSocket: tls }),
    `envoy_refuses ${AT}/useDownstreamProtocolConfig/http3ProtocolOptions`,
  ],
  [
    "HTTP/3 by ALPN over TLS",
    speaking(
      { autoConfig: { http3ProtocolOptions: {}, alternateProtocolsCacheOptions: { name: "c" } } },
      { transportSocket: tls },
    ),
    `envoy_refuses ${AT}/autoConfig/http3ProtocolOptions`,
  ],
  ["ALPN over plain text", speaking({ autoConfig: {} }, { transportSocket: PLAIN }), `envoy_refuses ${AT}/autoConfig`],
  ["ALPN over what an endpoint asks for", speaking({ autoConfig: {} }, matched(tls)), `envoy_refuses ${AT}/autoConfig`],
  [
    "ALPN over plain text for some",
    speaking({ autoConfig: {} }, { transportSocket: tls, ...matched(PLAIN) }),
    `envoy_refuses ${AT}/autoConfig`,
  ],
  [
    "a setting with and without a value",
    settings({
      customSettingsParameters: [
        { identifier: 7, value: 0 },
        { identifier: 7, value: 1 },
      ],
    }),
    `envoy_refuses ${SETTING}/1`,
  ],
  [
    "statuses from nothing",
    withHealthCheck({ expectedStatuses: [{ end: "300" }] }),
    `envoy_refuses ${HTTP_CHECK}/expectedStatuses/0`,
  ],
  [
    "statuses to nothing",
    withHealthCheck({ expectedStatuses: [{ start: "200" }] }),
    `envoy_refuses ${HTTP_CHECK}/expectedStatuses/0`,
  ],
  [
    "statuses to 601 that are expected",
    withHealthCheck({ expectedStatuses: [{ start: "200", end: "601" }] }),
    `envoy_refuses ${HTTP_CHECK}/expectedStatuses/0`,
  ],
  [
    "statuses from 99 that are tried again",
    withHealthCheck({ retriableStatuses: [{ start: "99", end: "200" }] }),
    `envoy_refuses ${HTTP_CHECK}/retriableStatuses/0`,
  ],
  [
    "no status",
    withHealthCheck({ retriableStatuses: [{ start: "200", end: "200" }] }),
    `envoy_refuses ${HTTP_CHECK}/retriableStatuses/0`,
  ],
  [
    "a fallback to all keys, one of them twice",
    subset({ fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["a", "b", "a"] }),
    `envoy_refuses ${SUBSETS}`,
  ],
  [
    "a fallback to a key and another",
    subset({ keys: ["a", "b", "d"], fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["a", "c"] }),
    `envoy_refuses ${SUBSETS}`,
  ],
  [
    "a fallback to no keys in a policy",
    subsets({ keys: ["a"], fallbackPolicy: "KEYS_SUBSET" }),
    `envoy_refuses ${POLICY_SUBSETS}`,
  ],
  [
    "a fallback to all keys in a policy",
    subsets({ keys: ["a", "b"], fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["a", "b", "a"] }),
    `envoy_refuses ${POLICY_SUBSETS}`,
  ],
  [
    "a fallback to a key and another in a policy",
    subsets({ keys: ["a", "b", "d"], fallbackPolicy: "KEYS_SUBSET", fallbackKeysSubset: ["a", "c"] }),
    `envoy_refuses ${POLICY_SUBSETS}`,
  ],
  [
    "an unknown resolver of an endpoint",
    withEndpoints({ lbEndpoints: [{ endpoint: { address: RESOLVED } }] }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of an endpoint more",
    withEndpoints({
      lbEndpoints: [
        {
          endpoint: { ...(endpointAt("127.0.0.1", 1).endpoint as Loose), additionalAddresses: [{ address: RESOLVED }] },
        },
      ],
    }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/additionalAddresses/0/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of a source",
    bound({ sourceAddress: RESOLVED.socketAddress }),
    "envoy_refuses /upstreamBindConfig/sourceAddress/resolverName",
  ],
  [
    "a resolver at a port's name",
    asking({ socketAddress: { address: "127.0.0.1", namedPort: "dns" } }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/namedPort",
  ],
  [
    "an unknown resolver of a resolver",
    asking(RESOLVED),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/resolverName",
  ],
  [
    "a resolver of an extension for DNS",
    withCluster({
      type: undefined,
      clusterType: typed("extensions.clusters.dns.v3.DnsCluster"),
      loadAssignment: assignment({
        lbEndpoints: [
          { endpoint: { address: { socketAddress: { address: "a", portValue: 1, resolverName: "envoy.ip" } } } },
        ],
      }),
    }),
    `envoy_refuses ${ENDPOINTS}/0/lbEndpoints/0/endpoint/address/socketAddress/resolverName`,
  ],
  [
    "a check by ALPN over plain text for some",
    withCluster({
      ...withHealthCheck({ useAlpnProtocol: true }).clusters?.[1],
      transportSocket: tls,
      ...matched(PLAIN),
    } as Loose),
    `envoy_refuses ${HTTP_CHECK}/useAlpnProtocol`,
  ],
]);
