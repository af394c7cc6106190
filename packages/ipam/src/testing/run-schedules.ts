import { fail } from "./assertions.js";
import type { StoreCall } from "./faulty-store.js";
import { seededRandom } from "./seeded-random.js";

/** What the actors of one schedule share. Virtual: nothing here reads a clock or a timer of the system. */
export interface ScheduleContext {
  /** The gate of one actor's (or one process's) store: give it to `createFaultyStore`. `name` shows up in the steps. */
  gate(name: string): (call: StoreCall) => Promise<void>;
  /** Milliseconds; it moves when a sleeper wakes and by `advance`. */
  now(): number;
  /** Wakes when the schedule comes to it, which is a choice like any other. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves the time, and wakes nobody. */
  advance(ms: number): void;
  /** Draws of this schedule: for faults, jitter and what the actors do. */
  random(): number;
}

/** Who acts, and what must hold at the end. */
export interface ScheduleWorld {
  /** Started together. One that rejects fails the schedule, so an actor catches what it expects. */
  readonly actors: readonly (() => Promise<void>)[];
  /** Throws when an invariant is broken. Its own store calls must not pass a gate. */
  check(): Promise<void> | void;
}

/** Which schedules to run, over what. */
export interface ScheduleOptions {
  /** Schedule i gets a seed made of this and i. */
  readonly seed: number;
  readonly count: number;
  /** Makes a fresh world for each schedule. */
  readonly world: (context: ScheduleContext) => ScheduleWorld | Promise<ScheduleWorld>;
  /** The seed of a single schedule, as a failure names it: only this one runs. */
  readonly only?: number | undefined;
  /** The command that runs one schedule again; the failure prints it. */
  readonly replay?: (scheduleSeed: number) => string;
}

/** What was run. */
export interface ScheduleReport {
  readonly scheduleCount: number;
  /** Store calls and sleeps, over all schedules. */
  readonly stepCount: number;
}

/**
 * Runs actors over a store in many orders: at each store call the schedule decides who goes on, so that any two calls of
 * two actors come in both orders. The same seed gives the same order; the first failure ends the run and names the seed of
 * its schedule, the steps, and the command that replays it.
 *
 * Even schedules draw among all who wait; odd ones give actors a rank and change it now and then, which finds what needs
 * one actor far ahead of another. It works over stores that answer without timers or sockets, as the memory store does.
 */
export async function runSchedules(options: ScheduleOptions): Promise<ScheduleReport> {
  const { seed, count, only } = options;
  let stepCount = 0;
  if (only !== undefined) return { scheduleCount: 1, stepCount: await runOne(options, only) };
  for (let i = 0; i < count; i++) stepCount += await runOne(options, scheduleSeed(seed, i));
  return { scheduleCount: count, stepCount };
}

/** Mixes a run's seed and an index into 32 bits; the lowest bit, which picks the strategy, is that of the index. */
function scheduleSeed(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ (index >>> 1), 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (((mixed ^ (mixed >>> 13)) & -2) | (index & 1)) >>> 0;
}

async function runOne(options: ScheduleOptions, seed: number): Promise<number> {
  const schedule = new Schedule(seed);
  try {
    const world = await options.world(schedule);
    await schedule.run(world.actors);
    await world.check();
  } catch (error) {
    const again = options.replay?.(seed);
    const reason = error instanceof Error ? error.message : String(error);
    fail(
      `schedule ${seed} failed: ${reason}\n  steps: ${showSteps(schedule.steps)}${again ? `\n  replay: ${again}` : ""}`,
      error,
    );
  }
  return schedule.steps.length;
}

function showSteps(steps: readonly string[]): string {
  const left = steps.length - SHOWN_STEPS;
  return left <= 0 ? steps.join(", ") : `(${left} more) ${steps.slice(-SHOWN_STEPS).join(", ")}`;
}

interface Waiter {
  readonly actor: string;
  readonly step: string;
  readonly due: number;
  readonly go: () => void;
}

/** A schedule that takes more of them goes in circles. */
const MOST_STEPS = 10_000;
/** Steps that a failure shows, the last ones. */
const SHOWN_STEPS = 200;

/** Turns of the microtask queue after which an actor that has not come to a store call waits for somebody else. */
const TURNS_BESIDE_OTHERS = 200;
const TURNS_AT_START = 50;
const TURNS_ALONE = 20_000;

class Schedule implements ScheduleContext {
  readonly steps: string[] = [];
  readonly random: () => number;
  readonly #choose: () => number;
  readonly #ranked: boolean;
  readonly #waiting: Waiter[] = [];
  readonly #ranks = new Map<string, number>();
  #time = 1_000_000_000_000;
  #arrivedCount = 0;
  #runningCount = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(seed: number) {
    this.#choose = seededRandom(seed);
    this.random = seededRandom(~seed);
    this.#ranked = (seed & 1) === 1;
  }

  gate(name: string): (call: StoreCall) => Promise<void> {
    const steps = { get: `${name} get`, range: `${name} range`, txn: `${name} txn` };
    return (call) => new Promise((go) => this.#wait({ actor: name, step: steps[call], due: 0, go }));
  }

  now(): number {
    return this.#time;
  }

  advance(ms: number): void {
    this.#time += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const go = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const waiter = { actor: "sleep", step: `sleep ${Math.round(ms)}`, due: this.#time + ms, go };
      const abort = (): void => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#wait(waiter);
    });
  }

  async run(actors: readonly (() => Promise<void>)[]): Promise<void> {
    for (const actor of actors) {
      this.#runningCount++;
      const done = (): void => {
        this.#runningCount--;
        this.#arrivedCount++;
      };
      actor().then(done, (error: unknown) => {
        this.#failure ??= { error };
        done();
      });
    }
    // All of them get to their first store call, not only the quickest.
    for (let turn = 0; turn < TURNS_AT_START; turn++) await undefined;
    await this.#quiet(0);
    while (this.#runningCount > 0 && this.#failure === undefined) {
      const waiter = this.#next();
      if (this.steps.length === MOST_STEPS) fail(`${MOST_STEPS} steps did not bring it to an end`);
      if (waiter === undefined) fail(`${this.#runningCount} actors wait and no store call is due`);
      this.steps.push(waiter.step);
      this.#time = Math.max(this.#time, waiter.due);
      const before = this.#arrivedCount;
      waiter.go();
      await this.#quiet(before);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #wait(waiter: Waiter): void {
    this.#waiting.push(waiter);
    this.#arrivedCount++;
  }

  /** Lets promises run until somebody comes to a gate or ends, or until it is clear that nobody will. */
  async #quiet(before: number): Promise<void> {
    const turns = this.#waiting.length > 0 ? TURNS_BESIDE_OTHERS : TURNS_ALONE;
    for (let turn = 0; turn < turns && this.#arrivedCount === before; turn++) await undefined;
  }

  #next(): Waiter | undefined {
    const waiting = this.#waiting;
    if (waiting.length === 0) return undefined;
    let at = Math.floor(this.#choose() * waiting.length);
    if (this.#ranked && this.#choose() < 0.9) {
      for (let i = 0; i < waiting.length; i++) if (this.#rank(waiting[i]) > this.#rank(waiting[at])) at = i;
    }
    const waiter = waiting[at];
    waiting.splice(at, 1);
    if (waiter !== undefined && this.#ranked && this.#choose() < 0.15) this.#ranks.set(waiter.actor, -this.#choose());
    return waiter;
  }

  #rank(waiter: Waiter | undefined): number {
    if (waiter === undefined) return -2;
    let rank = this.#ranks.get(waiter.actor);
    if (rank === undefined) {
      rank = this.#choose();
      this.#ranks.set(waiter.actor, rank);
    }
    return rank;
  }
}
