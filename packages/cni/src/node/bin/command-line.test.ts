import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../../test/on-linux.js";
import { writeScript } from "../../../test/script-plugin.js";
import { temporaryFolder } from "../../../test/temporary-folder.js";
import { runCommandLine } from "./command-line.js";

const PLUGIN = `
input=$(cat)
echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME $CNI_NETNS $CNI_ARGS $input" >>"$LOG"
case $CNI_COMMAND in
ADD) echo '{"ips":[{"address":"10.0.0.2/8"}]}' ;;
STATUS) echo '{"code":50,"msg":"not yet","details":"soon"}'; exit 1 ;;
esac`;

interface Lab {
  readonly environment: Record<string, string>;
  readonly cache: string;
}

function setUp(): Lab {
  const dir = temporaryFolder();
  const cache = join(dir, "cache");
  mkdirSync(join(dir, "net.d"));
  const list = { name: "lab", cniVersion: "1.1.0", plugins: [{ type: "plug", capabilities: { mac: true } }] };
  writeFileSync(join(dir, "net.d/lab.conflist"), JSON.stringify(list));
  writeScript(join(dir, "bin/plug"), PLUGIN.replace('"$LOG"', `"${dir}/log"`));
  return { cache, environment: { CNI_PATH: join(dir, "bin"), NETCONFPATH: join(dir, "net.d"), CNI_CACHE_DIR: cache } };
}

describeOnLinux("the command cni", () => {
  it("attaches and detaches with cnitool's container id", async () => {
    const { environment, cache } = setUp();
    const added = await runCommandLine(["add", "lab", "/run/netns/c"], {
      ...environment,
      CAP_ARGS: '{"mac":"m"}',
      CNI_ARGS: "A=1",
    });
    expect([added.exitCode, JSON.parse(added.stdout)]).toEqual([
      0,
      { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] },
    ]);
    // sha512 of "/run/netns/c"
    expect(readdirSync(join(cache, "results"))).toEqual([expect.stringMatching(/^lab-cnitool-[0-9a-f]{20}-eth0$/)]);
    expect(await runCommandLine(["check", "lab", "/run/netns/c"], environment)).toEqual({
      stdout: "",
      stderr: "",
      exitCode: 0,
    });
    expect((await runCommandLine(["gc", "lab"], environment)).stdout).toMatch(/^would delete 1\ncnitool-\S+ eth0\n$/);
    expect((await runCommandLine(["gc", "lab", "--all"], environment)).stdout).toMatch(/^deleted 1\n/);
    expect(readdirSync(join(cache, "results"))).toEqual([]);
    expect((await runCommandLine(["del", "lab", "/run/netns/c"], environment)).exitCode).toBe(0);
  });

  it("prints the error as JSON", async () => {
    const { environment } = setUp();
    const status = await runCommandLine(["status", "lab"], environment);
    expect([status.exitCode, JSON.parse(status.stdout)]).toEqual([
      1,
      { cniVersion: "1.1.0", code: 50, msg: "not yet", details: "soon" },
    ]);
    const none = await runCommandLine(["add", "none", "/n"], environment);
    expect([none.exitCode, JSON.parse(none.stdout).code]).toEqual([1, 999]);
    const caps = await runCommandLine(["add", "lab", "/n"], { ...environment, CAP_ARGS: "[]" });
    expect(JSON.parse(caps.stdout)).toMatchObject({ code: 4, msg: "CAP_ARGS must be a JSON object" });
  });

  it.each([[[]], [["add"]], [["add", "lab"]], [["gc"]], [["frobnicate", "lab", "/n"]], [["status"]]])(
    "explains itself for %j",
    async (args) => {
      const { stderr, exitCode } = await runCommandLine(args, {});
      expect([stderr.slice(0, 4), exitCode]).toEqual(["cni:", 2]);
    },
  );
});
