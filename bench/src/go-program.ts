import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goFolder } from "./repository.js";
import { runCommand } from "./run-command.js";

export type GoProgram = { readonly file: string } | { readonly absent: string };

let building: Promise<GoProgram> | undefined;

/** Builds the Go peers once a run; they are absent where Go, or on the first run the network, is missing. */
export function buildGoProgram(): Promise<GoProgram> {
  building ??= build();
  return building;
}

async function build(): Promise<GoProgram> {
  const file = join(cacheFolder, process.platform === "win32" ? "go-peers.exe" : "go-peers");
  mkdirSync(cacheFolder, { recursive: true });
  const build = (go: string): Promise<string | undefined> =>
    runCommand(go, ["build", "-o", file, "."], { cwd: goFolder, limitMs: 180_000 });
  // Where Go's own instructions install it, for shells that do not know of it.
  const installed = "/usr/local/go/bin/go";
  const problem = await build(existsSync(installed) ? installed : "go");
  return problem === undefined ? { file } : { absent: problem };
}
