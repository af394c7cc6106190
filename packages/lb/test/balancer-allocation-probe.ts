// Prints by how much more the heap grows over many picks than over few: run with --expose-gc. What a heap holds of the
// harness itself is in both, so growth a pick is all that is left.
import { GCProfiler } from "node:v8";
import {
  createBalancer,
  leastRequest,
  maglev,
  type PickRequest,
  type Policy,
  peakEwma,
  random,
  ringHash,
  roundRobin,
} from "@netmason/lb";

const endpoints = Array.from({ length: 10 }, (_, i) => ({ address: `10.0.0.${i}:80` }));
const weighted = endpoints.map((endpoint, i) => ({ ...endpoint, weight: 1 + (i % 3), priority: i % 2 }));
const versions = endpoints.map((endpoint, i) => ({ ...endpoint, metadata: { version: i % 2 } }));
const keyed = Array.from({ length: 64 }, (_, i) => ({ hashKey: `user ${i * 7919}` }));
let kept = 0;

function picks(
  policy: Policy,
  set: typeof endpoints,
  requests: readonly PickRequest[] = [{}],
): (count: number) => void {
  let time = 0;
  const subset = { selectors: [{ keys: ["version"] }], fallback: "any_endpoint" as const };
  const balancer = createBalancer({ policy, endpoints: set, subset, now: () => time });
  return (count) => {
    for (let i = 0; i < count; i++) {
      time = (time + 1) & 0xffff;
      if (balancer.pick(requests[i % requests.length]).kind === "complete") kept++;
    }
  };
}

function calls(policy: Policy): (count: number) => void {
  let time = 0;
  const balancer = createBalancer({ policy, endpoints, now: () => time });
  return (count) => {
    for (let i = 0; i < count; i++) {
      time = (time + 1) & 0xffff;
      const picked = balancer.pick();
      if (picked.kind === "complete" && balancer.end(balancer.begin(picked), 200)) kept++;
    }
  };
}

const runs: readonly (readonly [name: string, many: number, run: (count: number) => void])[] = [
  ["round robin", 50_000_000, picks(roundRobin(), endpoints)],
  ["round robin by weight and priority", 2_000_000, picks(roundRobin(), weighted)],
  ["random", 2_000_000, picks(random(), endpoints)],
  ["least request", 2_000_000, picks(leastRequest(), endpoints)],
  ["peak EWMA", 2_000_000, picks(peakEwma(), endpoints)],
  ["ring hash", 2_000_000, picks(ringHash(), endpoints, keyed)],
  ["maglev", 2_000_000, picks(maglev({ tableSize: 251 }), endpoints, keyed)],
  ["a subset", 2_000_000, picks(roundRobin(), versions, [{ metadata: { version: 1 } }])],
  ["calls with least request", 2_000_000, calls(leastRequest())],
  ["calls with peak EWMA", 2_000_000, calls(peakEwma())],
];

/** The bytes that calls allocate: by how much the heap grew, and what collections meanwhile took away again. */
function growth(run: (count: number) => void, count: number): number {
  globalThis.gc?.();
  const profiler = new GCProfiler();
  profiler.start();
  const before = process.memoryUsage().heapUsed;
  run(count);
  const after = process.memoryUsage().heapUsed;
  const freed = profiler
    .stop()
    .statistics.map(
      ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    );
  return after - before + freed.reduce((sum, bytes) => sum + bytes, 0);
}

const ROUNDS = 9;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

const found: Record<string, number> = {};
for (const [name, many, run] of runs) {
  // So many are few: 10⁶ beside 5·10⁷.
  const few = many / 50;
  run(many / 10);
  const rounds = Array.from({ length: ROUNDS }, () => ({ few: growth(run, few), many: growth(run, many) }));
  // A compiler at work beside the calls adds to a round, and what it drops of its own takes away: the median has neither.
  found[name] = Math.max(0, median(rounds.map((each) => each.many)) - median(rounds.map((each) => each.few)));
}
process.stdout.write(JSON.stringify({ found, kept }));
