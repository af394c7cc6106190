import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("tells what it needs and would do where that is missing, and ends well", () => {
  const main = join(import.meta.dirname, "main.ts");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--conditions=@netmason/source", main],
    { encoding: "utf8", cwd: join(import.meta.dirname, "../../.."), env: { ...process.env, PATH: "" } },
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("needs Linux, root, `ip`, `nsenter` and `ping`");
  expect(stdout).toContain("Nothing was done.");
});
