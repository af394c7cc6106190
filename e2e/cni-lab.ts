import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createNetns, type Netns } from "@netmason/cni/testing";

/** Of iproute2. */
export const ip = "ip";

/** A host and containers in network namespaces of their own, so that nothing touches the machine's. */
export interface CniLab extends AsyncDisposable {
  /** Holds everything the lab writes. */
  readonly dir: string;
  /** Plugins that run in the lab's host. */
  readonly pluginDir: string;
  readonly cacheDir: string;
  readonly host: Netns;
  addContainer(): Promise<Netns>;
  /** Output of a command in a namespace. */
  run(netns: Netns, command: string, ...args: readonly string[]): string;
  /** Answers each connection to the port with the text, until the lab ends. */
  serve(netns: Netns, port: number, text: string): Promise<void>;
  /** What answers at an address, from a namespace. */
  connect(netns: Netns, address: string, port: number): string;
}

/** @param plugins - folders of plugins; of two with one name the first is taken */
export async function createLab(plugins: readonly string[]): Promise<CniLab> {
  const dir = mkdtempSync(join(tmpdir(), "netmason-lab-"));
  const host = await createNetns();
  const spaces: Netns[] = [host];
  const children: ChildProcess[] = [];
  const pluginDir = join(dir, "bin");
  for (const folder of [...plugins].reverse()) {
    for (const name of readdirSync(folder)) writeHostScript(join(pluginDir, name), host, join(folder, name));
  }
  const run: CniLab["run"] = (netns, command, ...args) =>
    execFileSync(ip, ["netns", "exec", netns.name, command, ...args], { encoding: "utf8", stdio: "pipe" });
  run(host, "ip", "link", "set", "lo", "up");
  return {
    dir,
    pluginDir,
    cacheDir: join(dir, "cache"),
    host,
    async addContainer() {
      const netns = await createNetns();
      spaces.push(netns);
      return netns;
    },
    run,
    async serve(netns, port, text) {
      const code = `require("net").createServer((s) => s.end(${JSON.stringify(text)})).listen(${port}, "::", () => console.log("ready"))`;
      const child = spawn(ip, ["netns", "exec", netns.name, process.execPath, "-e", code], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      await new Promise((resolve) => child.stdout.once("data", resolve));
    },
    connect: (netns, address, port) =>
      run(netns, "timeout", "5", "bash", "-c", `exec 3<>/dev/tcp/${address}/${port}; cat <&3`),
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill("SIGKILL");
      for (const netns of spaces.reverse()) await netns[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A plugin makes its links in the namespace it runs in. */
function writeHostScript(file: string, host: Netns, program: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${host.name} ${program}\n`);
  chmodSync(file, 0o755);
}

/** Short and unique: names of links have 15 characters. */
export function uniqueName(prefix: string): string {
  return prefix + randomUUID().slice(0, 6);
}
