import { type Attachment, attachAll, createCni, LOOPBACK, type NetworkAttachment } from "@netmason/cni/node";
import { createFakeExec, createMemoryCache } from "@netmason/cni/testing";
import { describe, expect, it } from "vitest";

const at = (ifname: string): Attachment => ({ containerId: "c1", ifname, netns: "/n" });
const net = (name: string, ifname: string): NetworkAttachment => ({
  network: { name, cniVersion: "1.0.0", plugins: [{ type: name }] },
  attachment: at(ifname),
});
const THREE = [net("pods", "eth0"), { network: LOOPBACK, attachment: at("lo") }, net("storage", "net1")];

function setUp(fails: readonly string[]): { cni: ReturnType<typeof createCni>; calls: () => string[] } {
  const exec = createFakeExec(({ type, cni }) =>
    fails.includes(`${cni.CNI_COMMAND} ${type}`)
      ? { exitCode: 1 }
      : { stdout: JSON.stringify({ interfaces: [{ name: type }] }) },
  );
  const cni = createCni({ pluginDirs: ["/p"], exec, cache: createMemoryCache() });
  return { cni, calls: () => exec.calls.map(({ path, cni: { CNI_COMMAND } }) => `${CNI_COMMAND} ${path.slice(6)}`) };
}

describe("attachAll", () => {
  it.each(["serial", "parallel"] as const)(
    "adds loopback first and answers in the order of the input (%s)",
    async (mode) => {
      const { cni, calls } = setUp([]);
      const results = await attachAll(cni, THREE, { mode });
      expect(calls()).toEqual(["ADD loopback", "ADD pods", "ADD storage"]);
      expect(results.map((result) => JSON.stringify(result))).toEqual(
        ["pods", "loopback", "storage"].map((name) => `{"cniVersion":"1.0.0","interfaces":[{"name":"${name}"}]}`),
      );
    },
  );

  it("deletes everything again in reverse when one fails", async () => {
    const { cni, calls } = setUp(["ADD storage"]);
    await expect(attachAll(cni, THREE)).rejects.toMatchObject({
      code: "plugin_failed",
      details: { plugin: "storage" },
    });
    expect(calls().slice(3)).toEqual(["DEL storage", "DEL pods", "DEL loopback"]);
    expect(await cni.list()).toEqual([]);
  });

  it("goes on deleting when that fails too, and tells both", async () => {
    const { cni, calls } = setUp(["ADD storage", "DEL pods"]);
    const error = (await attachAll(cni, THREE, { mode: "parallel" }).catch((each: unknown) => each)) as AggregateError;
    expect(calls().slice(3)).toEqual(["DEL storage", "DEL pods", "DEL loopback"]);
    expect(error.errors).toMatchObject([
      { details: { plugin: "storage" } },
      { errors: [{ details: { plugin: "pods" } }] },
    ]);
  });

  it("throws the signal's reason", async () => {
    const { cni, calls } = setUp([]);
    await expect(attachAll(cni, THREE, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    expect(calls()).toEqual([]);
    expect(await attachAll(cni, [])).toEqual([]);
  });
});
