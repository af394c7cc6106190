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

const runs: readonly (readonly [name: string, run: (count: number) => void])[] = [
  ["round robin", picks(roundRobin(), endpoints)],
  ["round robin by weight and priority", picks(roundRobin(), weighted)],
  ["random", picks(random(), endpoints)],
  ["least request", picks(leastRequest(), endpoints)],
  ["peak EWMA", picks(peakEwma(), endpoints)],
  ["ring hash", picks(ringHash(), endpoints, keyed)],
  ["maglev", picks(maglev({ tableSize: 251 }), endpoints, keyed)],
  ["a subset", picks(roundRobin(), versions, [{ metadata: { version: 1 } }])],
  ["calls with least request", calls(leastRequest())],
  ["calls with peak EWMA", calls(peakEwma())],
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

const [FEW, MANY] = [1_000_000, 50_000_000];
const MOST_ROUNDS = 9;
const BOUND_BYTES = 1_024;

// A pick that allocates does so in every round. What comes only now and then is a compiler at work beside the picks, which
// adds, or drops something of its own: so one round within the bound on both sides is enough.
const found: Record<string, number> = {};
for (const [name, run] of runs) {
  run(FEW);
  let slope = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS && Math.abs(slope) > BOUND_BYTES; round++) {
    slope = growth(run, MANY) - growth(run, FEW);
  }
  found[name] = slope;
}
process.stdout.write(JSON.stringify({ found, kept }));
