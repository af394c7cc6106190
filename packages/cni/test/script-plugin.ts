import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes an executable file; returns its path. */
export function writeScript(file: string, body: string, interpreter = "/bin/sh"): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!${interpreter}\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A plugin that prints a document and ends. */
export function writePrinter(folder: string, type: string, stdout: string, exitCode = 0): string {
  return writeScript(join(folder, type), `cat >/dev/null\ncat <<'END'\n${stdout}\nEND\nexit ${exitCode}`);
}
