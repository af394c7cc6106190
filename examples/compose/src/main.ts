import { formatResult, parseNetworkConfigList } from "@netmason/cni";
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

const containers = ["shop-a", "shop-b", "shop-c", "shop-d", "shop-e"];
const attachments = containers.map((id) => ({ containerId: id, netns: `/run/netns/${id}`, ifname: "eth0" }));
const results = await Promise.all(attachments.map((attachment) => cni.add(pods, attachment)));
console.log(`1. Five containers start. For each, the CNI runtime calls ADD of a plugin that runs inside this process: no
   executable, no namespace, no root. The plugin takes addresses from two pools and answers with a CNI result.
${results.map((result, index) => `   ${containers[index]}  ${formatResult(result)}`).join("\n")}`);

const endpoints = results.map((result, index) => toEndpoint(result, 8_080, index < 3 ? "zone-1" : "zone-2"));
const balancer = createBalancer({ policy: leastRequest(), endpoints });
const picks = Array.from({ length: 4 }, () => balancer.pick());
const picked = picks.map((pick) => (pick.kind === "complete" ? pick.endpoint.address : pick.kind));
console.log(`2. The first address of each result is an endpoint of a balancer, which picks for four requests:
   ${picked.join("  ")}`);

const gateway = gatewayFor("shop", endpoints);
const outcome = simulate(gateway, { authority: "shop.example.com", path: "/api/cart" });
const target = outcome.kind === "forward" ? `cluster ${outcome.cluster}, path ${outcome.path}` : outcome.kind;
console.log(`3. The same endpoints stand in an Envoy configuration, which is compiled and simulated without an Envoy:
   shop.example.com/api/cart goes to ${target} (version ${gateway.version})`);

for (const leaver of attachments.slice(0, 1)) await cni.del(pods, leaver);
balancer.update(endpoints.slice(1));
console.log(`4. shop-a stops. DEL gives its addresses back; the balancer and the configuration go on without it:
   version ${gatewayFor("shop", endpoints.slice(1)).version}`);
for (const { pool, counts } of await ipam.utilization()) {
  console.log(`   ${pool.name} ${pool.prefix}: ${counts.liveCount} addresses in use`);
}
