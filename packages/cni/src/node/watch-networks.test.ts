import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NetworkDirectory, watchNetworks } from "@netmason/cni/node";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const write = (file: string, type: string, name = "net"): void =>
  writeFileSync(file, JSON.stringify({ name, plugins: [{ type }] }));
const typesOf = ({ networks }: NetworkDirectory): readonly string[] =>
  networks.flatMap(({ network }) => (network.plugins ?? []).map(({ type }) => type));

/** No waiting for quiet: what is written here is written at once. */
const sleep = async (): Promise<void> => {};

describeOnLinux("watchNetworks", () => {
  it("tells what is there, then each change that makes a difference", async () => {
    const dir = temporaryFolder();
    write(join(dir, "a.conflist"), "one");
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(dir, { signal: controller.signal, sleep })) {
      seen.push(`${typesOf(directory)} ${directory.issues.length}`);
      if (seen.length === 1) write(join(dir, "b.conflist"), "two", "other");
      if (seen.length === 2) writeFileSync(join(dir, "c.conflist"), "{");
      if (seen.length === 3) mkdirSync(join(dir, "net"));
      if (seen.length === 3) writeFileSync(join(dir, "net", "1.conf"), '{"type":"three"}');
      if (seen.length === 4) renameSync(join(dir, "b.conflist"), join(dir, "b.off"));
      if (seen.length === 5) controller.abort();
    }
    expect(seen.filter((text, i) => text !== seen[i - 1])).toEqual([
      "one 0",
      "one,two 0",
      "one,two 1",
      "one,three,two 1",
      "one,three 1",
    ]);
  });

  it("says nothing of a change that makes no difference", async () => {
    const dir = temporaryFolder();
    const file = join(dir, "a.conflist");
    write(file, "one");
    const changeLater = async (): Promise<void> => {
      for (let i = 0; i < 500; i++) await new Promise((resolve) => setImmediate(resolve));
      write(file, "two");
    };
    let settled = 0;
    const settle = async (): Promise<void> => {
      if (++settled === 1) void changeLater();
    };
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(dir, { signal: controller.signal, sleep: settle })) {
      seen.push(JSON.stringify(directory));
      if (seen.length === 1) write(file, "one");
      if (seen.at(-1)?.includes("two")) controller.abort();
    }
    expect(seen.filter((text, i) => text === seen[i - 1])).toEqual([]);
    expect(seen.at(-1)).toContain("two");
  });

  it("waits for a directory that is not there, and bears its end", async () => {
    const dir = join(temporaryFolder(), "etc", "net.d");
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(dir, { signal: controller.signal, sleep })) {
      seen.push(typesOf(directory).join());
      if (seen.length === 1) {
        mkdirSync(dir, { recursive: true });
        write(join(dir, "a.conflist"), "one");
      }
      if (seen.at(-1) === "one") rmSync(join(dir, ".."), { recursive: true });
      if (seen.includes("one") && seen.at(-1) === "") controller.abort();
    }
    expect(seen).toEqual(["", "one", ""]);
  });

  it.each([
    ["deleted", (dir: string) => rmSync(dir, { recursive: true })],
    ["moved away", (dir: string) => renameSync(dir, `${dir}.old`)],
  ])("follows the directory that takes the place of one that is %s", async (_, clear) => {
    const dir = join(temporaryFolder(), "net.d");
    mkdirSync(dir);
    write(join(dir, "a.conflist"), "one");
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(dir, { signal: controller.signal, sleep })) {
      seen.push(typesOf(directory).join());
      if (seen.length === 1) {
        clear(dir);
        mkdirSync(dir);
      }
      if (seen.at(-1) === "") write(join(dir, "b.conflist"), "two");
      if (seen.at(-1) === "two") write(join(dir, "b.conflist"), "three");
      if (seen.at(-1) === "three") controller.abort();
    }
    expect(seen).toEqual(["one", "", "two", "three"]);
  });

  it.each(["etc", "etc/cni"])("follows the path when %s, above the directory, is moved and replaced", async (above) => {
    const root = temporaryFolder();
    const dir = join(root, "etc/cni/net.d");
    mkdirSync(dir, { recursive: true });
    write(join(dir, "a.conflist"), "one");
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(dir, { signal: controller.signal, sleep })) {
      seen.push(typesOf(directory).join());
      if (seen.length === 1) renameSync(join(root, above), join(root, "old"));
      if (seen.length === 2) {
        mkdirSync(dir, { recursive: true });
        write(join(dir, "b.conflist"), "two");
      }
      if (seen.at(-1) === "two") write(join(dir, "b.conflist"), "three");
      if (seen.at(-1) === "three") controller.abort();
    }
    expect(seen).toEqual(["one", "", "two", "three"]);
  });

  it("follows a link on the way that is turned to another folder, and the folder it leads to", async () => {
    const root = temporaryFolder();
    for (const name of ["v1", "v2", "v3"]) {
      mkdirSync(join(root, name, "net.d"), { recursive: true });
      write(join(root, name, "net.d/a.conflist"), name);
    }
    symlinkSync("v1", join(root, "current"));
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const directory of watchNetworks(join(root, "current/net.d"), { signal: controller.signal, sleep })) {
      seen.push(typesOf(directory).join());
      if (seen.length === 1) {
        symlinkSync("v2", join(root, "next"));
        renameSync(join(root, "next"), join(root, "current"));
      }
      if (seen.at(-1) === "v2") write(join(root, "v2/net.d/a.conflist"), "changed");
      if (seen.at(-1) === "changed") {
        renameSync(join(root, "v2"), join(root, "old"));
        renameSync(join(root, "v3"), join(root, "v2"));
      }
      if (seen.at(-1) === "v3") controller.abort();
    }
    expect(seen.filter((each) => each !== "")).toEqual(["v1", "v2", "changed", "v3"]);
  });

  it("ends without a word when its signal is aborted, before or while it waits", async () => {
    const dir = temporaryFolder();
    const before: unknown[] = [];
    for await (const each of watchNetworks(dir, { signal: AbortSignal.abort() })) before.push(each);
    expect(before).toEqual([]);
    const controller = new AbortController();
    const iterator = watchNetworks(dir, { signal: controller.signal });
    expect((await iterator.next()).done).toBe(false);
    const next = iterator.next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
