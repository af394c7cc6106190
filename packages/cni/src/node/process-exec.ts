import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { basename } from "node:path";
import { CniError } from "../errors.js";
import { systemSleep } from "../system.js";
import type { Exec, ExecCall, ExecResult, ExecStop } from "./exec.js";
import { findPlugin } from "./find-plugin.js";

/** Options of `createProcessExec`. */
export interface ProcessExecOptions {
  /**
   * How long one call may take until it is killed with everything it started: above 0, at most 2,147,483,647 (24 days).
   * Default 60,000.
   */
  readonly timeoutMs?: number;
  /** Most bytes kept of stdout, and of stderr; more on stdout ends the plugin. Default 4 MiB. */
  readonly maxOutputBytes?: number;
  /** The environment under the `CNI_` variables. Default: that of this process. */
  readonly environment?: () => Readonly<Record<string, string | undefined>>;
  /** Gets what a plugin that succeeded wrote to stderr. Default: nothing does. */
  readonly stderr?: (text: string, plugin: string) => void;
  /** Waits between tries while a plugin's file is being written, and counts the time-out. Default: a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A timer that is to wait longer fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;
const BUSY_TRIES = 6;
const BUSY_WAIT_MS = 1_000;
/** How long after its exit a plugin's output may stay open. */
const DRAIN_MS = 1_000;

/**
 * Calls plugins as libcni does: the input on stdin, the `CNI_` variables over the environment. A plugin whose file is
 * being written (ETXTBSY) is tried 6 times, a second apart. Each plugin leads a process group of its own; on time-out or
 * abort the whole group is killed. One that may not be killed, as it runs as another user, is left behind: `io_failure`.
 *
 * @throws RangeError for options out of bounds
 * @category Executors
 */
export function createProcessExec(options: ProcessExecOptions = {}): Exec {
  const { timeoutMs = 60_000, maxOutputBytes = 4 * 1024 * 1024 } = options;
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS)) {
    throw new RangeError(`timeoutMs must be above 0 and at most ${LONGEST_TIMER_MS}, not ${timeoutMs}`);
  }
  if (!(maxOutputBytes > 0)) throw new RangeError(`maxOutputBytes must be above 0, not ${maxOutputBytes}`);
  const { environment = () => process.env, stderr, sleep = systemSleep } = options;
  const limits: Limits = { timeoutMs, maxOutputBytes, sleep };
  return {
    find: findPlugin,
    async run(call, { signal } = {}) {
      const environ = { ...environment(), ...call.cni };
      const result = await startWhenWritten(call, environ, limits, signal);
      if (stderr !== undefined && result.exitCode === 0 && result.stderr !== "") {
        stderr(result.stderr, basename(call.path));
      }
      return result;
    },
  };
}

interface Limits {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

async function startWhenWritten(
  call: ExecCall,
  environment: Environment,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await runOnce(call, environment, limits, signal);
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tries === BUSY_TRIES) throw startFailure(call, error);
    }
    await limits.sleep(BUSY_WAIT_MS, signal ?? new AbortController().signal);
  }
}

function isBusy(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ETXTBSY";
}

function startFailure({ path }: ExecCall, cause: Error): CniError {
  return new CniError("io_failure", `cannot start plugin ${path}: ${cause.message}`, {}, { cause });
}

async function runOnce(
  call: ExecCall,
  environment: Environment,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  // Not imported: a plugin without delegates starts faster without it.
  const { spawn } = process.getBuiltinModule("node:child_process");
  // A group of its own, so that what the plugin starts can be ended with it.
  const child = spawn(call.path, [], { env: environment, stdio: "pipe", detached: true });
  const started = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  try {
    await started;
  } catch (error) {
    if (isBusy(error)) throw error;
    throw startFailure(call, error as Error);
  }
  return superviseProcess(child, call, limits, signal);
}

async function superviseProcess(
  child: ChildProcessWithoutNullStreams,
  call: ExecCall,
  { timeoutMs, maxOutputBytes, sleep }: Limits,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  let stopped: ExecStop | "abort" | undefined;
  let giveUp: (why: CniError) => void = () => {};
  const stop = (why: ExecStop | "abort"): void => {
    stopped ??= why;
    try {
      killGroup(child.pid);
    } catch (cause) {
      // Of one that has ended, what it left is somebody else's.
      if (child.exitCode === null && child.signalCode === null) {
        // Nobody waits for it any more, this process's end neither.
        child.unref();
        giveUp(unkillable(call, cause));
      }
    }
    // Someone else may still hold the other end.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const stdout = collect(child.stdout, maxOutputBytes, () => stop("output_limit"));
  const stderr = collect(child.stderr, maxOutputBytes, () => {});
  // A plugin need not read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(call.stdin);
  const ended = new AbortController();
  const closed = new Promise<readonly [number | null, string | null]>((resolve, reject) => {
    giveUp = reject;
    child.once("exit", (code, by) => {
      child.stdin.destroy();
      alarm(sleep(DRAIN_MS, ended.signal), () => stop("left_process"));
      child.once("close", () => resolve([code, by]));
    });
  });
  alarm(sleep(timeoutMs, ended.signal), () => stop("timeout"));
  const onAbort = (): void => stop("abort");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    const [exitCode, by] = await closed;
    if (stopped === "abort") throw signal?.reason;
    const result = { stdout: stdout(), stderr: stderr(), exitCode, signal: by };
    return stopped === undefined ? result : { ...result, stopped };
  } finally {
    ended.abort();
    signal?.removeEventListener("abort", onAbort);
  }
}

function unkillable(call: ExecCall, cause: unknown): CniError {
  const text = `plugin ${call.path} is left running, as it cannot be killed: ${String(cause)}`;
  return new CniError("io_failure", text, {}, { cause });
}

/** Acts when the wait is over, and not when it is cut short. */
function alarm(wait: Promise<void>, act: () => void): void {
  wait.then(act, () => {});
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // The whole group has ended by itself.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Keeps at most `most` bytes, then calls `onLimit` once. */
function collect(stream: NodeJS.ReadableStream, most: number, onLimit: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size > most) return;
    size += chunk.length;
    if (size > most) {
      chunks.push(chunk.subarray(0, chunk.length - (size - most)));
      onLimit();
    } else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
