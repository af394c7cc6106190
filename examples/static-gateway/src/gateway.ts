import {
  accessLog,
  cluster,
  type Graph,
  healthCheck,
  listener,
  retry,
  route,
  routeConfiguration,
  virtualHost,
} from "@netmason/xds";
import type { Host, Hosts } from "./hosts.js";

type Clusters = NonNullable<Graph["clusters"]>;
type Routes = Parameters<typeof virtualHost>[0]["routes"];

/** A listener with one virtual host a host, and one cluster a set of backends. */
export function gatewayOf({ listen, hosts }: Hosts): Graph {
  const clusters: Clusters[number][] = [];
  const virtualHosts = Object.entries(hosts).map(([name, host]) => {
    const made = routesOf(name, host);
    clusters.push(...made.clusters);
    return virtualHost({ name, domains: [name], routes: made.routes });
  });
  const routes = routeConfiguration({
    name: "gateway",
    virtualHosts,
    overrides: { routeConfiguration: { ignorePortInHostMatching: true } },
  });
  const json = { host: "%REQ(:AUTHORITY)%", path: "%REQ(:PATH)%", code: "%RESPONSE_CODE%", ms: "%DURATION%" };
  return {
    listeners: [listener.http({ name: "gateway", address: listen, routes, accessLogs: [accessLog.stdout({ json })] })],
    clusters,
  };
}

function routesOf(name: string, host: Host): { readonly routes: Routes; readonly clusters: Clusters } {
  const everything = { prefix: "/" };
  if (host.redirect !== undefined) {
    return { routes: [route.redirect({ match: everything, to: { host: host.redirect } })], clusters: [] };
  }
  if (host.respond !== undefined) {
    return { routes: [route.respond({ match: everything, status: 200, body: host.respond })], clusters: [] };
  }
  const common = {
    ...(host.timeout !== undefined && { timeout: host.timeout }),
    ...(host.retry?.[0] !== undefined && { retry: retry({ on: [host.retry[0], ...host.retry.slice(1)] }) }),
  };
  const below = Object.entries(host.paths ?? {});
  return {
    routes: [
      ...below.map(([path]) => route.to(`${name}${path}`, { match: { pathPrefix: path }, ...common })),
      route.to(name, { match: everything, ...common }),
    ],
    clusters: [
      clusterOf(name, host.backends ?? []),
      ...below.map(([path, backends]) => clusterOf(`${name}${path}`, backends)),
    ],
  };
}

function clusterOf(name: string, backends: readonly string[]): Clusters[number] {
  return cluster.static({
    name,
    endpoints: backends.map((address) => ({ address })),
    healthChecks: [healthCheck.tcp({ interval: "5s", timeout: "1s", unhealthyThreshold: 2, healthyThreshold: 1 })],
  });
}
