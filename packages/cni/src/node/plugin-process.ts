import { readFileSync, writeSync } from "node:fs";
import type { Plugin } from "./plugin.js";
import { type PluginIo, servePlugin } from "./serve-plugin.js";

/** The whole life of a plugin process; `delegates` says how it calls other plugins. Never rejects. */
export async function runProcess(plugin: Plugin, delegates: PluginIo["delegates"]): Promise<void> {
  // console looks its stream up when it is first used.
  Object.defineProperty(process, "stdout", { configurable: true, get: () => process.stderr });
  const { stdout, stderr, exitCode } = await servePlugin(plugin, {
    environment: process.env,
    readStdin: () => readFileSync(0, "utf8"),
    delegates,
  });
  process.exitCode = exitCode;
  writeAll(2, stderr);
  writeAll(1, stdout);
}

/** Synchronous, so that the document is out whatever the plugin still has open. */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // A pipe that is full for the moment.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}
