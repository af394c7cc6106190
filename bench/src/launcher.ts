import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchCase, type Contender, type Inputs, isGoContender } from "./bench-case.js";
import { type BenchProcess, startBenchProcess } from "./bench-process.js";
import { buildGoProgram } from "./go-program.js";
import type { Opened } from "./protocol.js";
import type { Launcher } from "./run-case.js";

const worker = join(import.meta.dirname, "worker.ts");

/** Launches contenders as processes; `close` ends them and removes the input files. */
export interface ProcessLauncher extends Launcher {
  /** Writes the inputs that every contender of the next case reads. */
  provideInputs(inputs: Inputs): void;
  close(): void;
}

/**
 * A contender gets a process of its own, so that what another library did to the compiler's feedback or to the heap
 * cannot show in its figures. With `quick`, where nothing is measured, processes are used again.
 */
export function createLauncher(area: string, { quick }: { readonly quick: boolean }): ProcessLauncher {
  const folder = mkdtempSync(join(tmpdir(), "netmason-bench-"));
  const inputsFile = join(folder, "inputs.json");
  const started = new Set<BenchProcess>();
  const idle: BenchProcess[] = [];
  const inGo = new Set<BenchProcess>();

  const start = (file: string, args: readonly string[]): BenchProcess => {
    const process = startBenchProcess(file, args);
    started.add(process);
    return process;
  };
  const launchGo = async (name: string): Promise<BenchProcess | string> => {
    const program = await buildGoProgram(name);
    if ("absent" in program) return program.absent;
    const process = start(program.file, []);
    inGo.add(process);
    return process;
  };

  return {
    provideInputs: (inputs) => writeFileSync(inputsFile, JSON.stringify(inputs)),
    launch: async (_benchCase: BenchCase, contender: Contender) => {
      if (isGoContender(contender)) return launchGo(contender.go.program);
      const absent = await contender.provide?.();
      return absent ?? idle.pop() ?? start(process.execPath, [...process.execArgv, worker]);
    },
    open: (process, benchCase, contender, limitMs) =>
      process.ask<Opened>(
        {
          ask: "open",
          area,
          case: benchCase.name,
          contender: contender.name,
          quick,
          inputs: inputsFile,
          ...(isGoContender(contender) ? contender.go : {}),
        },
        limitMs,
      ),
    release: (process) => {
      if (quick && !inGo.has(process)) {
        idle.push(process);
        return;
      }
      started.delete(process);
      process.end();
    },
    close: () => {
      for (const process of started) process.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
