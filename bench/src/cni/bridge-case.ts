import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostLocal } from "@netmason/cni/host-local";
import {
  createCni,
  createFileCache,
  createPluginExec,
  createProcessExec,
  type Exec,
  loadNetwork,
} from "@netmason/cni/node";
import { createNetns } from "@netmason/cni/testing";
import { createBridgePlugin } from "../../../examples/cni-runtime/src/plugins.js";
import type { BenchCase, Task } from "../bench-case.js";
import { ours } from "./ours.js";
import { provideProgram, referenceFolder, workFolder } from "./plugin-programs.js";

const cnitool = join(referenceFolder, "cnitool");
/** Of util-linux. */
const unshare = "unshare";
const obstacle = async (): Promise<string | undefined> =>
  process.getuid?.() === 0 ? provideProgram(cnitool)() : "making network namespaces needs root";

/** The reference's bridge and host-local in a namespace of the bench's own, called by us and by cnitool; and ours inside. */
export const bridgeCase: BenchCase = {
  name: "bridge-add",
  operation: "attaches a namespace to a bridge with an address and detaches it: the reference plugins, four processes",
  ours: { ...ours(oursTask), provide: obstacle },
  peers: [
    {
      ...ours(inProcessTask, {
        name: "cni-in-process",
        note: "bridge of examples/cni-runtime and our host-local inside this process; `ip` does the links",
      }),
      provide: async () => (process.getuid?.() === 0 ? undefined : "making network namespaces needs root"),
    },
    {
      name: "cnitool",
      package: "node",
      note: "libcni v1.3.0; a process for each command, in a mount namespace that hides the machine's cache",
      provide: obstacle,
      prepare: cnitoolTask,
    },
  ],
  inputs: () => ({}),
  expected: () => ["10.88.0.2/16"],
};

interface Lab {
  readonly dir: string;
  /** Stands for the machine: plugins make their links in it. */
  readonly host: string;
  readonly netns: string;
  readonly pluginDir: string;
  readonly close: () => Promise<void>;
}

async function createLab(): Promise<Lab> {
  const { dir, close } = workFolder();
  const [host, container] = [await createNetns(), await createNetns()];
  for (const folder of ["bin", "net.d", "lib/cni"]) mkdirSync(join(dir, folder), { recursive: true });
  for (const name of ["bridge", "host-local"]) {
    const file = join(dir, "bin", name);
    // Plugins make their links where they run: in the lab's host.
    writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${host.name} ${join(referenceFolder, name)}\n`);
    chmodSync(file, 0o755);
  }
  const ipam = { type: "host-local", subnet: "10.88.0.0/16", dataDir: join(dir, "leases") };
  const plugins = [{ type: "bridge", bridge: "br0", isGateway: true, ipam }];
  writeFileSync(join(dir, "net.d/lab.conflist"), JSON.stringify({ cniVersion: "1.1.0", name: "lab", plugins }));
  return {
    dir,
    host: host.path,
    netns: container.path,
    pluginDir: join(dir, "bin"),
    close: async () => {
      for (const netns of [container, host]) await netns[Symbol.asyncDispose]();
      close();
    },
  };
}

function addressOf(result: object): string {
  return (result as { readonly ips?: readonly { readonly address: string }[] }).ips?.[0]?.address ?? "";
}

async function oursTask(): Promise<Task> {
  return taskOf(await createLab(), createProcessExec());
}

async function inProcessTask(): Promise<Task> {
  const lab = await createLab();
  return taskOf(lab, createPluginExec({ bridge: createBridgePlugin(lab.host), "host-local": hostLocal() }));
}

async function taskOf(lab: Lab, exec: Exec): Promise<Task> {
  const cache = createFileCache({ dir: join(lab.dir, "lib/cni") });
  const cni = createCni({ pluginDirs: [lab.pluginDir], exec, cache });
  const network = await loadNetwork(join(lab.dir, "net.d"), "lab");
  const attachment = { containerId: "bench", ifname: "eth0", netns: lab.netns };
  const once = async (): Promise<object> => {
    const result = await cni.add(network, attachment);
    await cni.del(network, attachment);
    return result;
  };
  return {
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) await once();
    },
    answers: async () => [addressOf(await once())],
    close: lab.close,
  };
}

async function cnitoolTask(): Promise<Task> {
  const lab = await createLab();
  const env = { CNI_PATH: lab.pluginDir, NETCONFPATH: join(lab.dir, "net.d"), PATH: process.env.PATH ?? "" };
  const script = `mount --bind ${lab.dir}/lib /var/lib && exec "$@"`;
  const run = (verb: string): string =>
    execFileSync(unshare, ["--mount", "sh", "-c", script, "sh", cnitool, verb, "lab", lab.netns], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const once = (): object => {
    const result = JSON.parse(run("add")) as object;
    run("del");
    return result;
  };
  return {
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) once();
    },
    answers: () => [addressOf(once())],
    close: lab.close,
  };
}
