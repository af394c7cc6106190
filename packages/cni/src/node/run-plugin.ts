import { createDelegates } from "./delegates.js";
import type { Plugin } from "./plugin.js";
import { runProcess, writeAll } from "./plugin-process.js";

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
  await runProcess(plugin, (context) =>
    createDelegates(context, async () => {
      const { createProcessExec } = await import("./process-exec.js");
      return createProcessExec({ stderr: (text) => writeAll(2, text) });
    }),
  );
}
