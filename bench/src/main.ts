import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { casesOf } from "./areas.js";
import { type BenchArguments, parseBenchArguments, usage } from "./bench-arguments.js";
import { type Calibration, calibrate } from "./calibration.js";
import type { CaseResult } from "./case-result.js";
import { createLauncher } from "./launcher.js";
import { type Effort, runCase } from "./run-case.js";
import { formatFootnotes, formatTable } from "./table-text.js";

const full: Effort = { rounds: 15, roundMs: 50, warmUpMs: 400, slowestMs: 3_000, limitMs: 60_000, bytes: true };
const quick: Effort = { rounds: 1, roundMs: 0, warmUpMs: 0, slowestMs: 60_000, limitMs: 60_000, bytes: false };

interface Report {
  readonly node: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly platform: string;
  /** Load average over one minute, before and after: other work on the machine shows in the figures. */
  readonly load: readonly [before: number, after: number];
  readonly quick: boolean;
  readonly seconds: number;
  readonly calibration: Calibration;
  /** Version of each contender; ours under the name of the area. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
}

async function main(): Promise<number> {
  const options = readArguments();
  if (options === undefined) return 2;
  const report = await measure(options);
  console.log(`\n${formatTable(report.cases)}\n\n${formatFootnotes(report.cases)}`);
  const { calibration, load } = report;
  console.log(`Node ${report.node}, ${report.cpuCount} x ${report.cpu}, load ${load[0]} before and ${load[1]} after`);
  console.log(`calibration: ${calibration.iterations} iterations of ${calibration.loop} in ${calibration.ms} ms`);
  console.log(
    `${report.cases.length} cases in ${report.seconds} s${options.quick ? "; quick: not a measurement" : ""}`,
  );
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  return report.cases.some(({ wrong }) => Object.keys(wrong).length > 0) ? 1 : 0;
}

function readArguments(): BenchArguments | undefined {
  try {
    return parseBenchArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return undefined;
  }
}

async function measure(options: BenchArguments): Promise<Report> {
  const started = performance.now();
  const before = currentLoad();
  const calibration = calibrate(options);
  const cases: CaseResult[] = [];
  const versions: Record<string, string> = {};
  for (const area of options.areas) {
    for (const result of await measureArea(area, options)) {
      versions[area] = result.version;
      for (const [name, { version }] of Object.entries(result.peers)) versions[name] = version;
      cases.push(result);
    }
  }
  return {
    node: process.versions.node,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpuCount: cpus().length,
    platform: `${process.platform}-${process.arch}`,
    load: [before, currentLoad()],
    quick: options.quick,
    seconds: Math.round((performance.now() - started) / 1_000),
    calibration,
    versions,
    cases,
  };
}

async function measureArea(area: string, options: BenchArguments): Promise<readonly CaseResult[]> {
  const launcher = createLauncher(area, options);
  const results: CaseResult[] = [];
  try {
    for (const benchCase of await casesOf(area, options)) {
      if (options.cases.length > 0 && !options.cases.includes(benchCase.name)) continue;
      console.error(`${benchCase.name}: ${benchCase.operation}`);
      const inputs = benchCase.inputs();
      launcher.provideInputs(inputs);
      const result = await runCase(benchCase, inputs, options.quick ? quick : full, launcher);
      if ("leftOut" in result) {
        console.error(`left out: ${result.leftOut}\n`);
        continue;
      }
      console.error(`${formatTable([result])}\n`);
      results.push(result);
    }
  } finally {
    launcher.close();
  }
  return results;
}

function currentLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

process.exitCode = await main();
