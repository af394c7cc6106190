import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** Where `npm run components` puts the reference plugins, and Debian its own. */
export const referenceFolder: string = join(root, ".cache/components/go-tools");
export const debianFolder = "/usr/lib/cni";

/** Ours, as built. */
export const hostLocalProgram: string = createRequire(import.meta.url)
  .resolve("@netmason/cni")
  .replace(/index\.js$/, "bin/netmason-host-local.cjs");

/** Why a program cannot take part. */
export function provideProgram(file: string): () => Promise<string | undefined> {
  return async () => (existsSync(file) ? undefined : `${file.replace(root, ".")} is not there: npm run components`);
}

/** A folder for what plugins keep, in memory where the machine has such a place. */
export interface WorkFolder {
  readonly dir: string;
  readonly close: () => void;
}

export function workFolder(): WorkFolder {
  const dir = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-bench-"));
  return { dir, close: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Fills a data directory with leases of others. */
export function fillLeases(folder: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const address = `10.200.${i >> 8}.${i & 255}`;
    writeFileSync(join(folder, address), `${"0".repeat(60)}${String(i).padStart(4, "0")}\r\neth0`);
  }
}

/** Calls a plugin's program. */
export function callProgram(
  command: readonly [string, ...string[]],
  verb: string,
  stdin: string,
): SpawnSyncReturns<string> {
  const [file, ...args] = command;
  const cni = {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: "bench",
    CNI_NETNS: "/none",
    CNI_IFNAME: "eth0",
    CNI_PATH: "/none",
    PATH: process.env.PATH ?? "",
  };
  return spawnSync(file, args, { env: cni, input: stdin, encoding: "utf8" });
}
