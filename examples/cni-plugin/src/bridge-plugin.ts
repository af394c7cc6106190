import { CniError, type CniResult } from "@netmason/cni";
import type { Plugin, PluginRequest } from "@netmason/cni/node";
import { createIpam, type Ipam, isIpamError } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { type Address, addToAddress, firstAddress, type Prefix, parsePrefix } from "@netmason/net";
import { addPair, type Ip, ipUnless, linkOf } from "./links.js";

type Config = PluginRequest["config"];

/** Who holds an address. Neither part has a slash. */
function handleOf({ containerId, ifname }: { readonly containerId: string; readonly ifname: string }): string {
  return `${containerId}/${ifname}`;
}

/** A word of the configuration; in a batch of `ip` it must not become several. */
function readWord(config: Config, key: string, fallback: string, form: RegExp): string {
  const value = config[key] ?? fallback;
  if (typeof value === "string" && form.test(value)) return value;
  throw new CniError("invalid_config", `${key}: ${JSON.stringify(value)} does not match ${form}`);
}

const readBridge = (config: Config): string => readWord(config, "bridge", "nm0", /^[\w.-]{1,15}$/);

function readSubnet(config: Config): { readonly subnet: Prefix; readonly gateway: Address } {
  const text = readWord(config, "subnet", "", /./);
  try {
    const subnet = parsePrefix(text);
    return { subnet, gateway: addToAddress(firstAddress(subnet), 1) };
  } catch (cause) {
    throw new CniError("invalid_config", `subnet: ${cause}`, {}, { cause });
  }
}

/** Opens the store for one call. Networks share the folder; each has addresses of its own. */
async function withIpam<T>(config: Config, use: (ipam: Ipam) => Promise<T>): Promise<T> {
  const store = createLmdbStore({ path: readWord(config, "dataDir", "/var/lib/lmdb-bridge", /^\//) });
  try {
    return await use(createIpam({ store, vrf: config.name }));
  } catch (error) {
    if (!isIpamError(error, "pool_exhausted")) throw error;
    throw new CniError("try_again_later", `${config.subnet} has no free address`, {}, { cause: error });
  } finally {
    await store.close();
  }
}

/** @returns the name of the subnet's pool, which is there now */
async function ensurePool(ipam: Ipam, config: Config): Promise<string> {
  const { subnet, gateway } = readSubnet(config);
  try {
    await ipam.createPool({ name: String(subnet), prefix: subnet, units: { kind: "addresses", gateway } });
  } catch (error) {
    if (!isIpamError(error, "pool_exists")) throw error;
  }
  return String(subnet);
}

/** The link first: a lease without a link can be found and collected, a link without a lease could not. */
async function remove(ip: Ip, ipam: Ipam, network: string, handle: string): Promise<void> {
  ipUnless("Cannot find device", ip, `link delete ${linkOf(network, handle)}`);
  await ipam.releaseByHandle(handle);
}

/** Takes an address and makes the pair, or leaves neither. */
async function attach(ip: Ip, ipam: Ipam, request: PluginRequest): Promise<CniResult> {
  const { config, netns = "", ifname, signal } = request;
  if (!/^\/[\w./-]+$/.test(netns)) throw new CniError("invalid_netns", `CNI_NETNS: "${netns}" is no plain path`);
  const [bridge, handle, { subnet, gateway }] = [readBridge(config), handleOf(request), readSubnet(config)];
  const link = linkOf(config.name, handle);
  const pools = [await ensurePool(ipam, config)];
  // `fail`: a second ADD of one attachment must not come so far that it undoes the first.
  const [held] = await ipam.allocate({ handle, pools, ifHeld: "fail" }, { signal });
  const address = `${held?.address}/${subnet.length}`;
  try {
    addPair(ip, { bridge, link, ifname, netns }, { address, gateway, subnet });
  } catch (error) {
    await remove(ip, ipam, config.name, handle).catch((left) => console.error(`left for DEL or GC: ${left}`));
    throw error;
  }
  return {
    cniVersion: "1.1.0",
    interfaces: [{ name: bridge }, { name: link }, { name: ifname, sandbox: netns }],
    ips: [{ address, gateway: String(gateway), interface: 2 }],
    routes: [{ dst: subnet.family === 4 ? "0.0.0.0/0" : "::/0", gw: String(gateway) }],
  };
}

/** Whether the address is held and set, and the link in its bridge. */
async function check(ip: Ip, ipam: Ipam, { config, netns, ...request }: PluginRequest): Promise<void> {
  const [bridge, handle] = [readBridge(config), handleOf(request)];
  const [host]: { master?: string }[] = JSON.parse(ip([`link show ${linkOf(config.name, handle)}`]));
  if (host?.master !== bridge) throw new CniError("internal", `${handle}: its link is not in ${bridge}`);
  const shown: { addr_info?: { local: string }[] }[] = JSON.parse(ip([`address show ${request.ifname}`], netns));
  const isSet = new Set(shown.flatMap(({ addr_info = [] }) => addr_info).map(({ local }) => local));
  let heldCount = 0;
  for await (const held of ipam.listAllocations({ handle })) {
    heldCount++;
    if (held.kind === "address" && isSet.has(String(held.address))) continue;
    throw new CniError("internal", `${handle}: ${"address" in held ? held.address : held.prefix} is not set`);
  }
  if (heldCount === 0) throw new CniError("internal", `${handle}: holds no address`);
}

/** A veth pair to a bridge of this machine. `ip` is a parameter, so that tests need no root. */
export function createBridgePlugin(ip: Ip): Plugin {
  return {
    versions: ["0.4.0", "1.0.0", "1.1.0"],
    about: "lmdb-bridge: a veth pair to a bridge, addresses from @netmason/ipam",
    add: (request) => withIpam(request.config, (ipam) => attach(ip, ipam, request)),
    del: (request) => withIpam(request.config, (ipam) => remove(ip, ipam, request.config.name, handleOf(request))),
    check: (request) => withIpam(request.config, (ipam) => check(ip, ipam, request)),
    gc: ({ config, validAttachments }) =>
      withIpam(config, async (ipam) => {
        const stale = new Set<string>();
        for await (const { handle } of ipam.listAllocations()) stale.add(handle);
        for (const attachment of validAttachments) stale.delete(handleOf(attachment));
        for (const handle of stale) await remove(ip, ipam, config.name, handle);
      }),
    status: ({ config }) =>
      withIpam(config, async (ipam) => {
        const pools = [await ensurePool(ipam, config)];
        if ((await ipam.explain({ handle: "status", pools })).satisfiable) return;
        throw new CniError("plugin_not_available", `${config.subnet} has no free address`);
      }),
  };
}
