import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, type Graph, typeUrls } from "@netmason/xds";

/** The files Envoy reads: `bootstrap.json` names the two others and the folder they are in. */
export function filesOf(
  { listeners = [], clusters = [] }: Graph,
  folder: string,
  admin: string,
): Readonly<Record<string, object>> {
  const response = (typeUrl: string, resources: readonly object[]): object => ({
    resources: resources.map((resource) => ({ "@type": typeUrl, ...resource })),
  });
  return {
    "bootstrap.json": bootstrap({ node: { id: "gateway-1", cluster: "gateway" }, admin, xds: { files: folder } }),
    "lds.json": response(typeUrls.listener, listeners),
    "cds.json": response(typeUrls.cluster, clusters),
  };
}

export function writeFiles(files: Readonly<Record<string, object>>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
  }
}
