import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const isRoot = process.getuid?.() === 0 && spawnSync("ip", ["-V"]).status === 0;

function start(env: NodeJS.ProcessEnv): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const args = ["--import", "tsx", "--conditions=@netmason/source", join(import.meta.dirname, "main.ts")];
  return spawnSync(process.execPath, args, { encoding: "utf8", cwd: join(import.meta.dirname, "../../.."), env });
}

it("tells what it needs, what for and what it would do where that is missing, and ends well", () => {
  const { stdout, stderr, status } = start({ ...process.env, PATH: "" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(
    "makes network namespaces, a bridge and veth pairs in them, for which it needs Linux and root",
  );
  expect(stdout).toContain("Nothing was done.");
});

it.runIf(isRoot)("attaches, talks, checks, collects and detaches", () => {
  const { stdout, stderr, status } = start(process.env);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain('"ips":[{"address":"10.77.0.2/24","gateway":"10.77.0.1","interface":2}]');
  expect(stdout).toContain("web asks db: hello from db");
  expect(stdout).toContain("collected db");
  expect(stdout.match(/^ {2}(ADD|CHECK|GC|DEL) /gm)).toHaveLength(8);
  // Nothing is left in the machine's own namespace.
  expect(execFileSync("ip", ["-br", "link"], { encoding: "utf8" })).not.toMatch(/lab0|veweb|vedb/);
});
