import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Failed, Request } from "./protocol.js";

/** A running process that answers requests one at a time. */
export interface BenchProcess {
  /** Rejects when the process answers with an error, ends, or needs longer than `limitMs` (it is then killed). */
  ask<Reply extends object>(request: Request, limitMs: number): Promise<Reply>;
  /** Ends the process: at once, unless it ended already. */
  end(): void;
}

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

export function startBenchProcess(file: string, args: readonly string[]): BenchProcess {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  let ended: Error | undefined;
  let waiting: Waiting | undefined;
  const fail = (error: Error): void => {
    ended ??= error;
    waiting?.reject(error);
    waiting = undefined;
  };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-2_000);
  });
  child.stdin.on("error", fail);
  child.on("error", fail);
  child.on("close", (code, signal) => fail(new Error(`the process ended (${signal ?? code}) ${complaints}`.trim())));
  createInterface({ input: child.stdout }).on("line", (line) => {
    waiting?.resolve(line);
    waiting = undefined;
  });

  const nextLine = (request: Request, limitMs: number): Promise<string> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const timer = setTimeout(() => {
        fail(new Error(`not finished within ${limitMs / 1_000} s`));
        child.kill("SIGKILL");
      }, limitMs);
      waiting = {
        resolve: (line) => {
          clearTimeout(timer);
          resolve(line);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });

  return {
    ask: async <Reply extends object>(request: Request, limitMs: number) => {
      const reply = JSON.parse(await nextLine(request, limitMs)) as Reply | Failed;
      if ("error" in reply) throw new Error(reply.error);
      return reply;
    },
    end: () => {
      child.kill("SIGKILL");
    },
  };
}
