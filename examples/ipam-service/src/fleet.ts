import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Node } from "./pool-file.js";
import type { WorkerMessage } from "./worker.js";

/** A node's process, and the containers it has started. */
export interface Worker {
  readonly node: Node;
  readonly process: ChildProcess;
  readonly started: Set<string>;
  isAlive: boolean;
  /** Resolves when all its containers run, or it is dead. */
  readonly finished: Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** Starts one process a node, all on the store in `path`. */
export function startFleet(path: string, nodes: readonly Node[], onProgress: () => void): readonly Worker[] {
  return nodes.map((node) => startWorker(path, node, onProgress));
}

function startWorker(path: string, node: Node, onProgress: () => void): Worker {
  const child = fork(PROGRAM, [path, JSON.stringify(node)]);
  const started = new Set<string>();
  const worker: Worker = {
    node,
    process: child,
    started,
    isAlive: true,
    finished: new Promise((resolve) => {
      child.on("message", (message: WorkerMessage) => {
        if ("done" in message) return resolve();
        for (const handle of message.started) started.add(handle);
        onProgress();
      });
      child.on("exit", () => {
        worker.isAlive = false;
        resolve();
      });
    }),
  };
  return worker;
}

/** Ends the workers that are left and waits for them. */
export async function stopFleet(workers: readonly Worker[]): Promise<void> {
  const alive = workers.filter(({ isAlive }) => isAlive);
  await Promise.all(
    alive.map(({ process }) => {
      const ended = new Promise((resolve) => process.once("exit", resolve));
      process.disconnect();
      return ended;
    }),
  );
}
