import { parseNetworkConfigList } from "@netmason/cni";
import { createCni, createPluginExec } from "@netmason/cni/node";
import { createMemoryCache } from "@netmason/cni/testing";
import { createIpam, createMemoryStore } from "@netmason/ipam";
import { createBalancer, roundRobin } from "@netmason/lb";
import { parsePrefix } from "@netmason/net";
import { decodeResource, simulate, typeUrls } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { addressPlugin, gatewayFor, toEndpoint } from "./compose.js";

const pods = parseNetworkConfigList('{"name":"pods","cniVersion":"0.4.0","plugins":[{"type":"addresses"}]}');

async function startWorld() {
  const ipam = createIpam({ store: createMemoryStore() });
  const units = { kind: "addresses", order: "lowest" } as const;
  await ipam.createPool({ name: "pods4", prefix: parsePrefix("10.64.0.0/24"), units });
  await ipam.createPool({ name: "pods6", prefix: parsePrefix("fd00:64::/112"), units });
  const exec = createPluginExec({ addresses: addressPlugin(ipam, "node-1") });
  return { ipam, cni: createCni({ pluginDirs: ["/opt/cni/bin"], exec, cache: createMemoryCache() }) };
}

/** Where Envoy would send requests to. */
function addressesIn(snapshot: ReturnType<typeof gatewayFor>): readonly unknown[] {
  const resource = snapshot.get(typeUrls.endpoints, "shop");
  const { endpoints = [] } = resource === undefined ? {} : decodeResource(resource);
  return endpoints.flatMap(({ lbEndpoints = [] }) =>
    lbEndpoints.map(({ endpoint }) => endpoint?.address?.socketAddress),
  );
}

const attachment = { containerId: "shop-a", netns: "/run/netns/shop-a", ifname: "eth0" };

describe("the composed program", () => {
  it("carries an address from a pool to a simulated route", async () => {
    const { ipam, cni } = await startWorld();
    const result = await cni.add(pods, attachment);
    expect(await cni.add(pods, { ...attachment, ifname: "eth1" })).toEqual(result);
    expect(result.cniVersion).toBe("0.4.0");

    const [held] = await ipam.allocate({ handle: "shop-a", families: [4, 6] });
    const endpoint = toEndpoint(result, 80, "zone-1");
    expect(endpoint).toEqual({ address: `${held?.address}:80`, locality: { zone: "zone-1" } });
    const balancer = createBalancer({ policy: roundRobin(), endpoints: [endpoint] });
    expect(balancer.pick()).toMatchObject({ kind: "complete", endpoint });

    const gateway = gatewayFor("shop", [endpoint]);
    expect(addressesIn(gateway)).toEqual([{ address: String(held?.address), portValue: 80 }]);
    expect(addressesIn(gatewayFor("shop", []))).toEqual([]);
    expect(simulate(gateway, { authority: "shop.example.com", path: "/api/cart" })).toMatchObject({
      kind: "forward",
      cluster: "shop",
      path: "/v1/cart",
    });
    expect(gatewayFor("shop", []).version).not.toBe(gateway.version);
  });

  it("gives the addresses back", async () => {
    const { ipam, cni } = await startWorld();
    await cni.add(pods, attachment);
    await cni.del(pods, attachment);
    expect((await ipam.utilization()).map(({ counts }) => counts.liveCount)).toEqual([0, 0]);
  });
});
