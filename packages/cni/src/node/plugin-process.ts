import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { CniError } from "../errors.js";
import type { Plugin } from "./plugin.js";
import { type PluginIo, servePlugin } from "./serve-plugin.js";

const STDOUT = 1;
const STDERR = 2;

/** The whole life of a plugin process, which it ends; `delegates` says how it calls other plugins. */
export async function runProcess(plugin: Plugin, delegates: PluginIo["delegates"]): Promise<never> {
  const out = claimStdout();
  // What asks for the stream gets the other one, where the descriptor could not be moved too.
  Object.defineProperty(process, "stdout", { configurable: true, get: () => process.stderr });
  const { stdout, stderr, exitCode } = await servePlugin(plugin, {
    environment: process.env,
    readStdin: () => readFileSync(0, "utf8"),
    delegates,
    abandoned: untilNothingIsLeft(),
  });
  writeAll(STDERR, stderr);
  const isTold = writeAll(out, stdout);
  // A timer or a socket that the plugin has left open must not hold the runtime.
  process.exit(isTold ? exitCode : 1);
}

/**
 * Keeps the way to the runtime for the one document: a descriptor of its own leads there, which no child inherits, and 1
 * leads to stderr. Where stdout is a socket, which Linux cannot open a second time, 1 stays what it is.
 *
 * @returns where the document goes
 */
function claimStdout(): number {
  // At the end: another program may have written to a file before.
  const flags = constants.O_WRONLY | constants.O_APPEND;
  let own: number;
  try {
    own = openSync(`/proc/self/fd/${STDOUT}`, flags);
  } catch {
    return STDOUT;
  }
  closeSync(STDOUT);
  // The lowest number that is free is the one just freed.
  try {
    openSync(`/proc/self/fd/${STDERR}`, flags);
  } catch {
    openSync("/dev/null", flags);
  }
  return own;
}

/** Rejects when the process would end by itself, with a handler that waits for what cannot come. */
function untilNothingIsLeft(): Promise<never> {
  return new Promise((_, reject) => {
    process.once("beforeExit", () => {
      reject(new CniError("internal", "the plugin waits for something that cannot happen"));
    });
  });
}

/**
 * Writes at once and whole, so that the process can end behind it.
 *
 * @returns `false` when nobody reads any more
 */
export function writeAll(fd: number, text: string): boolean {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw error;
      // A pipe that is full for the moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
