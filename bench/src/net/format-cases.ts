import { formatAddress, parseAddress } from "@netmason/net";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { keepEach, readEach } from "../loops.js";
import { addressTexts } from "./address-inputs.js";
import type { Family } from "./address-text.js";
import { answersFor, checkedCount, ours } from "./ours.js";

export function formatCase(family: Family): BenchCase {
  return {
    name: `format-v${family}`,
    operation: `writes a parsed IPv${family} address as canonical text, of which one character is read`,
    ours: ours(({ addresses = [] }) => formatTask(addresses.map(parseAddress), formatAddress)),
    peers: [unread, ...(family === 4 ? peersFor4 : peersFor6)],
    inputs: () => ({ addresses: addressTexts(family) }),
    expected: ({ addresses = [] }) => addresses.slice(0, checkedCount),
  };
}

function formatTask<T>(values: readonly T[], format: (value: T) => string): Task {
  return { run: readEach(values, format), answers: answersFor(values, format) };
}

const unread: NodeContender = ours(
  ({ addresses = [] }) => {
    const values = addresses.map(parseAddress);
    return { run: keepEach(values, formatAddress), answers: answersFor(values, formatAddress) };
  },
  { name: "net-unread", note: "the text is kept, not read, so its pieces stay joined lazily" },
);

const peersFor4: readonly NodeContender[] = [
  {
    name: "ip-num",
    package: "ip-num",
    prepare: async ({ addresses = [] }) => {
      const { IPv4 } = await import("ip-num");
      return formatTask(
        addresses.map((text) => new IPv4(text)),
        (address) => address.toString(),
      );
    },
  },
  {
    name: "ipaddr.js",
    package: "ipaddr.js",
    prepare: async ({ addresses = [] }) => {
      const { default: ipaddr } = await import("ipaddr.js");
      return formatTask(
        addresses.map((text) => ipaddr.IPv4.parse(text)),
        (address) => address.toString(),
      );
    },
  },
  {
    name: "ip-address",
    package: "ip-address",
    prepare: async ({ addresses = [] }) => {
      const { Address4 } = await import("ip-address");
      return formatTask(
        addresses.map((text) => new Address4(text)),
        (address) => address.correctForm(),
      );
    },
  },
  {
    name: "netmask",
    package: "netmask",
    prepare: async ({ addresses = [] }) => {
      const { ip2long, long2ip } = await import("netmask");
      return formatTask(addresses.map(ip2long), long2ip);
    },
  },
];

const peersFor6: readonly NodeContender[] = [
  {
    name: "ip-num",
    package: "ip-num",
    note: "its uncompressed text passed through its collapseIPv6Number",
    prepare: async ({ addresses = [] }) => {
      const { collapseIPv6Number, IPv6 } = await import("ip-num");
      return formatTask(
        addresses.map((text) => new IPv6(text)),
        (address) => collapseIPv6Number(address.toString()),
      );
    },
  },
  {
    name: "ipaddr.js",
    package: "ipaddr.js",
    prepare: async ({ addresses = [] }) => {
      const { default: ipaddr } = await import("ipaddr.js");
      return formatTask(
        addresses.map((text) => ipaddr.IPv6.parse(text)),
        (address) => address.toRFC5952String(),
      );
    },
  },
  {
    name: "ip-address",
    package: "ip-address",
    note: "the parsed address keeps its groups as text",
    prepare: async ({ addresses = [] }) => {
      const { Address6 } = await import("ip-address");
      return formatTask(
        addresses.map((text) => new Address6(text)),
        (address) => address.correctForm(),
      );
    },
  },
];
