import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Version of an installed package as its package.json says, looked for in `folder` and upwards; `node` is Node. */
export function packageVersion(name: string, folder: string = import.meta.dirname): string {
  if (name === "node") return process.versions.node;
  for (const modules of createRequire(join(folder, "package.json")).resolve.paths(name) ?? []) {
    const file = join(modules, name, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  }
  throw new Error(`${name} is not installed in ${folder} or above`);
}
