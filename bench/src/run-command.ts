import { execFile } from "node:child_process";

/** Runs a command to its end. A text says why it failed: not found, out of time, or the end of what it printed. */
export function runCommand(
  file: string,
  args: readonly string[],
  { cwd, limitMs }: { readonly cwd: string; readonly limitMs: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, timeout: limitMs, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.code === "ENOENT") resolve(`${file} is not installed`);
      else if (error.killed) resolve(`${file} did not finish within ${limitMs / 1_000} s`);
      else resolve(`${file} ${args[0]} failed: ${(stderr || stdout).trim().slice(-300)}`);
    });
  });
}
