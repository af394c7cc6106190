import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("case 60: no picker of any policy allocates", { timeout: 240_000 }, () => {
  const probe = fileURLToPath(new URL("../test/picker-allocation-probe.ts", import.meta.url));
  const space = ["--min-semi-space-size=64", "--max-semi-space-size=64"];
  const flags = ["--expose-gc", ...space, "--import", "tsx", "-C", "@netmason/source"];
  const { found } = JSON.parse(execFileSync(process.execPath, [...flags, probe], { encoding: "utf8" })) as {
    readonly found: Readonly<Record<string, number>>;
  };
  expect(Object.keys(found)).toHaveLength(22);
  // A boxed number a pick would be 16 bytes; what the runtime does beside stays below a few.
  expect(Object.entries(found).filter(([, bytes]) => bytes >= 8)).toEqual([]);
});
