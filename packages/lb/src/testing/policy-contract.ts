import { createBalancer } from "../balancer.js";
import type { Endpoint } from "../endpoint.js";
import type { Outcome } from "../outcome.js";
import type { EndpointView, Picker, Selection } from "../picker.js";
import type { Policy } from "../policy.js";
import { seededRandom } from "./chance.js";
import { type ContractCase, must } from "./contract-case.js";
import { createLeafBench, type LeafBench } from "./leaf-bench.js";
import { createManualClock } from "./manual-clock.js";

const COUNTS = [1, 2, 50];
const PICKS = 300;
const OUTCOMES: readonly Outcome[] = [200, 503, "failure", "timeout", "connect_failure", "reset", "cancelled"];

/**
 * What every policy must do: answer an index of its view or −1, the same ones for the same seed and calls whatever other
 * balancers do; leave what it is given alone and keep none of it; explain without changing a pick; survive any order of
 * updates, picks and reports; never answer an endpoint that is gone.
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
    [1, 5].flatMap((kinds) => {
      const endpoints = endpointsOf(count, kinds);
      const of = `${count} endpoints, ${kinds === 1 ? "equal" : "unequal"} weights`;
      return [
        { name: `answers an index of its view: ${of}`, run: () => answersIndices(create(), endpoints) },
        { name: `answers the same for the same seed and calls: ${of}`, run: () => repeats(create, endpoints) },
        { name: `explains without changing a pick: ${of}`, run: () => explains(create, endpoints) },
        { name: `leaves alone what it is given: ${of}`, run: () => leavesAlone(create, endpoints) },
      ];
    }),
  );
  return [
    { name: "is a value that says what its word is", run: () => isValue(create()) },
    ...sized,
    { name: "goes from one view to the next", run: () => followsViews(create()) },
    { name: "survives updates, and never answers what is gone", run: () => survives(create()) },
  ];
}

function endpointsOf(count: number, kinds: number): readonly Endpoint[] {
  return Array.from({ length: count }, (_, i) => ({ address: `10.0.0.${i}:80`, weight: 1 + (i % kinds) }));
}

/** Picks and serves on a leaf of its own; `question` may look at, or exchange, what the picker is asked. */
class Player {
  readonly bench: LeafBench;
  readonly picker: Picker;
  readonly view: EndpointView;
  readonly answers: number[] = [];

  constructor(policy: Policy, endpoints: readonly Endpoint[]) {
    this.bench = createLeafBench(policy, 7);
    this.view = this.bench.leaf(endpoints);
    this.picker = this.bench.state.build(this.view);
  }

  step(question: (selection: Selection) => Selection = (selection) => selection): void {
    const index = this.picker.pick(question(this.bench.select()));
    const count = this.view.endpoints.length;
    must(Number.isInteger(index) && index >= -1 && index < count, `${index} is no index of ${count} endpoints`);
    this.answers.push(index);
    this.bench.serve(index);
  }

  play(question?: (selection: Selection) => Selection): string {
    for (let step = 0; step < PICKS; step++) this.step(question);
    return this.answers.join();
  }
}

function isValue(policy: Policy): void {
  must(typeof policy.name === "string" && policy.name !== "", "a policy needs a name");
  must(["hash", "draw", "split"].includes(policy.word), `word must be hash, draw or split, not ${policy.word}`);
}

function answersIndices(policy: Policy, endpoints: readonly Endpoint[]): void {
  new Player(policy, endpoints).play();
}

function repeats(create: () => Policy, endpoints: readonly Endpoint[]): void {
  const alone = new Player(create(), endpoints).play();
  const policy = create();
  const [first, second] = [new Player(policy, endpoints), new Player(policy, endpoints)];
  for (let step = 0; step < PICKS; step++) {
    first.step();
    if (step % 3 === 0) second.step();
  }
  must(first.answers.join() === alone, "another balancer with the policy changes what is picked");
}

function explains(create: () => Policy, endpoints: readonly Endpoint[]): void {
  const quiet = new Player(create(), endpoints).play();
  const player = new Player(create(), endpoints);
  const talking = player.play((selection) => {
    const explained = player.picker.explain?.({ ...selection, lo: ~selection.lo });
    must(explained === undefined || typeof JSON.stringify(explained) === "string", "explain must answer plain data");
    return selection;
  });
  must(quiet === talking, "explain changes a later pick");
}

function leavesAlone(create: () => Policy, endpoints: readonly Endpoint[]): void {
  const reused = new Player(create(), endpoints).play();
  const frozen = new Player(create(), endpoints).play((selection) => Object.freeze({ ...selection }));
  must(reused === frozen, "a selection is kept: the same object with other words changes what is picked");
}

function followsViews(policy: Policy): void {
  const bench = createLeafBench(policy, 3);
  let picker: Picker | undefined;
  for (const count of [50, 2, 1, 7, 50, 1]) {
    picker = bench.state.build(bench.leaf(endpointsOf(count, 3)), picker);
    for (let step = 0; step < 50; step++) {
      const index = picker.pick(bench.select());
      must(Number.isInteger(index) && index >= -1 && index < count, `${index} is no index of ${count} endpoints`);
      bench.serve(index);
    }
  }
}

function survives(policy: Policy): void {
  const clock = createManualClock();
  const chance = seededRandom(5);
  const below = (bound: number): number => Math.floor(chance() * bound);
  const failures: unknown[] = [];
  const balancer = createBalancer({
    ...{ policy, now: clock.now, random: seededRandom(6) },
    onEvent: (event) => event.kind === "policy_failed" && failures.push(event.error),
  });
  for (let round = 0; round < 60; round++) {
    const endpoints = endpointsOf(50, 1 + (round % 2)).filter(() => below(3) === 0);
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
  must(failures.length === 0, `it throws: ${String(failures[0])}`);
}
