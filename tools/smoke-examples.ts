import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";
import { ROOT } from "./workspaces.js";

/** Examples that need nothing but the packages, each with what it says when it has done, or cannot do, its work. */
const EXAMPLES: Readonly<Record<string, RegExp>> = {
  "cni-runtime": /^detaching web$|^Nothing was done\./m,
  compose: /^4\. shop-a stops\./m,
};

/** Copies examples into a project that has the packages from tarballs, and starts them as their README says. */
export function smokeExamples(project: string): string {
  for (const [name, expected] of Object.entries(EXAMPLES)) {
    const folder = join(project, name);
    mkdirSync(folder);
    for (const part of ["package.json", "src"]) {
      cpSync(join(ROOT, "examples", name, part), join(folder, part), { recursive: true });
    }
    const printed = runCommand("npm", ["start"], { cwd: folder });
    if (!expected.test(printed)) throw new Error(`examples/${name}: printed ${printed}`);
  }
  return `examples ${Object.keys(EXAMPLES).join(", ")} copied out and started`;
}
