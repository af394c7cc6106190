import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("picks without allocating: the heap grows by at most 1 KB more over 5·10⁷ picks than over 10⁶ (case 60)", {
  timeout: 240_000,
}, () => {
  const probe = fileURLToPath(new URL("../test/balancer-allocation-probe.ts", import.meta.url));
  const flags = ["--expose-gc", "--import", "tsx", "-C", "@netmason/source"];
  const { found, kept } = JSON.parse(execFileSync(process.execPath, [...flags, probe], { encoding: "utf8" })) as {
    readonly found: Readonly<Record<string, number>>;
    readonly kept: number;
  };
  expect(kept).toBeGreaterThan(500_000_000);
  expect(Object.entries(found).filter(([, bytes]) => bytes > 1_024)).toEqual([]);
  expect(Object.keys(found)).toHaveLength(10);
});
