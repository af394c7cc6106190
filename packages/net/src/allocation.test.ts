import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

// An address or prefix is one object of a header of three words and five or six small integers: 64 or 72 bytes, where
// pointers are 8 bytes. A bigint or a second object would show as 16 bytes or more.
it("allocates one object for what is parsed, and nothing to look things up", () => {
  const probe = fileURLToPath(new URL("../test/allocation-probe.ts", import.meta.url));
  const flags = [
    "--expose-gc",
    "--min-semi-space-size=64",
    "--max-semi-space-size=64",
    "--import",
    "tsx",
    "-C",
    "@netmason/source",
  ];
  const { found } = JSON.parse(execFileSync(process.execPath, [...flags, probe], { encoding: "utf8" })) as {
    readonly found: Readonly<Record<string, number>>;
  };
  const rounded = Object.fromEntries(Object.entries(found).map(([name, bytes]) => [name, 8 * Math.round(bytes / 8)]));
  expect(rounded).toEqual({
    parseAddress: 64,
    tryParseAddress: 64,
    "tryParseAddress of other text": 0,
    parsePrefix: 72,
    containsAddress: 0,
    equalAddresses: 0,
    compareAddresses: 0,
    addToAddress: 64,
    prefixOf: 72,
    lastAddress: 64,
    "Stride.unit": 72,
    "AddressSet.has": 0,
    "PrefixTable.lookup": 0,
    "compiled lookup": 0,
  });
});
