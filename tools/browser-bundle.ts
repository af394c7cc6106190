import { builtinModules } from "node:module";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "./workspaces.js";

/** What an entry point costs in a browser. */
export interface BundleSize {
  /** In Markdown. */
  readonly label: string;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
  /** Packages whose code is inside, its own included. */
  readonly packages: readonly string[];
}

/** How every bundle that is measured is made. */
export const MINIFIED = {
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  write: false,
} as const satisfies BuildOptions;

/** The size of a bundle, also as a browser is sent it. */
export function sizeOf(label: string, bytes: Uint8Array, packages: readonly string[] = []): BundleSize {
  return { label, minifiedBytes: bytes.length, gzippedBytes: gzipSync(bytes, { level: 9 }).length, packages };
}

/** Bundles everything an entry point exports; refuses what needs Node. */
export async function bundleForBrowser(specifier: string): Promise<BundleSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: ROOT },
    ...MINIFIED,
    metafile: true,
    logLevel: "silent",
    external: builtinModules.flatMap((name) => [name, `node:${name}`]),
  });
  const output = Object.values(metafile.outputs)[0];
  const needed = output?.imports.filter(({ external }) => external).map(({ path }) => path) ?? [];
  if (needed.length > 0) throw new Error(`${specifier} needs ${needed.join(", ")} of Node`);
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const packages = new Set(
    Object.keys(metafile.inputs)
      .map(packageOf)
      .filter((name) => name !== ""),
  );
  return sizeOf(`\`${specifier}\``, bytes, [...packages].sort());
}

/** Bundles built files, but no other package, and refuses what a bundler warns about. */
export async function bundleQuietly(files: readonly string[]): Promise<string> {
  const { warnings } = await build({
    entryPoints: [...files],
    outdir: "/",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    write: false,
    logLevel: "silent",
  });
  const [first] = warnings;
  if (first !== undefined) throw new Error(`${first.location?.file ?? ""}: ${first.text}`);
  return `${files.length} entry points without a warning`;
}

function packageOf(input: string): string {
  const installed = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  const own = /(?:^|\/)packages\/([^/]+)\//.exec(input)?.[1];
  return installed ?? (own === undefined ? "" : `@netmason/${own}`);
}

/** A table of sizes in KiB for the README, aligned as the formatter wants it. */
export function formatSizes(sizes: readonly BundleSize[]): string {
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  const rows = sizes.map((size) => [size.label, kib(size.minifiedBytes), kib(size.gzippedBytes)] as const);
  const cells = [["entry point", "minified", "gzipped"] as const, ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [name = 0, minified = 0, gzipped = 0] = widths;
  const line = ([a, b, c]: readonly [string, string, string]): string =>
    `| ${a.padEnd(name)} | ${b.padStart(minified)} | ${c.padStart(gzipped)} |`;
  const ruler = `| ${"-".repeat(name)} | ${"-".repeat(minified - 1)}: | ${"-".repeat(gzipped - 1)}: |`;
  const [head, ...body] = cells.map(line);
  return [head, ruler, ...body].join("\n");
}
