import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  type Address,
  addToAddress,
  createPrefixTable,
  type Family,
  firstAddress,
  lastAddress,
  type Prefix,
  parsePrefix,
  prefixOf,
} from "@netmason/net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { describeWith } from "./components.js";

/** Inside these, no address is multicast, loopback or link-local: the kernel answers them from tables of its own. */
const UNIVERSE: Readonly<Record<Family, Prefix>> = { 4: parsePrefix("16.0.0.0/4"), 6: parsePrefix("2000::/3") };

function addressesIn(outer: Prefix): fc.Arbitrary<Address> {
  const bits = outer.family === 4 ? 28n : 125n;
  const near = fc.bigInt({ min: 0n, max: 0xfffn });
  return fc
    .oneof(near, fc.bigInt({ min: 0n, max: (1n << bits) - 1n }))
    .map((n) => addToAddress(firstAddress(outer), n));
}

function drawPrefixes(family: Family, count: number): readonly Prefix[] {
  const outer = UNIVERSE[family];
  const length = fc.integer({ min: outer.length, max: family === 4 ? 32 : 128 });
  const drawn = fc.sample(fc.tuple(addressesIn(outer), length), { numRuns: count, seed: 11 });
  const found = new Map(drawn.map(([address, bits]) => [String(prefixOf(address, bits)), prefixOf(address, bits)]));
  return [...found.values()];
}

/** Addresses at the edges of the prefixes, one beside them, and others. */
function drawAddresses(family: Family, prefixes: readonly Prefix[]): readonly Address[] {
  const edges = prefixes.flatMap((prefix) => [firstAddress(prefix), lastAddress(prefix)]);
  const last = lastAddress(UNIVERSE[family]);
  const beside = edges.filter((address) => String(address) !== String(last)).map((address) => addToAddress(address, 1));
  return [...edges, ...beside, ...fc.sample(addressesIn(UNIVERSE[family]), { numRuns: 300, seed: 12 })];
}

describeWith("iproute2", "longest-prefix match and the routing table of the kernel", (ip) => {
  it.each([4, 6] as const)("agree for IPv%d", (family) => {
    const name = `netmason-${randomUUID().slice(0, 8)}`;
    const run = (args: readonly string[], input = ""): string =>
      execFileSync(ip, args, { encoding: "utf8", input, maxBuffer: 64 * 1024 * 1024, stdio: ["pipe", "pipe", "pipe"] });
    const prefixes = drawPrefixes(family, 600);
    const addresses = drawAddresses(family, prefixes);
    const table = createPrefixTable(prefixes.map((prefix) => [prefix, String(prefix)] as const));
    const compiled = table.compile();
    run(["netns", "add", name]);
    try {
      run(["-n", name, "link", "set", "lo", "up"]);
      const routes = prefixes.map((prefix) => `route add ${prefix} dev lo`);
      run([`-${family}`, "-n", name, "-batch", "-"], routes.join("\n"));
      const answers = addresses.map((address) => askKernel(run, name, family, `route get fibmatch ${address}`));
      expect(answers.filter((answer) => answer !== undefined).length).toBeGreaterThan(1_000);
      expect(addresses.map((address) => table.lookup(address)?.value)).toEqual(answers);
      expect(addresses.map((address) => compiled.lookup(address)?.value)).toEqual(answers);
    } finally {
      run(["netns", "delete", name]);
    }
  });
});

/** The route that the kernel matched; an address without one is an error of the program. */
function askKernel(
  run: (args: readonly string[]) => string,
  name: string,
  family: Family,
  command: string,
): string | undefined {
  try {
    const text = run([`-${family}`, "-n", name, ...command.split(" ")]).split(" ")[0] ?? "";
    if (text === "default") return String(prefixOf(firstAddress(UNIVERSE[family]), 0));
    return String(parsePrefix(text.includes("/") ? text : `${text}/${family === 4 ? 32 : 128}`));
  } catch (error) {
    if (/unreachable/i.test(String((error as { readonly stderr?: string }).stderr))) return undefined;
    throw error;
  }
}
