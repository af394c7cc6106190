import { readFileSync, writeSync } from "node:fs";
import type { Plugin } from "./plugin.js";
import { servePlugin } from "./serve-plugin.js";

/**
 * Is the whole life of a plugin process: reads the variables and stdin, checks them in libcni's order, calls the handler,
 * prints one document on stdout and sets the exit code. What the plugin itself prints with `console` or
 * `process.stdout` goes to stderr. Never rejects.
 *
 * @example
 * ```ts no-run
 * import { runPlugin } from "@netmason/cni/node";
 *
 * await runPlugin({
 *   versions: ["1.0.0", "1.1.0"],
 *   about: "passes on what it gets",
 *   add: ({ prevResult }) => prevResult ?? { cniVersion: "1.1.0" },
 *   del: () => {},
 * });
 * ```
 * @category Plugins
 */
export async function runPlugin(plugin: Plugin): Promise<void> {
  // console looks its stream up when it is first used.
  Object.defineProperty(process, "stdout", { configurable: true, get: () => process.stderr });
  const { stdout, stderr, exitCode } = await servePlugin(plugin, {
    environment: process.env,
    readStdin: () => readFileSync(0, "utf8"),
    exec: async () => (await import("./process-exec.js")).createProcessExec({ stderr: (text) => writeAll(2, text) }),
  });
  process.exitCode = exitCode;
  writeAll(2, stderr);
  writeAll(1, stdout);
}

/** Synchronous, so that the document is out whatever the plugin still has open. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // A pipe that is full for the moment.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}
