import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { readSource, sha256Of } from "./descriptor-files.js";

const folder = join(import.meta.dirname, "../../packages/envoy-api/gen");

/**
 * What users see of the generated modules, a line a module: how many types it exports and the start of its checksum. An
 * upgrade of the API shows here as the list of packages it changes.
 */
export function describeGenerated(): string {
  const { module, version, sha256 } = readSource();
  const lines = globSync("**/*.d.ts", { cwd: join(folder, "types") })
    .sort()
    .map((path) => {
      const text = readFileSync(join(folder, "types", path), "utf8");
      const count = text.match(/^export /gm)?.length ?? 0;
      return `${path.replace(/\.d\.ts$/, "")} ${count} ${sha256Of(text).slice(0, 12)}`;
    });
  const messages = readdirSync(join(folder, "pb"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("_pb.d.ts"))
    .sort();
  const all = sha256Of(messages.map((path) => readFileSync(join(folder, "pb", path), "utf8")).join(""));
  const head = [
    "Written by `npm run check:packages -- --write`.",
    `${module} ${version} ${sha256}`,
    `pb: ${messages.length} modules ${all.slice(0, 12)}`,
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}
