import { describe, expect, it } from "vitest";
import { parseBenchArguments } from "./bench-arguments.js";
import type { BenchCase } from "./bench-case.js";
import type { BenchProcess } from "./bench-process.js";
import { cniCases } from "./cni/cni-cases.js";
import { ipamCases } from "./ipam/ipam-cases.js";
import { lbCases } from "./lb/lb-cases.js";
import { median } from "./median.js";
import { addressTexts } from "./net/address-inputs.js";
import { netCases } from "./net/net-cases.js";
import { routeInputs } from "./net/route-inputs.js";
import type { Bytes, Closed, Opened, Round } from "./protocol.js";
import { type Launcher, runCase } from "./run-case.js";
import { formatTable } from "./table-text.js";

/** Contenders that answer and take as long as they are told. */
function fakeLauncher(speeds: Readonly<Record<string, number>>, wrong: readonly string[] = []): Launcher {
  return {
    launch: async (_benchCase, contender) => {
      const ask = async (request: { readonly ask: string; readonly iterations?: number }): Promise<object> => {
        const ns = (speeds[contender.name] ?? 0) * (request.iterations ?? 0);
        const replies: Record<string, Round | Bytes | Closed> = {
          round: { ns, cpuNs: 2 * ns },
          bytes: { bytes: 8 },
          close: { peakRssBytes: 4096 },
        };
        return replies[request.ask] ?? {};
      };
      return speeds[contender.name] === undefined ? "not here" : ({ ask, end: () => {} } as unknown as BenchProcess);
    },
    open: async (_process, _benchCase, contender): Promise<Opened> => ({
      answers: [wrong.includes(contender.name) ? "no" : "yes"],
      version: "1.0.0",
    }),
    release: () => {},
  };
}

const contender = (name: string): BenchCase["ours"] => ({
  name,
  package: name,
  prepare: () => ({ run: () => {}, answers: () => [] }),
});

const effort = { rounds: 3, roundMs: 1, warmUpMs: 0, slowestMs: 100, limitMs: 100, bytes: true };

describe("runCase", () => {
  it("gives medians and ratios, and says who did not take part and why", async () => {
    const benchCase: BenchCase = {
      name: "c",
      operation: "asks",
      ours: contender("net"),
      peers: ["slow", "quick", "liar", "absent"].map(contender),
      inputs: () => ({}),
      expected: () => ["yes"],
    };
    const speeds = { net: 10, slow: 40, quick: 5, liar: 1 };
    const result = await runCase(benchCase, {}, effort, fakeLauncher(speeds, ["liar"]));
    if ("leftOut" in result) throw new Error(result.leftOut);
    expect(result).toMatchObject({ case: "c", ns: 10, cpuNs: 20, bytes: 8, peakRssBytes: 4096, runs: 3 });
    expect(Object.entries(result.peers).map(([name, { ns, ratio }]) => [name, ns, ratio])).toEqual([
      ["slow", 40, 0.25],
      ["quick", 5, 2],
    ]);
    expect([result.skipped, result.wrong]).toEqual([{ absent: "not here" }, { liar: "answer 1 is no instead of yes" }]);
    expect(formatTable([result])).toMatch(/quick.*2/);
  });
});

describe("the cases of cni", () => {
  it("are those that were promised", () => {
    expect(cniCases({ quick: true }).map(({ name }) => name)).toEqual([
      "exec-overhead",
      "host-local-add",
      "host-local-add-1000-leases",
      "bridge-add",
      "in-process-add",
      "convert-result",
      "parse-conflist",
    ]);
  });

  it("leaves a case out where ours lacks something", async () => {
    const benchCase: BenchCase = {
      name: "c",
      operation: "asks",
      ours: contender("net"),
      peers: [contender("quick")],
      inputs: () => ({}),
      expected: () => ["yes"],
    };
    expect(await runCase(benchCase, {}, effort, fakeLauncher({ quick: 5 }))).toEqual({
      case: "c",
      leftOut: "not here",
    });
  });
});

describe("the cases of net", () => {
  it("are those that were promised", () => {
    const sizes = ["10k", "100k", "1m"];
    expect(netCases({ quick: true }).map(({ name }) => name)).toEqual([
      ...["parse", "format"].flatMap((verb) => [`${verb}-v4`, `${verb}-v6`]),
      ...["contains-v4", "contains-v4-string", "contains-v6-string"],
      ...["text", "parsed"].flatMap((form) => [`subtract-1k-${form}`, `subtract-10k-${form}`]),
      ...["v4", "v6", "v4-string"].flatMap((kind) => sizes.map((size) => `lookup-${kind}-${size}`)),
      ...["table-insert-100k", "table-compile-100k"],
    ]);
  });

  it("have the same inputs in every run", () => {
    expect(routeInputs(6, 50)).toEqual(routeInputs(6, 50));
    expect(addressTexts(4)).toEqual(addressTexts(4));
    expect(new Set(addressTexts(6)).size).toBe(16_384);
  });
});

describe("the cases of ipam", () => {
  it("are those that were promised", () => {
    expect(ipamCases({ quick: true }).map(({ name }) => name)).toEqual([
      ...["64k", "1m", "16m"].map((size) => `bitmap-pair-${size}`),
      ...["prefix-pair-100k", "sparse-v6-single"],
      ...["allocate-release-memory", "allocate-release-lmdb", "allocate-concurrent-lmdb", "batch-64-memory"],
      ...["0", "100", "10000"].map((held) => `allocate-prefix-memory-${held}`),
      ...["0", "10", "1000"].map((held) => `acquire-release-16-${held}`),
      "fill-16384",
    ]);
  });
});

it("the cases of lb are those that were promised", () => {
  const names =
    "round-robin least-request-1000 edf-10 edf-1000 static-stride pick-begin-end ring-pick maglev-pick maglev-lookup " +
    "maglev-build-1000 ring-build-1000 update-10k update-10k-metadata xxh64-10 xxh64-20 xxh64-50 murmur2-20 " +
    "outlier-record token-bucket";
  expect(lbCases({ quick: true }).map(({ name }) => name)).toEqual(names.split(" "));
});

describe("parseBenchArguments", () => {
  it("takes areas, cases and a file", () => {
    expect(parseBenchArguments(["net", "--case", "parse-v4", "--json", "x.json"])).toEqual({
      areas: ["net"],
      cases: ["parse-v4"],
      json: "x.json",
      quick: false,
    });
    expect(parseBenchArguments([]).areas).toContain("net");
    expect(() => parseBenchArguments(["nets"])).toThrow(RangeError);
  });
});

it("median takes the middle, or between the two in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});
