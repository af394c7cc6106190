import { CniError, type CniResult, type JsonObject, type NetworkConfigList } from "@netmason/cni";
import {
  type Attachment,
  type Cni,
  type CniEvent,
  type CniOptions,
  createCni,
  type ExecCall,
  type ExecResult,
} from "@netmason/cni/node";
import { createFakeExec, createMemoryCache, type FakeExec } from "@netmason/cni/testing";
import { describe, expect, it } from "vitest";

const ATTACHMENT: Attachment = { containerId: "cid", ifname: "eth0", netns: "/run/netns/cid" };

/** Each plugin adds its own interface to what it got. */
function answerAdd({ type, stdin }: ExecCall & { readonly type: string }): Partial<ExecResult> {
  const { cniVersion, prevResult } = JSON.parse(stdin) as {
    cniVersion: string;
    prevResult?: { interfaces?: object[] };
  };
  const interfaces = [...(prevResult?.interfaces ?? []), { name: type }];
  return { stdout: JSON.stringify({ cniVersion, interfaces }) };
}

type Answer = Parameters<typeof createFakeExec>[0];

function setUp(
  answer: Answer = answerAdd,
  options: Partial<CniOptions> = {},
): { exec: FakeExec; cni: Cni; events: CniEvent[] } {
  const exec = createFakeExec(answer);
  const events: CniEvent[] = [];
  const now = (): number => 0;
  const cni = createCni({
    pluginDirs: ["/a", "/b"],
    exec,
    cache: createMemoryCache(),
    onEvent: (event) => events.push(event),
    now,
    ...options,
  });
  return { exec, cni, events };
}

function listOf(cniVersion: string, more: object = {}): NetworkConfigList {
  return { name: "lab", cniVersion, plugins: [{ type: "p1" }, { type: "p2" }, { type: "p3" }], ...more };
}

const verbs = ({ calls }: FakeExec): string[] => calls.map(({ path, cni }) => `${cni.CNI_COMMAND} ${path.slice(6)}`);
const inputs = ({ calls }: FakeExec): JsonObject[] => calls.map(({ stdin }) => JSON.parse(stdin) as JsonObject);
const namesOf = (result: unknown): unknown =>
  (result as { interfaces?: { name: string }[] } | undefined)?.interfaces?.map(({ name }) => name);

/** Fails one call, answers the others. */
function failing(type: string, verb: string, end: Partial<ExecResult>): Answer {
  return (call) => (call.type === type && call.cni.CNI_COMMAND === verb ? { exitCode: 1, ...end } : answerAdd(call));
}

const REFUSAL = '{"cniVersion":"1.0.0","code":107,"msg":"no","details":"because"}';

describe("ADD", () => {
  it("case 27: hands each result to the next plugin", async () => {
    const { cni, exec } = setUp();
    const result = await cni.add(listOf("1.0.0"), ATTACHMENT);
    expect(namesOf(result)).toEqual(["p1", "p2", "p3"]);
    expect(verbs(exec)).toEqual(["ADD p1", "ADD p2", "ADD p3"]);
    expect(inputs(exec).map(({ prevResult }) => namesOf(prevResult))).toEqual([undefined, ["p1"], ["p1", "p2"]]);
  });

  it("case 30: stops at the plugin that fails, and leaves nothing in the cache", async () => {
    const { cni, exec } = setUp(failing("p2", "ADD", { stdout: REFUSAL, stderr: "log" }));
    const error = await cni.add(listOf("1.0.0"), ATTACHMENT, { rollback: false }).catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: "plugin_failed",
      details: {
        plugin: "p2",
        verb: "ADD",
        network: "lab",
        specCode: 107,
        specMsg: "no",
        specDetails: "because",
        exitCode: 1,
        stderr: "log",
      },
    });
    expect((error as Error).message).toBe('[plugin_failed] plugin type="p2" network="lab" failed (ADD): no; because');
    expect(verbs(exec)).toEqual(["ADD p1", "ADD p2"]);
    expect(await cni.list()).toEqual([]);
  });

  it("deletes the whole chain again when a plugin fails, with the last good result, and tells what went wrong there", async () => {
    const { cni, exec, events } = setUp((call) =>
      call.cni.CNI_COMMAND === "DEL" && call.type === "p3"
        ? { exitCode: 1, stderr: "stuck" }
        : failing("p2", "ADD", { stdout: REFUSAL })(call),
    );
    const error = (await cni
      .add(listOf("1.0.0"), ATTACHMENT)
      .catch((each: unknown) => each)) as CniError<"plugin_failed">;
    expect(verbs(exec)).toEqual(["ADD p1", "ADD p2", "DEL p3", "DEL p2", "DEL p1"]);
    expect(
      inputs(exec)
        .slice(2)
        .map(({ prevResult }) => namesOf(prevResult)),
    ).toEqual([["p1"], ["p1"], ["p1"]]);
    expect(error.details.specCode).toBe(107);
    expect(error.details.rollback).toMatchObject([
      { code: "plugin_failed", details: { plugin: "p3", stderr: "stuck" } },
    ]);
    expect(events.filter(({ kind }) => kind === "rollback")).toHaveLength(1);
    expect(cni.metrics()).toMatchObject({
      addCount: 1,
      addFailureCount: 1,
      rollbackCount: 1,
      pluginCallCount: 5,
      pluginFailureCount: 2,
      pendingCount: 0,
    });
  });

  it("leaves a live attachment and its entry alone when it is added again in vain", async () => {
    let added = 0;
    const { cni, exec, events } = setUp((call) =>
      call.type === "p2" && call.cni.CNI_COMMAND === "ADD" && ++added > 1
        ? { exitCode: 1, stdout: REFUSAL }
        : answerAdd(call),
    );
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    const before = await cni.list();
    const error = (await cni.add(listOf("1.0.0"), ATTACHMENT).catch((each: unknown) => each)) as CniError;
    expect(error).toMatchObject({ code: "plugin_failed", details: { plugin: "p2", specCode: 107 } });
    expect(error.details).not.toHaveProperty("rollback");
    expect(verbs(exec).slice(3)).toEqual(["ADD p1", "ADD p2"]);
    expect(before).toHaveLength(1);
    expect(await cni.list()).toEqual(before);
    expect(events.filter(({ kind }) => kind === "rollback")).toEqual([]);
    // Another interface of the container is an attachment of its own.
    await cni.add(listOf("1.0.0"), { ...ATTACHMENT, ifname: "eth1" }).catch(() => {});
    expect(verbs(exec).slice(5)).toEqual(["ADD p1", "ADD p2", "DEL p3", "DEL p2", "DEL p1"]);
  });

  it("rolls back when the signal aborts, whose reason it throws", async () => {
    const controller = new AbortController();
    const { cni, exec } = setUp((call) => {
      if (call.type === "p2") controller.abort("enough");
      return answerAdd(call);
    });
    await expect(cni.add(listOf("1.0.0"), ATTACHMENT, { signal: controller.signal })).rejects.toBe("enough");
    expect(verbs(exec)).toEqual(["ADD p1", "ADD p2", "DEL p3", "DEL p2", "DEL p1"]);
    expect(await cni.list()).toEqual([]);
  });

  it.each([
    ["a CniError", new CniError("cache_failure", "disk full"), "disk full"],
    ["anything else", new TypeError("disk full"), "the attachment cannot be remembered: TypeError: disk full"],
  ])("undoes what cannot be remembered, and tells what went wrong there (%s)", async (_, cause, msg) => {
    const put = (): Promise<void> => Promise.reject(cause);
    const answer = failing("p2", "DEL", { stderr: "stuck" });
    const { cni, exec } = setUp(answer, { cache: { ...createMemoryCache(), put } });
    const error = await cni.add(listOf("1.0.0"), ATTACHMENT).catch((each: unknown) => each);
    const rollback = [{ code: "plugin_failed", details: { plugin: "p2", stderr: "stuck" } }];
    expect(error).toMatchObject({ code: "cache_failure", msg, details: { rollback } });
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2", "DEL p1"]);
  });

  it("tells what went wrong while it undid a chain whose second plugin is not there", async () => {
    const exec = createFakeExec(failing("p1", "DEL", { stderr: "stuck" }));
    const find: typeof exec.find = async (type, dirs) => {
      if (type === "p2") throw new CniError("plugin_not_found", "gone");
      return exec.find(type, dirs);
    };
    const { cni } = setUp(answerAdd, { exec: { ...exec, find } });
    const error = await cni.add(listOf("1.0.0"), ATTACHMENT).catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: "plugin_not_found",
      details: { rollback: [{ code: "plugin_not_found" }, { code: "plugin_failed", details: { plugin: "p1" } }] },
    });
  });

  it("runs nothing when it is aborted before", async () => {
    const { cni, exec } = setUp();
    await expect(cni.add(listOf("1.0.0"), ATTACHMENT, { signal: AbortSignal.abort("early") })).rejects.toBe("early");
    expect(exec.calls).toEqual([]);
  });

  it("deletes nothing when no plugin was run", async () => {
    const exec = createFakeExec(answerAdd);
    const find: typeof exec.find = async (type, dirs) => {
      if (type === "p1") throw new CniError("plugin_not_found", "gone");
      return exec.find(type, dirs);
    };
    const { cni } = setUp(answerAdd, { exec: { ...exec, find } });
    await expect(cni.add(listOf("1.0.0"), ATTACHMENT)).rejects.toMatchObject({ code: "plugin_not_found" });
    expect(exec.calls).toEqual([]);
  });

  it("case 43: takes the configuration's version for a result without one", async () => {
    const answer = (): Partial<ExecResult> => ({ stdout: '{"interfaces":[{"name":"a"}]}' });
    expect((await setUp(answer).cni.add(listOf("0.4.0"), ATTACHMENT)).cniVersion).toBe("0.4.0");
    const withoutVersion = await setUp(answer).cni.add({ name: "lab", plugins: [{ type: "p1" }] }, ATTACHMENT);
    expect(withoutVersion).toEqual({ cniVersion: "0.1.0", dns: {} });
  });

  it("converts a result of another version and warns of it", async () => {
    const { cni, exec, events } = setUp(() => ({
      stdout: '{"cniVersion":"0.3.1","ips":[{"version":"4","address":"10.0.0.2/8"}]}',
    }));
    const result = await cni.add(listOf("1.1.0"), ATTACHMENT);
    expect(result).toEqual({ cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] });
    expect(inputs(exec)[1]?.prevResult).toEqual(result);
    const warnings = events.filter((event) => event.kind === "warning");
    expect(warnings.map(({ issue }) => issue.message)[0]).toBe("plugin p1 answered in version 0.3.1 instead of 1.1.0");
    expect(cni.metrics().warningCount).toBe(3);
  });

  it.each([
    ["", "Unexpected end"],
    ["[]", "expected an object"],
    ['{"cniVersion":"9.9.9"}', 'unsupported CNI result version "9.9.9"'],
    ['{"cniVersion":"1.0.0"}{"cniVersion":"1.0.0"}', "cannot be read"],
  ])("refuses the output %j", async (stdout, why) => {
    const { cni } = setUp(() => ({ stdout }));
    const error = await cni.add(listOf("1.0.0"), ATTACHMENT).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "plugin_output", details: { plugin: "p1", stdout, exitCode: 0 } });
    expect((error as Error).message).toContain(why);
  });

  it("case 46: passes all six variables, and IgnoreUnknown before the arguments", async () => {
    const { cni, exec } = setUp();
    const args = [
      ["K1", "V1"],
      ["K2", "V2"],
    ] as const;
    await cni.add({ ...listOf("1.0.0"), plugins: [{ type: "p1" }] }, { ...ATTACHMENT, args });
    expect(exec.calls[0]?.cni).toEqual({
      CNI_COMMAND: "ADD",
      CNI_CONTAINERID: "cid",
      CNI_NETNS: "/run/netns/cid",
      CNI_IFNAME: "eth0",
      CNI_ARGS: "IgnoreUnknown=1;K1=V1;K2=V2",
      CNI_PATH: "/a:/b",
    });
    await cni.add(listOf("1.0.0"), { ...ATTACHMENT, args: [["IgnoreUnknown", "0"]] });
    expect(exec.calls[1]?.cni.CNI_ARGS).toBe("IgnoreUnknown=0");
  });
});

describe("DEL", () => {
  it("case 28: goes backwards with the final result", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("0.4.0"), ATTACHMENT);
    await cni.del(listOf("0.4.0"), ATTACHMENT);
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2", "DEL p1"]);
    expect(
      inputs(exec)
        .slice(3)
        .map(({ prevResult }) => namesOf(prevResult)),
    ).toEqual(Array(3).fill(["p1", "p2", "p3"]));
    expect(await cni.list()).toEqual([]);
  });

  it("case 28: has no prevResult before 0.4.0", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("0.3.1"), ATTACHMENT);
    await cni.del(listOf("0.3.1"), ATTACHMENT);
    expect(
      inputs(exec)
        .slice(3)
        .map(({ prevResult }) => prevResult),
    ).toEqual([undefined, undefined, undefined]);
  });

  it("case 31: stops at the plugin that fails and keeps the entry", async () => {
    const { cni, exec } = setUp(failing("p2", "DEL", { stdout: REFUSAL }));
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    await expect(cni.del(listOf("1.0.0"), ATTACHMENT)).rejects.toMatchObject({ code: "plugin_failed" });
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2"]);
    expect(await cni.list()).toHaveLength(1);
  });

  it("goes on after errors when told to, and keeps the entry", async () => {
    const { cni, exec } = setUp(failing("p2", "DEL", { stdout: REFUSAL }));
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    const error = await cni.del(listOf("1.0.0"), ATTACHMENT, { continueOnError: true }).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toMatchObject([{ details: { plugin: "p2", specCode: 107 } }]);
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2", "DEL p1"]);
    expect(await cni.list()).toHaveLength(1);
  });

  it("case 32: succeeds again, then without prevResult", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    await cni.del(listOf("1.0.0"), ATTACHMENT);
    await cni.del(listOf("1.0.0"), ATTACHMENT);
    expect(
      inputs(exec)
        .slice(6)
        .map(({ prevResult }) => prevResult),
    ).toEqual([undefined, undefined, undefined]);
  });

  it("stops where it is aborted and keeps the entry", async () => {
    const controller = new AbortController();
    const { cni, exec } = setUp((call) => {
      if (call.cni.CNI_COMMAND === "DEL") controller.abort("enough");
      return answerAdd(call);
    });
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    await expect(
      cni.del(listOf("1.0.0"), ATTACHMENT, { signal: controller.signal, continueOnError: true }),
    ).rejects.toBe("enough");
    expect(verbs(exec).slice(3)).toEqual(["DEL p3"]);
    expect(await cni.list()).toHaveLength(1);
  });
});

describe("CHECK", () => {
  it("case 29: goes forwards with the final result", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("0.4.0"), ATTACHMENT);
    await cni.check(listOf("1.1.0"), ATTACHMENT);
    expect(verbs(exec).slice(3)).toEqual(["CHECK p1", "CHECK p2", "CHECK p3"]);
    const passed = inputs(exec)
      .slice(3)
      .map(({ prevResult }) => prevResult as CniResult);
    expect(passed.map(namesOf)).toEqual(Array(3).fill(["p1", "p2", "p3"]));
    expect(passed.map(({ cniVersion }) => cniVersion)).toEqual(Array(3).fill("1.1.0"));
  });

  it("case 33: is not there before 0.4.0, also when it is disabled", async () => {
    const { cni, exec } = setUp();
    const text = '[check_not_supported] configuration version "0.3.1" does not support the CHECK command';
    await expect(cni.check(listOf("0.3.1", { disableCheck: true }), ATTACHMENT)).rejects.toThrow(text);
    await cni.check(listOf("0.4.0", { disableCheck: true }), ATTACHMENT);
    expect(exec.calls).toEqual([]);
  });

  it("throws the first error", async () => {
    const { cni, exec } = setUp(failing("p2", "CHECK", { stdout: REFUSAL }));
    await expect(cni.check(listOf("1.0.0"), ATTACHMENT)).rejects.toMatchObject({ details: { specCode: 107 } });
    expect(verbs(exec)).toEqual(["CHECK p1", "CHECK p2"]);
  });
});

describe("GC", () => {
  const id = { containerId: "cid", ifname: "eth0" };
  const sent = [{ containerID: "cid", ifname: "eth0" }];

  it("case 37: leaves what is valid and asks each plugin once", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("1.1.0"), ATTACHMENT);
    expect(await cni.gc(listOf("1.1.0"), [id])).toEqual([]);
    expect(verbs(exec).slice(3)).toEqual(["GC p1", "GC p2", "GC p3"]);
    expect(inputs(exec)[3]).toMatchObject({
      "cni.dev/valid-attachments": sent,
      "cni.dev/attachments": sent,
      name: "lab",
      cniVersion: "1.1.0",
    });
    expect(exec.calls[3]?.cni).toEqual({
      CNI_COMMAND: "GC",
      CNI_CONTAINERID: "",
      CNI_NETNS: "",
      CNI_IFNAME: "",
      CNI_ARGS: "",
      CNI_PATH: "/a:/b",
    });
  });

  it("case 37: deletes what is not valid first, with what is remembered of it", async () => {
    const { cni, exec } = setUp();
    const plugins = [{ type: "p1", capabilities: { mac: true } }];
    const network = listOf("1.1.0", { plugins });
    await cni.add(network, { ...ATTACHMENT, args: [["K", "V"]], capabilityArgs: { mac: "m" } });
    await cni.add({ ...network, name: "other" }, ATTACHMENT);
    const deleted = await cni.gc(network, [{ containerId: "cid", ifname: "net1" }]);
    expect(deleted.map(({ attachment }) => attachment.containerId)).toEqual(["cid"]);
    expect(verbs(exec).slice(2)).toEqual(["DEL p1", "GC p1"]);
    expect(exec.calls[2]?.cni).toMatchObject({ CNI_NETNS: "/run/netns/cid", CNI_ARGS: "IgnoreUnknown=1;K=V" });
    expect(inputs(exec)[2]).toMatchObject({ runtimeConfig: { mac: "m" } });
    expect((await cni.list()).map(({ network: { name } }) => name)).toEqual(["other"]);
  });

  it("sends an empty list when nothing is valid, and looks only when it is a dry run", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("1.1.0"), ATTACHMENT);
    expect(await cni.gc(listOf("1.1.0"), "remove_all", { dryRun: true })).toHaveLength(1);
    expect(exec.calls).toHaveLength(3);
    expect(await cni.gc(listOf("1.1.0"), "remove_all")).toHaveLength(1);
    expect(inputs(exec).at(-1)?.["cni.dev/valid-attachments"]).toEqual([]);
  });

  it("deletes before 1.1.0 too, and then asks nobody", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    await cni.gc(listOf("1.0.0"), []);
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2", "DEL p1"]);
  });

  it("case 38: does nothing when it is disabled", async () => {
    const { cni, exec } = setUp();
    await cni.add(listOf("1.1.0"), ATTACHMENT);
    expect(await cni.gc(listOf("1.1.0", { disableGC: true }), [])).toEqual([]);
    expect(exec.calls).toHaveLength(3);
  });

  it("case 39: goes on after errors and tells all of them", async () => {
    const { cni, exec } = setUp((call) =>
      call.cni.CNI_COMMAND === "ADD"
        ? answerAdd(call)
        : failing("p2", call.cni.CNI_COMMAND ?? "", { stdout: REFUSAL })(call),
    );
    await cni.add(listOf("1.1.0"), ATTACHMENT);
    const error = (await cni.gc(listOf("1.1.0"), []).catch((each: unknown) => each)) as CniError<"gc_failed">;
    expect(verbs(exec).slice(3)).toEqual(["DEL p3", "DEL p2", "GC p1", "GC p2", "GC p3"]);
    expect(error.code).toBe("gc_failed");
    expect((error.cause as AggregateError).errors.map(({ details }) => details.verb)).toEqual(["DEL", "GC"]);
    expect(await cni.list()).toHaveLength(1);
  });
});

describe("STATUS, VERSION and validate", () => {
  it("case 40: the first plugin that is not ready decides", async () => {
    const { cni, exec } = setUp(failing("p2", "STATUS", { stdout: '{"code":50,"msg":"not yet"}' }));
    await expect(cni.status(listOf("1.1.0"))).rejects.toMatchObject({ details: { specCode: 50, plugin: "p2" } });
    expect(verbs(exec)).toEqual(["STATUS p1", "STATUS p2"]);
    await cni.status(listOf("1.0.0"));
    expect(exec.calls).toHaveLength(2);
  });

  it.each([
    ["1.1.0", [0]],
    ["broken", [0, 1, 2]],
    [undefined, [0, 1]],
  ])("case 41: version %j has %j against it", async (cniVersion, against) => {
    const supported = { p1: ["0.3.1"], p2: ["1.0.0", "1.1.0"], p3: ["0.1.0", "1.1.0"] };
    const { cni } = setUp(({ type }) => ({
      stdout: JSON.stringify({ cniVersion: "1.1.0", supportedVersions: supported[type as "p1"] }),
    }));
    const issues = await cni.validate({ ...listOf(""), ...(cniVersion === undefined ? {} : { cniVersion }) });
    expect(issues.map(({ path, rule }) => `${path} ${rule}`)).toEqual(against.map((i) => `/plugins/${i}/type version`));
  });

  it("case 41: tells plugins that are not there", async () => {
    const { cni } = setUp(answerAdd, { pluginDirs: [] });
    expect((await cni.validate(listOf("1.0.0"))).map(({ rule, message }) => [rule, message])).toEqual(
      Array(3).fill(["unavailable", "no paths provided"]),
    );
  });

  it.each([
    ['{"cniVersion":"0.2.0"}', ["0.1.0", "0.2.0"]],
    ['{"cniVersion":"1.0.0","supportedVersions":["0.4.0"]}', ["0.4.0"]],
  ])("case 8: reads %s", async (stdout, versions) => {
    const { cni, exec } = setUp(() => ({ stdout }));
    expect(await cni.versions("p1")).toEqual(versions);
    expect(exec.calls[0]?.stdin).toBe('{"cniVersion":"1.1.0"}');
    expect(exec.calls[0]?.cni).toMatchObject({
      CNI_COMMAND: "VERSION",
      CNI_NETNS: "dummy",
      CNI_IFNAME: "dummy",
      CNI_PATH: "dummy",
    });
  });

  it.each([
    ['{"cniVersion":"0.3.0"}', "missing field supportedVersions"],
    ['{"supportedVersions":["0.4.0"]}', "missing field cniVersion"],
    ["[]", "not an object"],
    ["x", "not JSON"],
    ['{"cniVersion":"1.0.0","supportedVersions":[1]}', "not a list of texts"],
  ])("case 8: refuses %s", async (stdout, why) => {
    await expect(setUp(() => ({ stdout })).cni.versions("p1")).rejects.toThrow(why);
  });

  it("case 44: a plugin from before VERSION speaks 0.1.0", async () => {
    const answer =
      (msg: string): Answer =>
      () => ({ exitCode: 1, stdout: JSON.stringify({ code: 1, msg }) });
    expect(await setUp(answer("unknown CNI_COMMAND: VERSION")).cni.versions("p1")).toEqual(["0.1.0"]);
    await expect(setUp(answer("unknown CNI_COMMAND: VERSION!")).cni.versions("p1")).rejects.toMatchObject({
      code: "plugin_failed",
    });
  });
});

describe("every verb", () => {
  const bad: readonly (readonly [string, NetworkConfigList, Attachment])[] = [
    ["invalid_config", listOf("1.1.0", { name: "../x" }), ATTACHMENT],
    ["unsupported_version", listOf("1.2.3"), ATTACHMENT],
    ["invalid_config", { name: "lab", cniVersion: "1.1.0" }, ATTACHMENT],
    ["invalid_environment", listOf("1.1.0"), { ...ATTACHMENT, containerId: "../x" }],
    ["unknown_container", listOf("1.1.0"), { ...ATTACHMENT, containerId: "" }],
    ["invalid_environment", listOf("1.1.0"), { ...ATTACHMENT, ifname: "a/b" }],
    ["invalid_environment", listOf("1.1.0"), { ...ATTACHMENT, args: [["A", "1;B=2"]] }],
  ];
  it.each(bad)("checks names and versions first: %s", async (code, network, attachment) => {
    const { cni, exec } = setUp();
    await expect(cni.add(network, attachment)).rejects.toMatchObject({ code });
    await expect(cni.del(network, attachment)).rejects.toMatchObject({ code });
    await expect(cni.check(network, attachment)).rejects.toMatchObject({ code });
    if (attachment === ATTACHMENT) {
      await expect(cni.gc(network, [])).rejects.toMatchObject({ code });
      await expect(cni.status(network)).rejects.toMatchObject({ code });
    }
    expect(exec.calls).toEqual([]);
  });

  it("tells of calls in order, and bears an observer that throws", async () => {
    const seen: string[] = [];
    const { cni } = setUp(answerAdd, {
      onEvent: (event) => {
        seen.push(event.kind === "call" ? `${event.verb} ${event.plugin} ${event.containerId}` : event.kind);
        throw new TypeError("observer");
      },
    });
    await cni.add(listOf("1.0.0"), ATTACHMENT);
    expect(seen).toEqual(["ADD p1 cid", "ADD p2 cid", "ADD p3 cid"]);
  });

  it("runs one at a time for a container, in the order of the calls, and GC alone", async () => {
    const log: string[] = [];
    const { cni } = setUp(async (call) => {
      const name = `${call.cni.CNI_COMMAND} ${call.cni.CNI_CONTAINERID}`;
      log.push(`> ${name}`);
      await Promise.resolve();
      log.push(`< ${name}`);
      return answerAdd(call);
    });
    const network = listOf("1.1.0", { plugins: [{ type: "p1" }] });
    const of = (containerId: string): Attachment => ({ ...ATTACHMENT, containerId });
    const valid = ["a", "b"].map((containerId) => ({ containerId, ifname: "eth0" }));
    await Promise.all([
      cni.add(network, of("a")),
      cni.del(network, of("a")),
      cni.add(network, of("b")),
      cni.gc(network, valid),
      cni.check(network, of("b")),
    ]);
    expect(log.filter((line) => line.includes(" a"))).toEqual(["> ADD a", "< ADD a", "> DEL a", "< DEL a"]);
    const gc = log.indexOf("> GC ");
    expect(log[gc + 1]).toBe("< GC ");
    expect(log.slice(gc + 2)).toEqual(["> CHECK b", "< CHECK b"]);
    expect(log.indexOf("> ADD b")).toBeLessThan(log.indexOf("> DEL a"));
  });
});
