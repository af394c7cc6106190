import { execFileSync } from "node:child_process";
import { CniError, convertResult } from "@netmason/cni";
import type { Plugin } from "@netmason/cni/node";

export function run(file: string, ...args: readonly string[]): string {
  return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Several commands of `ip` in one process, in a network namespace. */
export function ipIn(netns: string, ...commands: readonly string[]): void {
  const input = commands.join("\n");
  execFileSync("nsenter", [`--net=${netns}`, "ip", "-batch", "-"], { input, stdio: ["pipe", "ignore", "pipe"] });
}

/** Names of links have at most 15 characters. */
const hostLink = (containerId: string): string => `ve${containerId.slice(0, 13)}`;

/** Brings up lo. */
export const loopback: Plugin = {
  versions: ["0.4.0", "1.0.0", "1.1.0"],
  about: "loopback of an example",
  add({ netns = "", ifname }) {
    ipIn(netns, "link set lo up");
    const addresses = [{ address: "127.0.0.1/8", interface: 0 }];
    return { cniVersion: "1.1.0", interfaces: [{ name: ifname, sandbox: netns }], ips: addresses };
  },
  del: () => {},
};

/**
 * A veth pair into a bridge of `host`, a namespace that stands for the machine's own, so that the machine is left alone.
 */
export function createBridgePlugin(host: string): Plugin {
  return {
    versions: ["0.4.0", "1.0.0", "1.1.0"],
    about: "bridge of an example",
    async add({ config, containerId, netns, ifname, delegate }) {
      if (netns === undefined) throw new CniError("invalid_netns", "a namespace is needed");
      const { bridge = "cni0", ipam } = config;
      const result = convertResult(await delegate(ipam?.type ?? "").add(), "1.1.0");
      const link = hostLink(containerId);
      const { ips = [] } = result;
      const gateways = ips.map(({ address, gateway }) => `${gateway}/${address.split("/")[1]}`);
      try {
        run("nsenter", `--net=${host}`, "ip", "link", "add", String(bridge), "up", "type", "bridge");
      } catch {
        // It is there already: another container came first.
      }
      ipIn(
        host,
        ...gateways.map((gateway) => `address replace ${gateway} dev ${bridge}`),
        `link add ${link} up type veth peer name ${ifname} netns ${netns}`,
        `link set ${link} master ${bridge}`,
      );
      ipIn(netns, ...ips.map(({ address }) => `address add ${address} dev ${ifname}`), `link set ${ifname} up`);
      const interfaces = [{ name: String(bridge) }, { name: link }, { name: ifname, sandbox: netns }];
      return { ...result, interfaces, ips: ips.map((ip) => ({ ...ip, interface: 2 })) };
    },
    async del({ config, containerId, delegate }) {
      if (config.ipam?.type !== undefined) await delegate(config.ipam.type).del();
      try {
        ipIn(host, `link delete ${hostLink(containerId)}`);
      } catch {
        // It went with the container's namespace, or never was.
      }
    },
    async check({ config, netns = "", ifname, delegate }) {
      await delegate(config.ipam?.type ?? "").check();
      ipIn(netns, `link show ${ifname}`);
    },
    gc: ({ config, delegate }) => delegate(config.ipam?.type ?? "").gc(),
    status: ({ config, delegate }) => delegate(config.ipam?.type ?? "").status(),
  };
}
