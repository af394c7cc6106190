import { type CniResult, convertResult } from "@netmason/cni";
import type { Plugin } from "@netmason/cni/node";
import type { AddressAllocation, Ipam } from "@netmason/ipam";
import type { Endpoint } from "@netmason/lb";
import { assertCompile, cluster, endpoints, listener, route, routeConfiguration, virtualHost } from "@netmason/xds";

/** An allocation as an entry of a CNI result's `ips`: one template string. */
function toIp(
  { address, pool }: AddressAllocation,
  lengths: ReadonlyMap<string, number>,
): { readonly address: string } {
  return { address: `${address}/${lengths.get(pool) ?? (address.family === 4 ? 32 : 128)}` };
}

/** A CNI plugin that hands out addresses of an `Ipam`. The container id is the handle, so a repeated ADD changes nothing. */
export function addressPlugin(ipam: Ipam, node: string): Plugin {
  return {
    versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"],
    about: "addresses from @netmason/ipam",
    async add({ containerId, signal }) {
      const lengths = new Map((await ipam.listPools()).map(({ name, prefix }) => [name, prefix.length]));
      const held = await ipam.allocate({ handle: containerId, node, families: [4, 6] }, { signal });
      return { cniVersion: "1.1.0", ips: held.map((allocation) => toIp(allocation, lengths)) };
    },
    async del({ containerId, signal }) {
      await ipam.releaseByHandle(containerId, { signal });
    },
  };
}

/** The first address of a CNI result, of any version, as an endpoint. */
export function toEndpoint(result: CniResult, port: number, zone: string): Endpoint {
  const [first] = convertResult(result, "1.1.0").ips ?? [];
  if (first === undefined) throw new RangeError("result: has no address");
  const [address = ""] = first.address.split("/");
  return { address: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`, locality: { zone } };
}

/** The same endpoints for Envoy: a listener, a route and a cluster in front of them, checked as a whole. */
export function gatewayFor(service: string, backends: readonly Endpoint[]): ReturnType<typeof assertCompile> {
  const routes = routeConfiguration({
    name: "edge",
    virtualHosts: [
      virtualHost({
        name: service,
        domains: [`${service}.example.com`],
        routes: [route.to(service, { match: { pathPrefix: "/api" }, rewrite: { prefix: "/v1" } })],
      }),
    ],
  });
  return assertCompile({
    listeners: [listener.http({ name: "edge", address: "0.0.0.0:8080", routes })],
    clusters: [cluster.eds({ name: service })],
    endpoints: [endpoints({ cluster: service, endpoints: backends })],
  });
}
