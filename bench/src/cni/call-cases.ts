import { spawn } from "node:child_process";
import { type CniResult, convertResult, formatResult, parseNetworkConfigList, parseResult } from "@netmason/cni";
import { createCni, createPluginExec, createProcessExec, type Plugin } from "@netmason/cni/node";
import { createMemoryCache } from "@netmason/cni/testing";
import type { BenchCase, Task } from "../bench-case.js";
import { repeat } from "../loops.js";
import { ours } from "./ours.js";

async function repeatAsync(iterations: number, once: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < iterations; i++) await once();
}

const CALL = {
  path: "/bin/cat",
  stdin: JSON.stringify({ cniVersion: "1.0.0", name: "lab", type: "cat" }),
  cni: {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "bench",
    CNI_NETNS: "/none",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "",
    CNI_PATH: "/bin",
  },
};

/** What the executor adds to a process: find, limits, group, interpretation are all in it. */
export const execOverheadCase: BenchCase = {
  name: "exec-overhead",
  operation: "calls a program that gives its input back, through the executor",
  ours: ours(() => {
    const exec = createProcessExec();
    const once = async (): Promise<string> => {
      const path = await exec.find("cat", ["/opt/cni/bin", "/bin"]);
      return (await exec.run({ ...CALL, path })).stdout;
    };
    return { run: (iterations) => repeatAsync(iterations, once), answers: async () => [await once()] };
  }),
  peers: [
    {
      name: "node:child_process",
      package: "node",
      note: "spawn with pipes, no search, no limit, no interpretation",
      prepare: (): Task => ({
        run: (iterations) => repeatAsync(iterations, bareSpawn),
        answers: async () => [await bareSpawn()],
      }),
    },
  ],
  inputs: () => ({}),
  expected: () => [CALL.stdin],
};

function bareSpawn(): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(CALL.path, [], { env: { ...process.env, ...CALL.cni }, stdio: "pipe" });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () => resolve(Buffer.concat(chunks).toString()));
    child.stdin.end(CALL.stdin);
  });
}

const CHAIN = {
  name: "lab",
  cniVersion: "1.1.0",
  plugins: [{ type: "first", bridge: "cni0", ipam: { type: "host-local" } }, { type: "second" }],
};

/** A chain of two inside the process, with cache: everything a runtime does but processes and files. */
export const inProcessAddCase: BenchCase = {
  name: "in-process-add",
  operation: "ADD and DEL of a chain of two plugins inside the process: four calls",
  ours: ours(() => {
    const plugin: Plugin = {
      versions: ["1.1.0"],
      about: "",
      add: ({ prevResult, ifname }) => prevResult ?? { cniVersion: "1.1.0", interfaces: [{ name: ifname }] },
      del: () => {},
    };
    const exec = createPluginExec({ first: plugin, second: plugin });
    const cni = createCni({ pluginDirs: ["/none"], exec, cache: createMemoryCache() });
    const attachment = { containerId: "bench", ifname: "eth0", netns: "/none" };
    const once = async (): Promise<CniResult> => {
      const result = await cni.add(CHAIN, attachment);
      await cni.del(CHAIN, attachment);
      return result;
    };
    return {
      run: (iterations) => repeatAsync(iterations, once),
      answers: async () => [formatResult(await once())],
    };
  }),
  peers: [],
  inputs: () => ({}),
  expected: () => ['{"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}]}'],
};

const RESULT = {
  cniVersion: "1.1.0",
  interfaces: [
    { name: "cni0", mac: "02:00:00:00:00:01" },
    { name: "veth1" },
    { name: "eth0", mtu: 1500, sandbox: "/n" },
  ],
  ips: [
    { interface: 2, address: "10.1.2.3/24", gateway: "10.1.2.1" },
    { interface: 2, address: "2001:db8::3/64", gateway: "2001:db8::1" },
  ],
  routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0", gw: "2001:db8::1" }],
  dns: { nameservers: ["10.1.0.53"], search: ["lab"] },
};

export const convertResultCase: BenchCase = {
  name: "convert-result",
  operation: "converts a dual-stack result from 1.1.0 to 0.4.0",
  ours: ours(() => {
    const result = parseResult(RESULT);
    return {
      run: repeat(() => convertResult(result, "0.4.0")),
      answers: () => [convertResult(result, "0.4.0").cniVersion],
    };
  }),
  peers: [
    ours(
      () => {
        const text = JSON.stringify(RESULT);
        const once = (): string => formatResult(convertResult(parseResult(text), "0.4.0"));
        return { run: repeat(once), answers: () => [parseResult(once()).cniVersion] };
      },
      { name: "cni-text", note: "from text to text: parsed, converted, formatted" },
    ),
  ],
  inputs: () => ({}),
  expected: () => ["0.4.0"],
};

export const parseConflistCase: BenchCase = {
  name: "parse-conflist",
  operation: "reads a network configuration of six plugins",
  ours: ours(({ lists: [text = ""] = [] }) => ({
    run: repeat(() => parseNetworkConfigList(text)),
    answers: () => [String(parseNetworkConfigList(text).plugins?.length)],
  })),
  peers: [
    {
      name: "JSON.parse",
      package: "node",
      note: "no check of anything, numbers through doubles",
      prepare: ({ lists: [text = ""] = [] }) => ({
        run: repeat(() => JSON.parse(text)),
        answers: () => [String((JSON.parse(text) as { readonly plugins: readonly unknown[] }).plugins.length)],
      }),
    },
  ],
  inputs: () => ({ lists: [JSON.stringify(LONG_CHAIN, undefined, 2)] }),
  expected: () => ["6"],
};

const LONG_CHAIN = {
  cniVersion: "1.1.0",
  name: "pods",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: "10.88.0.0/16" }], [{ subnet: "2001:db8::/64" }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true }, snat: true },
    { type: "firewall", backend: "iptables" },
    { type: "tuning", sysctl: { "net.core.somaxconn": "500" }, mtu: 1454 },
    { type: "bandwidth", capabilities: { bandwidth: true } },
    { type: "sbr" },
  ],
};
