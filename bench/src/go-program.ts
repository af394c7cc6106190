import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goFolder } from "./repository.js";
import { runCommand } from "./run-command.js";

export type GoProgram = { readonly file: string } | { readonly absent: string };

const building = new Map<string, Promise<GoProgram>>();

/** Builds a program of `bench/go/cmd` once a run; it is absent where Go, or on the first run the network, is missing. */
export function buildGoProgram(name: string): Promise<GoProgram> {
  const started = building.get(name) ?? build(name);
  building.set(name, started);
  return started;
}

async function build(name: string): Promise<GoProgram> {
  const file = join(cacheFolder, process.platform === "win32" ? `go-${name}.exe` : `go-${name}`);
  mkdirSync(cacheFolder, { recursive: true });
  const build = (go: string): Promise<string | undefined> =>
    runCommand(go, ["build", "-o", file, `./cmd/${name}`], { cwd: goFolder, limitMs: 300_000 });
  // Where Go's own instructions install it, for shells that do not know of it.
  const installed = "/usr/local/go/bin/go";
  const problem = await build(existsSync(installed) ? installed : "go");
  return problem === undefined ? { file } : { absent: problem };
}
