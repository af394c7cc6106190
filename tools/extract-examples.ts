// Writes every TypeScript example of the documentation to doctest/, where the compiler and the tests find it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { findFences, moduleOf } from "./examples.js";
import { ROOT } from "./workspaces.js";

const target = join(ROOT, "doctest");
rmSync(target, { recursive: true, force: true });
mkdirSync(target);
const sources = globSync(
  ["README.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md", "packages/*/src/**/*.ts"],
  {
    cwd: ROOT,
    ignore: ["**/*.test.ts", "docs/site/**"],
  },
).sort();
for (const source of sources) {
  const fences = findFences(readFileSync(join(ROOT, source), "utf8"), source.endsWith(".ts"));
  for (const fence of fences) {
    const kind = fence.mode === "no-run" ? "ts" : "test.ts";
    const file = `${source.replaceAll("/", "-").replaceAll(".", "-")}.l${fence.line}.${kind}`;
    writeFileSync(join(target, file), moduleOf(fence, `${source}:${fence.line}`));
  }
}
