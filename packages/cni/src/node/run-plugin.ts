import { createDelegates } from "./delegates.js";
import type { Plugin } from "./plugin.js";
import { runProcess, writeAll } from "./plugin-process.js";

/**
 * Is the whole life of a plugin process: reads the variables and stdin, checks them in libcni's order, calls the handler,
 * prints one document and ends the process, whatever the handler has left open. A handler that waits for what cannot
 * happen is an error. Never settles; call it first thing, as what is printed earlier is printed on stdout.
 *
 * Everything else that is printed goes to stderr. Where stdout is a pipe, a file or a terminal (a pipe, when the runtime
 * is libcni or any other program in Go) this is so for `console`, `process.stdout`, writes to descriptor 1 and what
 * children inherit as their stdout. Where it is a socket, as for a runtime in Node, it is so for `console` and
 * `process.stdout` only: Linux opens no socket a second time, and Node cannot duplicate a descriptor. A child whose
 * stdout is not to be read gets `stdio: "ignore"` or `"pipe"`.
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
export async function runPlugin(plugin: Plugin): Promise<never> {
  return runProcess(plugin, (context) =>
    createDelegates(context, async () => {
      const { createProcessExec } = await import("./process-exec.js");
      return createProcessExec({ stderr: (text) => writeAll(2, text) });
    }),
  );
}
