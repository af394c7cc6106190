import { parseNetworkConfigList } from "@netmason/cni";
import { createCni, createPluginExec } from "@netmason/cni/node";
import { createMemoryCache } from "@netmason/cni/testing";
import { createIpam, createMemoryStore } from "@netmason/ipam";
import { createBalancer, leastRequest } from "@netmason/lb";
import { parsePrefix } from "@netmason/net";
import { simulate } from "@netmason/xds";
import { addressPlugin, gatewayFor, toEndpoint } from "./compose.js";

const ipam = createIpam({ store: createMemoryStore() });
await ipam.createPool({ name: "pods4", prefix: parsePrefix("10.64.0.0/16"), units: { kind: "addresses" } });
await ipam.createPool({ name: "pods6", prefix: parsePrefix("fd00:64::/64"), units: { kind: "addresses" } });

const exec = createPluginExec({ addresses: addressPlugin(ipam, "node-1") });
const cni = createCni({ pluginDirs: ["/opt/cni/bin"], exec, cache: createMemoryCache() });
const pods = parseNetworkConfigList('{"name":"pods","cniVersion":"1.1.0","plugins":[{"type":"addresses"}]}');

const attachments = ["a", "b", "c", "d", "e"].map((name) => ({
  containerId: `shop-${name}`,
  netns: `/run/netns/shop-${name}`,
  ifname: "eth0",
}));
const results = await Promise.all(attachments.map((attachment) => cni.add(pods, attachment)));
console.log("ADD", JSON.stringify(results[0]));

const endpoints = results.map((result, index) => toEndpoint(result, 8_080, index < 3 ? "zone-1" : "zone-2"));
const balancer = createBalancer({ policy: leastRequest(), endpoints });
const picked = Array.from({ length: 4 }, () => {
  const pick = balancer.pick();
  return pick.kind === "complete" ? pick.endpoint.address : pick.kind;
});
console.log("picks", picked.join(" "));

const gateway = gatewayFor("shop", endpoints);
const outcome = simulate(gateway, { authority: "shop.example.com", path: "/api/cart" });
console.log(
  `version ${gateway.version}: shop.example.com/api/cart`,
  outcome.kind === "forward" ? `goes to ${outcome.cluster} as ${outcome.path}` : outcome.kind,
);

const [leaver] = attachments;
if (leaver !== undefined) await cni.del(pods, leaver);
const left = endpoints.slice(1);
balancer.update(left);
console.log(`without ${leaver?.containerId}: version ${gatewayFor("shop", left).version}`);
for (const { pool, counts } of await ipam.utilization()) console.log(`live in ${pool.name}: ${counts.liveCount}`);
