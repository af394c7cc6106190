import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
  const said = "@netmason/envoy-api is not generated: tsx, @bufbuild/protobuf, @bufbuild/protoc-gen-es not installed\n";
  expect(prepare()).toEqual({ status: 0, said });
  expect(prepare("--require")).toEqual({ status: 1, said });
  expect(existsSync(join(root, "packages/envoy-api/gen"))).toBe(false);
});

it("generates once, and again when what it is made from changed", () => {
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  expect(prepare().said).toContain("generated in");
  expect(prepare().said).toBe("");
  writeFileSync(join(root, "tools/envoy-api/type-url-map.ts"), "\n", { flag: "a" });
  expect(prepare("--require").said).toContain("generated in");
  expect(readdirSync(join(root, "packages/envoy-api"))).toEqual(["gen"]);
  const modules = readdirSync(join(root, "packages/envoy-api/gen"));
  expect(modules).toEqual(expect.arrayContaining(["descriptors.js", "field-table.js", "pb", "types"]));
});
