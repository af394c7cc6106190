// One of the processes of the race: adds and deletes COUNT times, with a marker per held address. Arguments: whose
// (`ours` or `reference`), its program, container id, count, data directory, directory of markers. Ours is called inside
// this process, and at every fourth ADD and every fourth DEL as a program. Prints how many addresses it held.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseResult } from "@netmason/cni";
import { hostLocal } from "@netmason/cni/host-local";
import { createPluginExec } from "@netmason/cni/node";

const [whose = "", program = "", id = "", count = "", dataDir = "", markers = ""] = process.argv.slice(2);
const stdin = JSON.stringify({
  cniVersion: "1.1.0",
  name: "race",
  type: "x",
  ipam: { type: "host-local", subnet: "10.66.0.0/24", dataDir },
});
/** Each address is held for up to this long, so that others meet it. */
const MOST_HOLD_MS = 8;
const exec = createPluginExec({ "host-local": hostLocal() });

async function call(verb: "ADD" | "DEL", containerId: string, asProgram: boolean): Promise<string> {
  const cni = {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: containerId,
    CNI_NETNS: "/none",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "",
    CNI_PATH: "/none",
  };
  if (asProgram) {
    const env = { ...cni, PATH: process.env.PATH ?? "" };
    return execFileSync(program, { env, input: stdin, encoding: "utf8" });
  }
  const { stdout, exitCode } = await exec.run({ path: await exec.find("host-local", ["/"]), stdin, cni });
  if (exitCode !== 0) throw new Error(stdout);
  return stdout;
}

const held: string[] = [];
for (let i = 0; i < Number(count); i++) {
  const containerId = `${id}-${i}`;
  const result = parseResult(await call("ADD", containerId, whose === "reference" || i % 4 === 0));
  const [address = ""] = "ips" in result ? (result.ips ?? []).map((ip) => ip.address.replace(/\/.*/, "")) : [];
  const marker = join(markers, address);
  // Fails when somebody else holds the address.
  closeSync(openSync(marker, "wx"));
  held.push(address);
  await sleep(Math.random() * MOST_HOLD_MS);
  unlinkSync(marker);
  await call("DEL", containerId, whose === "reference" || i % 4 === 2);
}
console.log(held.length);
