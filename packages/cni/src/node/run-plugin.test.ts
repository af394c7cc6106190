import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const ADD = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "c1",
  CNI_NETNS: "/none",
  CNI_IFNAME: "eth0",
  CNI_PATH: "/bin",
};
const SUCCESS = 'return { cniVersion: "1.1.0" };';
const DOCUMENT = '{\n    "cniVersion": "1.1.0"\n}';

/** A command in front of the plugin's, by what it makes of its stdout and stderr. */
const LAUNCHERS = {
  sockets: [],
  pipes: ["bash", "--norc", "-c", 'set -o pipefail; { "$@" 2>&3 | cat; } 3> >(cat >&2)', "bash"],
  files: ["bash", "--norc", "-c", '"$@" >>out 2>>err; status=$?; cat out; cat err >&2; exit $status', "bash"],
  // Its reader is gone.
  nobody: ["bash", "--norc", "-c", '{ "$@"; echo "status $?" >&2; } | true', "bash"],
} as const;

interface End {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a plugin in a process of its own; `add` is the body of its handler. */
function runSource(add: string, environment: Record<string, string>, ends: keyof typeof LAUNCHERS = "sockets"): End {
  const cwd = temporaryFolder();
  const kit = JSON.stringify(new URL("./run-plugin.ts", import.meta.url).pathname);
  writeFileSync(
    join(cwd, "plugin.mts"),
    `import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { writeSync } from "node:fs";
import { runPlugin } from ${kit};
await runPlugin({ versions: ["1.1.0"], about: "talker", del() {}, async add() { ${add} } });
console.error("was not ended");`,
  );
  const tsx = import.meta.resolve("tsx");
  const plugin = [process.execPath, "--import", tsx, "--conditions=@netmason/source", join(cwd, "plugin.mts")];
  const [program = "", ...args] = [...LAUNCHERS[ends], ...plugin];
  return spawnSync(program, args, {
    env: { PATH: process.env.PATH ?? "", ...environment },
    input: '{"cniVersion":"1.1.0","name":"lab"}',
    encoding: "utf8",
    maxBuffer: 4 << 20,
    timeout: 20_000,
    cwd,
  });
}

describeOnLinux("runPlugin", () => {
  it.each(["sockets", "pipes", "files"] as const)("prints one document, whatever the plugin prints to %s", (ends) => {
    const chatter = 'console.log("log"); console.info("info"); process.stdout.write("written"); console.table([1]);';
    const { status, stdout, stderr } = runSource(`${chatter} ${SUCCESS}`, ADD, ends);
    expect([status, stdout]).toEqual([0, DOCUMENT]);
    for (const word of ["log", "info", "written", "index"]) expect(stderr).toContain(word);
  });

  it.each(["pipes", "files"] as const)("prints one document, whatever is written to the descriptor (%s)", (ends) => {
    const chatter = `writeSync(1, "written;"); execFileSync("sh", ["-c", "echo a child"], { stdio: "inherit" });`;
    const { status, stdout, stderr } = runSource(`${chatter} ${SUCCESS}`, ADD, ends);
    expect([status, stdout, stderr]).toEqual([0, DOCUMENT, "written;a child\n"]);
  });

  it("leaves the descriptor of a socket as it is", () => {
    const { status, stdout } = runSource(`writeSync(1, "written;"); ${SUCCESS}`, ADD, "sockets");
    expect([status, stdout]).toEqual([0, `written;${DOCUMENT}`]);
  });

  it("sets the exit code, and prints more than a pipe holds", () => {
    const { status, stdout, stderr } = runSource('throw new TypeError("x".repeat(1 << 20));', ADD, "pipes");
    expect([status, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 999, msg: "x".repeat(1 << 20) });
  });

  it("ends when the document is out, whatever is left open", () => {
    const left = "setInterval(() => {}, 1_000); createServer().listen(0);";
    expect(runSource(`${left} ${SUCCESS}`, ADD)).toMatchObject({ status: 0, stdout: DOCUMENT, stderr: "" });
    expect(runSource(`${left} throw new TypeError("x");`, ADD)).toMatchObject({ status: 1, stderr: "" });
  });

  it("fails when its handler waits for what cannot happen", () => {
    const { status, stdout, stderr } = runSource("await new Promise(() => {});", ADD);
    expect([status, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 999, msg: "the plugin waits for something that cannot happen" });
  });

  it("fails quietly when nobody reads its document", () => {
    // More than a pipe holds, and a reader that is gone.
    const source = 'return { cniVersion: "1.1.0", interfaces: [{ name: "x".repeat(1 << 20) }] };';
    expect(runSource(source, ADD, "nobody")).toMatchObject({ stdout: "", stderr: "status 1\n" });
  });

  it("says what it is when it is started by hand", () => {
    const { status, stdout, stderr } = runSource("", {});
    expect([status, stdout, stderr]).toEqual([0, "", "talker\nCNI protocol versions supported: 1.1.0\n"]);
  });
});
