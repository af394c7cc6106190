import { CniError, type JsonObject } from "@netmason/cni";
import { createPluginExec, type Plugin, type PluginRequest } from "@netmason/cni/node";
import { execContract, pluginContract } from "@netmason/cni/testing";
import { describe, expect, it } from "vitest";
import { itOnLinux } from "../../test/on-linux.js";
import { createDelegates } from "./delegates.js";
import { type PluginIo, type PluginOutput, servePlugin } from "./serve-plugin.js";

const VARIABLES = { CNI_CONTAINERID: "c1", CNI_NETNS: "/run/netns/none", CNI_IFNAME: "eth0", CNI_PATH: "/bin" };
const CONFIG: JsonObject = { cniVersion: "1.1.0", name: "lab", type: "plug" };

const plain: Plugin = {
  versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"],
  about: "plain plugin",
  add: ({ prevResult }) => prevResult ?? { cniVersion: "1.1.0" },
  del: () => {},
};

interface Served extends PluginOutput {
  readonly document: {
    readonly code?: number;
    readonly msg?: string;
    readonly details?: string;
    readonly cniVersion?: string;
  };
}

async function serve(
  plugin: Plugin,
  environment: Record<string, string>,
  stdin: string | JsonObject = CONFIG,
): Promise<Served> {
  const text = typeof stdin === "string" ? stdin : JSON.stringify(stdin);
  const exec = createPluginExec({});
  const output = await servePlugin(plugin, {
    environment,
    readStdin: () => text,
    delegates: (context) => createDelegates(context, async () => exec),
  });
  return { ...output, document: output.stdout === "" ? {} : JSON.parse(output.stdout) };
}

const serveVerb = (verb: string, plugin: Plugin = plain, config: string | JsonObject = CONFIG): Promise<Served> =>
  serve(plugin, { ...VARIABLES, CNI_COMMAND: verb }, config);

describe("the plugin kit", () => {
  it("case 47: says what it is when there is no command", async () => {
    const stderr = "plain plugin\nCNI protocol versions supported: 0.3.1, 0.4.0, 1.0.0, 1.1.0\n";
    expect(await serve(plain, {}, "")).toMatchObject({ stdout: "", stderr, exitCode: 0 });
    const silent = await serve({ ...plain, about: "" }, {}, "");
    expect(silent.document).toMatchObject({ code: 4, msg: "required env variables [CNI_COMMAND] missing" });
  });

  it.each([
    ["ADD", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH"],
    ["CHECK", "CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH"],
    ["DEL", "CNI_CONTAINERID,CNI_IFNAME,CNI_PATH"],
    ["GC", "CNI_PATH"],
    ["STATUS", "CNI_PATH"],
  ])("case 48: %s needs %s", async (CNI_COMMAND, missing) => {
    const { document, exitCode, stderr } = await serve(plain, { CNI_COMMAND }, "not read");
    expect([document.code, document.msg]).toEqual([4, `required env variables [${missing}] missing`]);
    expect([exitCode, stderr]).toEqual([1, ""]);
  });

  it("case 48: VERSION needs nothing and reads nothing", async () => {
    const readStdin = (): string => expect.fail("stdin is read");
    const io: PluginIo = {
      environment: { CNI_COMMAND: "VERSION" },
      readStdin,
      delegates: (context) => createDelegates(context, async () => createPluginExec({})),
    };
    const { stdout, exitCode } = await servePlugin(plain, io);
    expect([stdout, exitCode]).toEqual([
      '{"cniVersion":"1.1.0","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}\n',
      0,
    ]);
  });

  it("tells an ill-formed variable before those that are missing", async () => {
    const { document } = await serve(plain, { CNI_COMMAND: "ADD", CNI_CONTAINERID: "-x" });
    expect(document).toEqual({ cniVersion: "1.1.0", code: 4, msg: "invalid characters in containerID", details: "-x" });
    const { document: second } = await serve(plain, { ...VARIABLES, CNI_COMMAND: "ADD", CNI_IFNAME: "a b" });
    expect(second.msg).toBe("interface name contains / or : or whitespace characters");
  });

  it("case 49: tells an unknown command only when its input is right", async () => {
    expect((await serveVerb("NOPE")).document).toMatchObject({ code: 4, msg: "unknown CNI_COMMAND: NOPE" });
    expect((await serveVerb("NOPE", plain, "")).document).toMatchObject({ code: 6 });
  });

  it.each([
    ["", 6, "error unmarshall network config: "],
    ["[]", 6, "error unmarshall network config: "],
    ['{"name":5}', 6, "error unmarshall network config: "],
    ["{}", 7, "missing network name"],
    ["null", 7, "missing network name"],
    ['{"name":"a/b"}', 7, "invalid characters found in network name"],
    ['{"name":"a","cniVersion":5}', 6, "decoding version from network config"],
    ['{"name":"a","cniVersion":"1.1.0","ipam":"x"}', 6, "'ipam' is not an object"],
  ])("case 3: refuses the input %j with %d", async (stdin, code, msg) => {
    expect((await serveVerb("ADD", plain, stdin)).document).toMatchObject({ code, msg: expect.stringContaining(msg) });
  });

  it("case 5 of the codes: says so when the input cannot be read", async () => {
    const readStdin = (): string => {
      throw new TypeError("EIO");
    };
    const io: PluginIo = {
      environment: { ...VARIABLES, CNI_COMMAND: "ADD" },
      readStdin,
      delegates: (context) => createDelegates(context, async () => createPluginExec({})),
    };
    expect(JSON.parse((await servePlugin(plain, io)).stdout)).toMatchObject({
      code: 5,
      msg: expect.stringContaining("error reading from stdin"),
    });
  });

  it("case 50: prints an error with its code, and anything else as 999", async () => {
    const throwing = (error: unknown): Plugin => ({ ...plain, add: () => Promise.reject(error) });
    const typed = await serveVerb(
      "ADD",
      throwing(new CniError("plugin_specific", "potato", { number: 1234, text: "d" })),
    );
    expect(typed.stdout).toBe(
      '{\n    "cniVersion": "1.1.0",\n    "code": 1234,\n    "msg": "potato",\n    "details": "d"\n}',
    );
    expect([typed.exitCode, typed.stderr]).toEqual([1, ""]);
    expect((await serveVerb("ADD", throwing(new TypeError("oops")))).document).toMatchObject({
      code: 999,
      msg: "oops",
    });
    expect((await serveVerb("ADD", throwing("text"))).document).toMatchObject({ code: 999, msg: "text" });
    expect((await serveVerb("ADD", throwing(new CniError("try_again_later", "wait")))).document).toMatchObject({
      code: 11,
      msg: "wait",
    });
    expect((await serveVerb("ADD", throwing(new CniError("cache_failure", "x")))).document).toMatchObject({
      code: 999,
      msg: "x",
    });
    const old = await serveVerb("ADD", throwing(new CniError("internal", "x")), { ...CONFIG, cniVersion: "0.4.0" });
    expect(old.document).toMatchObject({ cniVersion: "0.4.0", code: 999 });
  });

  it.each(["GC", "STATUS"])("case 51: %s is not there before 1.1.0", async (verb) => {
    const early = await serveVerb(verb, plain, { ...CONFIG, cniVersion: "1.0.0" });
    expect(early.document).toMatchObject({ code: 1, msg: `config version does not allow ${verb}` });
    const old = await serveVerb(verb, { ...plain, versions: ["1.0.0"] });
    expect(old.document).toMatchObject({ code: 1, msg: `plugin version does not allow ${verb}` });
    expect(await serveVerb(verb)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("case 51: CHECK is not there before 0.4.0", async () => {
    const early = await serveVerb("CHECK", plain, { ...CONFIG, cniVersion: "0.3.1" });
    expect(early.document).toMatchObject({ code: 1, msg: "config version does not allow CHECK" });
    const old = await serveVerb("CHECK", { ...plain, versions: ["0.3.1"] }, { ...CONFIG, cniVersion: "0.4.0" });
    expect(old.document).toMatchObject({ code: 1, msg: "plugin version does not allow CHECK" });
  });

  it("case 52: an ill-formed version is a failure to decode", async () => {
    expect((await serveVerb("CHECK", plain, { ...CONFIG, cniVersion: "adsf" })).document.code).toBe(6);
    const versions = ["bad.version" as "1.1.0"];
    expect((await serveVerb("CHECK", { ...plain, versions })).document.code).toBe(6);
  });

  it("case 10: a version that is not listed is refused with both sides", async () => {
    const plugin: Plugin = { ...plain, versions: ["4.3.2" as "1.1.0", "1.1.0"] };
    const { document } = await serveVerb("ADD", plugin, { name: "lab" });
    expect(document).toMatchObject({
      code: 1,
      msg: "incompatible CNI versions",
      details: 'config is "0.1.0", plugin supports ["4.3.2" "1.1.0"]',
    });
  });

  it.each([
    ["0.4.0", {}, '{"cniVersion":"0.4.0","dns":{}}'],
    [
      "1.0.0",
      { cniVersion: "1.1.0", interfaces: [{ name: "a", mtu: 9 }] },
      '{"cniVersion":"1.0.0","interfaces":[{"mtu":9,"name":"a"}]}',
    ],
    ["1.1.0", { cniVersion: "1.0.0" }, '{"cniVersion":"1.1.0"}'],
    ["0.3.1", { cniVersion: "0.4.0" }, '{"cniVersion":"0.3.1","dns":{}}'],
  ])("case 60: under %s takes the prevResult %j", async (cniVersion, prevResult, printed) => {
    const { stdout } = await serveVerb("ADD", plain, { ...CONFIG, cniVersion, prevResult });
    expect(JSON.stringify(JSON.parse(stdout))).toBe(printed);
  });

  it.each([
    ["1.1.0", { cniVersion: "0.2.0" }],
    ["1.1.0", { cniVersion: "5678.456" }],
    ["0.4.0", { cniVersion: "1.0.0" }],
    ["1.1.0", { ips: [{ address: "x" }] }],
  ])("case 60: under %s refuses the prevResult %j", async (cniVersion, prevResult) => {
    const { document } = await serveVerb("ADD", plain, { ...CONFIG, cniVersion, prevResult });
    expect(document).toMatchObject({ code: 6, msg: expect.stringMatching(/^could not parse prevResult: /) });
  });

  it("gives the handler what was asked", async () => {
    const seen: PluginRequest[] = [];
    const plugin: Plugin = {
      ...plain,
      gc: (request) => void seen.push(request),
      add: (request) => {
        seen.push(request);
        return { cniVersion: "1.1.0" };
      },
    };
    await serve(plugin, { ...VARIABLES, CNI_COMMAND: "ADD", CNI_ARGS: "A=1" }, { ...CONFIG, more: [1] });
    const list = [{ containerID: "c9", ifname: "net1" }];
    await serve(plugin, { CNI_COMMAND: "GC", CNI_PATH: "/" }, { ...CONFIG, "cni.dev/attachments": list });
    expect(seen[0]).toMatchObject({
      verb: "ADD",
      containerId: "c1",
      ifname: "eth0",
      netns: "/run/netns/none",
      args: [["A", "1"]],
      config: { ...CONFIG, more: [1] },
    });
    expect(seen[1]).toMatchObject({
      verb: "GC",
      containerId: "",
      netns: undefined,
      validAttachments: [{ containerId: "c9", ifname: "net1" }],
    });
  });

  itOnLinux("refuses its own namespace, unless told that it may", async () => {
    const own = { ...VARIABLES, CNI_NETNS: "/proc/self/ns/net" };
    const text = "plugin's netns and netns from CNI_NETNS should not be the same";
    expect((await serve(plain, { ...own, CNI_COMMAND: "ADD" })).document).toMatchObject({ code: 8, msg: text });
    expect((await serve(plain, { ...own, CNI_COMMAND: "DEL" })).document).toMatchObject({ code: 8 });
    for (const CNI_NETNS_OVERRIDE of ["1", "true", "TRUE"]) {
      expect((await serve(plain, { ...own, CNI_COMMAND: "ADD", CNI_NETNS_OVERRIDE })).exitCode).toBe(0);
    }
    expect((await serve(plain, { ...own, CNI_COMMAND: "ADD", CNI_NETNS: "/dev/null/x" })).exitCode).toBe(0);
  });

  it("refuses to print a result that nobody could read", async () => {
    const plugin: Plugin = { ...plain, add: () => ({ cniVersion: "1.1.0", ips: [{ address: "nowhere" }] }) };
    expect((await serveVerb("ADD", plugin)).document).toMatchObject({
      code: 999,
      msg: "/ips/0/address: invalid CIDR address: nowhere",
    });
  });
});

describe("delegates", () => {
  function setUp(fail: string): { readonly calls: string[]; readonly run: (verb: string) => Promise<Served> } {
    const calls: string[] = [];
    const ipam: Plugin = {
      ...plain,
      add(request) {
        calls.push(`${request.verb} ${request.rawConfig} ${request.args.join()}`);
        if (fail === "ipam") throw new CniError("plugin_specific", "no address", { number: 120, text: "all taken" });
        return { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] };
      },
      del(request) {
        calls.push(request.verb);
        if (fail === "del") throw new TypeError("stuck");
      },
      check: (request) => void calls.push(request.verb),
      gc: (request) => void calls.push(request.verb),
      status: (request) => void calls.push(request.verb),
    };
    const main: Plugin = {
      ...plain,
      async add({ delegate }) {
        const result = await delegate("ipam").add();
        if (fail === "main" || fail === "del") throw new CniError("io_failure", "no link");
        return result;
      },
      del: ({ delegate }) => delegate("ipam").del(),
      check: ({ delegate }) => delegate("ipam").check(),
      gc: ({ delegate }) => delegate("ipam").gc(),
      status: ({ delegate }) => delegate("ipam").status(),
    };
    const exec = createPluginExec({ ipam });
    const io: Omit<PluginIo, "environment"> = {
      readStdin: () => JSON.stringify(CONFIG),
      delegates: (context) => createDelegates(context, async () => exec),
    };
    const run = async (verb: string): Promise<Served> => {
      const output = await servePlugin(main, {
        ...io,
        environment: { ...VARIABLES, CNI_COMMAND: verb, CNI_ARGS: "A=1", CNI_PATH: "/none" },
      });
      return { ...output, document: output.stdout === "" ? {} : JSON.parse(output.stdout) };
    };
    return { calls, run };
  }

  it("case 46: get the whole input and the same variables, but their own verb", async () => {
    const { calls, run } = setUp("");
    expect((await run("ADD")).document).toEqual({ cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] });
    for (const verb of ["DEL", "CHECK", "GC", "STATUS"]) expect((await run(verb)).exitCode).toBe(0);
    expect(calls).toEqual([`ADD ${JSON.stringify(CONFIG)} A,1`, "DEL", "CHECK", "GC", "STATUS"]);
  });

  it("have their error passed on unchanged, after their own DEL", async () => {
    const { calls, run } = setUp("ipam");
    expect((await run("ADD")).document).toEqual({
      cniVersion: "1.1.0",
      code: 120,
      msg: "no address",
      details: "all taken",
    });
    expect(calls.slice(1)).toEqual(["DEL"]);
  });

  it("are deleted when the plugin fails behind them", async () => {
    const { calls, run } = setUp("main");
    expect((await run("ADD")).document).toMatchObject({ code: 5, msg: "no link" });
    expect(calls.slice(1)).toEqual(["DEL"]);
    const stuck = await setUp("del").run("ADD");
    expect(stuck.document).toMatchObject({ code: 5 });
    expect(stuck.stderr).toContain("while undoing a delegate: CniError: [plugin_failed]");
  });
});

describe("createPluginExec", () => {
  const later: Plugin = {
    ...plain,
    add: ({ containerId }) => ({ cniVersion: "1.1.0", interfaces: [{ name: containerId }] }),
    del: () => {
      throw new CniError("try_again_later", "later");
    },
  };
  for (const { name, run } of execContract(() => ({
    exec: createPluginExec({ plug: later }),
    dirs: ["/none"],
    type: "plug",
  }))) {
    it(name, run);
  }

  it("hands other types to the fallback", async () => {
    const exec = createPluginExec({ outer: plain }, createPluginExec({ inner: later }));
    expect(await exec.find("inner", ["/none"])).toBe("in-process:/inner");
    const { stdout } = await exec.run({
      path: "in-process:/inner",
      stdin: JSON.stringify(CONFIG),
      cni: { ...VARIABLES, CNI_COMMAND: "ADD" },
    });
    expect(JSON.parse(stdout)).toMatchObject({ interfaces: [{ name: "c1" }] });
  });
});

describe("pluginContract", () => {
  for (const { name, run } of pluginContract(() => plain)) it(name, run);

  it.each([
    ["fails at DEL", { ...plain, del: () => Promise.reject(new TypeError("gone")) }, "end of the first DEL"],
    ["fails at ADD", { ...plain, add: () => Promise.reject(new TypeError("no")) }, "end of ADD"],
  ] as readonly (readonly [string, Plugin, string])[])("finds a plugin that %s", async (_, plugin, what) => {
    const ends = await Promise.allSettled(pluginContract(() => plugin).map(async ({ run }) => run()));
    const reasons = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
    expect(reasons.some((reason) => reason.includes(what))).toBe(true);
  });
});
