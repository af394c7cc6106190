import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./workspaces.js";

const FRONT_MATTER = /^---\n((?:"[^"\n]+": (?:major|minor|patch)\n)+)---\n/;

/** Sees that a release will understand every changeset: front matter that names published packages and nothing else. */
export function checkChangesets(packages: readonly string[]): string {
  const folder = join(ROOT, ".changeset");
  const files = readdirSync(folder).filter((file) => file.endsWith(".md"));
  for (const file of files) {
    const [, lines] = FRONT_MATTER.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    if (lines === undefined) throw new Error(`.changeset/${file} does not begin with packages and their releases`);
    const unknown = [...lines.matchAll(/"(.+)"/g)].find(([, name = ""]) => !packages.includes(name));
    if (unknown !== undefined) throw new Error(`.changeset/${file} names ${unknown[1]}, which is no package`);
  }
  return `${files.length} can be read`;
}
