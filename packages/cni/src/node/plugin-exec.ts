import { CniError } from "../errors.js";
import { createDelegates } from "./delegates.js";
import type { Exec, ExecCall, ExecResult } from "./exec.js";
import { assertFindable } from "./find-plugin.js";
import type { Plugin } from "./plugin.js";
import { servePlugin } from "./serve-plugin.js";

const SCHEME = "in-process:/";

/**
 * Calls plugins inside this process: the same input, checks and output, without a process. Types it does not have go to
 * the fallback. A plugin that is called cannot be killed: it gets the signal, and the call waits for it to settle.
 *
 * @category Executors
 */
export function createPluginExec(plugins: Readonly<Record<string, Plugin>>, fallback?: Exec): Exec {
  const exec: Exec = {
    async find(type, dirs, options) {
      options?.signal?.throwIfAborted();
      if (Object.hasOwn(plugins, type)) return SCHEME + type;
      if (fallback !== undefined) return fallback.find(type, dirs, options);
      assertFindable(type, dirs);
      throw new CniError("plugin_not_found", `failed to find plugin ${JSON.stringify(type)} in this process`);
    },
    async run(call, options = {}) {
      options.signal?.throwIfAborted();
      const plugin = call.path.startsWith(SCHEME) ? plugins[call.path.slice(SCHEME.length)] : undefined;
      if (plugin !== undefined) return runInProcess(plugin, call, exec, options.signal);
      if (fallback !== undefined) return fallback.run(call, options);
      throw new CniError("io_failure", `cannot start plugin ${call.path}: it is not in this process`);
    },
  };
  return exec;
}

async function runInProcess(
  plugin: Plugin,
  call: ExecCall,
  exec: Exec,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  const output = await servePlugin(plugin, {
    environment: call.cni,
    readStdin: () => call.stdin,
    delegates: (context) => createDelegates(context, async () => exec),
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  return { ...output, signal: null };
}
