import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CniResult, createNumber, type Issue, type JsonObject } from "@netmason/cni";
import { type Cni, type CniEvent, type CniWarning, createCni, createFileCache } from "@netmason/cni/node";
import { cacheContract, createFakeExec, createMemoryCache, type FakeExec } from "@netmason/cni/testing";
import { expect, it } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const NETWORK = { name: "lab", cniVersion: "1.1.0", plugins: [{ type: "p1" }] };
const ATTACHMENT = { containerId: "cid", ifname: "eth0", netns: "/n" };
const ID = { containerId: "cid", ifname: "eth0" };
const RESULT: CniResult = { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] };

describeOnLinux("createFileCache", () => {
  for (const { name, run } of cacheContract(() => createFileCache({ dir: temporaryFolder() }))) it(name, run);

  it("case 36: writes libcni's file", async () => {
    const dir = temporaryFolder();
    const network = { name: "lab", big: createNumber("9007199254740993"), plugins: [{ type: "p1" }] };
    const attachment = { ...ATTACHMENT, args: [["A", "1"]] as const, capabilityArgs: { other: 1, mac: "m" } };
    await createFileCache({ dir }).put({ network, attachment, result: RESULT });
    expect(readdirSync(dir)).toEqual(["results"]);
    expect(readdirSync(join(dir, "results"))).toEqual(["lab-cid-eth0"]);
    const file = join(dir, "results/lab-cid-eth0");
    expect([statSync(file).mode & 0o777, statSync(join(dir, "results")).mode & 0o777]).toEqual([0o600, 0o700]);
    const config = Buffer.from('{"name":"lab","big":9007199254740993,"plugins":[{"type":"p1"}]}\n').toString("base64");
    expect(readFileSync(file, "utf8")).toBe(
      `{"kind":"cniCacheV1","containerId":"cid","config":"${config}","ifName":"eth0","networkName":"lab","netns":"/n",` +
        '"cniArgs":[["A","1"]],"capabilityArgs":{"mac":"m","other":1},"result":{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.2/8"}]}}',
    );
  });

  it("leaves out what is empty", async () => {
    const dir = temporaryFolder();
    await createFileCache({ dir }).put({
      network: NETWORK,
      attachment: { ...ID, args: [], capabilityArgs: {}, netns: "" },
    });
    expect(Object.keys(JSON.parse(readFileSync(join(dir, "results/lab-cid-eth0"), "utf8")))).toEqual([
      "kind",
      "containerId",
      "config",
      "ifName",
      "networkName",
    ]);
  });

  it("refuses the place of another attachment", async () => {
    const cache = createFileCache({ dir: temporaryFolder() });
    const other = { network: { ...NETWORK, name: "a" }, attachment: { containerId: "b-c", ifname: "eth0" } };
    await cache.put(other);
    const mine = { network: { ...NETWORK, name: "a-b" }, attachment: { containerId: "c", ifname: "eth0" } };
    await expect(cache.put(mine)).rejects.toThrow(
      /^\[cache_failure\] .*a-b-c-eth0 already holds network a, container b-c, interface eth0/,
    );
    await expect(cache.get("a-b", mine.attachment)).rejects.toMatchObject({ code: "cache_failure" });
    await cache.delete("a-b", mine.attachment);
    expect(await cache.list()).toEqual([other]);
  });

  it.each([
    "",
    "{",
    "[]",
    '{"kind":"cniCacheV1"}',
    '{"kind":"cniCacheV1","containerId":"c","ifName":"e","networkName":"n","config":"!!"}',
  ])("takes a file of %j as absent, warns, and writes over it", async (text) => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, "results"));
    writeFileSync(join(dir, "results/lab-cid-eth0"), text);
    const issues: Issue[] = [];
    const onEvent = ({ issue }: CniWarning): void => {
      issues.push(issue);
      throw new RangeError("what an observer throws changes nothing");
    };
    const cache = createFileCache({ dir, onEvent });
    expect([await cache.get("lab", ID), await cache.list()]).toEqual([undefined, []]);
    expect(issues.map(({ rule, file }) => [rule, file])).toEqual(
      Array(2).fill(["syntax", join(dir, "results/lab-cid-eth0")]),
    );
    await cache.put({ network: NETWORK, attachment: ATTACHMENT, result: RESULT });
    expect(await cache.get("lab", ID)).toEqual({ network: NETWORK, attachment: ATTACHMENT, result: RESULT });
  });

  it("refuses names that would lead out of its folder", async () => {
    const cache = createFileCache({ dir: temporaryFolder() });
    await expect(cache.get("../x", ID)).rejects.toMatchObject({ code: "invalid_config" });
    await expect(cache.delete("lab", { ...ID, containerId: ".." })).rejects.toMatchObject({
      code: "invalid_environment",
    });
    await expect(cache.get("lab", { ...ID, ifname: "a/b" })).rejects.toMatchObject({ code: "invalid_environment" });
  });

  it("says so when it cannot write", async () => {
    const dir = join(temporaryFolder(), "file");
    writeFileSync(dir, "");
    await expect(createFileCache({ dir }).put({ network: NETWORK, attachment: ATTACHMENT })).rejects.toMatchObject({
      code: "cache_failure",
    });
  });
});

describeOnLinux("createMemoryCache", () => {
  for (const { name, run } of cacheContract(() => createMemoryCache())) it(name, run);
});

describeOnLinux("what a runtime does with a cache file", () => {
  interface Subject {
    readonly cni: Cni;
    readonly exec: FakeExec;
    readonly file: string;
    readonly warnings: string[];
    readonly previous: () => (JsonObject | undefined)[];
  }
  function setUp(text: string): Subject {
    const dir = temporaryFolder();
    const file = join(dir, "results/lab-cid-eth0");
    mkdirSync(join(dir, "results"));
    writeFileSync(file, text);
    const exec = createFakeExec(() => ({ stdout: "{}" }));
    const warnings: string[] = [];
    const onEvent = (event: CniEvent): void => {
      if (event.kind === "warning") warnings.push(event.issue.message);
    };
    const cni = createCni({ pluginDirs: ["/p"], exec, cache: createFileCache({ dir, onEvent }) });
    const previous = (): (JsonObject | undefined)[] =>
      exec.calls.map(({ stdin }) => (JSON.parse(stdin) as { prevResult?: JsonObject }).prevResult);
    return { cni, exec, file, warnings, previous };
  }

  it.each(["garbage", ""])("case 34: DEL with %j succeeds without prevResult, and the file is gone", async (text) => {
    const { cni, file, previous } = setUp(text);
    await cni.del(NETWORK, ATTACHMENT);
    expect([previous(), existsSync(file)]).toEqual([[undefined], false]);
  });

  it("case 34, on purpose other than libcni: CHECK with garbage runs without prevResult and warns", async () => {
    const { cni, previous, warnings } = setUp("garbage");
    await cni.check(NETWORK, ATTACHMENT);
    expect([previous(), warnings.length]).toEqual([[undefined], 1]);
  });

  it("case 35: a bare result is converted to the configuration's version", async () => {
    const { cni, previous } = setUp('{"cniVersion":"0.3.1","ips":[{"version":"4","address":"10.0.0.2/8"}],"dns":{}}');
    await cni.check(NETWORK, ATTACHMENT);
    expect(previous()).toEqual([{ cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/8" }] }]);
  });

  it("case 35: a version that is not known fails CHECK, and does not keep DEL from deleting", async () => {
    const { cni, exec, file, previous } = setUp('{"cniVersion":"0.4567.0"}');
    await expect(cni.check(NETWORK, ATTACHMENT)).rejects.toThrow(
      '[unsupported_version] unsupported CNI result version "0.4567.0"',
    );
    expect(exec.calls).toEqual([]);
    await cni.del(NETWORK, ATTACHMENT);
    expect([previous(), existsSync(file)]).toEqual([[undefined], false]);
  });

  it("refuses an ADD whose place is taken before any plugin is run", async () => {
    const { cni, exec } = setUp("");
    const network = (name: string): typeof NETWORK => ({ ...NETWORK, name });
    await cni.add(network("a"), { ...ATTACHMENT, containerId: "b-c" });
    await expect(cni.add(network("a-b"), { ...ATTACHMENT, containerId: "c" })).rejects.toMatchObject({
      code: "cache_failure",
    });
    expect(exec.calls).toHaveLength(1);
  });
});
