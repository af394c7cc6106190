import { readFileSync } from "node:fs";
import { containsAddress, createAddressSet, parsePrefix, tryParseAddress, unmapAddress } from "@netmason/net";
import { describe, expect, it } from "vitest";
import { buildAcl, parseExceptions, parseRules, type Rule } from "./acl.js";
import { drawPrefix } from "./picture.js";

const read = (name: string): string => readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");

describe("the access list", () => {
  it("answers every line of the log as reading all rules does", () => {
    const rules = parseRules(read("rules.txt"));
    const exceptions = parseExceptions(read("exceptions.txt"));
    const acl = buildAcl(rules, exceptions);
    const texts = read("access.log")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "");
    const clients = [...new Set(texts)].flatMap((text) => tryParseAddress(text) ?? []).map(unmapAddress);
    expect(clients.length).toBeGreaterThan(2_000);
    const decided = (rule: Rule | undefined): string =>
      rule === undefined ? "none" : `${rule.action} ${rule.purpose}`;
    const found = clients.map((client) => `${client} ${decided(acl.lookup(client)?.value)}`);
    const expected = clients.map((client) => {
      if (exceptions.has(client)) return `${client} deny exception`;
      const holding = rules.filter(({ prefix }) => containsAddress(prefix, client));
      return `${client} ${decided(holding.sort((a, b) => b.prefix.length - a.prefix.length)[0])}`;
    });
    expect(found).toEqual(expected);
  });

  it("names line and column of a bad rule", () => {
    expect(() => parseRules("# head\n10.0.0.0/8 allow x\n10.0.0.1/8 deny y\n")).toThrow("line 3: [host_bits_set]");
    expect(() => parseRules("10.0.0.0/8 permit x\n")).toThrow("line 1: action permit");
    expect(() => parseExceptions("10.0.0.5-10.0.0.3\n")).toThrow("line 1: [invalid_range]");
  });
});

describe("drawPrefix", () => {
  it("shades by share", () => {
    const set = createAddressSet([parsePrefix("10.0.0.0/16"), parsePrefix("10.1.0.0/17"), parsePrefix("10.2.0.0/24")]);
    expect(drawPrefix(parsePrefix("10.0.0.0/8"), set).split("\n")[0]).toBe("  █ ▓ ░ · · · · · · · · · · · · ·");
  });
});
