import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  convertResult,
  formatResult,
  isCniError,
  type JsonObject,
  parseResult,
  SPEC_VERSIONS,
  type SpecVersion,
} from "@netmason/cni";
import { loadNetwork } from "@netmason/cni/node";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyResult } from "../packages/cni/test/arbitrary-result.js";
import { describeWith } from "./components.js";

interface Answer {
  readonly text?: string;
  readonly cniVersion?: string;
  readonly types?: readonly string[];
  readonly disableCheck?: boolean;
  readonly disableGC?: boolean;
  readonly error?: string;
}

function ask(oracle: string, questions: readonly object[]): readonly Answer[] {
  const input = questions.map((question) => JSON.stringify(question)).join("\n");
  const { stdout } = spawnSync(oracle, { input, encoding: "utf8", maxBuffer: 1 << 28 });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBe(questions.length);
  return lines.map((line) => JSON.parse(line) as Answer);
}

/** The text, or that there is none. */
function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (!isCniError(error)) throw error;
    return "refused";
  }
}

const textOf = ({ text, error }: Answer): string => (error === undefined ? (text ?? "") : "refused");

describeWith("libcni-oracle", "libcni", (oracle) => {
  it("converts 20,000 results as we do, to the byte", () => {
    const pairs = fc.sample(fc.tuple(anyResult, fc.constantFrom(...SPEC_VERSIONS)), { numRuns: 20_000, seed: 21 });
    const answers = ask(
      oracle,
      pairs.map(([result, version]) => ({ result, version })),
    );
    const ours = pairs.map(([result, version]) => attempt(() => formatResult(convertResult(result, version), 4)));
    expect(ours).toEqual(answers.map(textOf));
    expect(answers.filter(({ error }) => error !== undefined).length).toBeGreaterThan(100);
    expect(new Set(pairs.map(([{ cniVersion }, version]) => `${cniVersion} ${version}`)).size).toBe(49);
  });

  it("reads addresses and odd values as we do", () => {
    const addresses = [
      "10.1.2.3/24",
      "2001:DB8::1/64",
      "::ffff:1.2.3.4/120",
      "::ffff:1.2.3.4/64",
      "::1.2.3.4/128",
      "1.2.3.4/032",
      "0.0.0.0/0",
      "::/0",
    ];
    const bad = [
      "1.2.3.4",
      "01.2.3.4/24",
      "1.2.3.4/33",
      "::1/129",
      "",
      "/24",
      "1.2.3/24",
      "::1%lo/64",
      "1.2.3.4/ 24",
      "1.2.3.4/-1",
    ];
    const results: JsonObject[] = [...addresses, ...bad].map((address) => ({
      cniVersion: "1.0.0",
      ips: [{ address }],
    }));
    const parts: readonly JsonObject[] = [
      { ips: [{ address: "10.0.0.1/8", gateway: "" }] },
      { ips: [{ address: "10.0.0.1/8", gateway: "10.0.0" }] },
      { ips: [{ address: "10.0.0.1/8", interface: null }] },
      { ips: null, routes: [], interfaces: [], dns: null },
      { interfaces: [{ name: "a", mtu: 0, mac: "" }, {}] },
      { interfaces: [{ Name: "a", MAC: "b" }] },
      { routes: [{ dst: "::ffff:10.0.0.0/104", gw: "::ffff:10.0.0.1", table: 0, scope: 0, priority: 0, mtu: 0 }] },
      { dns: { nameservers: [], domain: "" } },
      { dns: { search: ["a"] }, more: 1 },
      { ips: {} },
      { interfaces: [{ name: 5 }] },
      { routes: [{ dst: "10.0.0.0/8", mtu: 1.5 }] },
      { interfaces: [{ name: "<&>\u2028é\u0001\b" }] },
      { cniVersion: "" },
      { cniVersion: "0.5.0" },
      { cniVersion: 1 },
    ];
    results.push(...parts.map((part) => ({ cniVersion: "1.1.0", ...part })));
    const questions = results.flatMap((result) => ["1.1.0", "0.4.0", "0.2.0"].map((version) => ({ result, version })));
    const ours = questions.map(({ result, version }) =>
      attempt(() => formatResult(convertResult(parseResult(result), version as SpecVersion), 4)),
    );
    const theirs = ask(oracle, questions).map(textOf);
    const differ = questions.flatMap((question, i) => (ours[i] === theirs[i] ? [] : [[question, ours[i], theirs[i]]]));
    expect(differ).toEqual([]);
  });

  it("prints a route without destination so that it cannot read it again; we refuse to read it", () => {
    const result = { cniVersion: "1.1.0", routes: [{ gw: "10.0.0.1" }] };
    expect(ask(oracle, [{ result, version: "1.1.0" }])[0]?.text).toContain('"dst": "\\u003cnil\\u003e"');
    expect(() => parseResult(result)).toThrow("invalid CIDR address: ");
  });

  it("finds in 1,500 directories what we find", async () => {
    const root = mkdtempSync(join(tmpdir(), "netmason-libcni-"));
    try {
      const directories = fc.sample(directory, { numRuns: 1_500, seed: 22 });
      const dirs = directories.map((files, i) => writeDirectory(join(root, String(i)), files));
      const answers = ask(
        oracle,
        dirs.map((dir) => ({ dir, name: "net" })),
      );
      const ours = await Promise.all(dirs.map(describeLoaded));
      expect(ours).toEqual(
        answers.map(({ error, ...answer }) => (error === undefined ? answer : { error: kindOf(error) })),
      );
      expect(answers.filter(({ types }) => types !== undefined).length).toBeGreaterThan(150);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

const plugin = fc.oneof(
  { weight: 40, arbitrary: fc.record({ type: fc.constantFrom("a", "b") }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({}, 5, { type: 5 }, { type: "a", ipam: "x" }) },
);
const flagWord = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>(true, false, false, false, "true", "FALSE", "True") },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("yes", 1) },
);
const version = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom<unknown>("1.1.0", "1.0.0", "0.4.0", "99.0.0", "1.0", "") },
  { weight: 1, arbitrary: fc.constant<unknown>("x") },
);
const list = fc.record(
  {
    name: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom<unknown>("net", "net", "net", "other") },
      { weight: 1, arbitrary: fc.constantFrom<unknown>("", 5) },
    ),
    cniVersion: version,
    cniVersions: fc.array(version, { maxLength: 3 }),
    disableCheck: flagWord,
    disableGC: flagWord,
    loadOnlyInlinedPlugins: flagWord,
    plugins: fc.oneof(
      { weight: 9, arbitrary: fc.array(plugin, { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>({}, null, []) },
    ),
  },
  { requiredKeys: ["name"] },
);
const single = fc.record(
  {
    name: fc.constantFrom("net", "other"),
    type: fc.constantFrom<unknown>("a", "b", "a", "b", "a", "b", ""),
    cniVersion: version,
  },
  { requiredKeys: ["name"] },
);
const content = fc.oneof(
  { weight: 20, arbitrary: list },
  { weight: 10, arbitrary: single },
  { weight: 1, arbitrary: fc.constant("{") },
);
const fileName = fc.constantFrom(
  "10.conflist",
  "20.conflist",
  "00.conf",
  "15.json",
  "a.conf",
  ".conflist",
  "x.CONFLIST",
  "net/1.conf",
  "net/0.conf",
  "net/2.json",
);
const directory = fc.dictionary(fileName, content, { maxKeys: 4 });

function writeDirectory(dir: string, files: Readonly<Record<string, unknown>>): string {
  mkdirSync(dir);
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), typeof value === "string" ? value : JSON.stringify(value));
  }
  return dir;
}

async function describeLoaded(dir: string): Promise<object> {
  const { effectiveVersion } = await import("@netmason/cni");
  try {
    const network = await loadNetwork(dir, "net");
    const cniVersion = effectiveVersion(network);
    return {
      ...(cniVersion === "" ? {} : { cniVersion }),
      types: network.plugins?.map(({ type }) => type),
      ...(network.disableCheck === true ? { disableCheck: true } : {}),
      ...(network.disableGC === true ? { disableGC: true } : {}),
    };
  } catch (error) {
    if (!isCniError(error)) throw error;
    return { error: error.code === "config_not_found" || error.code === "no_configs" ? error.code : "invalid" };
  }
}

function kindOf(error: string): string {
  if (error.startsWith("no net configuration with name")) return "config_not_found";
  return error.startsWith("no net configurations found") ? "no_configs" : "invalid";
}
