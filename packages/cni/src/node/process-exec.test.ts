import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCni, createProcessExec, type Exec, type ExecCall } from "@netmason/cni/node";
import { createMemoryCache, execContract } from "@netmason/cni/testing";
import { expect, it, vi } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { writePrinter, writeScript } from "../../test/script-plugin.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const CONTRACT_PLUGIN = `
if [ "$CNI_COMMAND" = DEL ]; then printf '{"code":11,"msg":"later"}'; exit 1; fi
cat >/dev/null
printf '{"cniVersion":"1.1.0","interfaces":[{"name":"%s"}]}' "$CNI_CONTAINERID"`;

describeOnLinux("createProcessExec", () => {
  for (const { name, run } of execContract(() => {
    const dir = temporaryFolder();
    writeScript(join(dir, "plug"), CONTRACT_PLUGIN);
    return { exec: createProcessExec(), dirs: [dir], type: "plug" };
  })) {
    it(name, run);
  }

  it("case 45: takes the first regular file, links followed, folders passed over", async () => {
    const root = temporaryFolder();
    const [a, b, c] = ["a", "b", "c"].map((name) => join(root, name)) as [string, string, string];
    mkdirSync(join(a, "plug"), { recursive: true });
    for (const dir of [b, c]) mkdirSync(dir);
    writeScript(join(root, "real"), "exit 0");
    symlinkSync(join(root, "real"), join(b, "plug"));
    writeFileSync(join(c, "plug"), "", { mode: 0o644 });
    const exec = createProcessExec();
    expect(await exec.find("plug", [a, b, c])).toBe(join(b, "plug"));
    expect(await exec.find("plug", [c])).toBe(join(c, "plug"));
    await expect(exec.find("plug", [a])).rejects.toThrow(
      `[plugin_not_found] failed to find plugin "plug" in path [${a}]`,
    );
    await expect(exec.find("plug", [a, join(root, "none")])).rejects.toThrow(`in path [${a} ${join(root, "none")}]`);
  });

  it("refuses options out of bounds", () => {
    expect(() => createProcessExec({ timeoutMs: 0 })).toThrow(RangeError);
    expect(() => createProcessExec({ maxOutputBytes: -1 })).toThrow("maxOutputBytes must be above 0, not -1");
  });

  it.each([Number.POSITIVE_INFINITY, 2_147_483_648, Number.NaN])(
    "refuses a time-out of %d, which no timer can wait for",
    (timeoutMs) => {
      const text = `timeoutMs must be above 0 and at most 2147483647, not ${timeoutMs}`;
      expect(() => createProcessExec({ timeoutMs })).toThrow(new RangeError(text));
    },
  );

  it("waits for a plugin under the longest time-out there is", async () => {
    const dir = temporaryFolder();
    writeScript(join(dir, "plug"), "echo done");
    const exec = createProcessExec({ timeoutMs: 2_147_483_647 });
    const result = await exec.run({ path: join(dir, "plug"), stdin: "", cni: {} });
    expect(result).toMatchObject({ stdout: "done\n", exitCode: 0 });
    expect(result.stopped).toBe(undefined);
  });

  it("lays the variables over the environment, and passes on what a plugin that succeeds says on stderr", async () => {
    const dir = temporaryFolder();
    writeScript(join(dir, "plug"), 'echo "$CNI_COMMAND $CNI_ARGS $OTHER" >&2');
    const said: string[] = [];
    const environment = (): Record<string, string> => ({
      CNI_COMMAND: "NOPE",
      CNI_ARGS: "x",
      OTHER: "kept",
      PATH: process.env.PATH ?? "",
    });
    const exec = createProcessExec({ environment, stderr: (text, plugin) => said.push(plugin, text) });
    await exec.run({ path: join(dir, "plug"), stdin: "", cni: { CNI_COMMAND: "ADD", CNI_ARGS: "" } });
    expect(said).toEqual(["plug", "ADD  kept\n"]);
  });

  it("bears a plugin that does not read its input", async () => {
    const dir = temporaryFolder();
    writeScript(join(dir, "plug"), "exit 0");
    const result = await createProcessExec().run({ path: join(dir, "plug"), stdin: "x".repeat(1 << 20), cni: {} });
    expect(result.exitCode).toBe(0);
  });

  it("kills what an abort finds running, with what it started, before it rejects", async () => {
    const dir = temporaryFolder();
    const pids = join(dir, "pids");
    writeScript(join(dir, "plug"), `sleep 60 & echo $! $$ >${pids}.new; mv ${pids}.new ${pids}; wait`);
    const controller = new AbortController();
    const run = createProcessExec().run({ path: join(dir, "plug"), stdin: "", cni: {} }, { signal: controller.signal });
    const started = waitForFile(pids);
    await started;
    controller.abort("enough");
    await expect(run).rejects.toBe("enough");
    for (const pid of readFileSync(pids, "utf8").trim().split(" ")) await expectGone(Number(pid));
  });

  it("tries again while the file is being written, with a new process each time", async () => {
    const dir = temporaryFolder();
    const file = writePrinter(dir, "plug", "{}");
    let writer: number | undefined = openSync(file, "a");
    const waits: number[] = [];
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      if (ms !== 1_000 || writer === undefined)
        return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      waits.push(ms);
      if (waits.length === 2) {
        closeSync(writer);
        writer = undefined;
      }
    };
    const result = await createProcessExec({ sleep }).run({ path: file, stdin: "", cni: {} });
    expect([result.exitCode, result.stdout, waits]).toEqual([0, "{}\n", [1_000, 1_000]]);
  });

  it("says so when the file is being written all the time", async () => {
    const dir = temporaryFolder();
    const file = writePrinter(dir, "plug", "{}");
    const writer = openSync(file, "a");
    let waits = 0;
    const sleep = async (): Promise<void> => {
      waits++;
    };
    await expect(createProcessExec({ sleep }).run({ path: file, stdin: "", cni: {} })).rejects.toMatchObject({
      code: "io_failure",
      cause: { code: "ETXTBSY" },
    });
    closeSync(writer);
    expect(waits).toBe(5);
  });
});

async function waitForFile(file: string): Promise<void> {
  for (;;) {
    try {
      readFileSync(file);
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A killed process of another group is collected by init; on a busy machine that takes a moment. */
async function expectGone(pid: number): Promise<void> {
  const isGone = (): boolean => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    } catch {
      return true;
    }
  };
  await vi.waitUntil(isGone, { timeout: 20_000, interval: 5 });
}

describeOnLinux("a plugin that ends badly", () => {
  async function addWith(
    body: string,
    options: Parameters<typeof createProcessExec>[0] = {},
  ): Promise<{ readonly message: string; readonly code: string; readonly details: object }> {
    const dir = temporaryFolder();
    writeScript(join(dir, "plug"), `[ "$CNI_COMMAND" = ADD ] || exit 0\n${body}`);
    const exec: Exec = createProcessExec(options);
    const cni = createCni({ pluginDirs: [dir], exec, cache: createMemoryCache() });
    const network = { name: "lab", cniVersion: "1.0.0", plugins: [{ type: "plug" }] };
    const end = cni.add(network, { containerId: "c1", ifname: "eth0", netns: "/n" });
    return end.then(
      () => expect.fail("it must fail"),
      (error) => error,
    );
  }

  it.each([
    ["silently", "exit 3", "plugin_failed", "netplugin failed with no error message: exit status 3"],
    ["with stderr only", "echo oops >&2; exit 3", "plugin_failed", 'netplugin failed: "oops\\n": exit status 3'],
    [
      "with text on stdout",
      "echo oops; exit 3",
      "plugin_output",
      'netplugin failed but error parsing its diagnostic message "oops\\n"',
    ],
    [
      "with an error document",
      `echo '{"code":7,"msg":"bad","details":"d"}'; exit 3`,
      "plugin_failed",
      "failed (ADD): bad; d",
    ],
    ["with an empty document", "echo '{}'; exit 3", "plugin_failed", "failed (ADD): "],
    ["by a signal", "kill -SEGV $$", "plugin_crashed", "netplugin failed with no error message: signal: SIGSEGV"],
    ["by a signal after words", "echo oops; kill -KILL $$", "plugin_crashed", "signal: SIGKILL"],
    [
      "with two documents",
      `echo '{"cniVersion":"1.0.0"}'; echo '{"cniVersion":"1.0.0"}'`,
      "plugin_output",
      "cannot be read",
    ],
    ["with a log before its result", `echo starting; echo '{"cniVersion":"1.0.0"}'`, "plugin_output", "cannot be read"],
  ])("case 42: %s", async (_, body, code, message) => {
    const error = await addWith(`cat >/dev/null; ${body}`);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.details).toMatchObject({ plugin: "plug", verb: "ADD", network: "lab", rollback: [] });
  });

  it("keeps stderr beside an error document", async () => {
    const error = await addWith(`echo log >&2; echo '{"code":7,"msg":"bad"}'; exit 1`);
    expect(error.details).toMatchObject({ specCode: 7, specMsg: "bad", stderr: "log\n" });
  });

  it("case 42: is not allowed to be executed", async () => {
    const dir = temporaryFolder();
    chmodSync(writePrinter(dir, "plug", "{}"), 0o644);
    const call: ExecCall = { path: join(dir, "plug"), stdin: "", cni: {} };
    await expect(createProcessExec().run(call)).rejects.toThrow(/^\[io_failure\] cannot start plugin .* EACCES$/);
  });

  it("hangs: is killed after the time-out with what it started", async () => {
    const dir = temporaryFolder();
    const error = await addWith(`sleep 60 & echo $! >${dir}/pid; wait`, { timeoutMs: 300 });
    expect([error.code, error.message]).toEqual(["plugin_timeout", expect.stringContaining("did not end in time")]);
    expect(error.details).toMatchObject({ signal: "SIGKILL", exitCode: null });
    await expectGone(Number(readFileSync(`${dir}/pid`, "utf8")));
  });

  it("floods stdout: is killed at the limit", async () => {
    const error = await addWith("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", {
      maxOutputBytes: 10_000,
    });
    expect([error.code, error.message]).toEqual([
      "plugin_output",
      expect.stringContaining("printed more than is kept"),
    ]);
    expect(error.details).toMatchObject({ stdout: expect.stringMatching(/^x{37}\n/) });
    expect((error.details as { stdout: string }).stdout).toHaveLength(10_000);
  });

  it("floods stderr: what is over the limit is dropped", async () => {
    const error = await addWith("i=0; while [ $i -lt 500 ]; do echo xxxxxxxxx >&2; i=$((i+1)); done; exit 3", {
      maxOutputBytes: 1_000,
    });
    expect(error.code).toBe("plugin_failed");
    expect((error.details as { stderr: string }).stderr).toHaveLength(1_000);
  });

  it("leaves a process behind that holds its output: both are told and ended", async () => {
    const dir = temporaryFolder();
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
      ms === 1_000
        ? Promise.resolve()
        : new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const error = await addWith(`sleep 60 & echo $! >${dir}/pid; echo '{"cniVersion":"1.0.0"}'`, { sleep });
    expect([error.code, error.message]).toEqual(["plugin_output", expect.stringContaining("left a process behind")]);
    expect(error.details).toMatchObject({ exitCode: 0 });
    await expectGone(Number(readFileSync(`${dir}/pid`, "utf8")));
  });

  it.each(["its time-out", "an abort"])("says after %s that a plugin of another user cannot be killed", async (why) => {
    const dir = temporaryFolder();
    const path = writeScript(join(dir, "plug"), "exec sleep 60");
    const pids: number[] = [];
    const refused = Object.assign(new Error("kill EPERM"), { code: "EPERM", syscall: "kill" });
    const kill = vi.spyOn(process, "kill").mockImplementation((pid) => {
      pids.push(pid);
      throw refused;
    });
    const exec = createProcessExec({ timeoutMs: why === "an abort" ? 60_000 : 100 });
    const signal = why === "an abort" ? AbortSignal.timeout(100) : undefined;
    const end = await exec
      .run({ path, stdin: "", cni: {} }, signal === undefined ? {} : { signal })
      .catch((each: unknown) => each);
    kill.mockRestore();
    const [pid = 0] = pids;
    process.kill(pid, "SIGKILL");
    expect(pid).toBeLessThan(-1);
    expect(end).toMatchObject({ code: "io_failure", cause: refused, msg: expect.stringContaining("left running") });
  });
});
