// The programs that the API was designed for, as a user would write them.
import {
  type Address,
  addressFromMac,
  addToAddress,
  classifyAddress,
  compareAddresses,
  containsAddress,
  createAddressSet,
  createPrefixTable,
  createRange,
  equalAddresses,
  firstAddress,
  formatAddress,
  isNetError,
  lastAddress,
  type PrefixLookup,
  parseAddress,
  parseMac,
  parsePrefix,
  parseRange,
  reverseName,
  stride,
  subnets,
  tryParseAddress,
  unmapAddress,
} from "@netmason/net";
import { fromIpNum, toIpNum } from "@netmason/net/ip-num";
import { IPv4 } from "ip-num";
import { expect, it } from "vitest";

it("makes an inventory of addresses from lines of text", () => {
  const lines = ["192.168.0.10", "2001:DB8:0::1", "1.1.1.1", "192.168.0.010", "2001:db8::1", "10.0.0.1"];
  const seen = new Map<string, Address>();
  const complaints: string[] = [];
  for (const line of lines) {
    try {
      const address = parseAddress(line);
      seen.set(formatAddress(address), address);
    } catch (error) {
      if (!isNetError(error, "invalid_address")) throw error;
      complaints.push(`${error.details.input}, column ${error.details.column}`);
    }
  }
  const rows = [...seen.values()]
    .sort(compareAddresses)
    .map((each) => `${each} ${classifyAddress(each)?.name ?? "global"}`);
  expect(rows).toEqual([
    "1.1.1.1 global",
    "10.0.0.1 Private-Use",
    "192.168.0.10 Private-Use",
    "2001:db8::1 Documentation",
  ]);
  expect(complaints).toEqual(["192.168.0.010, column 12"]);
  expect(reverseName(parseAddress("192.168.0.10"))).toBe("10.0.168.192.in-addr.arpa");

  const slaac = addressFromMac(parsePrefix("2001:db8::/64"), parseMac("02-00-5e-10-00-01"));
  expect(toIpNum(slaac).value).toBe(0x20010db8000000000000_5efffe100001n);
  expect(equalAddresses(fromIpNum(new IPv4("10.0.0.1")), parseAddress("10.0.0.1"))).toBe(true);
});

it("decides who may connect, and swaps the rules under its readers", () => {
  type Action = "allow" | "deny";
  let acl: PrefixLookup<Action>;
  const load = (rules: readonly (readonly [string, Action])[]): string[] => {
    const table = createPrefixTable<Action>();
    for (const [text, action] of rules) table.insert(parsePrefix(text, { hostBits: "mask" }), action);
    acl = table.compile();
    return [...table.subnets(parsePrefix("10.0.0.0/8"))].map(({ prefix, value }) => `${prefix} ${value}`);
  };
  const allowed = (remote: string): boolean => {
    const address = tryParseAddress(remote);
    return address !== undefined && acl.lookup(unmapAddress(address))?.value === "allow";
  };
  expect(
    load([
      ["10.1.0.7/16", "allow"],
      ["10.1.2.0/24", "deny"],
      ["::/0", "deny"],
    ]),
  ).toEqual(["10.1.0.0/16 allow", "10.1.2.0/24 deny"]);
  expect(["::ffff:10.1.3.3", "10.1.2.3", "2001:db8::1", "10.1.2"].map(allowed)).toEqual([true, false, false, false]);
  load([["2001:db8::/32", "allow"]]);
  expect(["10.1.3.3", "2001:db8::1"].map(allowed)).toEqual([false, true]);
});

it("plans the addresses of a site", () => {
  const pool = parsePrefix("10.0.0.0/8");
  const used = createAddressSet([parsePrefix("10.0.0.0/16"), parseRange("10.9.0.5-10.9.0.77")]);
  const free = createAddressSet([pool]).subtract(used);
  expect([free.size, free.has(firstAddress(pool))]).toEqual([2n ** 24n - 2n ** 16n - 73n, false]);
  const rack = free.prefixes().find(({ length }) => length <= 20) ?? pool;
  const [row] = subnets(rack, 24);
  expect([String(rack), String(row && lastAddress(row))]).toEqual(["10.1.0.0/16", "10.1.0.255"]);
  const perContainer = stride(rack, 28, { first: 1 });
  const third = perContainer.unit(3);
  expect(perContainer.inverse(addToAddress(firstAddress(third), 5))).toBe(3n);
  const dhcp = createRange(firstAddress(third), lastAddress(third));
  expect([String(dhcp), containsAddress(rack, dhcp.first)]).toEqual(["10.1.0.48-10.1.0.63", true]);
});
