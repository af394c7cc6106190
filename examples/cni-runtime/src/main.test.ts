import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const isRoot = process.getuid?.() === 0 && spawnSync("ip", ["-V"]).status === 0;

it("tells what it needs, or attaches, talks, checks, collects and detaches", () => {
  const main = join(import.meta.dirname, "main.ts");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--conditions=@netmason/source", main],
    { encoding: "utf8", cwd: join(import.meta.dirname, "../../..") },
  );
  if (!isRoot) {
    expect([status, stderr]).toEqual([1, expect.stringContaining("needs root")]);
    return;
  }
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain('"ips":[{"address":"10.77.0.2/24","gateway":"10.77.0.1","interface":2}]');
  expect(stdout).toContain("web asks db: hello from db");
  expect(stdout).toContain("collected db");
  expect(stdout.match(/^ {2}(ADD|CHECK|GC|DEL) /gm)).toHaveLength(8);
  // Nothing is left in the machine's own namespace.
  expect(execFileSync("ip", ["-br", "link"], { encoding: "utf8" })).not.toMatch(/lab0|veweb|vedb/);
});
