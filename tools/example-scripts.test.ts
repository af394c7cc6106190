import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listFolders, ROOT } from "./workspaces.js";

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

describe.each(listFolders("examples"))("%s", (folder) => {
  const text = readFileSync(join(ROOT, folder, "package.json"), "utf8");
  const { scripts, dependencies } = JSON.parse(text) as Manifest;

  it("starts in a clone where nothing is built, on the sources that the packages carry", () => {
    expect(scripts.start).toBe("tsx --conditions=@netmason/source src/main.ts");
    for (const script of Object.values(scripts)) expect(script).toContain("--conditions=@netmason/source");
  });

  it("depends on what npm has, so that it can be copied out", () => {
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^\^?\d+\.\d+\.\d+$/);
    expect(dependencies).toHaveProperty("tsx");
  });
});
