import type { Detector, DetectorEvent } from "../detector.js";
import type { TimeAndChance } from "../time-and-chance.js";
import { seededRandom } from "./chance.js";
import { type ContractCase, must } from "./contract-case.js";
import { createManualClock } from "./manual-clock.js";

const ADDRESSES = ["a", "b", "c", "d", "e"];
const EVENTS: readonly DetectorEvent[] = [
  ...[200, 404, 500, 503, 500, 500],
  ...(["success", "failure", "timeout", "connect_failure", "reset", "connect_success"] as const),
];
const LONG_MS = 86_400_000;

/**
 * What every detector must do: know only what it was told to retain; change its revision with its answers; list exactly
 * what is out; let everything back in, given time; let no probe keep an endpoint out for ever.
 *
 * @param create - makes the detector anew for each case, over the clock and chance it is given
 * @category Testing
 * @example
 * ```ts
 * import { createOutlierDetector } from "@netmason/lb";
 * import { detectorContract } from "@netmason/lb/testing";
 *
 * for (const { run } of detectorContract((clock) => createOutlierDetector(clock))) await run();
 * ```
 */
export function detectorContract(create: (clock: TimeAndChance) => Detector): readonly ContractCase[] {
  return [
    { name: "ignores what it does not retain", run: () => ignoresUnknown(create) },
    { name: "changes its revision with its answers, and lists what is out", run: () => isConsistent(create) },
    { name: "lets everything back in, given time", run: () => returnsAll(create) },
    { name: "forgets what it no longer retains", run: () => forgets(create) },
  ];
}

interface Bench {
  readonly detector: Detector;
  readonly advance: (ms: number) => void;
  readonly now: () => number;
}

function bench(create: (clock: TimeAndChance) => Detector): Bench {
  const clock = createManualClock();
  const detector = create({ now: clock.now, random: seededRandom(3) });
  detector.retain(ADDRESSES);
  return { detector, advance: (ms) => clock.advance(ms), now: clock.now };
}

function answers({ isEjected, list }: Pick<Detector, "isEjected" | "list">): string {
  const out = ADDRESSES.filter((address) => isEjected(address));
  const listed = list().map(({ address }) => address);
  must(out.join() === listed.join(), `list says ${listed.join()}, isEjected ${out.join()}`);
  return out.join();
}

function ask(detector: Detector): string {
  return answers({ isEjected: (address) => detector.isEjected(address), list: () => detector.list() });
}

function ignoresUnknown(create: (clock: TimeAndChance) => Detector): void {
  const { detector } = bench(create);
  for (let i = 0; i < 100; i++) detector.record("unknown", 500);
  must(!detector.isEjected("unknown"), "an endpoint that is not retained is out");
  must(ask(detector) === "", "events of another endpoint put one out");
  must((detector.begin?.("unknown") ?? 0) === 0, "a call to an unknown endpoint is a probe");
}

function isConsistent(create: (clock: TimeAndChance) => Detector): void {
  const { detector, advance, now } = bench(create);
  const chance = seededRandom(9);
  const below = (bound: number): number => Math.floor(chance() * bound);
  const saidAt = new Map<number, string>();
  for (let step = 0; step < 3_000; step++) {
    advance(below(400));
    const address = ADDRESSES[below(2)] as string;
    if (!detector.isEjected(address)) detector.begin?.(address);
    if (below(3) === 0) must(detector.tick() > now(), "tick answers a time that is over");
    else detector.record(address, EVENTS[below(EVENTS.length)] as DetectorEvent);
    const said = ask(detector);
    const before = saidAt.get(detector.revision) ?? said;
    must(said === before, "an answer changed and the revision did not, or came back to an earlier one");
    saidAt.set(detector.revision, said);
  }
}

function returnsAll(create: (clock: TimeAndChance) => Detector): void {
  const { detector, advance } = bench(create);
  for (let round = 0; round < 5; round++) {
    for (const address of ADDRESSES) for (let i = 0; i < 200; i++) detector.record(address, 500);
    advance(LONG_MS);
    detector.tick();
    const probes = ADDRESSES.map((address) => detector.begin?.(address) ?? 0);
    for (const [i, probe] of probes.entries()) detector.abandon?.(ADDRESSES[i] as string, probe);
    must(ask(detector) === "", "an endpoint stays out after a day");
  }
}

function forgets(create: (clock: TimeAndChance) => Detector): void {
  const { detector } = bench(create);
  for (let i = 0; i < 200; i++) detector.record("a", 500);
  detector.retain(["b"]);
  must(!detector.isEjected("a"), "an endpoint that is no longer retained is out");
  detector.retain(ADDRESSES);
  must(ask(detector) === "", "what was known of an endpoint outlived it");
}
