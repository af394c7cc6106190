import { isIPv4, isIPv6, SocketAddress } from "node:net";
import { parseAddress } from "@netmason/net";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { countEach, keepEach } from "../loops.js";
import { addressTexts } from "./address-inputs.js";
import { type Family, hexOf, numberOf } from "./address-text.js";
import { answersFor, checkedCount, hexOfWords, ours } from "./ours.js";

export function parseCase(family: Family): BenchCase {
  return {
    name: `parse-v${family}`,
    operation: `parses the text of an IPv${family} address`,
    ours: ours(({ addresses = [] }) => parseTask(addresses, parseAddress, hexOfWords)),
    peers: [ipNum(family), ...textParsers(family), ...builtIn(family), ...(family === 4 ? [netmask] : [])],
    inputs: () => ({ addresses: addressTexts(family) }),
    expected: ({ addresses = [] }) => addresses.slice(0, checkedCount).map((text) => hexOf(family, numberOf(text))),
  };
}

/** `hex` reads the parsed value for the comparison. */
function parseTask<T>(texts: readonly string[], parse: (text: string) => T, hex: (value: T) => string): Task {
  return { run: keepEach(texts, parse), answers: answersFor(texts, (text) => hex(parse(text))) };
}

const lenient = "does not validate: accepts text that is not an address";

function textParsers(family: Family): readonly NodeContender[] {
  const hexOfValue = (value: bigint): string => hexOf(family, value);
  return [
    {
      name: "ipaddr.js",
      package: "ipaddr.js",
      prepare: async ({ addresses = [] }) => {
        const { default: ipaddr } = await import("ipaddr.js");
        const hex = (address: { toByteArray(): number[] }): string =>
          Buffer.from(address.toByteArray()).toString("hex");
        return parseTask(addresses, (text) => ipaddr.parse(text), hex);
      },
    },
    {
      name: "ip-address",
      package: "ip-address",
      prepare: async ({ addresses = [] }) => {
        const { Address4, Address6 } = await import("ip-address");
        if (family === 4)
          return parseTask(
            addresses,
            (text) => new Address4(text),
            (it) => hexOfValue(it.bigInt()),
          );
        return parseTask(
          addresses,
          (text) => new Address6(text),
          (it) => hexOfValue(it.bigInt()),
        );
      },
    },
    {
      name: "cidr-tools",
      package: "cidr-tools",
      note: lenient,
      prepare: async ({ addresses = [] }) => {
        const { parseCidr } = await import("cidr-tools");
        return parseTask(
          addresses,
          (text) => parseCidr(text),
          ({ start }) => hexOfValue(start),
        );
      },
    },
    {
      name: "fast-cidr-tools",
      package: "fast-cidr-tools",
      note: lenient,
      prepare: async ({ addresses = [] }) => {
        const { parse } = await import("fast-cidr-tools");
        return parseTask(
          addresses,
          (text) => parse(text),
          ([start]) => hexOfValue(start),
        );
      },
    },
  ];
}

function ipNum(family: Family): NodeContender {
  return {
    name: "ip-num",
    package: "ip-num",
    prepare: async ({ addresses = [] }) => {
      const { IPv4, IPv6 } = await import("ip-num");
      if (family === 4)
        return parseTask(
          addresses,
          (text) => new IPv4(text),
          ({ value }) => hexOf(4, value),
        );
      return parseTask(
        addresses,
        (text) => new IPv6(text),
        ({ value }) => hexOf(6, value),
      );
    },
  };
}

const netmask: NodeContender = {
  name: "netmask",
  package: "netmask",
  note: "reads 010.0.0.1 as 8.0.0.1 and accepts short forms",
  prepare: async ({ addresses = [] }) => {
    const { ip2long } = await import("netmask");
    return parseTask(addresses, ip2long, (value) => hexOf(4, BigInt(value)));
  },
};

function builtIn(family: Family): readonly NodeContender[] {
  const isAddress = family === 4 ? isIPv4 : isIPv6;
  return [
    {
      name: "node:net",
      package: "node",
      note: "SocketAddress, the parsed address of node:net",
      prepare: ({ addresses = [] }) =>
        parseTask(
          addresses,
          (address) => new SocketAddress({ address, family: `ipv${family}` }),
          ({ address }) => hexOf(family, numberOf(address)),
        ),
    },
    {
      name: "node:net-isIP",
      package: "node",
      note: "isIPv4 and isIPv6: a yes or no, no value",
      answerOf: () => "true",
      prepare: ({ addresses = [] }) => ({
        run: countEach(addresses, isAddress),
        answers: answersFor(addresses, (text) => String(isAddress(text))),
      }),
    },
  ];
}
