import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const VARIABLES = { CNI_CONTAINERID: "c1", CNI_NETNS: "/none", CNI_IFNAME: "eth0", CNI_PATH: "/bin" };

/** Runs a plugin of this source text in a process of its own. */
function runSource(
  add: string,
  environment: Record<string, string>,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const file = join(temporaryFolder(), "plugin.mts");
  const kit = JSON.stringify(new URL("./run-plugin.ts", import.meta.url).pathname);
  writeFileSync(
    file,
    `import { runPlugin } from ${kit};\nawait runPlugin({ versions: ["1.1.0"], about: "talker", del() {}, async add() { ${add} } });`,
  );
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const args = ["--import", "tsx", "--conditions=@netmason/source", file];
  return spawnSync(process.execPath, args, {
    env,
    encoding: "utf8",
    maxBuffer: 4 << 20,
    input: '{"cniVersion":"1.1.0","name":"lab"}',
    cwd: process.cwd(),
  });
}

describeOnLinux("runPlugin", () => {
  it("prints one document, whatever the plugin prints", () => {
    const chatter = 'console.log("log"); console.info("info"); process.stdout.write("written"); console.table([1]);';
    const { status, stdout, stderr } = runSource(`${chatter} return { cniVersion: "1.1.0" };`, {
      ...VARIABLES,
      CNI_COMMAND: "ADD",
    });
    expect([status, stdout]).toEqual([0, '{\n    "cniVersion": "1.1.0"\n}']);
    for (const word of ["log", "info", "written", "index"]) expect(stderr).toContain(word);
  });

  it("sets the exit code, and prints more than a pipe holds", () => {
    const { status, stdout, stderr } = runSource('throw new TypeError("x".repeat(1 << 20));', {
      ...VARIABLES,
      CNI_COMMAND: "ADD",
    });
    expect([status, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 999, msg: "x".repeat(1 << 20) });
  });

  it("says what it is when it is started by hand", () => {
    const { status, stdout, stderr } = runSource("", {});
    expect([status, stdout, stderr]).toEqual([0, "", "talker\nCNI protocol versions supported: 1.1.0\n"]);
  });
});
