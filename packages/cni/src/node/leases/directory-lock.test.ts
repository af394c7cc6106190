import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeOnLinux } from "../../../test/on-linux.js";
import { temporaryFolder } from "../../../test/temporary-folder.js";
import { withLockAsync, withLockSync } from "./directory-lock.js";

const never = { signal: new AbortController().signal };

/** Another process that holds the lock until it is told to let go. */
async function holdLock(dir: string): Promise<() => void> {
  const child = spawn("flock", [join(dir, "lock"), "sh", "-c", "echo held; read line"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  return () => child.stdin.end();
}

describeOnLinux.each([
  ["withLockAsync", withLockAsync],
  ["withLockSync", withLockSync],
] as const)("%s", (_, withLock) => {
  it("gives what the work gives, passes its error on, and is free again", async () => {
    const dir = temporaryFolder();
    expect(await withLock(dir, () => 7, never)).toBe(7);
    await expect(withLock(dir, () => Promise.reject(new TypeError("no")), never)).rejects.toThrow("no");
    expect(await withLock(dir, async () => 8, never)).toBe(8);
  });

  it("says so when there is no flock(1)", async () => {
    const path = process.env.PATH;
    process.env.PATH = "/none";
    onTestFinished(() => {
      process.env.PATH = path;
    });
    const failure = withLock(temporaryFolder(), () => 7, never);
    await expect(failure).rejects.toThrow(/^\[io_failure\] cannot lock .*lock with flock\(1\): /);
  });
});

describeOnLinux("withLockAsync", () => {
  it("waits for another process, and ends waiting when its signal aborts", async () => {
    const dir = temporaryFolder();
    const release = await holdLock(dir);
    const controller = new AbortController();
    const given = withLockAsync(dir, () => expect.fail("it ran"), controller);
    const waiting = withLockAsync(dir, () => "second", never);
    controller.abort("enough");
    await expect(given).rejects.toBe("enough");
    release();
    expect(await waiting).toBe("second");
    await expect(withLockAsync(dir, () => 1, { signal: AbortSignal.abort("before") })).rejects.toBe("before");
  });

  it("leaves the queue of this process when its signal aborts there", async () => {
    const dir = temporaryFolder();
    const order: string[] = [];
    const controller = new AbortController();
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const first = withLockAsync(dir, () => finished, never);
    const second = withLockAsync(dir, () => order.push("second"), controller);
    const third = withLockAsync(dir, () => order.push("third"), never);
    controller.abort("enough");
    await expect(second).rejects.toBe("enough");
    finish();
    await Promise.all([first, third]);
    expect(order).toEqual(["third"]);
  });

  it("lets one in at a time, in order, and others between", async () => {
    const dir = temporaryFolder();
    let inside = 0;
    const order: number[] = [];
    const work = (i: number) => async (): Promise<void> => {
      expect(++inside).toBe(1);
      await Promise.resolve();
      order.push(i);
      inside--;
    };
    const patient = (): typeof never => ({ signal: new AbortController().signal });
    await Promise.all(Array.from({ length: 80 }, (_, i) => withLockAsync(dir, work(i), patient())));
    expect(order).toEqual(Array.from({ length: 80 }, (_, i) => i));
  });
});
