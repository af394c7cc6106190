import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { buildProgram } from "./ipam/build-program.js";

const folder = mkdtempSync(join(tmpdir(), "netmason-durability-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith("strace", "a write to LMDB", (strace) => {
  const DELAY_MS = 60;
  const COUNT = 8;
  let program = "";

  beforeAll(() => {
    program = buildProgram("acknowledge");
  });

  /** Runs the program with every fdatasync held up, and answers what was asked and said, in order. */
  function trace(mode: string): readonly string[] {
    const [output, path] = [join(folder, `${mode}.trace`), join(folder, mode)];
    mkdirSync(path);
    const inject = `inject=fdatasync:delay_enter=${DELAY_MS * 1_000}`;
    const calls = ["-f", "-qq", "-e", "trace=fdatasync,write", "-e", inject, "-o", output];
    execFileSync(strace, [...calls, process.execPath, program, mode, path, String(COUNT)], { timeout: 100_000 });
    return readFileSync(output, "utf8")
      .split("\n")
      .flatMap((line) => {
        if (/fdatasync\(.*\)\s+= 0|<... fdatasync resumed.*= 0/.test(line)) return ["synced"];
        const said = /write\(1, "(begin|acknowledged) (\d+)/.exec(line);
        return said === null ? [] : [`${said[1]} ${said[2]}`];
      });
  }

  /** The acknowledgements before which, since their beginning, no sync had come to its end. */
  function premature(events: readonly string[]): readonly string[] {
    return events.filter((event, at) => {
      if (!event.startsWith("acknowledged")) return false;
      const begun = events.lastIndexOf(event.replace("acknowledged", "begin"), at);
      return !events.slice(begun, at).includes("synced");
    });
  }

  it.each(["folder", "environment"])("is acknowledged after the disk has it, by a store in a %s", (mode) => {
    const events = trace(mode);
    expect(events.filter((event) => event.startsWith("acknowledged"))).toHaveLength(COUNT);
    expect(premature(events)).toEqual([]);
  });

  it("would be seen to be acknowledged too early", () => {
    expect(premature(trace("unsynced"))).toHaveLength(COUNT);
  });
});

interface Filled {
  readonly code: string;
  readonly acknowledgedCount: number;
  readonly lostCount: number;
  readonly findings: readonly unknown[];
}

describe("a store without room", () => {
  let program = "";

  beforeAll(() => {
    program = buildProgram("fill-disk");
  });

  function fill(command: string, args: readonly string[]): Filled {
    const output = execFileSync(command, args, {
      encoding: "utf8",
      timeout: 100_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Filled;
  }

  it("says store_full at the longest file a process may write, and loses nothing it acknowledged", () => {
    // 8 MiB in blocks of 1,024 bytes; without the signal that would end the process, writes fail with EFBIG.
    const script = `trap '' XFSZ; ulimit -f 8192; exec "$0" "$@"`;
    const { acknowledgedCount, ...rest } = fill("bash", [
      "-c",
      script,
      process.execPath,
      program,
      join(folder, "limited"),
    ]);
    expect(rest).toEqual({ code: "store_full", lostCount: 0, findings: [] });
    expect(acknowledgedCount).toBeGreaterThan(1_000);
  });

  describeWith("iproute2", "on a disk of its own", () => {
    it("says store_full when the disk is full, and loses nothing it acknowledged", () => {
      const mounted = join(folder, "small");
      mkdirSync(mounted);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", mounted]);
      try {
        const { acknowledgedCount, ...rest } = fill(process.execPath, [program, join(mounted, "store")]);
        expect(rest).toEqual({ code: "store_full", lostCount: 0, findings: [] });
        expect(acknowledgedCount).toBeGreaterThan(1_000);
      } finally {
        execFileSync("umount", [mounted]);
      }
    });
  });
});
