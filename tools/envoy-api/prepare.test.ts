import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROOT } from "../workspaces.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "envoy-api-prepare-"));
  mkdirSync(join(root, "packages/envoy-api"), { recursive: true });
  cpSync(import.meta.dirname, join(root, "tools/envoy-api"), { recursive: true });
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function prepare(...args: readonly string[]): { readonly status: number; readonly said: string } {
  try {
    const file = join(root, "tools/envoy-api/prepare.mjs");
    return { status: 0, said: execFileSync(process.execPath, [file, ...args], { encoding: "utf8" }) };
  } catch (error) {
    const { status, stdout } = error as { readonly status: number; readonly stdout: string };
    return { status, said: stdout };
  }
}

it("is skipped where there is nothing to generate with, and is an error where that is required", () => {
  const said =
    "@netmason/envoy-api is not generated: tsx, @bufbuild/protobuf, @bufbuild/protoc-gen-es, typescript not installed\n";
  expect(prepare()).toEqual({ status: 0, said });
  expect(prepare("--require")).toEqual({ status: 1, said });
  expect(existsSync(join(root, "packages/envoy-api/gen"))).toBe(false);
});

it("generates once, and again when what it is made from changed", () => {
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  expect(prepare().said).toContain("generated in");
  expect(prepare().said).toBe("");
  for (const source of ["type-url-map.ts", "code-rules/routes.ts"]) {
    writeFileSync(join(root, "tools/envoy-api", source), "\n", { flag: "a" });
    expect(prepare("--require").said).toContain("generated in");
  }
  expect(readdirSync(join(root, "packages/envoy-api"))).toEqual(["gen"]);
  const modules = readdirSync(join(root, "packages/envoy-api/gen"));
  expect(modules).toEqual(expect.arrayContaining(["descriptors.js", "field-table.js", "pb", "types"]));
});

/** What another process that prepares does between the looks and the renames of this one. */
const others = {
  "puts its folder where the old one was": `
    after(from) {
      cpSync(target, from, { recursive: true });
    }`,
  "takes the old folder away first": `
    before(from) {
      rmSync(from, { recursive: true });
    }`,
};

it.each(Object.entries(others))("ends well where another one %s", (_, other) => {
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const folder = join(root, "packages/envoy-api");
  mkdirSync(join(folder, "gen"));
  writeFileSync(join(folder, "gen/field-table.js"), "old");
  writeFileSync(
    join(root, "tools/envoy-api/generate.ts"),
    'import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2] + "/field-table.js", "new");',
  );
  const interloper = `
    import fs, { cpSync, rmSync } from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const rename = fs.renameSync;
    let target;
    const other = {${other}};
    fs.renameSync = (from, to) => {
      const isFirst = target === undefined;
      if (isFirst) target = to.replace(/-old$/, "");
      if (isFirst) other.before?.(from);
      rename(from, to);
      if (isFirst) other.after?.(from);
    };
    syncBuiltinESMExports();`;
  writeFileSync(join(root, "interloper.mjs"), interloper);
  const file = join(root, "tools/envoy-api/prepare.mjs");
  execFileSync(process.execPath, ["--import", join(root, "interloper.mjs"), file, "--require"]);
  expect(readdirSync(folder)).toEqual(["gen"]);
  expect(readdirSync(join(folder, "gen")).sort()).toEqual([".made-from", "field-table.js"]);
  expect(readFileSync(join(folder, "gen/field-table.js"), "utf8")).toBe("new");
});
