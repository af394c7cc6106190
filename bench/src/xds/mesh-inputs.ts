import { cluster, endpoints, type Graph, listener, route, routeConfiguration, virtualHost } from "@netmason/xds";

type Clusters = NonNullable<Graph["clusters"]>;

/** Names of services, all of one length. */
export function serviceNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `service-${String(index).padStart(6, "0")}`);
}

/** EDS clusters that speak HTTP/2. */
export function meshClusters(names: readonly string[]): Clusters {
  return names.map((name) => cluster.eds({ name, protocol: "http2" }));
}

/** Clusters with an endpoint each, and routes to all of them. */
export function meshGraph(names: readonly string[]): Graph {
  return {
    listeners: [listener.http({ name: "web", address: "0.0.0.0:8080", routes: { rds: "routes" } })],
    routes: [routesTo(names)],
    clusters: meshClusters(names),
    endpoints: names.map((name) => endpoints({ cluster: name, endpoints: [{ address: "10.0.0.7:8080" }] })),
  };
}

/** One route a name, by a path of its own. */
export function routesTo(names: readonly string[]): NonNullable<Graph["routes"]>[number] {
  const routes = names.map((name) => route.to(name, { match: { pathPrefix: `/api/${name}` } }));
  return routeConfiguration({ name: "routes", virtualHosts: [virtualHost({ name: "all", domains: ["*"], routes })] });
}
