import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { CniError } from "../../errors.js";

/** Holds the lock of a lease directory while the work runs. */
export type WithLock = <T>(
  dir: string,
  work: () => T | Promise<T>,
  abortable: { readonly signal: AbortSignal },
) => Promise<T>;

// Node has no flock(2). The lock belongs to the open file description, which the child shares: it stays with this process
// when flock(1) has ended, and goes when the file is closed.
const ARGUMENTS = ["-x", "3"];

function openLock(dir: string): number {
  try {
    return openSync(join(dir, "lock"), constants.O_RDONLY | constants.O_CREAT, 0o750);
  } catch (cause) {
    throw new CniError("io_failure", `cannot open the lock: ${String(cause)}`, {}, { cause });
  }
}

function lockFailure(dir: string, why: string): CniError {
  return new CniError("io_failure", `cannot lock ${join(dir, "lock")} with flock(1): ${why}`);
}

/** For a process that does nothing else: waits without an event loop, which starts faster. */
export const withLockSync: WithLock = async (dir, work) => {
  // Not imported: it is needed only here, and costs a plugin milliseconds.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const fd = openLock(dir);
  try {
    const { status, error } = spawnSync("flock", ARGUMENTS, { stdio: ["ignore", "ignore", "ignore", fd] });
    if (status !== 0) throw lockFailure(dir, error?.message ?? `exit status ${status}`);
    return await work();
  } finally {
    closeSync(fd);
  }
};

/** How often a lock is passed on inside this process before others get their turn. */
const MOST_PASSES = 32;

interface Held {
  readonly fd: number;
  passes: number;
}

interface LockQueue {
  readonly waiting: ((held: Held | undefined) => void)[];
}

/** By directory: calls in this process wait here and pass the lock on, which saves a process for each. */
const queues = new Map<string, LockQueue>();

/** For a process with other work: waiting leaves the event loop free, and ends when the signal aborts. */
export const withLockAsync: WithLock = async (dir, work, { signal }) => {
  signal.throwIfAborted();
  const queue = queues.get(dir);
  const handed = queue === undefined ? undefined : await waitIn(queue, signal);
  if (queue === undefined) queues.set(dir, { waiting: [] });
  let held: Held | undefined;
  try {
    held = handed ?? { fd: await takeLock(dir, signal), passes: 0 };
    return await work();
  } finally {
    passOn(dir, held);
  }
};

function waitIn({ waiting }: LockQueue, signal: AbortSignal): Promise<Held | undefined> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.splice(waiting.indexOf(turn), 1);
      reject(signal.reason);
    };
    const turn = (held: Held | undefined): void => {
      signal.removeEventListener("abort", leave);
      resolve(held);
    };
    waiting.push(turn);
    signal.addEventListener("abort", leave, { once: true });
  });
}

function passOn(dir: string, held: Held | undefined): void {
  const next = queues.get(dir)?.waiting.shift();
  if (next === undefined) queues.delete(dir);
  if (held !== undefined && next !== undefined && ++held.passes < MOST_PASSES) {
    next(held);
    return;
  }
  if (held !== undefined) closeSync(held.fd);
  next?.(undefined);
}

async function takeLock(dir: string, signal: AbortSignal): Promise<number> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const fd = openLock(dir);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn("flock", ARGUMENTS, { stdio: ["ignore", "ignore", "ignore", fd] });
      const stop = (): void => {
        child.kill("SIGKILL");
      };
      signal.addEventListener("abort", stop, { once: true });
      child.once("error", (error) => {
        signal.removeEventListener("abort", stop);
        reject(lockFailure(dir, error.message));
      });
      child.once("exit", (code) => {
        signal.removeEventListener("abort", stop);
        if (signal.aborted) reject(signal.reason);
        else if (code === 0) resolve();
        else reject(lockFailure(dir, `exit status ${code}`));
      });
    });
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
