import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./run-command.js";
import { smokeExamples } from "./smoke-examples.js";
import { smokeExecutables } from "./smoke-executables.js";
import { smokeXdsCommand } from "./smoke-xds-command.js";
import type { Tarball } from "./tarballs.js";
import { ROOT } from "./workspaces.js";

/**
 * Installs the tarballs in an empty project, with their peers in the versions that the tests use; imports, requires and
 * type-checks every entry point there, and runs the executables and examples.
 */
export function smokeTest(tarballs: readonly Tarball[]): string {
  const folder = mkdtempSync(join(tmpdir(), "netmason-smoke-"));
  try {
    const dependencies = Object.fromEntries(tarballs.map((each) => [each.package.name, `file:${each.file}`]));
    const peers = tarballs.flatMap((each) => each.package.peers.map((peer) => [peer, installedVersion(peer)] as const));
    const manifest = {
      name: "smoke",
      private: true,
      type: "module",
      dependencies: { ...dependencies, ...Object.fromEntries(peers), tsx: installedVersion("tsx") },
      overrides: dependencies,
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    runCommand("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder });
    const specifiers = tarballs.flatMap((each) => each.package.entryPoints.map(({ specifier }) => specifier));
    for (const specifier of specifiers) loadBothWays(folder, specifier);
    typeCheck(folder, specifiers);
    const programs = [smokeExecutables(folder), smokeXdsCommand(folder), smokeExamples(folder)];
    return `${specifiers.length} entry points import, require and type-check; ${programs.join("; ")}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

function loadBothWays(folder: string, specifier: string): void {
  const name = JSON.stringify(specifier);
  const print = "process.stdout.write(JSON.stringify(Object.keys(m).filter((k) => k !== '__esModule').sort()))";
  const node = (type: string, code: string): string =>
    runCommand(process.execPath, ["--no-warnings", `--input-type=${type}`, "-e", code], { cwd: folder });
  const imported = node("module", `const m = await import(${name}); ${print}`);
  const required = node("commonjs", `const m = require(${name}); ${print}`);
  if (imported !== required || imported === "[]") {
    throw new Error(`${specifier}: import gives ${imported}, require gives ${required}`);
  }
}

function typeCheck(folder: string, specifiers: readonly string[]): void {
  const uses = specifiers.map(
    (specifier, i) => `import * as m${i} from ${JSON.stringify(specifier)};\nexport { m${i} };`,
  );
  for (const extension of ["mts", "cts"]) writeFileSync(join(folder, `use.${extension}`), `${uses.join("\n")}\n`);
  for (const module of ["node20", "nodenext"]) {
    const compilerOptions = { module, target: "es2022", strict: true, noEmit: true, skipLibCheck: false, types: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["use.*"] }));
    runCommand(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], { cwd: folder });
  }
}
