import { basename } from "node:path";
import type { Exec, ExecCall, ExecResult } from "../exec.js";
import { assertFindable } from "../find-plugin.js";

/** An executor that remembers its calls, in order. */
export interface FakeExec extends Exec {
  readonly calls: readonly ExecCall[];
}

/**
 * Answers for every plugin itself. What the answer leaves out is a success without output.
 *
 * @category Testing
 */
export function createFakeExec(
  answer: (call: ExecCall & { readonly type: string }) => Partial<ExecResult> | Promise<Partial<ExecResult>>,
): FakeExec {
  const calls: ExecCall[] = [];
  return {
    calls,
    async find(type, dirs, { signal } = {}) {
      signal?.throwIfAborted();
      assertFindable(type, dirs);
      return `/fake/${type}`;
    },
    async run(call, { signal } = {}) {
      signal?.throwIfAborted();
      calls.push(call);
      const partial = await answer({ ...call, type: basename(call.path) });
      signal?.throwIfAborted();
      return { stdout: "", stderr: "", exitCode: 0, signal: null, ...partial };
    },
  };
}
