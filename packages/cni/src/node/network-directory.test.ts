import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createCni, loadNetwork, loadNetworks } from "@netmason/cni/node";
import { createFakeExec, createMemoryCache } from "@netmason/cni/testing";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

/** Files by name; what is no text is written as JSON. */
function directoryOf(files: Readonly<Record<string, unknown>>): string {
  const dir = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const file = join(dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
  return dir;
}

const list = (name: string, ...types: readonly string[]): object => ({
  name,
  plugins: types.map((type) => ({ type })),
});
const typesIn = async (dir: string, name = "net"): Promise<readonly string[] | undefined> =>
  (await loadNetwork(dir, name)).plugins?.map(({ type }) => type);

describeOnLinux("loadNetwork", () => {
  it("case 17: needs plugins from somewhere", async () => {
    const bare = { name: "net" };
    const only = { name: "net", loadOnlyInlinedPlugins: true };
    expect(
      await typesIn(
        directoryOf({ "a.conflist": { ...bare, loadOnlyInlinedPlugins: false }, "net/1.conf": { type: "d" } }),
      ),
    ).toEqual(["d"]);
    await expect(loadNetwork(directoryOf({ "a.conflist": only }), "net")).rejects.toThrow(
      "`loadOnlyInlinedPlugins` is true",
    );
    await expect(loadNetwork(directoryOf({ "a.conflist": bare }), "net")).rejects.toThrow(
      /^\[invalid_config\] .*no plugin configs found/,
    );
  });

  it("case 18: appends the directory's plugins in order, unless only inlined ones are wanted", async () => {
    const files = {
      "net/20-b.conf": { type: "b" },
      "net/10-c.conf": { type: "c" },
      "net/30.json": { type: "j" },
      "net/sub/1.conf": { type: "s" },
    };
    expect(await typesIn(directoryOf({ ...files, "a.conflist": list("net", "x") }))).toEqual(["x", "c", "b"]);
    expect(
      await typesIn(directoryOf({ ...files, "a.conflist": { ...list("net", "x"), loadOnlyInlinedPlugins: true } })),
    ).toEqual(["x"]);
  });

  it("says that a list with appended plugins is complete, so that it can be kept and read again", async () => {
    const dir = directoryOf({ "a.conflist": list("net", "x"), "net/1.conf": { type: "d" } });
    const network = await loadNetwork(dir, "net");
    expect(network.loadOnlyInlinedPlugins).toBe(true);
    expect(await loadNetwork(directoryOf({ "a.conflist": network, "net/1.conf": { type: "d" } }), "net")).toEqual(
      network,
    );
    expect(await loadNetwork(directoryOf({ "a.conflist": list("net", "x") }), "net")).toEqual(list("net", "x"));
  });

  it("case 19: lists come before single plugins, then by name", async () => {
    expect(await typesIn(directoryOf({ "20.conflist": list("net", "b"), "10.conflist": list("net", "a") }))).toEqual([
      "a",
    ]);
    expect(
      await typesIn(directoryOf({ "00.conf": { name: "net", type: "s" }, "99.conflist": list("net", "l") })),
    ).toEqual(["l"]);
    expect(
      await typesIn(directoryOf({ "00.json": { name: "net", type: "j" }, "01.conf": { name: "net", type: "c" } })),
    ).toEqual(["j"]);
    expect(
      await typesIn(
        directoryOf({ ".conflist": list("net", "d"), "B.conflist": list("net", "b"), "a.conflist": list("net", "a") }),
      ),
    ).toEqual(["d"]);
    expect(
      await typesIn(directoryOf({ "a.CONFLIST": "{", "b.conflist.bak": "{", "c.conflist": list("net", "c") })),
    ).toEqual(["c"]);
  });

  it("case 20: a bad file matters when it comes before the match", async () => {
    await expect(typesIn(directoryOf({ "10.conflist": "{", "20.conflist": list("net", "x") }))).rejects.toThrow(
      /^\[decode_failure\] .*10\.conflist/,
    );
    expect(await typesIn(directoryOf({ "10.conflist": list("net", "x"), "20.conflist": "{" }))).toEqual(["x"]);
    await expect(
      typesIn(directoryOf({ "10.conf": list("other", "x"), "20.conf": { name: "net", type: "x" } })),
    ).rejects.toThrow("missing 'type'");
    await expect(typesIn(directoryOf({ "10.conflist": { name: "net", type: "x" } }))).rejects.toThrow(
      "no plugin configs found",
    );
  });

  it("case 21: tells nothing at all from nothing of this name", async () => {
    const none = join(temporaryFolder(), "none");
    await expect(loadNetwork(none, "net")).rejects.toThrow(`[no_configs] no net configurations found in ${none}`);
    const dir = directoryOf({ "a.conflist": list("other", "x") });
    await expect(loadNetwork(dir, "net")).rejects.toThrow(
      `[config_not_found] no net configuration with name "net" in ${dir}`,
    );
    await expect(loadNetwork(directoryOf({ "a.conf": { name: "o", type: "x" } }), "net")).rejects.toMatchObject({
      code: "config_not_found",
    });
    await expect(loadNetwork(`${directoryOf({ f: "" })}/f`, "net")).rejects.toMatchObject({ code: "io_failure" });
  });

  it("follows links, and stops when it is aborted", async () => {
    const dir = directoryOf({ real: list("net", "x") });
    symlinkSync(join(dir, "real"), join(dir, "a.conflist"));
    expect(await typesIn(dir)).toEqual(["x"]);
    await expect(loadNetwork(dir, "net", { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });

  it("gives what an ADD can be run with", async () => {
    const dir = directoryOf({ "a.conf": { name: "net", cniVersion: "0.4.0", type: "x", own: 1 } });
    const exec = createFakeExec(() => ({ stdout: "{}" }));
    const cni = createCni({ pluginDirs: ["/p"], exec, cache: createMemoryCache() });
    await cni.add(await loadNetwork(dir, "net"), { containerId: "c", ifname: "eth0", netns: "/n" });
    expect(JSON.parse(exec.calls[0]?.stdin ?? "")).toEqual({ name: "net", cniVersion: "0.4.0", type: "x", own: 1 });
  });
});

describeOnLinux("loadNetworks", () => {
  it("passes over what it cannot read and says so, and takes a list also under another extension", async () => {
    const dir = directoryOf({
      "10.conflist": "{",
      "20.conflist": list("a", "x"),
      "30.conflist": list("a", "shadowed"),
      "40.conf": list("b", "y"),
      "50.conf": { name: "c", type: "z" },
      "60.conflist": { plugins: [{ type: "x" }] },
    });
    symlinkSync(join(dir, "gone"), join(dir, "70.conflist"));
    const { networks, issues } = await loadNetworks(dir);
    expect(networks.map(({ file, network }) => [file.slice(dir.length + 1), network.name])).toEqual([
      ["20.conflist", "a"],
      ["40.conf", "b"],
      ["50.conf", "c"],
    ]);
    expect(issues.map(({ file, rule, severity, path }) => [file?.slice(dir.length + 1), rule, severity, path])).toEqual(
      [
        ["10.conflist", "syntax", "error", ""],
        ["30.conflist", "conflict", "warning", "/name"],
        ["60.conflist", "wrong_type", "error", ""],
        ["70.conflist", "unavailable", "error", ""],
      ],
    );
  });

  it("finds nothing in a directory that is not there", async () => {
    expect(await loadNetworks(join(temporaryFolder(), "none"))).toEqual({ networks: [], issues: [] });
  });
});
