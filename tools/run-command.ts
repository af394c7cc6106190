import { execFileSync } from "node:child_process";
import { ROOT } from "./workspaces.js";

/** Runs a program to its end and gives its output; a failure carries what it printed. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  try {
    return execFileSync(file, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${file} ${args.join(" ")} failed\n${stdout ?? ""}${stderr ?? ""}`.trimEnd(), { cause: error });
  }
}
