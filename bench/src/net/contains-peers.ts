import { BlockList, SocketAddress } from "node:net";
import type { NodeContender, Task } from "../bench-case.js";
import { countPairs } from "../loops.js";
import type { Family } from "./address-text.js";
import { checkedCount } from "./ours.js";

const takesText = "takes the address as text only";
const takesOnlyText = "takes both the prefix and the address as text only";

/** Prefixes and addresses are paired in turn, as the inputs were made. */
export function containsTask<P, A>(
  prefixes: readonly P[],
  addresses: readonly A[],
  contains: (prefix: P, address: A) => boolean,
): Task {
  return {
    run: countPairs(prefixes, addresses, contains),
    answers: () =>
      addresses
        .slice(0, checkedCount)
        .map((address, index) => String(contains(prefixes[index % prefixes.length] as P, address))),
  };
}

/** Peers for a parsed IPv4 prefix and a parsed IPv4 address, or the nearest to it that they have. */
export const parsedContainsPeers: readonly NodeContender[] = [
  {
    name: "ip-num",
    package: "ip-num",
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { IPv4, IPv4CidrRange } = await import("ip-num");
      return containsTask(
        prefixes.map((text) => IPv4CidrRange.fromCidr(text)),
        addresses.map((text) => new IPv4(text)),
        (range, address) => range.contains(address),
      );
    },
  },
  {
    name: "ipaddr.js",
    package: "ipaddr.js",
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { default: ipaddr } = await import("ipaddr.js");
      return containsTask(
        prefixes.map((text) => ipaddr.IPv4.parseCIDR(text)),
        addresses.map((text) => ipaddr.IPv4.parse(text)),
        (prefix, address) => address.match(prefix),
      );
    },
  },
  {
    name: "ip-address",
    package: "ip-address",
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { Address4 } = await import("ip-address");
      return containsTask(
        prefixes.map((text) => new Address4(text)),
        addresses.map((text) => new Address4(text)),
        (prefix, address) => address.isInSubnet(prefix),
      );
    },
  },
  netmask(takesText),
  cidrTools(),
  fastCidrTools(),
  {
    name: "node:net",
    package: "node",
    note: "a BlockList of one prefix, asked with a SocketAddress",
    prepare: ({ prefixes = [], addresses = [] }) =>
      containsTask(
        prefixes.map((text) => blockListOf(text, 4)),
        addresses.map((address) => new SocketAddress({ address })),
        (list, address) => list.check(address),
      ),
  },
];

/** Peers for a parsed prefix and an address given as text. */
export function textContainsPeers(family: Family): readonly NodeContender[] {
  return [
    ipNumFromText(family),
    {
      name: "ipaddr.js",
      package: "ipaddr.js",
      prepare: async ({ prefixes = [], addresses = [] }) => {
        const { default: ipaddr } = await import("ipaddr.js");
        return containsTask(
          prefixes.map((text) => ipaddr.parseCIDR(text)),
          addresses,
          (prefix, text) => ipaddr.parse(text).match(prefix),
        );
      },
    },
    ipAddressFromText(family),
    ...(family === 4 ? [netmask()] : []),
    cidrTools(),
    fastCidrTools(),
    {
      name: "node:net",
      package: "node",
      note: "a BlockList of one prefix, asked with text",
      prepare: ({ prefixes = [], addresses = [] }) =>
        containsTask(
          prefixes.map((text) => blockListOf(text, family)),
          addresses,
          (list, text) => list.check(text, `ipv${family}`),
        ),
    },
  ];
}

function ipNumFromText(family: Family): NodeContender {
  return {
    name: "ip-num",
    package: "ip-num",
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } = await import("ip-num");
      if (family === 4) {
        const ranges = prefixes.map((text) => IPv4CidrRange.fromCidr(text));
        return containsTask(ranges, addresses, (range, text) => range.contains(new IPv4(text)));
      }
      const ranges = prefixes.map((text) => IPv6CidrRange.fromCidr(text));
      return containsTask(ranges, addresses, (range, text) => range.contains(new IPv6(text)));
    },
  };
}

function ipAddressFromText(family: Family): NodeContender {
  return {
    name: "ip-address",
    package: "ip-address",
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { Address4, Address6 } = await import("ip-address");
      if (family === 4) {
        const networks = prefixes.map((text) => new Address4(text));
        return containsTask(networks, addresses, (network, text) => new Address4(text).isInSubnet(network));
      }
      const networks = prefixes.map((text) => new Address6(text));
      return containsTask(networks, addresses, (network, text) => new Address6(text).isInSubnet(network));
    },
  };
}

function netmask(note?: string): NodeContender {
  return {
    name: "netmask",
    package: "netmask",
    ...(note === undefined ? {} : { note }),
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { Netmask } = await import("netmask");
      return containsTask(
        prefixes.map((text) => new Netmask(text)),
        addresses,
        (block, text) => block.contains(text),
      );
    },
  };
}

function cidrTools(): NodeContender {
  return {
    name: "cidr-tools",
    package: "cidr-tools",
    note: takesOnlyText,
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { containsCidr } = await import("cidr-tools");
      return containsTask(prefixes, addresses, (prefix, text) => containsCidr(prefix, text));
    },
  };
}

function fastCidrTools(): NodeContender {
  return {
    name: "fast-cidr-tools",
    package: "fast-cidr-tools",
    note: takesOnlyText,
    prepare: async ({ prefixes = [], addresses = [] }) => {
      const { contains } = await import("fast-cidr-tools");
      return containsTask(
        prefixes.map((text) => [text]),
        addresses,
        (prefix, text) => contains(prefix, [text]),
      );
    },
  };
}

function blockListOf(prefix: string, family: Family): BlockList {
  const [network = "", length = ""] = prefix.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(length), `ipv${family}`);
  return list;
}
