import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/** What is only in validators and schemas: fields of definitions, the dialect. */
const TOO_MUCH = ["vlanTrunk", "datastore_type", "json-schema.org"];
/** A plugin starts for each call. */
const MOST_BYTES = { "netmason-host-local": 40_000, cni: 50_000 } as const;

/**
 * Runs the executables of `@netmason/cni` in a project where it is installed: `cni` attaches, checks, lists and detaches on
 * a network whose one plugin is `netmason-host-local`. Each must be one file that needs nothing beside Node.
 *
 * @returns what was seen; nothing is run where plugins do not run
 */
export function smokeExecutables(project: string): string {
  const sizes = Object.entries(MOST_BYTES).map(([name, most]) => {
    const file = join(project, "node_modules/@netmason/cni/dist/bin", `${name}.cjs`);
    return `${name} ${checkFile(file, most)} bytes`;
  });
  if (process.platform !== "linux") return sizes.join(", ");
  attach(project);
  runAlone(project);
  return `${sizes.join(", ")}; attach, check, collect, detach`;
}

function checkFile(file: string, mostBytes: number): number {
  const text = readFileSync(file, "utf8");
  const size = Buffer.byteLength(text);
  const wrong = [
    ...(text.startsWith("#!/usr/bin/env node\n") ? [] : ["it does not start with node's line"]),
    ...(size < mostBytes ? [] : [`it has ${size} bytes, ${mostBytes} are too many`]),
    ...TOO_MUCH.filter((word) => text.includes(word)).map((word) => `it contains ${word}`),
    ...[...text.matchAll(/\b(?:require|import)\((?!["']node:)[^)]*\)/g)].map(([call]) => `it has ${call}`),
    ...[...text.matchAll(/["']node:([\w/]+)["']/g)]
      .filter(([, name = ""]) => !builtinModules.includes(name))
      .map(([name]) => `it wants ${name}`),
  ];
  if (wrong.length > 0) throw new Error(`${file}: ${wrong.join(", ")}`);
  return size;
}

function attach(project: string): void {
  mkdirSync(join(project, "net.d"));
  const ipam = { type: "host-local", subnet: "10.9.0.0/24", dataDir: join(project, "leases") };
  const list = { cniVersion: "1.1.0", name: "lab", plugins: [{ type: "netmason-host-local", ipam }] };
  writeFileSync(join(project, "net.d/10-lab.conflist"), JSON.stringify(list));
  const bin = join(project, "node_modules/.bin");
  const env = { CNI_PATH: bin, NETCONFPATH: join(project, "net.d"), CNI_CACHE_DIR: join(project, "cache") };
  const cni = (...args: readonly string[]): string => runCommand(join(bin, "cni"), args, { cwd: project, env });
  const { ips } = JSON.parse(cni("add", "lab", "/run/netns/none")) as { readonly ips?: readonly { address: string }[] };
  hold("add", ips?.[0]?.address, "10.9.0.2/24");
  hold("status", cni("status", "lab"), "");
  hold("check", cni("check", "lab", "/run/netns/none"), "");
  hold("gc", cni("gc", "lab").split("\n")[0], "would delete 1");
  hold("del", cni("del", "lab", "/run/netns/none"), "");
  hold("gc", cni("gc", "lab"), "would delete 0\n");
}

/** Where nothing else of the package is. */
function runAlone(project: string): void {
  const folder = join(project, "alone");
  mkdirSync(folder);
  const file = join(folder, "netmason-host-local.cjs");
  copyFileSync(join(project, "node_modules/@netmason/cni/dist/bin/netmason-host-local.cjs"), file);
  const printed = runCommand(process.execPath, [file], { cwd: folder, env: { CNI_COMMAND: "VERSION" } });
  const { supportedVersions } = JSON.parse(printed) as { readonly supportedVersions: readonly string[] };
  hold("the file alone", supportedVersions.at(-1), "1.1.0");
}

function hold(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}
