// What gRPC clients and servers refuse and Envoy takes, or does not care about.
import { cluster, endpoints, type Graph, listener, tls } from "@netmason/xds";
import { endpointAt, graphOf, type Loose, typed, withListener, withManager } from "./graph-parts.js";

const HCM = "/filterChains/0/filters/0/typedConfig";
const group = { locality: { region: "a" }, loadBalancingWeight: 1, lbEndpoints: [endpointAt("10.0.0.1", 1)] };
const FAULT = typed("extensions.filters.http.fault.v3.HTTPFault");
const groups = (...list: readonly Loose[]): Graph => ({ endpoints: [{ clusterName: "a", endpoints: list }] });
const clusterOf = (parts: Loose): Graph => graphOf({ clusters: [parts] });
/** The listener, without the cluster behind it. */
const alone = ({ listeners = [] }: Graph): Graph => ({ listeners });
const server = (parts: Partial<Parameters<typeof listener.http>[0]>): Graph => ({
  listeners: [listener.http({ name: "l", address: "0.0.0.0:1", routes: { rds: "r" }, ...parts })],
});

/** A graph, and the JSON Pointers of what gRPC refuses in it. */
export interface BrokenForGrpc {
  readonly name: string;
  readonly graph: Graph;
  readonly paths: readonly string[];
  /** What the client for Node does with it. */
  readonly node: "refuses" | "accepts";
}

type Row = readonly [name: string, graph: Graph, ...paths: readonly string[]];

const rows: readonly Row[] = [
  [
    "another source of endpoints",
    { clusters: [cluster.eds({ name: "a", source: { pathConfigSource: { path: "/a" } } })] },
    "/edsClusterConfig/edsConfig",
  ],
  [
    "an xdstp name without service",
    { clusters: [cluster.eds({ name: "xdstp://a/b" })] },
    "/edsClusterConfig/serviceName",
  ],
  ["a policy", clusterOf({ ...cluster.eds({ name: "a" }), lbPolicy: "MAGLEV" }), "/lbPolicy"],
  ["a type", { clusters: [cluster.originalDst({ name: "a" })] }, "/type", "/lbPolicy"],
  [
    "an extension that finds endpoints",
    clusterOf({ name: "a", clusterType: typed("extensions.clusters.dns.v3.DnsCluster") }),
    "/clusterType",
  ],
  ["logical DNS of nothing", clusterOf({ name: "a", type: "LOGICAL_DNS" }), "/loadAssignment"],
  [
    "an aggregate that balances as Envoy wants",
    { clusters: [cluster.aggregate({ name: "a", clusters: ["b"] })] },
    "/lbPolicy",
  ],
  ["a group of no locality", groups({ ...group, locality: undefined }), "/endpoints/0/locality"],
  ["a group of no weight", groups({ ...group, loadBalancingWeight: undefined }), "/endpoints/0/loadBalancingWeight"],
  [
    "neither locality nor weight",
    { endpoints: [endpoints({ cluster: "a", endpoints: [{ address: "10.0.0.1:1" }] })] },
    "/endpoints/0/locality",
    "/endpoints/0/loadBalancingWeight",
  ],
  [
    "groups that repeat and leave gaps",
    groups(group, group, { ...group, priority: 2 }),
    "/endpoints/1/locality",
    "/endpoints/2/priority",
  ],
  [
    "listener filters",
    alone(withListener({ listenerFilters: [typed("extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")] })),
    "/listenerFilters",
  ],
  ["original destinations", alone(withListener({ useOriginalDst: true })), "/useOriginalDst"],
  ["no router", alone(withManager({ httpFilters: [FAULT] })), `${HCM}/httpFilters`],
  ["trusted hops", server({ overrides: { connectionManager: { xffNumTrustedHops: 1 } } }), `${HCM}/xffNumTrustedHops`],
  [
    "clients found by extensions",
    alone(
      withManager({
        originalIpDetectionExtensions: [typed("extensions.http.original_ip_detection.xff.v3.XffConfig")],
      }),
    ),
    `${HCM}/originalIpDetectionExtensions`,
  ],
  [
    "certificates by SDS",
    server({ tls: tls.downstream({ certificates: [{ sds: "c" }], clients: { trust: { sds: "t" } } }) }),
    ...["tlsCertificateSdsSecretConfigs", "validationContextSdsSecretConfig"].map(
      (field) => `/filterChains/0/transportSocket/typedConfig/commonTlsContext/${field}`,
    ),
  ],
  [
    "certificates by themselves",
    clusterOf({
      ...cluster.eds({ name: "a" }),
      transportSocket: typed("extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
        commonTlsContext: {
          tlsCertificates: [{ certificateChain: { inlineString: "x" }, privateKey: { inlineString: "y" } }],
        },
      }),
    }),
    "/transportSocket/typedConfig/commonTlsContext/tlsCertificates",
  ],
];

/** What the client for Node leaves out in silence, or does not look at, as other clients do. */
const UNCHECKED: ReadonlySet<string> = new Set(["a group of no weight", "trusted hops", "clients found by extensions"]);

export const brokenForGrpc: readonly BrokenForGrpc[] = rows.map(([name, graph, ...paths]) => ({
  name,
  graph,
  paths,
  node: UNCHECKED.has(name) ? "accepts" : "refuses",
}));

const place = (region: string, zone: string, subZone: string, priority: number, port: number): Loose => ({
  locality: { region, zone, subZone },
  loadBalancingWeight: 1,
  lbEndpoints: [endpointAt("10.0.0.1", port)],
  priority,
});
const eds = cluster.eds({ name: "a" });

/** What gRPC clients take, beside what they refuse. */
export const soundForGrpc: readonly (readonly [name: string, graph: Graph])[] = [
  [
    "groups of other places and priorities",
    groups(
      place("a", "b", "c", 0, 1),
      place("x", "b", "c", 0, 2),
      place("a", "x", "c", 0, 3),
      place("a", "b", "x", 0, 4),
      place("a", "b", "c", 1, 5),
    ),
  ],
  ["a group without endpoints", groups({ locality: { region: "a" } })],
  ...["ROUND_ROBIN", "RING_HASH"].map(
    (lbPolicy) => [`the policy ${lbPolicy}`, clusterOf({ ...eds, lbPolicy })] as const,
  ),
  [
    "a policy beside one that Envoy reads",
    clusterOf({
      ...eds,
      lbPolicy: "MAGLEV",
      loadBalancingPolicy: {
        policies: [{ typedExtensionConfig: typed("extensions.load_balancing_policies.round_robin.v3.RoundRobin") }],
      },
    }),
  ],
  ["an xdstp name with its service", { clusters: [cluster.eds({ name: "xdstp://a/b", serviceName: "b" })] }],
];
