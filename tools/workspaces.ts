import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository. */
export const ROOT: string = join(import.meta.dirname, "..");

/** One way into a package: `import` by `specifier` loads `source`, or `types` and `output` once it is built. */
export interface EntryPoint {
  readonly specifier: string;
  /** `index` for the package itself, else the subpath. */
  readonly name: string;
  readonly source: string;
  readonly types: string;
  readonly output: string;
}

export interface Package {
  /** `@netmason/net` */
  readonly name: string;
  /** `packages/net` */
  readonly folder: string;
  readonly version: string;
  /** Generated files are not among them: subpaths with a pattern, and those that hold types alone. */
  readonly entryPoints: readonly EntryPoint[];
  /** Names of the packages that a user installs for some of the entry points. */
  readonly peers: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The published packages, by name. */
export function listPackages(): readonly Package[] {
  return listFolders("packages").map((folder) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
    const { name, version, peerDependencies = {} } = manifest;
    return { name, folder, version, entryPoints: entryPointsOf(manifest), peers: Object.keys(peerDependencies) };
  });
}

function entryPointsOf({ name, exports }: Manifest): EntryPoint[] {
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string" || subpath.includes("*")) return [];
    const { "@netmason/source": source, types, default: output } = target;
    // Generated declarations and nothing to run.
    if (source === undefined && types?.startsWith("./gen/") === true) return [];
    if (source === undefined || types === undefined || output === undefined) {
      throw new RangeError(`exports: ${name} ${subpath} must have @netmason/source, types and default`);
    }
    const path = subpath.slice(2);
    return [{ specifier: path === "" ? name : `${name}/${path}`, name: path || "index", source, types, output }];
  });
}

/** Folders of a workspace folder, `examples` → `examples/acl`. */
export function listFolders(parent: string): readonly string[] {
  return readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .sort();
}
