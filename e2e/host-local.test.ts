import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JsonObject } from "@netmason/cni";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPrograms } from "./cni-programs.js";
import { describeWith } from "./components.js";

interface Output {
  readonly status: number | null;
  readonly document: { readonly msg?: string } & JsonObject;
}

function call(
  program: string,
  verb: string,
  id: string,
  config: JsonObject,
  more: Record<string, string> = {},
): Output {
  const cni = {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: id,
    CNI_NETNS: "/none",
    CNI_IFNAME: "eth0",
    CNI_PATH: "/none",
    ...more,
  };
  const env = { PATH: process.env.PATH ?? "", ...cni };
  const input = JSON.stringify({ cniVersion: "1.1.0", name: "lab", type: "x", ...config });
  const { stdout, status } = spawnSync(program, { env, input, encoding: "utf8" });
  return { status, document: stdout === "" ? {} : JSON.parse(stdout) };
}

/** Names and contents, without the mode of files. */
function filesOf(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), "utf8")]));
}

const ranges = [[{ subnet: "10.1.2.0/29" }], [{ subnet: "2001:db8::/64", rangeEnd: "2001:db8::4" }]];

/** Each step is run by one program or the other on one directory. */
const STEPS: readonly (readonly [verb: string, id: string, config: JsonObject, more?: Record<string, string>])[] = [
  ["ADD", "a", {}],
  ["ADD", "b", {}],
  ["ADD", "a", {}],
  ["CHECK", "a", {}],
  ["CHECK", "z", {}],
  ["ADD", "a", {}, { CNI_IFNAME: "net1" }],
  ["DEL", "a", {}],
  ["DEL", "a", {}],
  ["ADD", "c", {}, { CNI_ARGS: "IP=10.1.2.6" }],
  ["ADD", "d", {}, { CNI_ARGS: "IP=10.1.2.1" }],
  ["ADD", "d", {}, { CNI_ARGS: "IP=10.1.2.3" }],
  ["ADD", "d", {}, { CNI_ARGS: "IP=10.1.2.7" }],
  ["ADD", "d", {}, { CNI_ARGS: "IP=10.9.9.9" }],
  ["ADD", "d", {}, { CNI_ARGS: "FOO=1" }],
  ["ADD", "d", { args: { cni: { ips: ["10.1.2.5"] } } }],
  ["ADD", "e", {}],
  ["ADD", "f", {}],
  ["ADD", "g", { cniVersion: "0.2.0" }],
  ["DEL", "b", { cniVersion: "0.2.0" }],
  ["ADD", "h", { cniVersion: "0.4.0" }],
  ["DEL", "c", {}],
  ["DEL", "d", {}],
  ["ADD", "i", { runtimeConfig: { ipRanges: [[{ subnet: "10.7.0.0/30" }]] } }],
  ["ADD", "j", { runtimeConfig: { ipRanges: [[{ subnet: "10.7.0.0/30" }]] } }],
];

/** What both refuse, in the same words. */
const REFUSED: readonly JsonObject[] = [
  { ipam: null },
  { ipam: { type: "host-local" } },
  ...[
    { subnet: "10.1.2.0/31" },
    { subnet: "10.1.2.3/24" },
    { subnet: "::ffff:10.1.2.0/120" },
    { subnet: "10.1.2.0/24", rangeStart: "10.1.3.1" },
    { subnet: "10.1.2.0/24", rangeEnd: "10.1.3.1" },
    { subnet: "10.1.2.0/24", rangeStart: "10.1.2.9", rangeEnd: "10.1.2.8" },
    { subnet: "10.1.2.0/24", rangeStart: "2001:db8::1" },
    { ranges: [[]] },
    { ranges: [[{}]] },
    { ranges: [[{ subnet: "10.1.2.0/24" }, { subnet: "2001:db8::/64" }]] },
    { ranges: [[{ subnet: "10.1.2.0/24" }, { subnet: "10.1.0.0/16" }]] },
    { subnet: "10.1.2.0/24", ranges: [[{ subnet: "10.1.0.0/16" }]] },
  ].map((ipam) => ({ ipam: { type: "host-local", ...ipam } })),
];

describeWith(["cni-plugins", "cni-plugins-debian"], "host-local, ours and the reference's", (reference, debian) => {
  let dir = "";
  let ours = "";
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "netmason-leases-"));
    await buildPrograms(join(dir, "bin"));
    ours = join(dir, "bin/netmason-host-local");
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** What a sequence of programs answers, and the files it leaves. */
  function run(
    name: string,
    programOf: (step: number) => string,
  ): { readonly answers: unknown[]; readonly files: Record<string, string> } {
    const dataDir = join(dir, name);
    const answers = STEPS.map(([verb, id, config, more], i) => {
      const ipam = { type: "host-local", dataDir, ranges, routes: [{ dst: "0.0.0.0/0" }] };
      const { status, document } = call(programOf(i), verb, id, { ipam, ...config }, more);
      return status === 0 ? document : document.msg;
    });
    return { answers, files: filesOf(join(dataDir, "lab")) };
  }

  it("case 63: give the same answers and leave the same files, one after the other or each alone", () => {
    const expected = run("reference", () => reference);
    expect(expected.answers.filter((answer) => typeof answer === "string").length).toBeGreaterThan(8);
    expect(run("ours", () => ours)).toEqual(expected);
    expect(run("in-turn", (i) => (i % 2 === 0 ? ours : reference))).toEqual(expected);
    expect(run("in-turn-2", (i) => (i % 2 === 1 ? ours : reference))).toEqual(expected);
  });

  it("case 63: work on the files of Debian's older build", () => {
    const dataDir = join(dir, "debian");
    const config = { cniVersion: "1.0.0", ipam: { type: "host-local", dataDir, ranges } };
    expect(call(debian, "ADD", "a", config).status).toBe(0);
    expect(call(ours, "ADD", "a", config).document.msg).toContain("10.1.2.2 has been allocated to a");
    expect(call(ours, "ADD", "b", config).status).toBe(0);
    expect(call(debian, "ADD", "b", config).document.msg).toContain("10.1.2.3 has been allocated to b");
    expect([call(ours, "DEL", "a", config).status, call(debian, "DEL", "b", config).status]).toEqual([0, 0]);
    expect(Object.keys(filesOf(join(dataDir, "lab")))).toEqual(["last_reserved_ip.0", "last_reserved_ip.1", "lock"]);
  });

  it("is one small file, without validators and schemas", () => {
    const text = readFileSync(ours, "utf8");
    expect(Buffer.byteLength(text)).toBeLessThan(40_000);
    expect(text).not.toMatch(/json-schema|vlanTrunk|require\("(?!node:)/);
  });

  it.each(REFUSED)("case 68: refuse %j in the same words", (config) => {
    const [mine, theirs] = [ours, reference].map((program) => call(program, "ADD", "a", { ...config }).document.msg);
    expect(mine).toBe(theirs);
  });

  it("hold no address twice when 8 processes race on one /24, half ours in process and as a program, and leave nothing behind", async () => {
    const [dataDir, markers] = [join(dir, "race"), join(dir, "markers")];
    mkdirSync(markers);
    const rounds = process.env.SOAK === "1" ? 2_000 : 500;
    const racer = [
      "--import",
      "tsx",
      "--conditions=@netmason/source",
      join(import.meta.dirname, "host-local-racer.ts"),
    ];
    const racers = Array.from({ length: 8 }, (_, i) =>
      promisify(execFile)(process.execPath, [
        ...racer,
        ...(i % 2 === 0 ? ["ours", ours] : ["reference", reference]),
        `r${i}`,
        String(rounds),
        dataDir,
        markers,
      ]),
    );
    const counts = (await Promise.all(racers)).map(({ stdout }) => stdout.trim());
    expect(counts).toEqual(Array(8).fill(String(rounds)));
    expect(readdirSync(join(dataDir, "race"))).toEqual(["last_reserved_ip.0", "lock"]);
    expect(readdirSync(markers)).toEqual([]);
  }, 300_000);
});
