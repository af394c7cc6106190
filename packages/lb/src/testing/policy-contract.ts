import { createBalancer } from "../balancer.js";
import type { Endpoint } from "../endpoint.js";
import { createDraws } from "../internal/draws.js";
import type { Outcome } from "../outcome.js";
import type { EndpointView, Picker, Selection } from "../picker.js";
import type { Policy, PolicyState } from "../policy.js";
import { seededRandom } from "./chance.js";
import { type ContractCase, must } from "./contract-case.js";
import { createManualClock } from "./manual-clock.js";

const COUNTS = [1, 2, 50];
const OUTCOMES: readonly Outcome[] = [
  200,
  503,
  "success",
  "failure",
  "timeout",
  "connect_failure",
  "reset",
  "cancelled",
];
type Weights = "equal" | "unequal";

/**
 * What every policy must do: answer an index of its view or −1, the same ones for the same seed and calls; read what it
 * is given without keeping it; let `explain` change nothing; survive any order of updates, picks and reports; never
 * answer an endpoint that is gone.
 *
 * @param create - makes the policy anew for each case
 * @category Testing
 * @example
 * ```ts
 * import { roundRobin } from "@netmason/lb";
 * import { policyContract } from "@netmason/lb/testing";
 *
 * for (const { run } of policyContract(() => roundRobin())) await run();
 * ```
 */
export function policyContract(create: () => Policy): readonly ContractCase[] {
  const sized = COUNTS.flatMap((count) =>
    (["equal", "unequal"] as const).flatMap((weights) => {
      const of = `${count} endpoints of ${weights} weight`;
      return [
        { name: `answers an index of its view: ${of}`, run: () => answersIndices(create(), count, weights) },
        { name: `answers the same for the same seed and calls: ${of}`, run: () => repeats(create, count, weights) },
        { name: `explains without changing a pick: ${of}`, run: () => explains(create, count, weights) },
        { name: `keeps no selection and no sample: ${of}`, run: () => keepsNothing(create, count, weights) },
      ];
    }),
  );
  return [
    { name: "is a value that says what its word is", run: () => isValue(create()) },
    ...sized,
    { name: "survives updates, and never answers what is gone", run: () => survives(create()) },
    { name: "forgets slots that are used again", run: () => forgets(create()) },
  ];
}

/** A leaf of a balancer, made without one. */
interface Bench {
  readonly state: PolicyState;
  readonly view: EndpointView;
  readonly picker: Picker;
  readonly selection: (step: number) => { -readonly [K in keyof Selection]: Selection[K] };
  readonly active: number[];
  readonly advance: (ms: number) => void;
}

function bench(policy: Policy, count: number, weights: Weights): Bench {
  const clock = createManualClock(1_000);
  const draws = createDraws(seededRandom(7));
  const active = Array.from({ length: count }, (_, i) => i % 3);
  const endpoints = endpointsOf(count, weights);
  const view: EndpointView = {
    endpoints,
    weights: endpoints.map(({ weight = 1 }) => weight),
    slots: endpoints.map((_, i) => i),
    activeCount: (index) => active[index] ?? Number.NaN,
    slowStartSinceMs: () => 0,
  };
  const state = policy.create({
    now: clock.now,
    seed: { hi: 12_345, lo: -67_890 },
    below: (bound) => draws.below(bound),
    totalActiveCount: () => active.reduce((sum, each) => sum + each, 0),
  });
  const word = seededRandom(11);
  const half = (): number => (word() * 2 ** 32) | 0;
  const selection = (step: number): ReturnType<Bench["selection"]> => {
    return { hi: half(), lo: half(), hashed: policy.word === "hash", attempt: step % 4, request: {} };
  };
  return { state, view, picker: state.build(view), selection, active, advance: (ms) => clock.advance(ms) };
}

function endpointsOf(count: number, weights: Weights): readonly Endpoint[] {
  return Array.from({ length: count }, (_, i) => ({
    address: `10.0.0.${i}:80`,
    ...(weights === "equal" ? {} : { weight: 1 + (i % 5) + 1 / 3 }),
  }));
}

/** Picks, counts and reports in a fixed order; answers what was picked. */
function play(
  { state, picker, selection, active, advance }: Bench,
  before: (step: number) => void = () => {},
): number[] {
  return Array.from({ length: 500 }, (_, step) => {
    before(step);
    const index = picker.pick(selection(step));
    advance(step % 7);
    if (index >= 0)
      active[index] = (active[index] ?? 0) + (step % 2 === 0 ? 1 : -1) * Number(active[index] !== 0 || step % 2 === 0);
    const outcome = OUTCOMES[step % OUTCOMES.length] as Outcome;
    if (index >= 0)
      state.observe?.({ slot: index, outcome, latencyMs: step % 50, nowMs: 1_000 + step, details: undefined });
    return index;
  });
}

function isValue(policy: Policy): void {
  must(typeof policy.name === "string" && policy.name !== "", "a policy needs a name");
  must(["hash", "draw", "split"].includes(policy.word), `word must be hash, draw or split, not ${policy.word}`);
}

function answersIndices(policy: Policy, count: number, weights: Weights): void {
  for (const index of play(bench(policy, count, weights))) {
    must(Number.isInteger(index) && index >= -1 && index < count, `${index} is no index of ${count} endpoints`);
  }
}

function repeats(create: () => Policy, count: number, weights: Weights): void {
  const [first, second] = [play(bench(create(), count, weights)), play(bench(create(), count, weights))];
  must(first.join() === second.join(), "two states with the same seed and calls answer differently");
}

function explains(create: () => Policy, count: number, weights: Weights): void {
  const quiet = play(bench(create(), count, weights));
  const talking = bench(create(), count, weights);
  const other = bench(create(), count, weights);
  const answers = play(talking, (step) => {
    const explained = talking.picker.explain?.(other.selection(step));
    must(explained === undefined || JSON.stringify(explained) !== undefined, "explain must answer plain data");
  });
  must(quiet.join() === answers.join(), "explain changed a later pick");
}

function keepsNothing(create: () => Policy, count: number, weights: Weights): void {
  const fresh = play(bench(create(), count, weights));
  const reusing = bench(create(), count, weights);
  const kept = reusing.selection(0);
  const source = bench(create(), count, weights);
  const answers = play({ ...reusing, selection: (step) => Object.assign(kept, source.selection(step)) }, () =>
    Object.assign(kept, { hi: -1, lo: -1, attempt: 99 }),
  );
  must(fresh.join() === answers.join(), "a selection that changes after its pick changes later picks");
}

function survives(policy: Policy): void {
  const clock = createManualClock();
  const chance = seededRandom(5);
  const below = (bound: number): number => Math.floor(chance() * bound);
  const balancer = createBalancer({ policy, now: clock.now, random: seededRandom(6) });
  for (let round = 0; round < 60; round++) {
    const endpoints = endpointsOf(50, round % 2 === 0 ? "equal" : "unequal").filter(() => below(3) === 0);
    balancer.update(endpoints);
    const addresses = new Set(endpoints.map(({ address }) => address));
    for (let pick = 0; pick < 40; pick++) {
      clock.advance(below(20));
      const result = balancer.pick({ hashKey: `key ${below(1_000)}`, attempt: below(3) });
      if (result.kind !== "complete") continue;
      must(addresses.has(result.endpoint.address), `${result.endpoint.address} was removed and is picked`);
      const call = balancer.begin(result);
      if (below(4) > 0) balancer.end(call, OUTCOMES[below(OUTCOMES.length)] as Outcome);
    }
  }
}

function forgets(policy: Policy): void {
  const { state, view, picker } = bench(policy, 2, "equal");
  const sample = { slot: 0, outcome: "failure" as const, latencyMs: 1e6, nowMs: 1e6, details: undefined };
  state.observe?.(sample);
  state.forget?.(0);
  const one: EndpointView = { ...view, endpoints: [{ address: "new" }], weights: [1], slots: [0] };
  const index = state.build(one, picker).pick({ hi: 1, lo: 2, hashed: false, attempt: 0, request: {} });
  must(index === 0 || index === -1, `${index} is no index of one endpoint`);
}
