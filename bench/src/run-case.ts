import type { BenchCase, Contender, Inputs } from "./bench-case.js";
import type { BenchProcess } from "./bench-process.js";
import type { CaseResult, Figures, PeerFigures } from "./case-result.js";
import { median } from "./median.js";
import type { Bytes, Closed, Opened, Round } from "./protocol.js";

/** How much to measure. */
export interface Effort {
  readonly rounds: number;
  /** Shortest time a round may take; the iterations are chosen to reach it. */
  readonly roundMs: number;
  /** Untimed work before the first round, for the compiler. */
  readonly warmUpMs: number;
  /** A contender whose single operation takes longer is left out. */
  readonly slowestMs: number;
  /** A contender that needs longer to get ready, or for one request, is left out. */
  readonly limitMs: number;
  /** Whether to measure memory too. */
  readonly bytes: boolean;
}

/** Where contenders run. */
export interface Launcher {
  /** Prepares the contender in a process; a text says why it cannot take part. */
  launch(benchCase: BenchCase, contender: Contender): Promise<BenchProcess | string>;
  /** Sends the request that opens the contender in that process. */
  open(process: BenchProcess, benchCase: BenchCase, contender: Contender, limitMs: number): Promise<Opened>;
  /** Gives the process back when the contender is closed. */
  release(process: BenchProcess): void;
}

interface Entrant {
  readonly contender: Contender;
  readonly process: BenchProcess;
  readonly version: string;
  iterations: number;
  readonly rounds: Round[];
}

type Outcome =
  | { readonly entrant: Entrant }
  | { readonly absent: string }
  | { readonly skipped: string }
  | { readonly wrong: string };

/** A case that cannot be run here, with the reason. */
export interface LeftOut {
  readonly case: string;
  readonly leftOut: string;
}

/**
 * Runs one case: every contender answers first, and only those whose answers are right are timed, in turns. Where ours
 * lacks something that the machine must have, the case is left out.
 */
export async function runCase(
  benchCase: BenchCase,
  inputs: Inputs,
  effort: Effort,
  launcher: Launcher,
): Promise<CaseResult | LeftOut> {
  const expected = benchCase.expected(inputs);
  const entrants: Entrant[] = [];
  const skipped: Record<string, string> = {};
  const wrong: Record<string, string> = {};
  for (const contender of [benchCase.ours, ...benchCase.peers]) {
    const outcome = await enter(benchCase, contender, expected, effort, launcher);
    if ("entrant" in outcome) entrants.push(outcome.entrant);
    else if ("absent" in outcome) {
      if (contender === benchCase.ours) return { case: benchCase.name, leftOut: outcome.absent };
      skipped[contender.name] = outcome.absent;
    } else if (contender === benchCase.ours) throw new Error(`${benchCase.name}: ${Object.values(outcome).join()}`);
    else if ("wrong" in outcome) wrong[contender.name] = outcome.wrong;
    else skipped[contender.name] = outcome.skipped;
  }
  const timed = await timeInTurns(entrants, effort, (entrant, reason) => {
    if (entrant.contender === benchCase.ours) throw new Error(`${benchCase.name}: ${reason}`);
    skipped[entrant.contender.name] = reason;
  });
  const figures = new Map<string, Figures>();
  for (const entrant of timed) figures.set(entrant.contender.name, await finish(entrant, effort, launcher));
  return { ...summarize(benchCase, figures, effort.rounds), skipped, wrong };
}

async function enter(
  benchCase: BenchCase,
  contender: Contender,
  expected: readonly string[],
  effort: Effort,
  launcher: Launcher,
): Promise<Outcome> {
  const process = await launcher.launch(benchCase, contender);
  if (typeof process === "string") return { absent: process };
  try {
    const { answers, version } = await launcher.open(process, benchCase, contender, effort.limitMs);
    const difference = firstDifference(answers, expected.map(contender.answerOf ?? String));
    if (difference === undefined) return { entrant: { contender, process, version, iterations: 1, rounds: [] } };
    launcher.release(process);
    return { wrong: difference };
  } catch (error) {
    process.end();
    return { skipped: (error as Error).message };
  }
}

function firstDifference(answers: readonly string[], expected: readonly string[]): string | undefined {
  if (answers.length !== expected.length) return `${answers.length} answers instead of ${expected.length}`;
  const at = answers.findIndex((answer, index) => answer !== expected[index]);
  return at === -1 ? undefined : `answer ${at + 1} is ${answers[at]} instead of ${expected[at]}`;
}

/** The order moves on by one each round, so that nobody always runs after the same neighbour. */
async function timeInTurns(
  entrants: readonly Entrant[],
  effort: Effort,
  leave: (entrant: Entrant, reason: string) => void,
): Promise<readonly Entrant[]> {
  let racing = entrants;
  const turn = async (entrant: Entrant, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      entrant.process.end();
      racing = racing.filter((other) => other !== entrant);
      leave(entrant, (error as Error).message);
    }
  };
  for (const entrant of racing) await turn(entrant, () => warmUp(entrant, effort));
  for (let round = 0; round < effort.rounds; round++) {
    const first = round % racing.length;
    for (const entrant of [...racing.slice(first), ...racing.slice(0, first)]) {
      await turn(entrant, async () => {
        entrant.rounds.push(await askRound(entrant, effort));
      });
    }
  }
  return racing;
}

/** Runs until the compiler had its time, growing the iterations until a round is long enough. */
async function warmUp(entrant: Entrant, effort: Effort): Promise<void> {
  let spentMs = 0;
  let roundMs = 0;
  do {
    roundMs = (await askRound(entrant, effort)).ns / 1e6;
    spentMs += roundMs;
    if (roundMs > effort.slowestMs && entrant.iterations === 1) {
      throw new Error(`one operation takes ${(roundMs / 1_000).toFixed(1)} s`);
    }
    if (roundMs < effort.roundMs) {
      const wanted = (1.1 * effort.roundMs) / Math.max(roundMs, 1e-3);
      entrant.iterations = Math.ceil(entrant.iterations * Math.min(10, wanted));
    }
  } while (spentMs < effort.warmUpMs || roundMs < effort.roundMs);
}

function askRound({ process, iterations }: Entrant, { limitMs }: Effort): Promise<Round> {
  return process.ask<Round>({ ask: "round", iterations }, limitMs);
}

async function finish(entrant: Entrant, effort: Effort, launcher: Launcher): Promise<Figures> {
  const { process, iterations, rounds, version } = entrant;
  const { limitMs } = effort;
  const bytes = effort.bytes ? await process.ask<Bytes>({ ask: "bytes" }, limitMs) : {};
  const { peakRssBytes } = await process.ask<Closed>({ ask: "close" }, limitMs);
  launcher.release(process);
  const ns = rounds.map((round) => round.ns / iterations);
  return {
    ns: round3(median(ns)),
    cpuNs: round3(median(rounds.map((round) => round.cpuNs / iterations))),
    minNs: round3(Math.min(...ns)),
    ...bytes,
    peakRssBytes,
    version,
  };
}

function summarize(
  benchCase: BenchCase,
  figures: ReadonlyMap<string, Figures>,
  runs: number,
): Omit<CaseResult, "skipped" | "wrong"> {
  const ours = figures.get(benchCase.ours.name) as Figures;
  const peers: Record<string, PeerFigures> = {};
  for (const { name, note } of benchCase.peers) {
    const theirs = figures.get(name);
    if (theirs === undefined) continue;
    peers[name] = { ...theirs, ratio: round3(ours.ns / theirs.ns), ...(note === undefined ? {} : { note }) };
  }
  return { case: benchCase.name, operation: benchCase.operation, ...ours, runs, peers };
}

/** Three significant digits after the point are more than the noise leaves, and more for the smallest ratios. */
function round3(value: number): number {
  return value >= 1 ? Math.round(value * 1_000) / 1_000 : Number(value.toPrecision(4));
}
