import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import type { Address, Prefix } from "@netmason/net";

/** Runs commands of `ip` as one batch that ends at the first failure, here or in a network namespace; returns its JSON. */
export type Ip = (commands: readonly string[], netns?: string) => string;

export const ip: Ip = (commands, netns) => {
  const enter = netns === undefined ? [] : ["nsenter", `--net=${netns}`];
  const [file = "", ...args] = [...enter, "ip", "-json", "-batch", "-"];
  return execFileSync(file, args, { input: commands.join("\n"), encoding: "utf8", stdio: "pipe" });
};

/** Runs one command. A failure whose text has `expected` is as good as success. */
export function ipUnless(expected: string, run: Ip, command: string): void {
  try {
    run([command]);
  } catch (error) {
    if (!String(error).includes(expected)) throw error;
  }
}

/** The name of the host's end of a pair; names of links have at most 15 characters. */
export function linkOf(network: string, handle: string): string {
  return `nm${createHash("sha256").update(`${network}/${handle}`).digest("hex").slice(0, 13)}`;
}

/** Makes a pair between a bridge, made if missing, and a container: three batches. What fails leaves what is done so far. */
export function addPair(
  run: Ip,
  names: { readonly bridge: string; readonly link: string; readonly ifname: string; readonly netns: string },
  { address, gateway, subnet }: { readonly address: string; readonly gateway: Address; readonly subnet: Prefix },
): void {
  const { bridge, link, ifname, netns } = names;
  // Or an IPv6 address could not be used before it is known that nobody else has it.
  const flags = subnet.family === 6 ? " nodad" : "";
  ipUnless("File exists", run, `link add ${bridge} type bridge`);
  run([
    `link add ${link} up type veth peer name ${ifname} netns ${netns}`,
    `link set ${link} master ${bridge}`,
    `address replace ${gateway}/${subnet.length} dev ${bridge}${flags}`,
    `link set ${bridge} up`,
  ]);
  const addresses = [`address add ${address} dev ${ifname}${flags}`, `link set ${ifname} up`];
  run([...addresses, `route add default via ${gateway} dev ${ifname}`], netns);
}
