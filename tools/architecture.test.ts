import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { describe, expect, it } from "vitest";
import { findViolations } from "./architecture.js";
import { ROOT } from "./workspaces.js";

function rulesBroken(...files: readonly (readonly [path: string, text: string])[]): string[] {
  return findViolations(files.map(([path, text]) => ({ path, text }))).map(
    ({ rule, path, line }) => `${rule} ${path}:${line}`,
  );
}

describe("the sources", () => {
  it("break no rule of the house", () => {
    const paths = globSync(["packages/*/src/**/*.ts", "tools/**/*.ts", "bench/src/**/*.ts", "e2e/**/*.ts"], {
      cwd: ROOT,
    });
    const inPackages = paths.filter((path) => path.startsWith("packages/"));
    expect(inPackages.length).toBeGreaterThan(20);
    const read = (path: string): { path: string; text: string } => ({
      path,
      text: readFileSync(join(ROOT, path), "utf8"),
    });
    const rulesOfSize = new Set(["file-name", "file-lines", "function-lines", "cycle"]);
    const found = findViolations(paths.map(read));
    expect(found.filter(({ path, rule }) => path.startsWith("packages/") || rulesOfSize.has(rule))).toEqual([]);
  });
});

describe("findViolations", () => {
  const net = "packages/net/src/a.ts";

  it.each([
    ["another package", net, 'import { x } from "@netmason/ipam";', "import-direction"],
    ["a package of the same level", "packages/ipam/src/a.ts", 'import { x } from "@netmason/cni";', "import-direction"],
    ["the sources of another package", net, 'import { x } from "../../ipam/src/b.js";', "import-direction"],
    [
      "what another package keeps inside",
      "packages/ipam/src/a.ts",
      'import "@netmason/net/src/internal/words.js";',
      "internal",
    ],
    ["a built-in module", net, 'import { readFile } from "node:fs";', "node-builtin"],
    ["a built-in module by its old name", net, 'export { join } from "path/posix";', "node-builtin"],
    ["a built-in module on demand", net, 'const fs = await import("fs");', "node-builtin"],
    ["a global of Node", net, "export const path = process.env.PATH;", "node-builtin"],
    ["bytes of Node", net, "export const empty = Buffer.alloc(0);", "node-builtin"],
    ["its own index", net, 'import { x } from "./index.js";', "own-index"],
    ["the clock", net, "export const at = Date.now();", "clock-or-chance"],
    ["the date", net, "export const at = new Date();", "clock-or-chance"],
    ["chance", net, "export const drawn = Math.random();", "clock-or-chance"],
    ["a timer", net, "setTimeout(() => {}, 1);", "clock-or-chance"],
    ["a vague file name", "packages/net/src/utils.ts", "", "file-name"],
    ["another case", "packages/net/src/parseAddress.ts", "", "file-name"],
    ["a long file", net, "\n".repeat(401), "file-lines"],
    ["a long test", "packages/net/src/a.test.ts", "\n".repeat(601), "file-lines"],
    ["a long function", net, `export function f(): void {${"\n".repeat(60)}}`, "function-lines"],
  ])("sees %s", (_, path, text, rule) => {
    expect(rulesBroken([path, text])).toEqual([`${rule} ${path}:1`]);
  });

  it("sees modules that need each other, but not for types alone", () => {
    const b = "packages/net/src/b.ts";
    const needsB = 'import { b } from "./b.js";';
    expect(rulesBroken([net, needsB], [b, 'import { a } from "./a.js";'])).toEqual([`cycle ${net}:1`]);
    expect(rulesBroken([net, needsB], [b, 'import type { A } from "./a.js";'])).toEqual([]);
    expect(rulesBroken([net, needsB], [b, 'import { type A } from "./a.js";'])).toEqual([]);
  });

  it("lets pass what is allowed", () => {
    expect(
      rulesBroken(
        ["packages/ipam/src/a.ts", 'import { x } from "@netmason/net";\nexport const at = new Date(0);'],
        ["packages/ipam/src/node/b.ts", 'import { readFile } from "node:fs";\nprocess.exit();'],
        ["packages/ipam/src/system.ts", "export const now = Date.now;"],
        ["packages/net/src/c.ts", "export interface Step { readonly process: string }\n// process"],
        ["packages/net/src/d.ts", `// Generated\n${"\n".repeat(500)}`],
        ["packages/net/src/e.test.ts", 'import { readFile } from "node:fs";'],
      ),
    ).toEqual([]);
  });
});
