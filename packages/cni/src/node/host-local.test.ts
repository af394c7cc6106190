import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertResult, type JsonObject, parseResult } from "@netmason/cni";
import { hostLocal } from "@netmason/cni/host-local";
import { createCni, createPluginExec, type Plugin } from "@netmason/cni/node";
import { createMemoryCache, pluginContract } from "@netmason/cni/testing";
import { afterAll, expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

interface Lab {
  /** The network's folder in the data directory. */
  readonly dir: string;
  /** Addresses of an ADD, or its error's message. */
  add(containerId: string, options?: CallOptions): Promise<readonly string[] | string>;
  /** The error's message, if any. */
  call(verb: string, containerId: string, options?: CallOptions): Promise<string | undefined>;
}

interface CallOptions {
  readonly ifname?: string;
  readonly args?: string;
  readonly more?: JsonObject;
  readonly cniVersion?: string;
}

function labOf(ipam: JsonObject, options: Parameters<typeof hostLocal>[0] = {}): Lab {
  const dataDir = temporaryFolder();
  const exec = createPluginExec({ "host-local": hostLocal({ dataDir, ...options }) });
  const run = async (
    verb: string,
    id: string,
    { ifname = "eth0", args = "", more = {}, cniVersion = "1.1.0" }: CallOptions = {},
  ) =>
    exec.run({
      path: await exec.find("host-local", ["/"]),
      stdin: JSON.stringify({ cniVersion, name: "lab", type: "x", ipam: { type: "host-local", ...ipam }, ...more }),
      cni: {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: id,
        CNI_NETNS: "/none",
        CNI_IFNAME: ifname,
        CNI_ARGS: args,
        CNI_PATH: "/",
      },
    });
  const messageOf = (stdout: string): string => (JSON.parse(stdout) as { msg: string }).msg;
  return {
    dir: join(dataDir, "lab"),
    async add(id, callOptions) {
      const { stdout, exitCode } = await run("ADD", id, callOptions);
      if (exitCode !== 0) return messageOf(stdout);
      return (convertResult(parseResult(stdout), "1.1.0").ips ?? []).map(({ address }) => address);
    },
    async call(verb, id, callOptions) {
      const { stdout, exitCode } = await run(verb, id, callOptions);
      return exitCode === 0 ? undefined : messageOf(stdout);
    },
  };
}

const SMALL = { subnet: "10.1.2.0/29" };
const fill = async ({ add }: Lab, ids: readonly string[]): Promise<unknown[]> => {
  const found: unknown[] = [];
  for (const id of ids) found.push(await add(id));
  return found;
};

describeOnLinux("host-local", () => {
  it("case 61: gives addresses round and round, and says when there is none", async () => {
    const lab = labOf(SMALL);
    expect(await fill(lab, ["a", "b", "c"])).toEqual([["10.1.2.2/29"], ["10.1.2.3/29"], ["10.1.2.4/29"]]);
    await lab.call("DEL", "a");
    expect(await fill(lab, ["d", "e", "f"])).toEqual([["10.1.2.5/29"], ["10.1.2.6/29"], ["10.1.2.2/29"]]);
    expect(await lab.add("g")).toBe(
      "failed to allocate for range 0: no IP addresses available in range set: 10.1.2.1-10.1.2.6",
    );
  });

  it("case 62: gives one address to a container and interface", async () => {
    const lab = labOf(SMALL);
    await lab.add("a");
    expect(await lab.add("a")).toBe(
      "failed to allocate for range 0: 10.1.2.2 has been allocated to a, duplicate allocation is not allowed",
    );
    expect(await lab.add("a", { ifname: "net1" })).toEqual(["10.1.2.3/29"]);
  });

  it("keeps the lease of an attachment that is added again", async () => {
    const dataDir = temporaryFolder();
    const exec = createPluginExec({ "host-local": hostLocal({ dataDir }) });
    const cni = createCni({ pluginDirs: ["/"], exec, cache: createMemoryCache() });
    const plugins = [{ type: "host-local", ipam: { type: "host-local", ...SMALL } }];
    const network = { name: "lab", cniVersion: "1.1.0", plugins };
    const attachment = { containerId: "a", ifname: "eth0", netns: "/none" };
    await cni.add(network, attachment);
    await expect(cni.add(network, attachment)).rejects.toThrow("duplicate allocation is not allowed");
    expect(readdirSync(join(dataDir, "lab"))).toContain("10.1.2.2");
    expect(await cni.list()).toHaveLength(1);
    await cni.del(network, attachment);
    expect(readdirSync(join(dataDir, "lab"))).not.toContain("10.1.2.2");
  });

  it.each([
    ["args", { args: "A=x=y" }],
    ["args", { args: "novalue" }],
    ["prevResult", { more: { prevResult: 7 } }],
    ["prevResult", { more: { prevResult: { cniVersion: "9.9.9" } } }],
    ["prevResult", { more: { prevResult: { cniVersion: "0.2.0" } } }],
  ] as const)("deletes in spite of %s that cannot be read: %j", async (_, options) => {
    const lab = labOf(SMALL);
    await lab.add("a");
    expect(readdirSync(lab.dir)).toContain("10.1.2.2");
    expect(await lab.add("b", options)).toMatch(/ARGS: invalid pair|prevResult/);
    expect(await lab.call("DEL", "a", options)).toBe(undefined);
    expect(readdirSync(lab.dir)).not.toContain("10.1.2.2");
  });

  it("case 63: writes the reference's files", async () => {
    const lab = labOf({ ranges: [[{ subnet: "10.1.2.0/29" }], [{ subnet: "2001:DB8::/64" }]] });
    expect(await lab.add("c1")).toEqual(["10.1.2.2/29", "2001:db8::2/64"]);
    expect(readdirSync(lab.dir)).toEqual([
      "10.1.2.2",
      "2001:db8::2",
      "last_reserved_ip.0",
      "last_reserved_ip.1",
      "lock",
    ]);
    expect(readFileSync(join(lab.dir, "10.1.2.2")).toString("hex")).toBe("63310d0a65746830");
    expect(readFileSync(join(lab.dir, "last_reserved_ip.1"), "utf8")).toBe("2001:db8::2");
    const modes = ["10.1.2.2", "last_reserved_ip.0", "lock"].map((name) => statSync(join(lab.dir, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o750]);
  });

  it.each([
    ["IP=10.1.2.5", ["10.1.2.5/29"]],
    ["IP=10.1.2.5/16", ["10.1.2.5/29"]],
    ["IP=::ffff:10.1.2.5", ["10.1.2.5/29"]],
    [
      "IP=10.1.2.2",
      "failed to allocate for range 0: requested IP address 10.1.2.2 is not available in range set 10.1.2.1-10.1.2.6",
    ],
    ["IP=10.1.2.1", "failed to allocate for range 0: requested ip 10.1.2.1 is subnet's gateway"],
    ["IP=10.1.2.0", "failed to allocate all requested IPs: 10.1.2.0"],
    ["IP=10.1.2.7", "failed to allocate all requested IPs: 10.1.2.7"],
    ["IP=10.9.9.9", "failed to allocate all requested IPs: 10.9.9.9"],
    ["IP=x", "invalid IP address x"],
    ["FOO=1", 'ARGS: unknown args ["FOO=1"]'],
    ["IgnoreUnknown=1;FOO=1", ["10.1.2.3/29"]],
  ])("case 64: asked with %s gives %j", async (args, expected) => {
    const lab = labOf(SMALL);
    await lab.add("holder");
    expect(await lab.add("c", { args })).toEqual(expected);
    if (typeof expected === "string") expect(readdirSync(lab.dir)).toEqual(["10.1.2.2", "last_reserved_ip.0", "lock"]);
  });

  it("case 64: two addresses for one set are too many, and the first is freed", async () => {
    const lab = labOf(SMALL);
    const more = { args: { cni: { ips: ["10.1.2.3"] } }, runtimeConfig: { ips: ["10.1.2.4/29"] } };
    expect(await lab.add("c", { more })).toBe("failed to allocate all requested IPs: 10.1.2.4");
    expect(existsSync(join(lab.dir, "10.1.2.3"))).toBe(false);
    const both = labOf({ ranges: [[SMALL], [{ subnet: "2001:db8::/64" }]] });
    expect(await both.add("c", { more: { runtimeConfig: { ips: ["2001:db8::7", "10.1.2.4"] } } })).toEqual([
      "10.1.2.4/29",
      "2001:db8::7/64",
    ]);
  });

  it("case 65: takes one address of each set or none", async () => {
    const lab = labOf({
      ranges: [[{ subnet: "10.1.2.0/24" }], [{ subnet: "2001:db8::/126", rangeStart: "2001:db8::3" }]],
    });
    expect(await lab.add("a")).toEqual(["10.1.2.2/24", "2001:db8::3/126"]);
    expect(await lab.add("b")).toBe(
      "failed to allocate for range 1: no IP addresses available in range set: 2001:db8::3-2001:db8::3",
    );
    expect(existsSync(join(lab.dir, "10.1.2.3"))).toBe(false);
    expect(readFileSync(join(lab.dir, "last_reserved_ip.0"), "utf8")).toBe("10.1.2.3");
  });

  it("case 66: counts files of the bare container, and frees them when there is no other", async () => {
    const lab = labOf(SMALL);
    mkdirSync(lab.dir, { recursive: true });
    writeFileSync(join(lab.dir, "10.1.2.5"), "old\n");
    expect(await lab.add("old")).toContain("10.1.2.5 has been allocated to old");
    expect(await lab.call("CHECK", "old")).toBeUndefined();
    await lab.call("DEL", "old", { ifname: "any" });
    expect(existsSync(join(lab.dir, "10.1.2.5"))).toBe(false);
  });

  it("case 67: had one address of a family before 0.3.0", async () => {
    const two = labOf({ ranges: [[SMALL], [{ subnet: "10.3.0.0/24" }]] });
    expect(await two.add("a", { cniVersion: "0.2.0" })).toBe(
      "CNI version 0.2.0 does not support more than 1 address per family",
    );
    expect(await two.add("a", { cniVersion: "0.3.0" })).toEqual(["10.1.2.2/29", "10.3.0.2/24"]);
    const both = labOf({ ranges: [[SMALL], [{ subnet: "2001:db8::/64" }]] });
    expect(await both.add("a", { cniVersion: "0.2.0" })).toEqual(["10.1.2.2/29", "2001:db8::2/64"]);
  });

  it.each([
    [{ subnet: "10.1.2.0/31" }, "invalid range set 0: Network 10.1.2.0/31 too small to allocate from"],
    [{ subnet: "2001:db8::/127" }, "invalid range set 0: Network 2001:db8::/127 too small to allocate from"],
    [
      { subnet: "10.1.2.3/24" },
      "invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 10.1.2.0",
    ],
    [{ subnet: "::ffff:10.1.2.0/120" }, "invalid range set 0: IPNet IP and Mask version mismatch"],
    [{ subnet: "nowhere" }, "invalid range set 0: invalid CIDR address: nowhere"],
    [{ ...SMALL, rangeStart: "10.1.3.1" }, "invalid range set 0: RangeStart 10.1.3.1 not in network 10.1.2.0/29"],
    [{ ...SMALL, rangeEnd: "10.1.3.1" }, "invalid range set 0: RangeEnd 10.1.3.1 not in network 10.1.2.0/29"],
    [
      { ...SMALL, rangeStart: "10.1.2.5", rangeEnd: "10.1.2.3" },
      "invalid range set 0: RangeStart 10.1.2.5 not in network 10.1.2.0/29",
    ],
    [{ ...SMALL, gateway: "x" }, "invalid range set 0: invalid IP address: x"],
    [{ ranges: [[]] }, "invalid range set 0: empty range set"],
    [{ ranges: [[{}]] }, "invalid range set 0: IP <nil> not v4 nor v6"],
    [{ ranges: [[SMALL, { subnet: "2001:db8::/64" }]] }, "invalid range set 0: mixed address families"],
    [
      { ranges: [[SMALL, { subnet: "10.1.0.0/16" }]] },
      "invalid range set 0: subnets 10.1.2.1-10.1.2.6 and 10.1.0.1-10.1.255.254 overlap",
    ],
    [{ ...SMALL, ranges: [[{ subnet: "10.1.0.0/16" }]] }, "range set 0 overlaps with 1"],
    [{}, "no IP ranges specified"],
  ])("case 68: refuses %j", async (ipam, message) => {
    expect(await labOf(ipam).add("a")).toBe(message);
  });

  it("case 68: refuses a configuration without ipam", async () => {
    expect(await labOf(SMALL).add("a", { more: { ipam: null } })).toBe("IPAM config missing 'ipam' key");
  });

  it("goes through the ranges of a set, leaves out each one's gateway, and starts over where the mark is no address", async () => {
    const lab = labOf({
      ranges: [
        [
          { ...SMALL, rangeStart: "10.1.2.5" },
          { subnet: "10.1.3.0/30", gateway: "10.1.3.2" },
        ],
      ],
    });
    expect(await fill(lab, ["a", "b", "c"])).toEqual([["10.1.2.5/29"], ["10.1.2.6/29"], ["10.1.3.1/30"]]);
    await lab.call("DEL", "b");
    writeFileSync(join(lab.dir, "last_reserved_ip.0"), " 10.1.3.1\n");
    expect(await lab.add("d")).toEqual(["10.1.2.6/29"]);
    const outside = labOf({ ...SMALL, gateway: "10.9.9.9" });
    expect(await outside.add("a")).toEqual(["10.1.2.1/29"]);
  });

  it("takes a range of one address", async () => {
    const lab = labOf({ ...SMALL, rangeStart: "10.1.2.5", rangeEnd: "10.1.2.5" });
    expect(await fill(lab, ["a", "b"])).toEqual([["10.1.2.5/29"], expect.stringContaining("10.1.2.5-10.1.2.5")]);
  });

  it("puts the runtime's ranges first, and what resolv.conf says into the result", async () => {
    const file = join(temporaryFolder(), "resolv.conf");
    writeFileSync(
      file,
      "# no\n; no\nnameserver 10.0.0.53\nnameserver\nsearch a b\ndomain lab\noptions ndots:5 rotate\n",
    );
    const dataDir = temporaryFolder();
    const exec = createPluginExec({ "host-local": hostLocal() });
    const ipam = { type: "host-local", ...SMALL, dataDir, resolvConf: file, routes: [{ dst: "0.0.0.0/0" }] };
    const stdin = JSON.stringify({
      cniVersion: "1.0.0",
      name: "lab",
      type: "x",
      ipam,
      runtimeConfig: { ipRanges: [[{ subnet: "10.7.0.0/24" }]] },
    });
    const cni = {
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: "c",
      CNI_NETNS: "/none",
      CNI_IFNAME: "eth0",
      CNI_ARGS: "",
      CNI_PATH: "/",
    };
    const { stdout } = await exec.run({ path: "in-process:/host-local", stdin, cni });
    expect(JSON.parse(stdout)).toEqual({
      cniVersion: "1.0.0",
      ips: [
        { address: "10.7.0.2/24", gateway: "10.7.0.1" },
        { address: "10.1.2.2/29", gateway: "10.1.2.1" },
      ],
      routes: [{ dst: "0.0.0.0/0" }],
      dns: { nameservers: ["10.0.0.53"], domain: "lab", search: ["a", "b"], options: ["ndots:5", "rotate"] },
    });
  });

  it("CHECK looks for any address of the container and interface", async () => {
    const lab = labOf(SMALL);
    expect(await lab.call("CHECK", "a")).toBe("host-local: Failed to find address added by container a");
    await lab.add("a");
    expect(await lab.call("CHECK", "a")).toBeUndefined();
    expect(await lab.call("CHECK", "a", { ifname: "net1" })).toContain("Failed to find");
  });

  it("GC frees what is not valid and nothing else", async () => {
    const lab = labOf(SMALL);
    await fill(lab, ["a", "b"]);
    await lab.add("a", { ifname: "net1" });
    writeFileSync(join(lab.dir, "10.1.2.5"), "a");
    writeFileSync(join(lab.dir, "10.1.2.6"), "gone");
    writeFileSync(join(lab.dir, "notes"), "gone");
    await lab.call("GC", "x", { more: { "cni.dev/valid-attachments": [{ containerID: "a", ifname: "eth0" }] } });
    expect(readdirSync(lab.dir)).toEqual(["10.1.2.2", "10.1.2.5", "last_reserved_ip.0", "lock", "notes"]);
  });

  it("STATUS says when a set has no address left", async () => {
    const lab = labOf(SMALL);
    await fill(lab, ["a", "b", "c", "d"]);
    expect(await lab.call("STATUS", "x")).toBeUndefined();
    await lab.add("e");
    expect(await lab.call("STATUS", "x")).toBe("no IP addresses available in range set: 10.1.2.1-10.1.2.6");
  });

  it("gives out an address whose file is empty only when told to", async () => {
    for (const [reclaimEmptyFiles, address] of [
      [false, "10.1.2.3/29"],
      [true, "10.1.2.2/29"],
    ] as const) {
      const lab = labOf(SMALL, { reclaimEmptyFiles });
      mkdirSync(lab.dir, { recursive: true });
      writeFileSync(join(lab.dir, "10.1.2.2"), "");
      expect(await lab.add("a")).toEqual([address]);
    }
  });

  it("gives each of many callers at once an address of its own", async () => {
    const lab = labOf({ subnet: "10.1.0.0/16" });
    const ids = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const found = (await Promise.all(ids.map((id) => lab.add(id)))).flat();
    expect(new Set(found).size).toBe(100);
    await Promise.all(ids.map((id) => lab.call("DEL", id)));
    expect(readdirSync(lab.dir)).toEqual(["last_reserved_ip.0", "lock"]);
  });
});

describeOnLinux("host-local as a plugin", () => {
  const root = mkdtempSync(join(tmpdir(), "netmason-cni-"));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true }));
  const create = (): Plugin => hostLocal({ dataDir: join(root, String(count++)) });
  for (const { name, run } of pluginContract(create, { config: { ipam: SMALL } })) it(name, run);
});
