// Runs the examples that make up the demo, one after the other, on the sources: nothing is built first.
import { spawnSync } from "node:child_process";
import { ROOT } from "./workspaces.js";

/** In the order in which one would build a network: who may come in, then what hangs on it. */
const examples: readonly string[] = ["acl", "ipam-service", "balanced-fetch", "static-gateway", "compose"];

for (const [index, example] of examples.entries()) {
  if (examples.length > 1) console.log(`\n== ${index + 1} of ${examples.length}: examples/${example}\n`);
  const args = ["--import", "tsx", "-C", "@netmason/source", `examples/${example}/src/main.ts`];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) {
    console.error(`examples/${example} ended with ${signal ?? status}`);
    process.exitCode = 1;
    break;
  }
}
