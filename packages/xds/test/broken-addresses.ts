// Faults of addresses, wherever one stands.
import {
  at,
  type BrokenGraph,
  type BrokenRow,
  brokenGraphs,
  endpointAt,
  type Loose,
  withCluster,
  withDns,
  withEndpoints,
  withListener,
} from "./graph-parts.js";

const ENDPOINT = "/loadAssignment/endpoints/0/lbEndpoints/0";
const socket = (parts: Loose): Loose => ({ socketAddress: { address: "127.0.0.1", portValue: 0, ...parts } });
const named: Loose = { socketAddress: { address: "127.0.0.1", namedPort: "dns" } };
const further = (address: Loose): ReturnType<typeof withListener> =>
  withListener({ additionalAddresses: [{ address }] });
const asksDns = (parts: Loose): ReturnType<typeof withCluster> => withCluster({ type: "STRICT_DNS", ...parts });
const first = endpointAt("127.0.0.1", 1).endpoint as Loose;

/** Of listeners, endpoints and DNS servers. */
const addresses: readonly BrokenRow[] = [
  ["an unknown resolver", at({ resolverName: "x" }), "envoy_refuses /address/socketAddress/resolverName"],
  [
    "a name for envoy.ip",
    at({ address: "localhost", resolverName: "envoy.ip" }),
    "envoy_refuses /address/socketAddress/address",
  ],
  [
    "a resolver where DNS is asked",
    withDns({ address: { socketAddress: { address: "a", portValue: 1, resolverName: "envoy.ip" } } }),
    `envoy_refuses ${ENDPOINT}/endpoint/address/socketAddress/resolverName`,
  ],
  ["IPv4 for IPv4", at({ ipv4Compat: true }), "envoy_refuses /address/socketAddress/ipv4Compat"],
  [
    "an address inside Envoy",
    withListener({ address: { envoyInternalAddress: { serverListenerName: "x" } } }),
    "envoy_refuses /address/envoyInternalAddress",
  ],
  ["inside Envoy with an address", withListener({ internalListener: {} }), "envoy_refuses /address"],
  [
    "a further address of nothing",
    withListener({ additionalAddresses: [{}] }),
    "envoy_refuses /additionalAddresses/0/address",
  ],
  [
    "a further endpoint of nothing",
    withEndpoints({
      lbEndpoints: [{ endpoint: { ...(endpointAt("127.0.0.1", 1).endpoint as Loose), additionalAddresses: [{}] } }],
    }),
    `envoy_refuses ${ENDPOINT}/endpoint/additionalAddresses/0/address`,
  ],
  [
    "an endpoint by name",
    withEndpoints({ lbEndpoints: [{ endpointName: "x" }] }),
    `envoy_refuses ${ENDPOINT}/endpointName`,
  ],
  [
    "endpoints by discovery in STATIC",
    withEndpoints({ lbEndpoints: [endpointAt("127.0.0.1", 1)], ledsClusterLocalityConfig: {} }),
    "envoy_refuses /loadAssignment/endpoints/0/ledsClusterLocalityConfig",
  ],
  [
    "a socket with a long path",
    withEndpoints({ lbEndpoints: [{ endpoint: { address: { pipe: { path: `/${"x".repeat(107)}` } } } }] }),
    `envoy_refuses ${ENDPOINT}/endpoint/address/pipe/path`,
  ],
  [
    "a DNS server by name",
    withCluster({
      dnsResolutionConfig: { resolvers: [{ socketAddress: { address: "a", portValue: 53 } }] },
      type: "STRICT_DNS",
    }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/address",
  ],
  ["chains by discovery without a matcher", withListener({ fcdsConfig: {} }), "envoy_refuses /fcdsConfig"],
];

/** The same in each other place that has an address. */
const elsewhere: readonly BrokenRow[] = [
  [
    "a further address inside Envoy",
    further({ envoyInternalAddress: { serverListenerName: "x" } }),
    "envoy_refuses /additionalAddresses/0/address/envoyInternalAddress",
  ],
  [
    "IPv4 for IPv4 at a further address",
    further(socket({ ipv4Compat: true })),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/ipv4Compat",
  ],
  [
    "an unknown resolver of a further address",
    further(socket({ resolverName: "x" })),
    "envoy_refuses /additionalAddresses/0/address/socketAddress/resolverName",
  ],
  [
    "an unknown resolver of an endpoint",
    withEndpoints({ lbEndpoints: [{ endpoint: { address: socket({ resolverName: "x" }) } }] }),
    `envoy_refuses ${ENDPOINT}/endpoint/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of a further endpoint",
    withEndpoints({
      lbEndpoints: [{ endpoint: { ...first, additionalAddresses: [{ address: socket({ resolverName: "x" }) }] } }],
    }),
    `envoy_refuses ${ENDPOINT}/endpoint/additionalAddresses/0/address/socketAddress/resolverName`,
  ],
  [
    "an unknown resolver of a source",
    withCluster({ upstreamBindConfig: { sourceAddress: { address: "127.0.0.1", portValue: 0, resolverName: "x" } } }),
    "envoy_refuses /upstreamBindConfig/sourceAddress/resolverName",
  ],
  [
    "a DNS server with a named port",
    asksDns({ dnsResolutionConfig: { resolvers: [named] } }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/namedPort",
  ],
  [
    "a DNS server with a resolver",
    asksDns({ dnsResolutionConfig: { resolvers: [socket({ resolverName: "x" })] } }),
    "envoy_refuses /dnsResolutionConfig/resolvers/0/socketAddress/resolverName",
  ],
  [
    "a DNS server with a named port in the oldest place",
    asksDns({ dnsResolvers: [named] }),
    "envoy_refuses /dnsResolvers/0/socketAddress/namedPort",
  ],
  [
    "a DNS server with a resolver in the oldest place",
    asksDns({ dnsResolvers: [socket({ resolverName: "x" })] }),
    "envoy_refuses /dnsResolvers/0/socketAddress/resolverName",
  ],
];

/** Faults of addresses. */
export const brokenAddresses: readonly BrokenGraph[] = brokenGraphs([...addresses, ...elsewhere]);
