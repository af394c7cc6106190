import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isCniError, removePlugin, upsertPlugin } from "@netmason/cni";
import { editNetwork, loadNetwork } from "@netmason/cni/node";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

function fileOf(name: string, content: object): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describeOnLinux("editNetwork", () => {
  it("makes a list of a single plugin's file and takes the file away", async () => {
    const file = fileOf("10-calico.conf", { name: "pods", cniVersion: "0.3.1", type: "calico" });
    const target = await editNetwork(file, (list) => upsertPlugin(list, { type: "istio-cni" }, { after: "calico" }));
    expect(target).toBe(file.replace(".conf", ".conflist"));
    expect(existsSync(file)).toBe(false);
    const list = await loadNetwork(join(file, ".."), "pods");
    expect(list.plugins?.map(({ type }) => type)).toEqual(["calico", "istio-cni"]);
    expect(await editNetwork(target, (each) => removePlugin(each, "istio-cni"))).toBe(target);
    expect(JSON.parse(readFileSync(target, "utf8")).plugins).toEqual([
      { name: "pods", cniVersion: "0.3.1", type: "calico" },
    ]);
  });

  it("keeps the mode, unknown keys and links, and leaves nothing beside the file", async () => {
    const real = fileOf("real.conflist", { note: 1, name: "pods", plugins: [{ type: "calico" }] });
    // More than the umask leaves.
    chmodSync(real, 0o666);
    const dir = temporaryFolder();
    const link = join(dir, "10.conflist");
    symlinkSync(real, link);
    expect(await editNetwork(link, (list) => upsertPlugin(list, { type: "portmap" }))).toBe(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o666);
    expect(JSON.parse(readFileSync(real, "utf8"))).toEqual({
      note: 1,
      name: "pods",
      plugins: [{ type: "calico" }, { type: "portmap" }],
    });
    expect([readdirSync(dir), readdirSync(join(real, ".."))]).toEqual([["10.conflist"], ["real.conflist"]]);
  });

  it.runIf(process.getuid?.() === 0)("keeps the owner", async () => {
    const file = fileOf("10.conf", { name: "pods", type: "calico" });
    chownSync(file, 1_234, 4_321);
    chmodSync(file, 0o640);
    const target = await editNetwork(file, (list) => ({ ...list, more: 1 }));
    await editNetwork(target, (list) => ({ ...list, more: 2 }));
    const { uid, gid, mode } = statSync(target);
    expect([uid, gid, mode & 0o7777]).toEqual([1_234, 4_321, 0o640]);
  });

  it.each(["10.conflist", "10.conf"])("does not overwrite what another has written to %s meanwhile", async (name) => {
    const single = { name: "pods", type: "calico" };
    const file = fileOf(name, name === "10.conf" ? single : { name: "pods", plugins: [single] });
    const theirs = { name: "pods", plugins: [{ type: "theirs" }] };
    const edited = editNetwork(file, (list) => {
      writeFileSync(file, JSON.stringify(theirs));
      return upsertPlugin(list, { type: "ours" });
    });
    await expect(edited).rejects.toMatchObject({ code: "conflict" });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(theirs);
    expect(readdirSync(join(file, ".."))).toEqual([name]);
    rmSync(file);
    writeFileSync(file, JSON.stringify(theirs));
    const gone = editNetwork(file, (list) => {
      rmSync(file);
      return { ...list, more: 1 };
    });
    await expect(gone).rejects.toMatchObject({ code: "conflict" });
    expect(readdirSync(join(file, ".."))).toEqual([]);
  });

  it("loses none of many edits at once: each is done or refused as a conflict", async () => {
    const file = fileOf("10.conflist", { name: "pods", plugins: [{ type: "calico" }] });
    const types = Array.from({ length: 8 }, (_, i) => `p${i}`);
    let refused = 0;
    const edit = async (type: string): Promise<void> => {
      try {
        await editNetwork(file, (list) => upsertPlugin(list, { type }));
      } catch (error) {
        if (!isCniError(error, "conflict")) throw error;
        refused++;
        await edit(type);
      }
    };
    await Promise.all(types.map(edit));
    const { plugins } = JSON.parse(readFileSync(file, "utf8")) as { readonly plugins: { readonly type: string }[] };
    expect(plugins.map(({ type }) => type).sort()).toEqual(["calico", ...types]);
    expect(refused).toBeGreaterThan(0);
  });

  it("writes nothing when nothing changed, when the edit throws, or when it is aborted", async () => {
    const file = fileOf("10.conflist", { name: "pods", plugins: [{ type: "calico" }] });
    const before = statSync(file, { bigint: true }).mtimeNs;
    await editNetwork(file, (list) => removePlugin(list, "gone"));
    await expect(
      editNetwork(file, () => {
        throw new TypeError("no");
      }),
    ).rejects.toThrow("no");
    const signal = AbortSignal.abort("enough");
    await expect(editNetwork(file, (list) => ({ ...list, more: 1 }), { signal })).rejects.toBe("enough");
    expect(statSync(file, { bigint: true }).mtimeNs).toBe(before);
  });

  it("refuses what it could not read again, and a list that is already there", async () => {
    const file = fileOf("10.conf", { name: "pods", type: "calico" });
    await expect(editNetwork(file, (list) => ({ ...list, plugins: [] }))).rejects.toMatchObject({
      code: "invalid_config",
    });
    writeFileSync(file.replace(".conf", ".conflist"), "{}");
    await expect(editNetwork(file, (list) => ({ ...list, more: 1 }))).rejects.toThrow("is already there");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ name: "pods", type: "calico" });
    await expect(editNetwork(`${file}.none`, (list) => list)).rejects.toMatchObject({ code: "io_failure" });
  });
});
