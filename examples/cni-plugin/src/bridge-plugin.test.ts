import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCni, createPluginExec } from "@netmason/cni/node";
import { createMemoryCache, pluginContract } from "@netmason/cni/testing";
import { createIpam } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBridgePlugin } from "./bridge-plugin.js";
import { type Ip, linkOf } from "./links.js";

/** Links and paths are Linux's. */
const describeOnLinux = describe.runIf(process.platform === "linux");

/** As much of a kernel as the plugin asks for. */
function createFakeKernel() {
  const masters = new Map<string, string | undefined>();
  const addresses: string[] = [];
  const batches: string[] = [];
  const kernel = { masters, addresses, batches, failAt: "nothing" };
  const run = (command: string): string => {
    if (command.includes(kernel.failAt)) throw new Error(`RTNETLINK answers: Operation not permitted: ${command}`);
    const words = command.split(" ");
    const [topic, verb, name = ""] = words;
    if (topic === "link" && verb === "add") {
      if (masters.has(name)) throw new Error("RTNETLINK answers: File exists");
      masters.set(name, undefined);
    }
    if (topic === "link" && words[3] === "master") masters.set(name, words[4]);
    if (topic === "link" && verb === "delete" && !masters.delete(name)) throw new Error(`Cannot find device "${name}"`);
    if (topic === "address" && verb === "add") addresses.push(name.replace(/\/.*/, ""));
    if (command.startsWith("link show")) return JSON.stringify([{ master: masters.get(name) }]);
    return JSON.stringify([{ addr_info: addresses.map((local) => ({ local })) }]);
  };
  const ip: Ip = (commands, netns) => {
    batches.push(`${netns ?? "host"}: ${commands.join("; ")}`);
    return commands.map(run).at(-1) ?? "";
  };
  return { kernel, ip };
}

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lmdb-bridge-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function createWorld(config: Readonly<Record<string, string>> = {}) {
  const { kernel, ip } = createFakeKernel();
  const plugins = [{ type: "lmdb-bridge", bridge: "lab0", subnet: "10.78.0.0/29", dataDir, ...config }];
  const exec = createPluginExec({ "lmdb-bridge": createBridgePlugin(ip) });
  const cni = createCni({ pluginDirs: ["/opt/cni/bin"], exec, cache: createMemoryCache() });
  return { kernel, cni, network: { name: "lab", cniVersion: "1.1.0", plugins } };
}

const attachmentOf = (containerId: string) => ({ containerId, netns: `/run/netns/${containerId}`, ifname: "eth0" });
const pairOf = (containerId: string): string => linkOf("lab", `${containerId}/eth0`);

/** Handles by what they hold. */
async function leases(): Promise<Readonly<Record<string, string>>> {
  const store = createLmdbStore({ path: dataDir });
  const held: Record<string, string> = {};
  for await (const each of createIpam({ store, vrf: "lab" }).listAllocations()) {
    if (each.kind === "address") held[String(each.address)] = each.handle;
  }
  await store.close();
  return held;
}

describeOnLinux("the plugin's contract", () => {
  const { ip } = createFakeKernel();
  const config = { subnet: "10.78.0.0/29" };
  it.each(pluginContract(() => createBridgePlugin(ip), { config }).map(({ name }) => name))("%s", async (name) => {
    const fresh = pluginContract(() => createBridgePlugin(createFakeKernel().ip), { config: { ...config, dataDir } });
    await fresh.find((each) => each.name === name)?.run();
  });
});

describeOnLinux("ADD", () => {
  it("takes an address and makes a pair in three batches", async () => {
    const { kernel, cni, network } = createWorld();
    expect(await cni.add(network, attachmentOf("web"))).toEqual({
      cniVersion: "1.1.0",
      interfaces: [{ name: "lab0" }, { name: pairOf("web") }, { name: "eth0", sandbox: "/run/netns/web" }],
      ips: [{ address: "10.78.0.2/29", gateway: "10.78.0.1", interface: 2 }],
      routes: [{ dst: "0.0.0.0/0", gw: "10.78.0.1" }],
    });
    expect(pairOf("web")).toMatch(/^nm[\da-f]{13}$/);
    expect(kernel.batches).toEqual([
      "host: link add lab0 type bridge",
      `host: link add ${pairOf("web")} up type veth peer name eth0 netns /run/netns/web; ` +
        `link set ${pairOf("web")} master lab0; address replace 10.78.0.1/29 dev lab0; link set lab0 up`,
      "/run/netns/web: address add 10.78.0.2/29 dev eth0; link set eth0 up; route add default via 10.78.0.1 dev eth0",
    ]);
    await cni.add(network, attachmentOf("db"));
    expect(await leases()).toEqual({ "10.78.0.2": "web/eth0", "10.78.0.3": "db/eth0" });
  });

  it("does the same in IPv6", async () => {
    const { kernel, cni, network } = createWorld({ subnet: "fd00:78::/120" });
    const { routes } = (await cni.add(network, attachmentOf("web"))) as { routes?: unknown };
    expect(routes).toEqual([{ dst: "::/0", gw: "fd00:78::1" }]);
    expect(kernel.batches.join()).toContain("address replace fd00:78::1/120 dev lab0 nodad");
    expect(kernel.batches.at(-1)).toContain("address add fd00:78::2/120 dev eth0 nodad");
  });

  it.each(["type bridge", "type veth", "master", "address replace", "address add", "route add"])(
    "leaves no link and no lease when it fails at `%s`",
    async (failAt) => {
      const { kernel, cni, network } = createWorld();
      kernel.failAt = failAt;
      const failed = cni.add(network, attachmentOf("web"));
      await expect(failed).rejects.toMatchObject({ code: "plugin_failed", details: { specCode: 999, rollback: [] } });
      expect([kernel.masters.has(pairOf("web")), await leases()]).toEqual([false, {}]);
      kernel.failAt = "nothing";
      await cni.add(network, attachmentOf("web"));
    },
  );

  it("refuses a second one of an attachment without harm to the first", async () => {
    const { ip, kernel } = createFakeKernel();
    const exec = createPluginExec({ "lmdb-bridge": createBridgePlugin(ip) });
    const call = async () =>
      exec.run({
        path: await exec.find("lmdb-bridge", ["/opt/cni/bin"]),
        stdin: JSON.stringify({
          ...{ name: "lab", cniVersion: "1.1.0", type: "lmdb-bridge" },
          ...{ subnet: "10.78.0.0/29", dataDir },
        }),
        cni: {
          ...{ CNI_COMMAND: "ADD", CNI_CONTAINERID: "web", CNI_NETNS: "/run/netns/web" },
          ...{ CNI_IFNAME: "eth0", CNI_ARGS: "", CNI_PATH: "/opt/cni/bin" },
        },
      });
    expect((await call()).exitCode).toBe(0);
    expect((await call()).exitCode).toBe(1);
    expect([kernel.masters.has(pairOf("web")), await leases()]).toEqual([true, { "10.78.0.2": "web/eth0" }]);
  });

  it("says that a full subnet may have room later, as STATUS does", async () => {
    const { cni, network } = createWorld({ subnet: "10.78.0.0/30" });
    await cni.status(network);
    await cni.add(network, attachmentOf("web"));
    await expect(cni.status(network)).rejects.toMatchObject({ details: { specCode: 50 } });
    await expect(cni.add(network, attachmentOf("db"))).rejects.toMatchObject({ details: { specCode: 11 } });
  });

  it.each([
    [{ subnet: "10.78.0.0/33" }, 7],
    [{ subnet: "" }, 7],
    [{ bridge: "lab0 up" }, 7],
    [{ bridge: "lab0\nlink" }, 7],
    [{ dataDir: "leases" }, 7],
  ])("refuses %o before it does anything", async (config, specCode) => {
    const { kernel, cni, network } = createWorld(config);
    const failed = await cni.add(network, attachmentOf("web")).catch((error: unknown) => error);
    expect(failed).toMatchObject({ details: { specCode } });
    expect([kernel.masters, await leases()]).toEqual([new Map(), {}]);
  });

  it("refuses a namespace that would be several words", async () => {
    const { cni, network } = createWorld();
    const failed = cni.add(network, { ...attachmentOf("web"), netns: "/run/netns/a b" });
    await expect(failed).rejects.toMatchObject({ details: { specCode: 8 } });
    expect(await leases()).toEqual({});
  });
});

describeOnLinux("the other verbs", () => {
  it("notices a link that left its bridge, an address that is not set, and one that is not held", async () => {
    const { kernel, cni, network } = createWorld();
    await cni.add(network, attachmentOf("web"));
    await cni.check(network, attachmentOf("web"));
    kernel.masters.set(pairOf("web"), undefined);
    await expect(cni.check(network, attachmentOf("web"))).rejects.toThrow("not in lab0");
    kernel.masters.set(pairOf("web"), "lab0");
    kernel.addresses.length = 0;
    await expect(cni.check(network, attachmentOf("web"))).rejects.toThrow("10.78.0.2 is not set");
    const store = createLmdbStore({ path: dataDir });
    await createIpam({ store, vrf: "lab" }).releaseByHandle("web/eth0");
    await store.close();
    await expect(cni.check(network, attachmentOf("web"))).rejects.toThrow("holds no address");
  });

  it("collects what is not valid and nothing else", async () => {
    const { kernel, cni, network } = createWorld();
    for (const id of ["web", "db", "old"]) await cni.add(network, attachmentOf(id));
    // The link of `old` went with its namespace.
    kernel.masters.delete(pairOf("old"));
    await cni.gc(network, [{ containerId: "web", ifname: "eth0" }]);
    expect(await leases()).toEqual({ "10.78.0.2": "web/eth0" });
    expect([...kernel.masters.keys()]).toEqual(["lab0", pairOf("web")]);
    await cni.check(network, attachmentOf("web"));
  });

  it("keeps the lease while the link cannot be deleted, so that GC finds it", async () => {
    const { kernel, cni, network } = createWorld();
    await cni.add(network, attachmentOf("web"));
    kernel.failAt = "link delete";
    await expect(cni.del(network, attachmentOf("web"))).rejects.toThrow("not permitted");
    expect(await leases()).toEqual({ "10.78.0.2": "web/eth0" });
    kernel.failAt = "nothing";
    await cni.gc(network, []);
    expect([kernel.masters.has(pairOf("web")), await leases()]).toEqual([false, {}]);
  });

  it("deletes also when the subnet has changed since", async () => {
    const { kernel, cni, network } = createWorld();
    await cni.add(network, attachmentOf("web"));
    const [plugin] = network.plugins;
    await cni.del(
      { ...network, plugins: [{ ...plugin, type: "lmdb-bridge", subnet: "no subnet" }] },
      attachmentOf("web"),
    );
    expect([kernel.masters.has(pairOf("web")), await leases()]).toEqual([false, {}]);
  });
});
