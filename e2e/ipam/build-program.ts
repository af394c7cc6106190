import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(import.meta.dirname, "../..");

/** Bundles one of the programs beside this file, on the sources, so that a process of it starts in a tenth of a second. */
export function buildProgram(name: string): string {
  const outfile = join(root, `.cache/e2e/${name}.mjs`);
  mkdirSync(join(root, ".cache/e2e"), { recursive: true });
  buildSync({
    entryPoints: [join(import.meta.dirname, `programs/${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@netmason/source"],
    external: ["lmdb"],
  });
  return outfile;
}
