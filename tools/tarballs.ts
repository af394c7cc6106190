import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";
import { listPackages, type Package } from "./workspaces.js";

/** A package as its users get it. */
export interface Tarball {
  readonly package: Package;
  readonly file: string;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
}

/** Packs every built package into an emptied folder. */
export function packInto(folder: string): readonly Tarball[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return listPackages().map((each) => {
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, "--workspace", each.name];
    const printed: unknown = JSON.parse(runCommand("npm", args));
    const packed = (Array.isArray(printed) ? printed : Object.values(printed as object)) as readonly Packed[];
    const own = packed.find(({ name }) => name === each.name);
    if (own === undefined) throw new Error(`npm pack printed nothing for ${each.name}`);
    return { package: each, file: join(folder, own.filename) };
  });
}
