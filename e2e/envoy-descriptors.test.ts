import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { readSource } from "../tools/envoy-api/descriptor-files.js";

const root = join(import.meta.dirname, "..");
const folders = (process.env.PATH ?? "").split(delimiter);
const hasGo = folders.some((folder) => existsSync(join(folder, "go")));

it.runIf(hasGo)(
  "the descriptors of the Envoy API come out byte-equal when they are made again",
  { timeout: 600_000 },
  () => {
    const extract = join(root, "tools/envoy-api/extract.ts");
    const said = execFileSync(process.execPath, ["--import", "tsx", extract, "--check"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(said).toContain(readSource().sha256);
  },
);
