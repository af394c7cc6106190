import { CniError, type Verb } from "../errors.js";
import type { CniResult } from "../result.js";
import type { Exec } from "./exec.js";
import { assertSucceeded, calledPlugin, readPrintedResult } from "./interpret-output.js";
import type { Delegate } from "./plugin.js";

/** What a delegate is given: the calling plugin's own input and variables. */
export interface RequestContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: string;
  readonly network: string;
  readonly cniVersion: string;
  readonly abortable: { readonly signal: AbortSignal };
}

/** The delegates of one request. */
export interface Delegates {
  delegate(type: string): Delegate;
  /** Runs DEL of those whose ADD was started, last first; returns what went wrong. */
  undo(): Promise<readonly unknown[]>;
}

/** @param loadExec - called when the first delegate is */
export function createDelegates(context: RequestContext, loadExec: () => Promise<Exec>): Delegates {
  const added: string[] = [];
  const call = async (type: string, verb: Verb, signal: AbortSignal | undefined): Promise<CniResult | undefined> => {
    const exec = await loadExec();
    const abortable = signal === undefined ? {} : { signal };
    const dirs = (context.environment.CNI_PATH ?? "").split(":").filter((dir) => dir !== "");
    const path = await exec.find(type, dirs, abortable);
    // From here on it may have done something.
    if (verb === "ADD") added.push(type);
    const request = { path, stdin: context.stdin, cni: variablesOf(context.environment, verb) };
    const output = await exec.run(request, abortable);
    const called = calledPlugin(request, context.network);
    assertSucceeded(called, output);
    return verb === "ADD" ? readPrintedResult(called, output, context.cniVersion) : undefined;
  };
  return {
    delegate(type) {
      const run = async (verb: Verb): Promise<void> => {
        await call(type, verb, context.abortable.signal);
      };
      return {
        async add() {
          const result = await call(type, "ADD", context.abortable.signal);
          if (result === undefined) throw new CniError("internal", `${type} gave no result`);
          return result;
        },
        del: () => run("DEL"),
        check: () => run("CHECK"),
        gc: () => run("GC"),
        status: () => run("STATUS"),
      };
    },
    async undo() {
      const failures: unknown[] = [];
      for (const type of added.splice(0).reverse()) {
        try {
          // Not bound to the signal: what was added must go, also when the caller has given up.
          await call(type, "DEL", undefined);
        } catch (error) {
          failures.push(error);
        }
      }
      return failures;
    },
  };
}

function variablesOf(
  environment: Readonly<Record<string, string | undefined>>,
  verb: Verb,
): Readonly<Record<`CNI_${string}`, string>> {
  const own = Object.entries(environment).filter(([name]) => name.startsWith("CNI_"));
  return { ...Object.fromEntries(own.map(([name, value]) => [name, value ?? ""])), CNI_COMMAND: verb };
}
