import { classifyAddress, parseAddress, parsePrefix } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { SPECIAL_PURPOSE_ROWS } from "./internal/special-purpose-registry.js";

describe("classifyAddress", () => {
  // RFC 6890 section 2.2: the tables of the document, by an address of each block and its "Global" row.
  it.each([
    ["0.1.2.3", "0.0.0.0/8", false],
    ["10.255.255.255", "10.0.0.0/8", false],
    ["100.127.255.255", "100.64.0.0/10", false],
    ["127.0.0.1", "127.0.0.0/8", false],
    ["169.254.169.254", "169.254.0.0/16", false],
    ["172.31.0.1", "172.16.0.0/12", false],
    ["192.0.0.200", "192.0.0.0/24", false],
    ["192.0.0.1", "192.0.0.0/29", false],
    ["192.0.2.255", "192.0.2.0/24", false],
    ["192.168.1.1", "192.168.0.0/16", false],
    ["198.19.255.255", "198.18.0.0/15", false],
    ["198.51.100.9", "198.51.100.0/24", false],
    ["203.0.113.0", "203.0.113.0/24", false],
    ["250.0.0.1", "240.0.0.0/4", false],
    ["255.255.255.255", "255.255.255.255/32", false],
    ["::1", "::1/128", false],
    ["::", "::/128", false],
    ["64:ff9b::192.0.2.1", "64:ff9b::/96", true],
    ["::ffff:10.0.0.1", "::ffff:0.0.0.0/96", false],
    ["100::ffff", "100::/64", false],
    ["2001:100::1", "2001::/23", false],
    ["2001:0:1::", "2001::/32", false],
    ["2001:2:0:1::", "2001:2::/48", false],
    ["2001:db8:ffff::", "2001:db8::/32", false],
    ["2001:1f::1", "2001:10::/28", false],
    ["2002:a00::1", "2002::/16", false],
    ["fdff::1", "fc00::/7", false],
    ["febf::1", "fe80::/10", false],
  ])("puts %s into %s", (text, prefix, globallyReachable) => {
    const found = classifyAddress(parseAddress(text));
    expect([String(found?.prefix), found?.globallyReachable]).toEqual([prefix, globallyReachable]);
  });

  // Assigned after RFC 6890, each by the document named.
  it.each([
    ["192.0.0.9", "RFC 7723", true],
    ["192.0.0.10", "RFC 8155", true],
    ["192.0.0.171", "RFC 8880", false],
    ["192.31.196.1", "RFC 7535", true],
    ["192.52.193.1", "RFC 7450", true],
    ["192.88.99.2", "RFC 6751", false],
    ["192.175.48.1", "RFC 7534", true],
    ["64:ff9b:1::1", "RFC 8215", false],
    ["100:0:0:1::1", "RFC 9780", false],
    ["2001:1::3", "RFC 9665", true],
    ["2001:4:112::1", "RFC 7535", true],
    ["2001:2f::1", "RFC 7343", true],
    ["2001:3f::1", "RFC 9374", true],
    ["2620:4f:8000::1", "RFC 7534", true],
    ["3fff:fff::1", "RFC 9637", false],
    ["5f00::1", "RFC 9602", false],
  ])("names the document of %s", (text, rfc, globallyReachable) => {
    expect(classifyAddress(parseAddress(text))).toMatchObject({ rfc, globallyReachable });
  });

  it.each([
    "1.1.1.1",
    "11.0.0.0",
    "100.128.0.0",
    "172.32.0.0",
    "239.255.255.255",
    "2001:200::1",
    "2606:4700::1111",
    "3fff:1000::",
    "ff02::1",
  ])("has no row for %s", (text) => {
    expect(classifyAddress(parseAddress(text))).toBeUndefined();
  });

  it("has canonical, distinct prefixes in its rows", () => {
    const texts = SPECIAL_PURPOSE_ROWS.map(([prefix]) => prefix);
    expect(texts.map((text) => String(parsePrefix(text)))).toEqual(texts);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
