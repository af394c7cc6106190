import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { cluster, compile } from "@netmason/xds";
import { build } from "esbuild";
import { type BundleSize, MINIFIED, sizeOf } from "./browser-bundle.js";
import { ROOT } from "./workspaces.js";

/** A program with builders, compile and with it the whole codec. */
const gateway = `import { cluster, compile, endpoints, filterChain, listener, route, routeConfiguration, virtualHost } from "@netmason/xds";
export const parts = [cluster.eds, endpoints, filterChain.http, listener.of, route.to, routeConfiguration, virtualHost, compile];`;

type GatewayParts = Readonly<Record<0, typeof cluster.eds> & Record<7, typeof compile>>;

/** The parts of a bundle by their file names. */
export interface GatewayBundle {
  readonly program: Uint8Array;
  /** What the codec reads, in a file of its own that the program imports. */
  readonly tables: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What a browser gets of the program, with the tables as a second entry point, which is how esbuild keeps them apart. */
export async function bundleGateway(): Promise<GatewayBundle> {
  const { outputFiles } = await build({
    stdin: { contents: gateway, resolveDir: ROOT, sourcefile: "gateway.js" },
    entryPoints: ["@netmason/envoy-api/tables"],
    outdir: "/",
    ...MINIFIED,
    splitting: true,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf("/") + 1), contents]));
  const program = files.get("stdin.js");
  const tables = [...files].find(([name]) => name.startsWith("chunk-"))?.[1];
  if (program === undefined || tables === undefined || files.size !== 3) {
    throw new RangeError(`expected a program, the tables and their entry, not ${[...files.keys()].join(", ")}`);
  }
  return { program, tables, files };
}

/** Writes the bundle into a folder and has it check a graph. */
export async function runGateway(folder: string): Promise<string> {
  const { files } = await bundleGateway();
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  const { parts } = (await import(pathToFileURL(join(folder, "stdin.js")).href)) as { readonly parts: GatewayParts };
  const { issues } = parts[7]({ clusters: [parts[0]({ name: "shop" })] });
  const rules = issues.map(({ rule }) => rule).join();
  if (rules !== "unused_resource,missing_reference") throw new RangeError(`compile finds ${rules}`);
  return `${[...files.keys()].join(", ")} work together`;
}

/** What a browser gets of a program that uses one builder and nothing else. */
async function bundleBuilder(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: 'import { cluster } from "@netmason/xds"; export const { eds } = cluster;', resolveDir: ROOT },
    ...MINIFIED,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Rows for the table of sizes. */
export async function measureGateway(limits: {
  readonly builderBytes: number;
  readonly programBytes: number;
  readonly gzippedTableBytes: number;
}): Promise<readonly BundleSize[]> {
  const { program, tables } = await bundleGateway();
  const builder = sizeOf("a builder alone", await bundleBuilder());
  const rows = [builder, sizeOf("a gateway's program", program), sizeOf("and its tables, apart", tables)] as const;
  hold("builder", builder.minifiedBytes, limits.builderBytes);
  hold("program", rows[1].minifiedBytes, limits.programBytes);
  hold("gzipped tables", rows[2].gzippedBytes, limits.gzippedTableBytes);
  return rows;
}

function hold(what: string, bytes: number, most: number): void {
  if (bytes > most) throw new RangeError(`${bytes} bytes of ${what}, at most ${most}`);
}
