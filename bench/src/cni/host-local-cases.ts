import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostLocal } from "@netmason/cni/host-local";
import { createPluginExec } from "@netmason/cni/node";
import type { BenchCase, NodeContender, Task } from "../bench-case.js";
import { ours } from "./ours.js";
import {
  callProgram,
  debianFolder,
  fillLeases,
  hostLocalProgram,
  provideProgram,
  referenceFolder,
  type WorkFolder,
  workFolder,
} from "./plugin-programs.js";

const SUBNET = "10.0.0.0/8";

/** ADD and DEL of one address, as a process each, over a directory with so many leases of others. */
export function hostLocalCase(name: string, leases: number): BenchCase {
  const held = leases === 0 ? "" : ` beside ${leases} others`;
  return {
    name,
    operation: `host-local gives an address and takes it back${held}: two calls`,
    ours: ours(() => programTask([process.execPath, hostLocalProgram], leases)),
    peers: [
      ours(() => inProcessTask(leases), {
        name: "cni-in-process",
        note: "inside this process, over the same files and lock",
      }),
      program("host-local", join(referenceFolder, "host-local"), "the reference, v1.9.1, in Go", leases),
      program("host-local-debian", join(debianFolder, "host-local"), "the reference, 1.1.1, in Go", leases),
      {
        name: "node-empty",
        package: "node",
        note: "Node starts and ends twice: what a plugin in JavaScript cannot be faster than",
        answerOf: () => "",
        prepare: () => emptyTask(),
      },
    ],
    inputs: () => ({}),
    expected: () => ["10.0.0.2/8"],
  };
}

function program(name: string, file: string, note: string, leases: number): NodeContender {
  return {
    name,
    package: "node",
    note,
    provide: provideProgram(file),
    prepare: () => programTask([file], leases),
  };
}

function setUp(leases: number): WorkFolder & { readonly stdin: string } {
  const folder = workFolder();
  mkdirSync(join(folder.dir, "lab"));
  fillLeases(join(folder.dir, "lab"), leases);
  const ipam = { type: "host-local", subnet: SUBNET, dataDir: folder.dir };
  return { ...folder, stdin: JSON.stringify({ cniVersion: "1.0.0", name: "lab", type: "x", ipam }) };
}

function addressIn(stdout: string): string {
  return (JSON.parse(stdout) as { readonly ips: readonly { readonly address: string }[] }).ips[0]?.address ?? "";
}

function programTask(command: readonly [string, ...string[]], leases: number): Task {
  const { stdin, close } = setUp(leases);
  const once = (): string => {
    const { stdout } = callProgram(command, "ADD", stdin);
    callProgram(command, "DEL", stdin);
    return stdout;
  };
  return { run: (iterations) => repeatSync(iterations, once), answers: () => [addressIn(once())], close };
}

function inProcessTask(leases: number): Task {
  const { stdin, close } = setUp(leases);
  const exec = createPluginExec({ "host-local": hostLocal() });
  const call = async (CNI_COMMAND: string): Promise<string> => {
    const cni = {
      CNI_COMMAND,
      CNI_CONTAINERID: "bench",
      CNI_NETNS: "/none",
      CNI_IFNAME: "eth0",
      CNI_ARGS: "",
      CNI_PATH: "/none",
    };
    const { stdout } = await exec.run({ path: await exec.find("host-local", ["/"]), stdin, cni });
    return stdout;
  };
  const once = async (): Promise<string> => {
    const stdout = await call("ADD");
    await call("DEL");
    return stdout;
  };
  return {
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) await once();
    },
    answers: async () => [addressIn(await once())],
    close,
  };
}

function emptyTask(): Task {
  const { dir, close } = workFolder();
  const file = join(dir, "empty.cjs");
  writeFileSync(file, "");
  const once = (): void => {
    for (const verb of ["ADD", "DEL"]) callProgram([process.execPath, file], verb, "");
  };
  return { run: (iterations) => repeatSync(iterations, once), answers: () => [""], close };
}

function repeatSync(iterations: number, once: () => unknown): void {
  for (let i = 0; i < iterations; i++) once();
}
