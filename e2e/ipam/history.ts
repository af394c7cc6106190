import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line that a worker wrote; `at` in ms of a clock that all of them share. */
interface Line {
  readonly at: number;
  readonly kind: "own" | "disown" | "violation" | "lost" | "refused" | "operations" | "done";
  readonly address?: string;
  readonly sequence?: string;
  readonly handle?: string;
  readonly count?: number;
  /** Of `done` and `refused`: what it was. */
  readonly operation?: string;
  /** Of a lease: how long it was to last. */
  readonly lastsMs?: number;
}

/** From when to when a worker believed to own an address. */
interface Hold {
  readonly worker: string;
  readonly sequence: string;
  readonly from: number;
  to: number;
}

/** A release or a renewal that was refused, because the lease was over. */
export interface Refusal {
  readonly worker: string;
  readonly operation: string;
  readonly address: string;
  readonly sequence: string;
}

/** What all workers wrote down. */
export interface History {
  readonly operationCount: number;
  readonly refusals: readonly Refusal[];
  /** How often operations of each kind were done. */
  readonly done: ReadonlyMap<string, number>;
  /** Owners that met another owner's file, allocations that were gone, and holds that overlap. */
  readonly violations: readonly string[];
}

/** Reads the histories; a worker that was killed owned nothing from then on. */
export function readHistory(folder: string, killedAt: ReadonlyMap<string, number>): History {
  const holds = new Map<string, Hold[]>();
  const violations: string[] = [];
  let operationCount = 0;
  const refusals: Refusal[] = [];
  const done = new Map<string, number>();
  for (const worker of readdirSync(folder)) {
    const open = new Map<string, Hold>();
    for (const line of readLines(join(folder, worker))) {
      operationCount += line.count ?? 0;
      const { operation = "", address = "", sequence = "" } = line;
      if (line.kind === "refused") refusals.push({ worker, operation, address, sequence });
      if (line.kind === "done") done.set(operation, (done.get(operation) ?? 0) + 1);
      if (line.kind === "violation" || line.kind === "lost") violations.push(`${worker}: ${JSON.stringify(line)}`);
      if (line.kind === "own") {
        const end = Math.min(killedAt.get(worker) ?? Infinity, line.at + (line.lastsMs ?? Infinity));
        const hold = { worker, sequence, from: line.at, to: end };
        open.set(sequence + address, hold);
        holds.set(address, [...(holds.get(address) ?? []), hold]);
      }
      const ended = line.kind === "disown" ? open.get(sequence + address) : undefined;
      if (ended !== undefined) ended.to = Math.min(ended.to, line.at);
    }
  }
  for (const [address, list] of holds) violations.push(...overlaps(address, list));
  return { operationCount, refusals, done, violations };
}

/** How many operations a worker has written down. */
export function operationsOf(folder: string, worker: string): number {
  return readLines(join(folder, worker)).reduce((sum, { count = 0 }) => sum + count, 0);
}

function readLines(file: string): readonly Line[] {
  // The last line of a killed worker may be cut.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

function overlaps(address: string, holds: readonly Hold[]): readonly string[] {
  const sorted = [...holds].sort((a, b) => a.from - b.from);
  return sorted.flatMap((hold, i) => {
    const before = sorted[i - 1];
    if (before === undefined || before.to <= hold.from || before.sequence === hold.sequence) return [];
    return [`${address}: ${before.worker} until ${before.to}, ${hold.worker} from ${hold.from}`];
  });
}
