// What the gRPC client for Node refuses, compile refuses for the target grpc; the bootstrap is one that it reads.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  cluster,
  compile,
  encodeResource,
  endpoints,
  type Graph,
  grpcBootstrap,
  httpFilter,
  listener,
  type ResourceJson,
  route,
  routeConfiguration,
  type TypeUrl,
  typeUrls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { brokenForGrpc, soundForGrpc } from "../packages/xds/test/broken-for-grpc.js";

interface Client {
  readonly decode: (context: object, resource: object) => { readonly name: string; readonly error?: string };
}

const load = createRequire(import.meta.url);
const folder = join(dirname(load.resolve("@grpc/grpc-js-xds/package.json")), "build/src");
load(join(folder, "index.js")).register();

function clientOf(file: string, name: string): Client {
  return load(join(folder, "xds-resource-type", file))[name].get();
}

const CLIENTS = {
  listeners: [typeUrls.listener, clientOf("listener-resource-type.js", "ListenerResourceType")],
  clusters: [typeUrls.cluster, clientOf("cluster-resource-type.js", "ClusterResourceType")],
  endpoints: [typeUrls.endpoints, clientOf("endpoint-resource-type.js", "EndpointResourceType")],
} as const;

/** What the client says against the first resource of a kind. */
function refusal(kind: keyof typeof CLIENTS, graph: Graph): string | undefined {
  const [typeUrl, client] = CLIENTS[kind];
  const body = graph[kind]?.[0] as ResourceJson<TypeUrl>;
  const { bytes } = encodeResource({ typeUrl: typeUrl as TypeUrl, name: "a", body });
  const server = { xdsServerUri: "x", channelCreds: [], serverFeatures: ["xds_v3"] };
  const context = { server, bootstrap: { certificateProviders: {} } };
  return client.decode(context, { type_url: typeUrl, value: Buffer.from(bytes) }).error;
}

const routes = routeConfiguration({
  name: "r",
  virtualHosts: [virtualHost({ name: "v", domains: ["*"], routes: [route.to("a", { match: { prefix: "" } })] })],
});
const place = { locality: { region: "eu" }, weight: 1, endpoints: [{ address: "10.0.0.1:80" }] };
const eds = cluster.eds({ name: "a" });
const withoutRouter = listener.grpc({ name: "a", routes, filters: [httpFilter.fault()] });
const of = (...localities: Parameters<typeof endpoints>[0]["localities"] & object): Graph => ({
  endpoints: [endpoints({ cluster: "a", localities })],
});

const POLICIES = "type.googleapis.com/envoy.extensions.load_balancing_policies";
/** Each takes the first policy that it knows. */
const forBoth = cluster.aggregate({
  name: "a",
  clusters: ["b"],
  overrides: {
    cluster: {
      loadBalancingPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "envoy",
              typedConfig: { "@type": `${POLICIES}.cluster_provided.v3.ClusterProvided` },
            },
          },
          { typedExtensionConfig: { name: "grpc", typedConfig: { "@type": `${POLICIES}.round_robin.v3.RoundRobin` } } },
        ],
      },
    },
  },
});

const CASES: readonly (readonly [name: string, kind: keyof typeof CLIENTS, graph: Graph])[] = [
  ["a listener", "listeners", { listeners: [listener.grpc({ name: "a", routes })] }],
  ["a listener by RDS", "listeners", { listeners: [listener.grpc({ name: "a", routes: { rds: "r" } })] }],
  ["a fault filter", "listeners", { listeners: [withoutRouter] }],
  ["an EDS cluster", "clusters", { clusters: [eds] }],
  [
    "a logical DNS cluster",
    "clusters",
    { clusters: [cluster.dns({ name: "a", host: "a", port: 80, mode: "logical" })] },
  ],
  ["an aggregate", "clusters", { clusters: [cluster.aggregate({ name: "a", clusters: ["b"] })] }],
  ["an aggregate for Envoy and gRPC", "clusters", { clusters: [forBoth] }],
  ["a static cluster", "clusters", { clusters: [cluster.static({ name: "a", endpoints: [] })] }],
  ["a strict DNS cluster", "clusters", { clusters: [cluster.dns({ name: "a", host: "a", port: 80 })] }],
  [
    "EDS from a file",
    "clusters",
    { clusters: [cluster.eds({ name: "a", source: { pathConfigSource: { path: "/x" }, resourceApiVersion: "V3" } })] },
  ],
  ["endpoints", "endpoints", of(place)],
  ["endpoints without locality", "endpoints", of({ weight: 1, endpoints: place.endpoints })],
  ["a locality twice", "endpoints", of(place, place)],
  ["a gap of priorities", "endpoints", of(place, { ...place, priority: 2 })],
  [
    "weights over 32 bits",
    "endpoints",
    of({ ...place, weight: 4_294_967_295 }, { ...place, locality: { region: "us" } }),
  ],
];

describe("the gRPC client for Node", () => {
  it.each(CASES)("agrees on %s", (_, kind, graph) => {
    const { issues } = compile(graph, { target: "grpc", external: "any" });
    const errors = issues.filter(({ severity }) => severity === "error").map(({ rule, path }) => `${rule} ${path}`);
    expect(errors.length > 0, `${refusal(kind, graph)} / ${errors.join()}`).toBe(refusal(kind, graph) !== undefined);
  });

  it.each(brokenForGrpc.map((each) => [each.name, each] as const))(
    "agrees with the table: %s",
    (_, { graph, node }) => {
      const kind = (["listeners", "clusters", "endpoints"] as const).find((each) => graph[each]?.length);
      if (kind === undefined) throw new Error("the graph must have a resource");
      expect(refusal(kind, graph) === undefined ? "accepts" : "refuses").toBe(node);
    },
  );

  it.each(soundForGrpc)("takes %s", (_, graph) => {
    expect(refusal(graph.endpoints === undefined ? "clusters" : "endpoints", graph)).toBeUndefined();
  });

  it("reads the bootstrap", () => {
    const locality = { region: "eu", zone: "a", subZone: "a1" };
    const { validateBootstrapConfig } = load(join(folder, "xds-bootstrap.js"));
    const read = validateBootstrapConfig(grpcBootstrap({ node: { id: "n", locality }, server: "xds:1" }));
    expect(read.node).toEqual({ id: "n", locality: { region: "eu", zone: "a", sub_zone: "a1" } });
    expect(() => validateBootstrapConfig(grpcBootstrap({ node: { id: "n" }, server: "xds:1" }))).not.toThrow();
  });
});
