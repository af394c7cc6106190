import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const bin = join(import.meta.dirname, "../packages/cni/src/node/bin");

/** Builds our executables from their sources into a folder, as they are published: one file each. */
export async function buildPrograms(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of ["netmason-host-local", "cni"]) {
    const outfile = join(folder, name);
    await build({
      entryPoints: [join(bin, `${name}.ts`)],
      outfile,
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      conditions: ["@netmason/source"],
      logLevel: "warning",
    });
    chmodSync(outfile, 0o755);
  }
}
